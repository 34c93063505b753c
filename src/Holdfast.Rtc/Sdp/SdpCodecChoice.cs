using System.Text;
using Holdfast.Rtc.Rtp;

namespace Holdfast.Rtc.Sdp;

/// <summary>What can be agreed about one section by itself: its codec, header extensions and feedback. The direction is another's to decide.</summary>
internal static class SdpCodecChoice
{
    // Header extensions are written with one-byte headers (RFC 8285 section 4.2): ids 1 to 14, values of at most 16 bytes.
    private const int MaxExtensionId = 14;
    private const int MaxExtensionValue = 16;

    // Of sound, in milliseconds.
    private const int Frame = 20;
    private const int NearerToTwo = 30;

    private const int SoundClockRate = 48_000;

    /// <summary>What is agreed about a section, inactive; null where none of its codecs is ours.</summary>
    /// <param name="section">The offer's section.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="index">Its place among the m-lines.</param>
    /// <param name="previous">What was agreed before on the same connection: its codec and payload type are taken again where they can be.</param>
    /// <param name="formats">The codecs of pictures that this side has, the preferred one first.</param>
    public static NegotiatedMedia? Agree(
        SdpMediaSection section, MediaKind kind, int index, SdpNegotiation? previous, IReadOnlyList<PayloadFormat> formats)
    {
        var before = section.Mid is null ? null : previous?.Find(section.Mid);
        var format = kind == MediaKind.Video ? Prefer(section, before, formats) : null;
        bool IsIt(SdpCodec codec) => IsUsable(codec.PayloadType) && (kind == MediaKind.Audio ? codec.Is("opus", SoundClockRate, channels: 2) : format?.Is(codec) == true);
        if ((section.Codecs.Find(codec => codec.PayloadType == before?.PayloadType && IsIt(codec)) ?? section.Codecs.Find(IsIt)) is not { } chosen)
        {
            return null;
        }

        var transportSequenceId = ExtensionId(section, SdpExtension.TransportSequence);
        return new NegotiatedMedia
        {
            Kind = kind,
            Index = index,
            Mid = section.Mid,
            Direction = SdpDirection.Inactive,
            PayloadType = chosen.PayloadType,
            Encoding = format is null ? "opus/48000/2" : $"{format.Name}/{format.ClockRate}",
            ClockRate = format?.ClockRate ?? SoundClockRate,
            Parameters = format is null ? "minptime=10;useinbandfec=1" : format.AnswerTo(chosen),
            Format = format,
            RtxPayloadType = format is null ? null : FindRtx(section, chosen.PayloadType, format.ClockRate),
            RedPayloadType = kind == MediaKind.Audio ? FindRed(section, chosen.PayloadType) : null,
            MidId = Encoding.UTF8.GetByteCount(section.Mid ?? "") is > 0 and <= MaxExtensionValue
                ? ExtensionId(section, SdpExtension.Mid)
                : null,
            TransportSequenceId = transportSequenceId,
            AbsoluteSendTimeId = ExtensionId(section, SdpExtension.AbsoluteSendTime),
            Feedback = Feedback(chosen, kind, transportSequenceId is not null),
            RemoteSsrcs = [.. section.Ssrcs],
            OpusInBandFec = kind == MediaKind.Audio && string.Equals(chosen.Parameter("useinbandfec"), "1", StringComparison.Ordinal),
            OpusMaxAverageBitrate =
                kind == MediaKind.Audio && int.TryParse(chosen.Parameter("maxaveragebitrate"), out var bitrate) && bitrate > 0
                    ? bitrate
                    : null,
            SoundPacking = PackingOf(section),
        };
    }

    /// <summary>20 or 40 ms, whichever is nearer to what is preferred; what is wanted at the most comes first.</summary>
    private static SoundPacking PackingOf(SdpMediaSection section) => SoundPacking.Free with
    {
        Preferred = section.PacketTime is { } preferred ? (preferred < NearerToTwo ? 1 : 2) : null,
        Most = Math.Clamp((section.MaxPacketTime ?? int.MaxValue) / Frame, 1, SoundPacking.Free.Most),
    };

    /// <summary>The codec of before, or the first of this side's that is offered; null where none is.</summary>
    private static PayloadFormat? Prefer(SdpMediaSection section, NegotiatedMedia? before, IReadOnlyList<PayloadFormat> formats)
    {
        bool IsOffered(PayloadFormat format) => section.Codecs.Exists(codec => IsUsable(codec.PayloadType) && format.Is(codec));
        return before?.Format is { } same && IsOffered(same) ? same : formats.FirstOrDefault(IsOffered);
    }

    /// <summary>Whether a payload type cannot be mistaken for an RTCP packet type on a shared port (RFC 5761 section 4).</summary>
    private static bool IsUsable(byte payloadType) => payloadType is < 64 or > 95;

    private static byte? FindRtx(SdpMediaSection section, byte payloadType, int clockRate)
    {
        var apt = payloadType.ToString();
        return section.Codecs.Find(codec => IsUsable(codec.PayloadType)
            && codec.Is("rtx", clockRate)
            && string.Equals(codec.Parameter("apt"), apt, StringComparison.Ordinal))?.PayloadType;
    }

    /// <summary>Of sound with copies of what was sent before (RFC 2198), where all of it is the codec that was chosen: "111/111".</summary>
    private static byte? FindRed(SdpMediaSection section, byte payloadType)
    {
        var type = payloadType.ToString();
        return section.Codecs.Find(codec => IsUsable(codec.PayloadType)
            && codec.Is("red", 48_000, channels: 2)
            && codec.Parameters.Split('/', StringSplitOptions.TrimEntries) is { Length: > 1 } blocks
            && Array.TrueForAll(blocks, block => string.Equals(block, type, StringComparison.Ordinal)))?.PayloadType;
    }

    private static byte? ExtensionId(SdpMediaSection section, string uri) =>
        section.Extensions.TryGetValue(uri, out var id) && id is >= 1 and <= MaxExtensionId ? (byte)id : null;

    private static NegotiatedFeedback Feedback(SdpCodec codec, MediaKind kind, bool hasTransportSequence)
    {
        var result = NegotiatedFeedback.None;
        foreach (var offered in codec.Feedback)
        {
            result |= (kind, offered) switch
            {
                (_, "transport-cc") when hasTransportSequence => NegotiatedFeedback.TransportWide,
                (_, "nack") => NegotiatedFeedback.Nack,
                (MediaKind.Video, "nack pli") => NegotiatedFeedback.PictureLoss,
                (MediaKind.Video, "ccm fir") => NegotiatedFeedback.FullIntraRequest,
                (MediaKind.Video, "goog-remb") => NegotiatedFeedback.ReceiverEstimatedBitrate,
                _ => NegotiatedFeedback.None,
            };
        }

        return result;
    }
}
