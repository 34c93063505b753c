using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Holdfast.Rtc.Sdp;

/// <summary>Decides what to answer to an offer (RFC 9429 section 5.3, RFC 8843, RFC 8842), which is a pure function of the two.</summary>
internal static class SdpNegotiator
{
    // Header extensions are written with one-byte headers (RFC 8285 section 4.2): ids 1 to 14, values of at most 16 bytes.
    private const int MaxExtensionId = 14;
    private const int MaxExtensionValue = 16;

    /// <summary>Makes the answer to an offer.</summary>
    /// <param name="offer">The offer.</param>
    /// <param name="parameters">What the server adds of its own.</param>
    /// <param name="result">What was agreed, with the answer.</param>
    /// <param name="error">Where the offer cannot be answered: one sentence for the person who made it.</param>
    public static bool TryNegotiate(
        SdpOffer offer,
        SdpAnswerParameters parameters,
        [NotNullWhen(true)] out SdpNegotiation? result,
        [NotNullWhen(false)] out string? error)
    {
        result = null;
        var accepted = Accept(offer);
        error = Check(offer, accepted, out var transport, out var bundle);
        if (error is not null)
        {
            return false;
        }

        var sections = offer.Media.Select((section, index) => new SdpAnswerSection(
            section.Media,
            section.Protocol,
            string.Join(' ', section.Formats),
            section.Mid,
            accepted.Find(media => media.Index == index) is { } media
                ? media with { RtcpReducedSize = transport!.RtcpReducedSize }
                : null));
        result = new SdpNegotiation([.. sections], bundle, transport!, parameters);
        return true;
    }

    private static List<NegotiatedMedia> Accept(SdpOffer offer)
    {
        var accepted = new List<NegotiatedMedia>(2);
        for (var i = 0; i < offer.Media.Count; i++)
        {
            var section = offer.Media[i];
            MediaKind? kind = section.Media switch
            {
                "audio" => MediaKind.Audio,
                "video" => MediaKind.Video,
                _ => null,
            };
            if (kind is { } wanted
                && section.IsEnabled
                && IsRtp(section.Protocol)
                && !accepted.Exists(media => media.Kind == wanted)
                && Accept(section, wanted, i) is { } media)
            {
                accepted.Add(media);
            }
        }

        return accepted;
    }

    private static NegotiatedMedia? Accept(SdpMediaSection section, MediaKind kind, int index)
    {
        var codec = section.Codecs.Find(candidate => IsUsable(candidate.PayloadType) && kind switch
        {
            MediaKind.Audio => candidate.Is("opus", 48_000, channels: 2),
            MediaKind.Video => candidate.Is("VP8", 90_000),
        });
        if (codec is null)
        {
            return null;
        }

        var rtx = kind == MediaKind.Video ? FindRtx(section, codec.PayloadType) : null;
        var transportSequenceId = ExtensionId(section, SdpExtension.TransportSequence);
        return new NegotiatedMedia
        {
            Kind = kind,
            Index = index,
            Mid = section.Mid ?? "",
            Direction = Answer(section.Direction, kind),
            PayloadType = codec.PayloadType,
            RtxPayloadType = rtx,
            MidId = Encoding.UTF8.GetByteCount(section.Mid ?? "") is > 0 and <= MaxExtensionValue
                ? ExtensionId(section, SdpExtension.Mid)
                : null,
            TransportSequenceId = transportSequenceId,
            AbsoluteSendTimeId = ExtensionId(section, SdpExtension.AbsoluteSendTime),
            Feedback = Feedback(codec, kind, transportSequenceId is not null),
            RemoteSsrcs = [.. section.Ssrcs],
            OpusInBandFec = kind == MediaKind.Audio && string.Equals(codec.Parameter("useinbandfec"), "1", StringComparison.Ordinal),
            OpusMaxAverageBitrate =
                kind == MediaKind.Audio && int.TryParse(codec.Parameter("maxaveragebitrate"), out var bitrate) && bitrate > 0
                    ? bitrate
                    : null,
        };
    }

    /// <summary>The profiles that RFC 8829 section 5.1.2 has an answerer accept, those with DTLS-SRTP.</summary>
    private static bool IsRtp(string protocol) => protocol is "UDP/TLS/RTP/SAVPF" or "UDP/TLS/RTP/SAVP"
        or "TCP/DTLS/RTP/SAVPF" or "TCP/DTLS/RTP/SAVP" or "RTP/SAVPF" or "RTP/SAVP";

