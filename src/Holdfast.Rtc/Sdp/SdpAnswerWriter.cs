using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Holdfast.Rtc.Sdp;

/// <summary>Writes an answer (RFC 8866, RFC 9429 section 5.3).</summary>
/// <remarks>
/// Transport attributes stand under each accepted m-line, as browsers write them, and are the same under all. Only the two
/// ICE lines and the session version differ between the answers of one connection: a client that restarts ICE by itself
/// relies on it.
/// </remarks>
internal sealed class SdpAnswerWriter
{
    // RFC 8445 section 5.1.2.1, component 1, and the type preference of host candidates.
    private const uint HostTypePreference = 126;
    private const uint ComponentTerm = 256 - 1;

    private readonly StringBuilder _text = new(2048);
    private readonly SdpAnswerParameters _parameters;

    private SdpAnswerWriter(SdpAnswerParameters parameters) => _parameters = parameters;

    /// <summary>Writes an answer with CRLF line ends.</summary>
    public static string Write(IReadOnlyList<SdpAnswerSection> sections, IReadOnlyList<string> bundle, SdpAnswerParameters parameters)
    {
        var writer = new SdpAnswerWriter(parameters);
        writer.WriteSession(bundle);
        foreach (var section in sections)
        {
            if (section.Agreed is { } media)
            {
                writer.WriteAccepted(section, media);
            }
            else if (section.Kept is { } kept)
            {
                writer.WriteKept(section, kept);
            }
            else
            {
                writer.WriteRefused(section);
            }
        }

        return writer._text.ToString();
    }

    private void WriteSession(IReadOnlyList<string> bundle)
    {
        Line("v=0");
        Line($"o=- {_parameters.SessionId} {_parameters.SessionVersion} IN IP4 127.0.0.1");
        Line("s=-");
        Line("t=0 0");
        if (bundle.Count > 0)
        {
            Line($"a=group:BUNDLE {string.Join(' ', bundle)}");
        }

        Line("a=ice-lite");
        Line("a=ice-options:ice2");
    }

    /// <summary>A section that is not wanted: port 0, and left out of the bundle (RFC 9143 section 7.3.3).</summary>
    private void WriteRefused(SdpAnswerSection section)
    {
        Line($"m={section.Media} 0 {section.Protocol} {section.Formats}");
        Line("c=IN IP4 0.0.0.0");
        WriteMid(section);
        Line("a=inactive");
    }

    /// <summary>A section that stays in the bundle with nothing in it.</summary>
    private void WriteKept(SdpAnswerSection section, SdpKeptSection kept)
    {
        WriteHead(section, $"{kept.PayloadType}", SdpDirection.Inactive);
        if (kept.Encoding is not null)
        {
            Line($"a=rtpmap:{kept.PayloadType} {kept.Encoding}");
        }

        if (kept.Parameters is not null)
        {
            Line($"a=fmtp:{kept.PayloadType} {kept.Parameters}");
        }

        WriteTransport();
    }

    private void WriteAccepted(SdpAnswerSection section, NegotiatedMedia media)
    {
        WriteHead(
            section,
            (media.RtxPayloadType ?? RedOf(media)) is { } second ? $"{media.PayloadType} {second}" : $"{media.PayloadType}",
            media.Direction);
        WriteCodec(media);
        WriteExtensions(media);
        if (media.Sends)
        {
            WriteSources(media);
        }

        WriteTransport();
    }

    private void WriteHead(SdpAnswerSection section, string payloadTypes, SdpDirection direction)
    {
        // The default destination is one of the candidates (RFC 8839 section 4.2.1.2): IPv4 where there is one.
        var preferred = _parameters.Candidates.FirstOrDefault(candidate => IsIPv4(candidate.Address))
            ?? _parameters.Candidates.FirstOrDefault();
        Line($"m={section.Media} {preferred?.Port ?? 9} {section.Protocol} {payloadTypes}");
        Line(preferred is null
            ? "c=IN IP4 0.0.0.0"
            : $"c=IN {(IsIPv4(preferred.Address) ? "IP4" : "IP6")} {Text(preferred.Address)}");
        WriteMid(section);
        Line(direction switch
        {
            SdpDirection.Inactive => "a=inactive",
            SdpDirection.SendOnly => "a=sendonly",
            SdpDirection.RecvOnly => "a=recvonly",
            SdpDirection.SendRecv => "a=sendrecv",
        });
        Line("a=rtcp-mux");
        if (section.RtcpReducedSize)
        {
            Line("a=rtcp-rsize");
        }
    }

