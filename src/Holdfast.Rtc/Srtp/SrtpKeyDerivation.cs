using System.Security.Cryptography;

namespace Holdfast.Rtc.Srtp;

/// <summary>Makes session keys from a master key and salt: AES_CM_PRF, key derivation rate 0 (RFC 3711 section 4.3, RFC 7714 section 11).</summary>
internal static class SrtpKeyDerivation
{
    private const int BlockLength = 16;
    private const int LabelOffset = 7;

    /// <summary>Fills <paramref name="key"/> with the session key of a label.</summary>
    /// <param name="masterKey">16 bytes.</param>
    /// <param name="masterSalt">14 bytes, or 12 for GCM, which are padded with zeros on the right.</param>
    /// <param name="label">Which key.</param>
    /// <param name="key">Receives as many bytes as it is long.</param>
    public static void Derive(ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, SrtpKeyLabel label, Span<byte> key)
    {
        // x = (label || 48 zero bits) XOR salt, aligned to the low end of 112 bits; the input block is x * 2^16 + counter.
        Span<byte> counter = stackalloc byte[BlockLength];
        counter.Clear();
        masterSalt.CopyTo(counter);
        counter[LabelOffset] ^= (byte)label;

        using var aes = Aes.Create();
        aes.SetKey(masterKey);
        Span<byte> block = stackalloc byte[BlockLength];
        for (byte i = 0; !key.IsEmpty; i++)
        {
            counter[^1] = i;
            aes.EncryptEcb(counter, block, PaddingMode.None);
            var length = Math.Min(key.Length, BlockLength);
            block[..length].CopyTo(key);
            key = key[length..];
        }

        CryptographicOperations.ZeroMemory(block);
    }

    /// <summary>The session key of a label, as a new array.</summary>
    public static byte[] Derive(ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, SrtpKeyLabel label, int length)
    {
        var key = new byte[length];
        Derive(masterKey, masterSalt, label, key);
        return key;
    }
}

/// <summary>What a session key is for (RFC 3711 section 4.3.1 and 4.3.2).</summary>
internal enum SrtpKeyLabel : byte
{
    RtpEncryption = 0,
    RtpAuthentication = 1,
    RtpSalt = 2,
    RtcpEncryption = 3,
    RtcpAuthentication = 4,
    RtcpSalt = 5,
}
