using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Holdfast.Rtc.Srtp;

/// <summary>AEAD_AES_128_GCM for SRTP and SRTCP (RFC 7714).</summary>
internal sealed class AesGcmTransform : SrtpTransform
{
    public const int KeyLength = 16;
    public const int SaltLength = 12;

    private const int TagLength = 16;
    private const int NonceLength = 12;

    private readonly AesGcm _rtp;
    private readonly AesGcm _rtcp;
    private readonly byte[] _rtpSalt;
    private readonly byte[] _rtcpSalt;
    private byte[]? _opened;

    /// <summary>Takes session keys, not master keys, and the salt arrays for its own.</summary>
    public AesGcmTransform(ReadOnlySpan<byte> rtpKey, byte[] rtpSalt, ReadOnlySpan<byte> rtcpKey, byte[] rtcpSalt)
    {
        _rtp = new AesGcm(rtpKey, TagLength);
        _rtcp = new AesGcm(rtcpKey, TagLength);
        _rtpSalt = rtpSalt;
        _rtcpSalt = rtcpSalt;
    }

    public override int RtpOverhead => TagLength;

    protected override int RtcpIndexFromEnd => RtcpIndexLength;

    public static AesGcmTransform Derive(ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt)
    {
        Span<byte> rtpKey = stackalloc byte[KeyLength];
        Span<byte> rtcpKey = stackalloc byte[KeyLength];
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyLabel.RtpEncryption, rtpKey);
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyLabel.RtcpEncryption, rtcpKey);
        var transform = new AesGcmTransform(
            rtpKey,
            SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyLabel.RtpSalt, SaltLength),
            rtcpKey,
            SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyLabel.RtcpSalt, SaltLength));
        CryptographicOperations.ZeroMemory(rtpKey);
        CryptographicOperations.ZeroMemory(rtcpKey);
        return transform;
    }

    public override int ProtectRtp(Span<byte> packet, int headerLength, int length, uint ssrc, long index)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        WriteRtpNonce(nonce, ssrc, index);
        var body = packet[headerLength..length];
        _rtp.Encrypt(nonce, body, body, packet.Slice(length, TagLength), packet[..headerLength]);
        return length + TagLength;
    }

    public override bool TryUnprotectRtp(Span<byte> packet, int headerLength, uint ssrc, long index)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        WriteRtpNonce(nonce, ssrc, index);
        return TryOpen(_rtp, nonce, packet[headerLength..^TagLength], packet[^TagLength..], packet[..headerLength]);
    }

    public override int ProtectRtcp(Span<byte> packet, int length, uint ssrc, uint index)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        WriteRtcpNonce(nonce, ssrc, index);
        Span<byte> associated = stackalloc byte[RtcpHeaderLength + RtcpIndexLength];
        WriteRtcpAssociatedData(associated, packet, index);
        var body = packet[RtcpHeaderLength..length];
        _rtcp.Encrypt(nonce, body, body, packet.Slice(length, TagLength), associated);
        associated[RtcpHeaderLength..].CopyTo(packet[(length + TagLength)..]);
        return length + TagLength + RtcpIndexLength;
    }

    public override bool TryUnprotectRtcp(Span<byte> packet, uint ssrc, uint index)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        WriteRtcpNonce(nonce, ssrc, index);
        Span<byte> associated = stackalloc byte[RtcpHeaderLength + RtcpIndexLength];
        WriteRtcpAssociatedData(associated, packet, index);
        var sealedPart = packet[RtcpHeaderLength..^RtcpIndexLength];
        return TryOpen(_rtcp, nonce, sealedPart[..^TagLength], sealedPart[^TagLength..], associated);
    }

    public override void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
        CryptographicOperations.ZeroMemory(_rtpSalt);
        CryptographicOperations.ZeroMemory(_rtcpSalt);
        CryptographicOperations.ZeroMemory(_opened);
    }

    /// <summary>
    /// Decrypts <paramref name="body"/> in place if the tag is right.
    /// </summary>
    /// <remarks>
    /// <see cref="AesGcm.Decrypt(ReadOnlySpan{byte}, ReadOnlySpan{byte}, ReadOnlySpan{byte}, Span{byte}, ReadOnlySpan{byte})"/> tells
    /// of a wrong tag by an exception, which would let anyone who can forge a source address make this thread throw as fast as they can
    /// send. GCM's encryption is its own inverse, so two encryptions do the same without one: the first yields what would be the plaintext,
    /// the second seals that again and so yields the tag that the packet ought to carry. What is received here is a microphone
    /// and reports, tens of packets a second; the second pass does not show.
    /// </remarks>
    private bool TryOpen(AesGcm key, ReadOnlySpan<byte> nonce, Span<byte> body, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> associated)
    {
        _opened ??= new byte[MaximumOpenLength];
        Span<byte> expected = stackalloc byte[TagLength];
        var opened = _opened.AsSpan(0, body.Length);
        key.Encrypt(nonce, body, opened, expected, associated);
        key.Encrypt(nonce, opened, body, expected, associated);
        if (!CryptographicOperations.FixedTimeEquals(expected, tag))
        {
            return false;
        }

        opened.CopyTo(body);
        return true;
    }

    // RFC 7714 section 8.1: 16 zero bits, SSRC, ROC, sequence number; XOR salt.
    private void WriteRtpNonce(Span<byte> nonce, uint ssrc, long index)
    {
        BinaryPrimitives.WriteUInt32BigEndian(nonce, ssrc >> 16);
        BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], ((ulong)ssrc << 48) | (ulong)index);
        Xor(nonce, _rtpSalt);
    }

    // RFC 7714 section 9.1: 16 zero bits, SSRC, 16 zero bits, a zero bit and the 31-bit index; XOR salt.
    private void WriteRtcpNonce(Span<byte> nonce, uint ssrc, uint index)
    {
        BinaryPrimitives.WriteUInt32BigEndian(nonce, ssrc >> 16);
        BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], ((ulong)ssrc << 48) | index);
        Xor(nonce, _rtcpSalt);
    }

    private static void Xor(Span<byte> nonce, byte[] salt)
    {
        for (var i = 0; i < NonceLength; i++)
        {
            nonce[i] ^= salt[i];
        }
    }

    // RFC 7714 section 9.2: the header, the sender's SSRC, and the word with the E flag and the index.
    private static void WriteRtcpAssociatedData(Span<byte> associated, ReadOnlySpan<byte> packet, uint index)
    {
        packet[..RtcpHeaderLength].CopyTo(associated);
        BinaryPrimitives.WriteUInt32BigEndian(associated[RtcpHeaderLength..], EncryptedFlag | index);
    }
}