    private void WriteMid(SdpAnswerSection section)
    {
        if (section.Mid is not null)
        {
            Line($"a=mid:{section.Mid}");
        }
    }

    private void WriteCodec(NegotiatedMedia media)
    {
        Line($"a=rtpmap:{media.PayloadType} {media.Encoding}");
        if (media.Parameters is not null)
        {
            Line($"a=fmtp:{media.PayloadType} {media.Parameters}");
        }

        if (media.Kind == MediaKind.Video || media.Receives)
        {
            // Sound is asked for again only where it comes from a microphone; then both sides may ask.
            WriteFeedback(media, NegotiatedFeedback.Nack, "nack");
        }

        WriteFeedback(media, NegotiatedFeedback.PictureLoss, "nack pli");
        WriteFeedback(media, NegotiatedFeedback.FullIntraRequest, "ccm fir");
        WriteFeedback(media, NegotiatedFeedback.ReceiverEstimatedBitrate, "goog-remb");
        WriteFeedback(media, NegotiatedFeedback.TransportWide, "transport-cc");
        if (media.RtxPayloadType is { } rtx)
        {
            Line($"a=rtpmap:{rtx} rtx/{media.ClockRate}");
            Line($"a=fmtp:{rtx} apt={media.PayloadType}");
        }

        if (RedOf(media) is { } red)
        {
            Line($"a=rtpmap:{red} red/48000/2");
            Line($"a=fmtp:{red} {media.PayloadType}/{media.PayloadType}");
        }
    }

    /// <summary>It is for what this server sends; of the microphone it expects no copies.</summary>
    private static byte? RedOf(NegotiatedMedia media) => media.Sends ? media.RedPayloadType : null;

    private void WriteFeedback(NegotiatedMedia media, NegotiatedFeedback feedback, string name)
    {
        if (media.Feedback.HasFlag(feedback))
        {
            Line($"a=rtcp-fb:{media.PayloadType} {name}");
        }
    }

    private void WriteExtensions(NegotiatedMedia media)
    {
        WriteExtension(media.MidId, SdpExtension.Mid);
        WriteExtension(media.TransportSequenceId, SdpExtension.TransportSequence);
        WriteExtension(media.AbsoluteSendTimeId, SdpExtension.AbsoluteSendTime);
    }

    private void WriteExtension(byte? id, string uri)
    {
        if (id is not null)
        {
            Line($"a=extmap:{id} {uri}");
        }
    }

    private void WriteSources(NegotiatedMedia media)
    {
        var (track, ssrc) = media.Kind switch
        {
            MediaKind.Audio => ("audio", _parameters.AudioSsrc),
            MediaKind.Video => ("video", _parameters.VideoSsrc),
        };
        Line($"a=msid:{_parameters.StreamId} {_parameters.StreamId}-{track}");
        if (media.RtxPayloadType is not null)
        {
            Line($"a=ssrc-group:FID {ssrc} {_parameters.VideoRtxSsrc}");
        }

        Line($"a=ssrc:{ssrc} cname:{_parameters.Cname}");
        if (media.RtxPayloadType is not null)
        {
            Line($"a=ssrc:{_parameters.VideoRtxSsrc} cname:{_parameters.Cname}");
        }
    }

    private void WriteTransport()
    {
        Line($"a=ice-ufrag:{_parameters.LocalUfrag}");
        Line($"a=ice-pwd:{_parameters.LocalPassword}");
        Line($"a=fingerprint:{_parameters.Fingerprint}");
        Line("a=setup:passive");
        for (var i = 0; i < _parameters.Candidates.Count; i++)
        {
            // Each address is a base of its own, so each candidate has its own foundation; the order given is that of preference
            // (RFC 8445 sections 5.1.1.3 and 5.1.2.2).
            var candidate = _parameters.Candidates[i];
            var priority = (HostTypePreference << 24) | ((uint)(ushort.MaxValue - i) << 8) | ComponentTerm;
            Line($"a=candidate:{i + 1} 1 udp {priority} {Text(candidate.Address)} {candidate.Port} typ host");
        }

        Line("a=end-of-candidates");
    }

    private static bool IsIPv4(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6;

    private static string Text(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return address.ToString();
        }

        // A scope means nothing to another machine.
        return address.IsIPv4MappedToIPv6
            ? address.MapToIPv4().ToString()
            : new IPAddress(address.GetAddressBytes()).ToString();
    }

    private void Line(string line) => _text.Append(line).Append("\r\n");
}
