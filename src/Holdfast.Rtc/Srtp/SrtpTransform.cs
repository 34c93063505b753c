using System.Buffers.Binary;

namespace Holdfast.Rtc.Srtp;

/// <summary>The cryptography of one profile, with session keys: protects and opens single packets in place and keeps no state between them.</summary>
internal abstract class SrtpTransform : IDisposable
{
    /// <summary>The fixed part of an SRTCP packet that is authenticated but not encrypted: the first header and the sender's SSRC.</summary>
    public const int RtcpHeaderLength = 8;

    /// <summary>The longest packet that is opened: more than any datagram that crosses the Internet in one piece.</summary>
    public const int MaximumOpenLength = 2048;

    protected const int RtcpIndexLength = 4;

    /// <summary>The top bit of the word that carries the SRTCP index: the packet is encrypted.</summary>
    protected const uint EncryptedFlag = 0x8000_0000;

    /// <summary>Bytes that protection adds to an RTP packet.</summary>
    public abstract int RtpOverhead { get; }

    /// <summary>Bytes that protection adds to an RTCP packet.</summary>
    public int RtcpOverhead => RtpOverhead + RtcpIndexLength;

    /// <summary>Where the index word lies, counted from the packet's end.</summary>
    protected abstract int RtcpIndexFromEnd { get; }

    /// <summary>The transform of a profile with the session keys derived from a master key and salt.</summary>
    public static SrtpTransform Create(SrtpProfile profile, ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt) => profile switch
    {
        SrtpProfile.AeadAes128Gcm => AesGcmTransform.Derive(masterKey, masterSalt),
        SrtpProfile.Aes128CmHmacSha1_80 => AesCounterModeTransform.Derive(masterKey, masterSalt),
    };

    /// <summary>Encrypts and authenticates in place; returns the new length.</summary>
    public abstract int ProtectRtp(Span<byte> packet, int headerLength, int length, uint ssrc, long index);

    /// <summary>Authenticates and decrypts in place. False leaves the packet as it was.</summary>
    public abstract bool TryUnprotectRtp(Span<byte> packet, int headerLength, uint ssrc, long index);

    /// <summary>Encrypts and authenticates in place; returns the new length.</summary>
    public abstract int ProtectRtcp(Span<byte> packet, int length, uint ssrc, uint index);

    /// <summary>Authenticates and decrypts in place. False leaves the packet as it was.</summary>
    public abstract bool TryUnprotectRtcp(Span<byte> packet, uint ssrc, uint index);

    /// <summary>The SRTCP index that a packet claims, and whether it says that it is encrypted.</summary>
    public (uint Index, bool Encrypted) ReadRtcpIndex(ReadOnlySpan<byte> packet)
    {
        var word = BinaryPrimitives.ReadUInt32BigEndian(packet[^RtcpIndexFromEnd..]);
        return (word & ~EncryptedFlag, (word & EncryptedFlag) != 0);
    }

    public abstract void Dispose();
}
