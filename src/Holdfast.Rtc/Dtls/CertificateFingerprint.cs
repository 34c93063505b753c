using System.Security.Cryptography;

namespace Holdfast.Rtc.Dtls;

/// <summary>The hash of a certificate as SDP names it (RFC 8122 section 5), and whether a certificate has it.</summary>
/// <param name="Algorithm">The hash function by its name there, such as <c>sha-256</c>; case does not matter.</param>
/// <param name="Value">The hash.</param>
internal sealed record CertificateFingerprint(string Algorithm, ReadOnlyMemory<byte> Value)
{
    private const int LongestHash = 64;

    /// <summary>Whether a hash function can be checked here.</summary>
    public static bool IsSupported(string algorithm) => HashOf(algorithm) is not null;

    /// <summary>Whether this is the certificate; never for a hash function that is not supported.</summary>
    /// <param name="certificate">A certificate in DER.</param>
    public bool Matches(ReadOnlySpan<byte> certificate)
    {
        if (HashOf(Algorithm) is not { } hash)
        {
            return false;
        }

        Span<byte> value = stackalloc byte[LongestHash];
        var length = CryptographicOperations.HashData(hash, certificate, value);
        return CryptographicOperations.FixedTimeEquals(value[..length], Value.Span);
    }

    private static HashAlgorithmName? HashOf(string algorithm) => algorithm.ToLowerInvariant() switch
    {
        "sha-256" => HashAlgorithmName.SHA256,
        "sha-384" => HashAlgorithmName.SHA384,
        "sha-512" => HashAlgorithmName.SHA512,
        "sha-1" => HashAlgorithmName.SHA1,
        _ => null,
    };
}
