using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Holdfast.Rtc.Sdp;

/// <summary>The hash of a certificate that an SDP promises (RFC 8122 section 5).</summary>
/// <param name="Algorithm">A hash function's textual name: sha-1, sha-256, sha-384 or sha-512.</param>
/// <param name="Value">The hash: as many bytes as the function has.</param>
internal sealed record SdpFingerprint(string Algorithm, ReadOnlyMemory<byte> Value)
{
    /// <summary>Whether a certificate is the promised one.</summary>
    /// <param name="certificate">Its DER encoding.</param>
    public bool Matches(ReadOnlySpan<byte> certificate)
    {
        Span<byte> hash = stackalloc byte[SHA512.HashSizeInBytes];
        var length = Algorithm switch
        {
            "sha-1" => SHA1.HashData(certificate, hash),
            "sha-256" => SHA256.HashData(certificate, hash),
            "sha-384" => SHA384.HashData(certificate, hash),
            "sha-512" => SHA512.HashData(certificate, hash),
            _ => 0,
        };
        return length != 0 && CryptographicOperations.FixedTimeEquals(hash[..length], Value.Span);
    }

    /// <summary>
    /// Those of an offer's fingerprints that decide: the ones made with its strongest hash function. A certificate that fits a weaker one only is not the
    /// promised one (RFC 8122 section 5.1). There may be several, for several certificates.
    /// </summary>
    public static IReadOnlyList<SdpFingerprint> Deciding(IReadOnlyList<SdpFingerprint> offered)
    {
        var strongest = offered.Max(fingerprint => fingerprint.Value.Length);
        return [.. offered.Where(fingerprint => fingerprint.Value.Length == strongest)];
    }

    /// <summary>As in an <c>a=fingerprint</c> line: hex in upper case, bytes parted by colons.</summary>
    public override string ToString() =>
        $"{Algorithm} {string.Join(':', Value.ToArray().Select(octet => octet.ToString("X2")))}";

    /// <summary>Reads the value of an <c>a=fingerprint</c> line; false for another function or a hash of another length.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out SdpFingerprint? fingerprint)
    {
        fingerprint = null;
        var space = text.IndexOf(' ');
        if (space < 0)
        {
            return false;
        }

        var (algorithm, length) = text[..space] switch
        {
            var name when name.Equals("sha-256", StringComparison.OrdinalIgnoreCase) => ("sha-256", SHA256.HashSizeInBytes),
            var name when name.Equals("sha-384", StringComparison.OrdinalIgnoreCase) => ("sha-384", SHA384.HashSizeInBytes),
            var name when name.Equals("sha-512", StringComparison.OrdinalIgnoreCase) => ("sha-512", SHA512.HashSizeInBytes),
            var name when name.Equals("sha-1", StringComparison.OrdinalIgnoreCase) => ("sha-1", SHA1.HashSizeInBytes),
            _ => ("", 0),
        };
        var hex = text[(space + 1)..].Trim(' ');
        if (length == 0 || hex.Length != length * 3 - 1)
        {
            return false;
        }

        var value = new byte[length];
        for (var i = 0; i < length; i++)
        {
            if (i > 0 && hex[i * 3 - 1] != ':')
            {
                return false;
            }

            if (Convert.FromHexString(hex.Slice(i * 3, 2), value.AsSpan(i, 1), out _, out _) != OperationStatus.Done)
            {
                return false;
            }
        }

        fingerprint = new SdpFingerprint(algorithm, value);
        return true;
    }
}
