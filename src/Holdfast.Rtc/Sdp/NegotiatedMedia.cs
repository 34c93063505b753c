using Holdfast.Rtc.Rtp;

namespace Holdfast.Rtc.Sdp;

/// <summary>What a media section is for.</summary>
internal enum MediaKind
{
    /// <summary>Sound: Opus.</summary>
    Audio,

    /// <summary>Pictures, in one of the <see cref="PayloadFormat"/>s.</summary>
    Video,
}

/// <summary>RTCP feedback that both sides know, for one media section (RFC 4585, RFC 5104).</summary>
[Flags]
internal enum NegotiatedFeedback
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Generic NACK.</summary>
    Nack = 1,

    /// <summary>Picture loss indication.</summary>
    PictureLoss = 2,

    /// <summary>Full intra request.</summary>
    FullIntraRequest = 4,

    /// <summary>Receiver estimated maximum bitrate.</summary>
    ReceiverEstimatedBitrate = 8,

    /// <summary>Transport-wide congestion control feedback; <see cref="NegotiatedMedia.TransportSequenceId"/> is set too.</summary>
    TransportWide = 16,
}

/// <summary>What was agreed for one media section.</summary>
internal sealed record NegotiatedMedia
{
    /// <summary>Audio or video.</summary>
    public required MediaKind Kind { get; init; }

    /// <summary>The index of the m-line.</summary>
    public required int Index { get; init; }

    /// <summary>The section's identification tag, sent in the mid header extension where that was agreed; null where it has none.</summary>
    public required string? Mid { get; init; }

    /// <summary>Which way media flows, as this server sees it.</summary>
    public required SdpDirection Direction { get; init; }

    /// <summary>The payload type of the codec.</summary>
    public required byte PayloadType { get; init; }

    /// <summary>The codec, as a=rtpmap names it: "opus/48000/2".</summary>
    public required string Encoding { get; init; }

    /// <summary>RTP clock units a second.</summary>
    public required int ClockRate { get; init; }

    /// <summary>The format parameters (a=fmtp) of the answer; null: none.</summary>
    public required string? Parameters { get; init; }

    /// <summary>The codec of pictures; null for sound.</summary>
    public PayloadFormat? Format { get; init; }

    /// <summary>The payload type of pictures' packets that are sent again (RFC 4588), or null.</summary>
    public byte? RtxPayloadType { get; init; }

    /// <summary>The payload type of Opus with copies of what was sent before (RFC 2198), or null.</summary>
    public byte? RedPayloadType { get; init; }

    /// <summary>The id of the mid header extension (RFC 9143), 1 to 14, or null.</summary>
    public byte? MidId { get; init; }

    /// <summary>The id of the transport-wide sequence number's header extension, 1 to 14, or null.</summary>
    public byte? TransportSequenceId { get; init; }

    /// <summary>The id of the absolute send time's header extension, 1 to 14, or null.</summary>
    public byte? AbsoluteSendTimeId { get; init; }

    /// <summary>The feedback to expect.</summary>
    public NegotiatedFeedback Feedback { get; init; }

    /// <summary>The SSRCs the client says it sends with; may be empty although it sends.</summary>
    public IReadOnlyList<uint> RemoteSsrcs { get; init; } = [];

    /// <summary>Whether the receiver makes use of Opus's in-band forward error correction (RFC 7587 section 6.1).</summary>
    public bool OpusInBandFec { get; init; }

    /// <summary>Bits a second that the receiver of Opus wants at most, or null.</summary>
    public int? OpusMaxAverageBitrate { get; init; }

    /// <summary>How much sound the receiver wants in a packet.</summary>
    public SoundPacking SoundPacking { get; init; } = SoundPacking.Free;

    /// <summary>Whether this server sends.</summary>
    public bool Sends => Direction.HasFlag(SdpDirection.SendOnly);

    /// <summary>Whether this server receives.</summary>
    public bool Receives => Direction.HasFlag(SdpDirection.RecvOnly);
}

/// <summary>How much sound a packet may have.</summary>
/// <param name="Preferred">20 ms so many times, always; null: as the line and the server's time need.</param>
/// <param name="Most">No more than so many.</param>
internal readonly record struct SoundPacking(int? Preferred, int Most)
{
    /// <summary>The client wants nothing of its own: 120 ms at the most (RFC 7587 section 6.1).</summary>
    public static SoundPacking Free => new(Preferred: null, Most: 6);
}
