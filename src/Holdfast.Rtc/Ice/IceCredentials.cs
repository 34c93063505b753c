using System.Security.Cryptography;

namespace Holdfast.Rtc.Ice;

/// <summary>One side's ICE user fragment and password (RFC 8445 section 5.3).</summary>
internal sealed record IceCredentials(string Ufrag, string Password)
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private const int UfragLength = 8;
    private const int PasswordLength = 24;

    /// <summary>New random ones: 48 and 144 bits.</summary>
    public static IceCredentials Create() => new(
        RandomNumberGenerator.GetString(Alphabet, UfragLength), RandomNumberGenerator.GetString(Alphabet, PasswordLength));

    /// <summary>Gives no password away in a log.</summary>
    public override string ToString() => Ufrag;
}
