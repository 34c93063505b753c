using System.Buffers.Binary;
using System.Security.Cryptography;
using Holdfast.Rtc.Rtcp;
using Holdfast.Rtc.Rtp;

namespace Holdfast.Rtc.Srtp;

/// <summary>
/// Protects what is sent with one master key, or opens what is received with one: the roll-over counters, the replay windows
/// and the SRTCP index of all its SSRCs (RFC 3711 section 3.2). One direction, one owner.
/// </summary>
internal sealed class SrtpContext : IDisposable
{
    /// <summary>SSRCs that a context keeps. A browser uses a handful; the bound is for a peer that does not.</summary>
    public const int MaximumStreams = 64;

    private const uint MaximumRtcpIndex = 0x7FFF_FFFF;

    private readonly SrtpProfile _profile;
    private readonly byte[] _masterKey;
    private readonly byte[] _masterSalt;
    private readonly SrtpTransform _transform;
    private readonly List<SrtpStream> _streams = [];
    private uint _nextRtcpIndex;

    /// <exception cref="ArgumentException">A key or salt that has not the profile's length.</exception>
    public SrtpContext(SrtpProfile profile, ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt)
    {
        if (masterKey.Length != KeyLength(profile) || masterSalt.Length != SaltLength(profile))
        {
            throw new ArgumentException($"{profile} takes a key of {KeyLength(profile)} bytes and a salt of {SaltLength(profile)}.", nameof(masterKey));
        }

        _profile = profile;
        _masterKey = masterKey.ToArray();
        _masterSalt = masterSalt.ToArray();
        _transform = SrtpTransform.Create(profile, masterKey, masterSalt);
    }

    /// <summary>
    /// Carries on where <paramref name="state"/> ends. When receiving, whatever is not above the highest index counts as seen.
    /// </summary>
    public SrtpContext(SrtpContextState state)
        : this(state.Profile, state.MasterKey, state.MasterSalt)
    {
        _nextRtcpIndex = state.NextRtcpIndex;
        foreach (var stream in state.Streams)
        {
            _streams.Add(new SrtpStream(stream));
        }
    }

    public SrtpProfile Profile => _profile;

    /// <summary>Bytes that <see cref="ProtectRtp"/> adds.</summary>
    public int RtpOverhead => _transform.RtpOverhead;

    /// <summary>Bytes that <see cref="ProtectRtcp"/> adds.</summary>
    public int RtcpOverhead => _transform.RtcpOverhead;

    /// <summary>Length in bytes of a profile's master key.</summary>
    public static int KeyLength(SrtpProfile profile) => profile switch
    {
        SrtpProfile.Aes128CmHmacSha1_80 => AesCounterModeTransform.KeyLength,
        SrtpProfile.AeadAes128Gcm => AesGcmTransform.KeyLength,
    };

    /// <summary>Length in bytes of a profile's master salt.</summary>
    public static int SaltLength(SrtpProfile profile) => profile switch
    {
        SrtpProfile.Aes128CmHmacSha1_80 => AesCounterModeTransform.SaltLength,
        SrtpProfile.AeadAes128Gcm => AesGcmTransform.SaltLength,
    };

