using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Holdfast.Rtc.Srtp;

/// <summary>AES_CM_128_HMAC_SHA1_80 for SRTP and SRTCP (RFC 3711 sections 4.1.1 and 4.2.1).</summary>
internal sealed class AesCounterModeTransform : SrtpTransform
{
    public const int KeyLength = 16;
    public const int SaltLength = 14;

    private const int AuthenticationKeyLength = 20;
    private const int TagLength = 10;
    private const int RocLength = 4;

    private readonly AesCounterKeystream _rtp;
    private readonly AesCounterKeystream _rtcp;
    private readonly IncrementalHash _rtpHash;
    private readonly IncrementalHash _rtcpHash;
    private readonly (ulong High, ulong Low) _rtpSalt;
    private readonly (ulong High, ulong Low) _rtcpSalt;

    private AesCounterModeTransform(ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt)
    {
        Span<byte> key = stackalloc byte[AuthenticationKeyLength];
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyLabel.RtpEncryption, key[..KeyLength]);
        _rtp = new AesCounterKeystream(key[..KeyLength]);
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyLabel.RtcpEncryption, key[..KeyLength]);
        _rtcp = new AesCounterKeystream(key[..KeyLength]);
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyLabel.RtpAuthentication, key);
        _rtpHash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, key);
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyLabel.RtcpAuthentication, key);
        _rtcpHash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, key);
        _rtpSalt = DeriveSalt(masterKey, masterSalt, SrtpKeyLabel.RtpSalt);
        _rtcpSalt = DeriveSalt(masterKey, masterSalt, SrtpKeyLabel.RtcpSalt);
        CryptographicOperations.ZeroMemory(key);
    }

    public override int RtpOverhead => TagLength;

    protected override int RtcpIndexFromEnd => RtcpIndexLength + TagLength;

    public static AesCounterModeTransform Derive(ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt) =>
        new(masterKey, masterSalt);

    public override int ProtectRtp(Span<byte> packet, int headerLength, int length, uint ssrc, long index)
    {
        Apply(_rtp, _rtpSalt, ssrc, (ulong)index, packet[headerLength..length]);
        Span<byte> tag = stackalloc byte[HMACSHA1.HashSizeInBytes];
        HashRtp(packet[..length], index, tag);
        tag[..TagLength].CopyTo(packet[length..]);
        return length + TagLength;
    }

    public override bool TryUnprotectRtp(Span<byte> packet, int headerLength, uint ssrc, long index)
    {
        Span<byte> tag = stackalloc byte[HMACSHA1.HashSizeInBytes];
        HashRtp(packet[..^TagLength], index, tag);
        if (!CryptographicOperations.FixedTimeEquals(tag[..TagLength], packet[^TagLength..]))
        {
            return false;
        }

        Apply(_rtp, _rtpSalt, ssrc, (ulong)index, packet[headerLength..^TagLength]);
        return true;
    }

    public override int ProtectRtcp(Span<byte> packet, int length, uint ssrc, uint index)
    {
        Apply(_rtcp, _rtcpSalt, ssrc, index, packet[RtcpHeaderLength..length]);
        BinaryPrimitives.WriteUInt32BigEndian(packet[length..], EncryptedFlag | index);
        length += RtcpIndexLength;
        Span<byte> tag = stackalloc byte[HMACSHA1.HashSizeInBytes];
        HashRtcp(packet[..length], tag);
        tag[..TagLength].CopyTo(packet[length..]);
        return length + TagLength;
    }

    public override bool TryUnprotectRtcp(Span<byte> packet, uint ssrc, uint index)
    {
        Span<byte> tag = stackalloc byte[HMACSHA1.HashSizeInBytes];
        HashRtcp(packet[..^TagLength], tag);
        if (!CryptographicOperations.FixedTimeEquals(tag[..TagLength], packet[^TagLength..]))
        {
            return false;
        }

        Apply(_rtcp, _rtcpSalt, ssrc, index, packet[RtcpHeaderLength..^(RtcpIndexLength + TagLength)]);
        return true;
    }

    public override void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
        _rtpHash.Dispose();
        _rtcpHash.Dispose();
    }

    // RFC 3711 section 4.1.1: counter block = (salt * 2^16) XOR (SSRC * 2^64) XOR (index * 2^16).
    private static void Apply(AesCounterKeystream keystream, (ulong High, ulong Low) salt, uint ssrc, ulong index, Span<byte> data) =>
        keystream.Apply(salt.High ^ ssrc, salt.Low ^ (index << 16), data);

    // RFC 3711 section 4.2: what is authenticated is the packet followed by the roll-over counter, which is not sent.
    private void HashRtp(ReadOnlySpan<byte> packet, long index, Span<byte> tag)
    {
        Span<byte> roc = stackalloc byte[RocLength];
        BinaryPrimitives.WriteUInt32BigEndian(roc, (uint)(index >> 16));
        _rtpHash.AppendData(packet);
        _rtpHash.AppendData(roc);
        _rtpHash.GetHashAndReset(tag);
    }

    private void HashRtcp(ReadOnlySpan<byte> packet, Span<byte> tag)
    {
        _rtcpHash.AppendData(packet);
        _rtcpHash.GetHashAndReset(tag);
    }

    private static (ulong High, ulong Low) DeriveSalt(ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, SrtpKeyLabel label)
    {
        // 112 bits, moved up by the 16 bits of the block counter.
        Span<byte> salt = stackalloc byte[16];
        salt.Clear();
        SrtpKeyDerivation.Derive(masterKey, masterSalt, label, salt[..SaltLength]);
        return (BinaryPrimitives.ReadUInt64BigEndian(salt), BinaryPrimitives.ReadUInt64BigEndian(salt[8..]));
    }
}
