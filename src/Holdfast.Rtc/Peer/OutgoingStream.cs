using System.Security.Cryptography;
using Holdfast.Rtc.Rtp;

namespace Holdfast.Rtc;

/// <summary>The header extensions that were negotiated, by their identifiers; 0: not negotiated.</summary>
/// <param name="TransportSequence">Transport-wide sequence number.</param>
/// <param name="Mid">The media section's identification (RFC 8843 section 15).</param>
/// <param name="AbsoluteSendTime">The time of sending.</param>
internal readonly record struct StreamExtensions(byte TransportSequence, byte Mid, byte AbsoluteSendTime)
{
    /// <summary>The longest mid that a one-byte header holds; a longer one is not sent, and the SSRC tells the section.</summary>
    public const int LongestMid = 16;
}

/// <summary>How packets are sent again under an SSRC of their own (RFC 4588).</summary>
internal readonly record struct RtxStream(uint Ssrc, byte PayloadType);

/// <summary>Where a stream begins, or goes on.</summary>
/// <param name="Numbers">The numbers of its packets.</param>
/// <param name="TimestampOffset">What is added to an instant on its clock.</param>
/// <param name="PacketCount">Packets sent before.</param>
/// <param name="OctetCount">Payload bytes sent before.</param>
internal sealed record StreamStart(NumberLine Numbers, uint TimestampOffset, uint PacketCount = 0, uint OctetCount = 0)
{
    /// <summary>A stream that nobody had before.</summary>
    public static StreamStart New() => new(FirstNumber(), (uint)RandomNumberGenerator.GetInt32(int.MaxValue));

    /// <summary>Random; the upper half stays free: a first loss must not look like a wrap to a receiver (RFC 3711 section 3.3.1).</summary>
    public static NumberLine FirstNumber() => new(RandomNumberGenerator.GetInt32(1, 0x8000));
}

/// <summary>One RTP stream that is sent: its numbers, its header and its counts.</summary>
/// <param name="ssrc">The SSRC in the answer.</param>
/// <param name="payloadType">The payload type in the answer.</param>
/// <param name="clockRate">RTP clock units a second.</param>
/// <param name="mid">The identification of its media section, ASCII, at most 16 bytes.</param>
/// <param name="extensions">The header extensions that it carries.</param>
/// <param name="start">Where it begins.</param>
internal sealed class OutgoingStream(uint ssrc, byte payloadType, int clockRate, byte[] mid, StreamExtensions extensions, StreamStart start)
{
    // 10 s of sound: a receiver that only reports does so every 5 s or more often. A power of two.
    private const int TagsRemembered = 512;

    private ulong[]? _tags;

    /// <summary>Of the 20 ms before those of <see cref="_tags"/>, where a packet has both.</summary>
    private ulong[]? _earlierTags;

    /// <summary>One bit for each of <see cref="_tags"/>: whether it was told to have arrived.</summary>
    private ulong[]? _arrived;

    public uint Ssrc => ssrc;

    public byte PayloadType => payloadType;

    /// <summary>The numbers of its packets.</summary>
    public NumberLine Numbers => start.Numbers;

    /// <summary>What is added to an instant on this stream's clock.</summary>
    public uint TimestampOffset => start.TimestampOffset;

    /// <summary>Whether transport-wide feedback tells what became of its packets.</summary>
    public bool HasTransportSequence => extensions.TransportSequence != 0;

    /// <summary>Packets sent, as a sender report counts them.</summary>
    public uint PacketCount { get; private set; } = start.PacketCount;

    /// <summary>Payload bytes sent, as a sender report counts them.</summary>
    public uint OctetCount { get; private set; } = start.OctetCount;

    /// <summary>Whether anything was sent since the last report.</summary>
    public bool IsActive { get; set; }

    /// <summary>An instant on this stream's clock.</summary>
    public uint TimestampOf(RtcTime time) => unchecked(start.TimestampOffset + time.ToRtp(clockRate));

