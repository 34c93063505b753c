using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Holdfast.Rtc.Srtp;

/// <summary>AES in counter mode as SRTP uses it (RFC 3711 section 4.1.1): encryption and decryption are the same XOR.</summary>
internal sealed class AesCounterKeystream : IDisposable
{
    private const int BlockLength = 16;

    /// <summary>Counter blocks encrypted in one call: enough for a full packet.</summary>
    private const int BatchLength = 96 * BlockLength;

    private readonly Aes _aes;
    private readonly ICryptoTransform _encryptor;
    private readonly byte[] _batch = new byte[BatchLength];

    public AesCounterKeystream(ReadOnlySpan<byte> key)
    {
        _aes = Aes.Create();
        _aes.Mode = CipherMode.ECB;
        _aes.Padding = PaddingMode.None;
        _aes.SetKey(key);

        // The one-shot EncryptEcb sets the key up again, and allocates, at every call; a transform does it once.
        _encryptor = _aes.CreateEncryptor();
    }

    /// <summary>XORs the keystream of an initial counter block onto data.</summary>
    /// <param name="high">The upper 64 bits of the counter block.</param>
    /// <param name="low">The lower 64 bits; the lowest 16 are the block counter and start at 0.</param>
    /// <param name="data">At most 2^20 bytes, the bound of the 16-bit counter.</param>
    public void Apply(ulong high, ulong low, Span<byte> data)
    {
        while (!data.IsEmpty)
        {
            var length = Math.Min(data.Length, BatchLength);
            var blocks = (length + BlockLength - 1) / BlockLength;
            var words = MemoryMarshal.Cast<byte, ulong>(_batch.AsSpan(0, blocks * BlockLength));
            for (var i = 0; i < words.Length; i += 2)
            {
                words[i] = BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(high) : high;
                words[i + 1] = BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(low) : low;
                low++;
            }

            _encryptor.TransformBlock(_batch, 0, blocks * BlockLength, _batch, 0);
            Xor(data[..length], _batch);
            data = data[length..];
        }
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_batch);
        _encryptor.Dispose();
        _aes.Dispose();
    }

    private static void Xor(Span<byte> data, ReadOnlySpan<byte> keystream)
    {
        var i = 0;
        for (; i <= data.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            (new Vector<byte>(data[i..]) ^ new Vector<byte>(keystream[i..])).CopyTo(data[i..]);
        }

        for (; i < data.Length; i++)
        {
            data[i] ^= keystream[i];
        }
    }
}
