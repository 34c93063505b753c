using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Rtc.Ice;

/// <summary>
/// The server's ICE password, derived from the session's secret and both ufrags, so that client and server know it
/// without a message (docs: the resume protocol, "Self-made answers").
/// </summary>
internal static class IcePassword
{
    /// <summary>Characters of a password: 128 bits in hex, as RFC 8445 section 5.3 asks for at least.</summary>
    public const int Length = 32;

    /// <summary>Bytes of a session's ICE secret.</summary>
    public const int SecretLength = 32;

    /// <summary>The password of the server for one pair of ufrags.</summary>
    /// <param name="iceSecret">The session's secret.</param>
    /// <param name="serverUfrag">Routing tag, '/', generation.</param>
    /// <param name="clientUfrag">What the client's offer says, or the part after the colon of a USERNAME.</param>
    public static string Derive(ReadOnlySpan<byte> iceSecret, string serverUfrag, string clientUfrag)
    {
        Span<byte> password = stackalloc byte[Length];
        Derive(iceSecret, Encoding.ASCII.GetBytes($"{serverUfrag}:{clientUfrag}"), password);
        return Encoding.ASCII.GetString(password);
    }

    /// <summary>The same for a USERNAME of a client's check, which is exactly the text that is hashed.</summary>
    /// <param name="iceSecret">The session's secret.</param>
    /// <param name="username">The server's ufrag, ':', the client's.</param>
    /// <param name="password">Receives 32 ASCII bytes.</param>
    public static void Derive(ReadOnlySpan<byte> iceSecret, ReadOnlySpan<byte> username, Span<byte> password)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(iceSecret, username, hash);
        Convert.TryToHexStringLower(hash[..(Length / 2)], password[..Length], out _);
    }
}