    /// <summary>Protects an RTP packet in place.</summary>
    /// <param name="packet">The packet, with room for <see cref="RtpOverhead"/> behind it.</param>
    /// <param name="length">Bytes of the packet.</param>
    /// <returns>Bytes of the protected packet.</returns>
    /// <exception cref="InvalidOperationException">
    /// The sequence number is not ahead of the last one of its SSRC: protecting an index twice would give the keystream, and with GCM the
    /// authentication key, away. A retransmission sends kept ciphertext, or RTX under its own SSRC.
    /// </exception>
    public int ProtectRtp(Span<byte> packet, int length)
    {
        if (!RtpPacket.TryGetHeaderLength(packet[..length], out var headerLength))
        {
            throw new ArgumentException("Not an RTP packet.", nameof(packet));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(packet.Length, length + RtpOverhead, nameof(packet));
        var ssrc = RtpPacket.ReadSsrc(packet);
        var stream = Find(ssrc) ?? Add(ssrc);
        var index = stream.TakeIndex(RtpPacket.ReadSequenceNumber(packet));
        return _transform.ProtectRtp(packet, headerLength, length, ssrc, index);
    }

    /// <summary>Protects a compound RTCP packet in place.</summary>
    /// <param name="packet">The packet, with room for <see cref="RtcpOverhead"/> behind it.</param>
    /// <param name="length">Bytes of the packet.</param>
    /// <returns>Bytes of the protected packet.</returns>
    public int ProtectRtcp(Span<byte> packet, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, SrtpTransform.RtcpHeaderLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(packet.Length, length + RtcpOverhead, nameof(packet));
        if (_nextRtcpIndex > MaximumRtcpIndex)
        {
            throw new InvalidOperationException("The master key is used up.");
        }

        // One count for all SSRCs: each sees it rise, which is all that a receiver needs, and no index is used twice under one key.
        return _transform.ProtectRtcp(packet, length, ReadRtcpSsrc(packet), _nextRtcpIndex++);
    }

    /// <summary>Opens a received SRTP packet in place. Never throws; a packet that is not accepted is left as it was and changes no state.</summary>
    /// <param name="packet">The whole datagram.</param>
    /// <param name="length">Bytes of the opened packet.</param>
    /// <param name="failure">Why it was not accepted.</param>
    public bool TryUnprotectRtp(Span<byte> packet, out int length, out SrtpFailure failure)
    {
        length = 0;
        if (packet.Length < RtpOverhead || packet.Length > SrtpTransform.MaximumOpenLength || !RtpPacket.TryGetHeaderLength(packet[..^RtpOverhead], out var headerLength))
        {
            failure = SrtpFailure.Malformed;
            return false;
        }

        var ssrc = RtpPacket.ReadSsrc(packet);
        var sequenceNumber = RtpPacket.ReadSequenceNumber(packet);
        var stream = Find(ssrc);
        var index = stream?.EstimateIndex(sequenceNumber) ?? sequenceNumber;
        if (stream is not null && !stream.IsNewRtp(index))
        {
            failure = SrtpFailure.Replayed;
            return false;
        }

        if (stream is null && _streams.Count >= MaximumStreams)
        {
            failure = SrtpFailure.TooManyStreams;
            return false;
        }

        if (!_transform.TryUnprotectRtp(packet, headerLength, ssrc, index))
        {
            failure = SrtpFailure.AuthenticationFailed;
            return false;
        }

        (stream ?? Add(ssrc)).AcceptRtp(index);
        length = packet.Length - RtpOverhead;
        failure = SrtpFailure.None;
        return true;
    }

    /// <summary>Opens a received SRTCP packet in place. Never throws; a packet that is not accepted is left as it was and changes no state.</summary>
    /// <param name="packet">The whole datagram.</param>
    /// <param name="length">Bytes of the opened compound packet.</param>
    /// <param name="failure">Why it was not accepted.</param>
    public bool TryUnprotectRtcp(Span<byte> packet, out int length, out SrtpFailure failure)
    {
        length = 0;
        if (packet.Length < SrtpTransform.RtcpHeaderLength + RtcpOverhead || packet.Length > SrtpTransform.MaximumOpenLength || !RtcpCompound.IsRtcp(packet))
        {
            failure = SrtpFailure.Malformed;
            return false;
        }

        var ssrc = ReadRtcpSsrc(packet);
        var (index, encrypted) = _transform.ReadRtcpIndex(packet);
        if (!encrypted)
        {
            failure = SrtpFailure.NotEncrypted;
            return false;
        }

        var stream = Find(ssrc);
        if (stream is not null && !stream.IsNewRtcp(index))
        {
            failure = SrtpFailure.Replayed;
            return false;
        }

        if (stream is null && _streams.Count >= MaximumStreams)
        {
            failure = SrtpFailure.TooManyStreams;
            return false;
        }

        if (!_transform.TryUnprotectRtcp(packet, ssrc, index))
        {
            failure = SrtpFailure.AuthenticationFailed;
            return false;
        }

        (stream ?? Add(ssrc)).AcceptRtcp(index);
        length = packet.Length - RtcpOverhead;
        failure = SrtpFailure.None;
        return true;
    }

    /// <summary>What another process needs to carry on. A copy: later packets do not change it.</summary>
    public SrtpContextState ExportState() =>
        new(_profile, [.. _masterKey], [.. _masterSalt], _nextRtcpIndex, [.. _streams.Select(stream => stream.State)]);

    public void Dispose()
    {
        _transform.Dispose();
        CryptographicOperations.ZeroMemory(_masterKey);
        CryptographicOperations.ZeroMemory(_masterSalt);
    }

    private static uint ReadRtcpSsrc(ReadOnlySpan<byte> packet) => BinaryPrimitives.ReadUInt32BigEndian(packet[4..]);

    private SrtpStream? Find(uint ssrc)
    {
        foreach (var stream in _streams)
        {
            if (stream.Ssrc == ssrc)
            {
                return stream;
            }
        }

        return null;
    }

    private SrtpStream Add(uint ssrc)
    {
        if (_streams.Count >= MaximumStreams)
        {
            throw new InvalidOperationException($"A context keeps {MaximumStreams} SSRCs.");
        }

        var stream = new SrtpStream(ssrc);
        _streams.Add(stream);
        return stream;
    }
}