    /// <summary>Whether a payload type cannot be mistaken for an RTCP packet type on a shared port (RFC 5761 section 4).</summary>
    private static bool IsUsable(byte payloadType) => payloadType is < 64 or > 95;

    private static byte? FindRtx(SdpMediaSection section, byte payloadType)
    {
        var apt = payloadType.ToString();
        return section.Codecs.Find(codec => IsUsable(codec.PayloadType)
            && codec.Is("rtx", 90_000)
            && string.Equals(codec.Parameter("apt"), apt, StringComparison.Ordinal))?.PayloadType;
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
                (MediaKind.Video, "nack") => NegotiatedFeedback.Nack,
                (MediaKind.Video, "nack pli") => NegotiatedFeedback.PictureLoss,
                (MediaKind.Video, "ccm fir") => NegotiatedFeedback.FullIntraRequest,
                (MediaKind.Video, "goog-remb") => NegotiatedFeedback.ReceiverEstimatedBitrate,
                _ => NegotiatedFeedback.None,
            };
        }

        return result;
    }

    /// <summary>The answer's direction: the offer's turned round, less what this server does not do, which is to receive pictures.</summary>
    private static SdpDirection Answer(SdpDirection offered, MediaKind kind)
    {
        var turned = SdpDirection.Inactive;
        if (offered.HasFlag(SdpDirection.RecvOnly))
        {
            turned |= SdpDirection.SendOnly;
        }

        if (offered.HasFlag(SdpDirection.SendOnly) && kind == MediaKind.Audio)
        {
            turned |= SdpDirection.RecvOnly;
        }

        return turned;
    }

    private static string? Check(
        SdpOffer offer, List<NegotiatedMedia> accepted, out SdpMediaSection? transport, out IReadOnlyList<string> bundle)
    {
        transport = null;
        bundle = [];
        if (offer.IsIceLite)
        {
            return "The offer is from an ICE-lite agent, as this server is: one side has to be a full ICE agent.";
        }

        if (accepted.Count == 0)
        {
            return "The offer has no section that this server can answer: Opus sound or VP8 pictures over UDP/TLS/RTP/SAVPF.";
        }

        if (accepted.Exists(media => media.Mid.Length == 0))
        {
            return "The offer has an audio or video section without a=mid.";
        }

        var group = offer.BundleGroups.FirstOrDefault(
            mids => accepted.TrueForAll(media => mids.Contains(media.Mid, StringComparer.Ordinal)));
        if (group is null && accepted.Count > 1)
        {
            return "The offer does not bundle its audio and video sections (a=group:BUNDLE), and this server uses one transport for all.";
        }

        // The answer's bundle is what is left of the offer's, in its order. The transport attributes of the first section count
        // (RFC 8843 section 7.3.1); those of sections that are bundle-only may be missing.
        bundle = group is null
            ? []
            : [.. group.Distinct(StringComparer.Ordinal).Where(mid => accepted.Exists(media => HasMid(media.Mid, mid)))];
        var inOrder = group is null
            ? [offer.Media[accepted[0].Index]]
            : bundle.Select(mid => offer.Media[accepted.Find(media => HasMid(media.Mid, mid))!.Index]).ToArray();
        transport = Array.Find(inOrder, section => section.IceUfrag is not null) ?? inOrder[0];
        return CheckTransport(transport);
    }

    private static bool HasMid(string left, string right) => string.Equals(left, right, StringComparison.Ordinal);

    private static string? CheckTransport(SdpMediaSection transport)
    {
        if (transport.IceUfrag is null || transport.IcePassword is null)
        {
            return $"The offer's {transport.Media} section has no ICE credentials (a=ice-ufrag and a=ice-pwd).";
        }

        if (transport.Fingerprints.Count == 0)
        {
            return $"The offer's {transport.Media} section has no certificate fingerprint with sha-256, sha-384, sha-512 or sha-1.";
        }

        if (!transport.RtcpMux)
        {
            return $"The offer's {transport.Media} section does not offer a=rtcp-mux, and this server has one port for RTP and RTCP.";
        }

        // Without the attribute the offerer is active (RFC 4145 section 4.1).
        return transport.Setup is null or "actpass" or "active"
            ? null
            : "The offer's a=setup is neither actpass nor active, and this server is always the DTLS server.";
    }
}