    /// <summary>Writes the header of the next packet; returns its length.</summary>
    public int WriteHeader(Span<byte> buffer, RtcTime now, bool marker, uint timestamp, ushort transportSequence) =>
        WriteHeader(buffer, now, marker, timestamp, transportSequence, payloadType, (ushort)Numbers.Take(), ssrc);

    /// <summary>Writes the header of a packet that goes under another SSRC but belongs to the same media section.</summary>
    public int WriteHeader(
        Span<byte> buffer, RtcTime now, bool marker, uint timestamp, ushort transportSequence, byte type, ushort sequence, uint source)
    {
        var header = new RtpHeaderWriter(buffer, marker, type, sequence, timestamp, source);
        if (extensions.TransportSequence != 0)
        {
            header.AddTransportSequence(extensions.TransportSequence, transportSequence);
        }

        if (extensions.AbsoluteSendTime != 0)
        {
            header.AddAbsoluteSendTime(extensions.AbsoluteSendTime, now);
        }

        if (mid.Length > 0)
        {
            header.Add(extensions.Mid, mid);
        }

        return header.Finish();
    }

    /// <summary>The length of every header of this stream.</summary>
    public int MeasureHeader()
    {
        Span<byte> scratch = stackalloc byte[128];
        return WriteHeader(scratch, default, false, 0, 0, payloadType, 0, ssrc);
    }

    /// <summary>Remembers the tags of the packet whose header was written last, for a receiver report to name it.</summary>
    public void Remember(SoundTags tags)
    {
        if (tags != default)
        {
            _tags ??= new ulong[TagsRemembered];
        }

        if (tags.Earlier != 0)
        {
            _earlierTags ??= new ulong[TagsRemembered];
        }

        if (_tags is not null)
        {
            var slot = (ushort)(Numbers.Next - 1) % TagsRemembered;
            _tags[slot] = tags.Newest;
            if (_earlierTags is not null)
            {
                _earlierTags[slot] = tags.Earlier;
            }

            if (_arrived is not null)
            {
                _arrived[slot / 64] &= ~(1UL << (slot % 64));
            }
        }
    }

    /// <summary>What a packet carried has arrived, in itself or as a copy.</summary>
    /// <param name="sequence">The packet's number.</param>
    /// <param name="tags">Its tags; none where it has none, or is too old.</param>
    /// <returns>Whether that was not known.</returns>
    public bool MarkArrived(ushort sequence, out SoundTags tags)
    {
        tags = TagsOf(sequence);
        if (_tags is null || (ushort)(Numbers.Next - sequence) is 0 or > TagsRemembered)
        {
            return true;
        }

        _arrived ??= new ulong[TagsRemembered / 64];
        var (slot, bit) = (sequence % TagsRemembered, 1UL << (sequence % 64));
        var isNews = (_arrived[slot / 64] & bit) == 0;
        _arrived[slot / 64] |= bit;
        return isNews;
    }

    /// <summary>The tags of a packet; none where it has none, or was sent too long ago.</summary>
    public SoundTags TagsOf(ushort sequence) => _tags is null || (ushort)(Numbers.Next - sequence) is 0 or > TagsRemembered
        ? default
        : new SoundTags(_tags[sequence % TagsRemembered], _earlierTags?[sequence % TagsRemembered] ?? 0);

    /// <summary>
    /// The tag of the packet with this sequence number; where that one has none, of the newest before it that has. 0 where it was
    /// not sent, or too long ago.
    /// </summary>
    public ulong TagUpTo(ushort sequence)
    {
        var age = (ushort)(Numbers.Next - sequence);
        if (_tags is null || age is 0 or > TagsRemembered)
        {
            return 0;
        }

        for (; age <= TagsRemembered && age <= PacketCount; age++, sequence--)
        {
            if (_tags[sequence % TagsRemembered] is not 0 and var tag)
            {
                return tag;
            }
        }

        return 0;
    }

    public void Count(int payloadLength)
    {
        PacketCount++;
        OctetCount = unchecked(OctetCount + (uint)payloadLength);
        IsActive = true;
    }
}
