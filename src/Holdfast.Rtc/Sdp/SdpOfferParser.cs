using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Holdfast.Rtc.Ice;

namespace Holdfast.Rtc.Sdp;

/// <summary>Reads an offer line by line (RFC 8866); what an answerer does not need is passed over.</summary>
internal ref struct SdpOfferParser
{
    private const int MaxFeedbackPerCodec = 16;
    private const int MaxSsrcsPerSection = 16;
    private const int MaxGroups = 16;
    private const int MaxExtensions = 64;
    private const int MaxNameLength = 32;

    // What editors, text areas and template literals leave around lines: nothing that a line could mean.
    private const string Padding = " \t\0\uFEFF";

    private readonly List<SdpMediaSection> _media = [];
    private readonly List<IReadOnlyList<string>> _bundleGroups = [];
    private readonly List<SdpFingerprint> _sessionFingerprints = [];
    private readonly Dictionary<string, int> _sessionExtensions = new(StringComparer.Ordinal);
    private SdpDirection _sessionDirection = SdpDirection.SendRecv;
    private string? _sessionUfrag;
    private string? _sessionPassword;
    private string? _sessionSetup;
    private bool _isIceLite;

    public SdpOfferParser()
    {
    }

    /// <inheritdoc cref="SdpOffer.TryParse"/>
    public static bool TryParse(
        string? sdp, [NotNullWhen(true)] out SdpOffer? offer, [NotNullWhen(false)] out string? error)
    {
        offer = null;
        if (sdp is null || sdp.AsSpan().Trim(Padding + "\r\n").IsEmpty)
        {
            error = "The offer is empty.";
            return false;
        }

        if (sdp.Length > SdpOffer.MaxLength)
        {
            error = $"The offer is longer than {SdpOffer.MaxLength} characters.";
            return false;
        }

        var parser = new SdpOfferParser();
        error = parser.Read(sdp);
        if (error is not null)
        {
            return false;
        }

        offer = new SdpOffer(parser._media, parser._bundleGroups, parser._isIceLite);
        return true;
    }

    /// <summary>Whether a text can be repeated in an answer: visible ASCII, no blanks.</summary>
    private static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange('!', '~');

    private string? Read(string sdp)
    {
        var number = 0;
        foreach (var rawLine in sdp.AsSpan().EnumerateLines())
        {
            var line = rawLine.Trim(Padding);
            if (line.IsEmpty)
            {
                continue;
            }

            number++;
            if (number > SdpOffer.MaxLines)
            {
                return $"The offer has more than {SdpOffer.MaxLines} lines.";
            }

            if (line.Length < 2 || line[1] != '=')
            {
                return $"Line {number} of the offer is not of the form x=value.";
            }

            var value = line[2..];
            if (number == 1 && (line[0] != 'v' || !value.Trim().SequenceEqual("0")))
            {
                return "The offer does not begin with v=0.";
            }

            var error = line[0] switch
            {
                'm' => ReadMedia(value, number),
                'a' => ReadAttribute(value),
                _ => null,
            };
            if (error is not null)
            {
                return error;
            }
        }

        if (_media.Count == 0)
        {
            return "The offer has no media sections.";
        }

        foreach (var section in _media)
        {
            if (section.Fingerprints.Count == 0)
            {
                section.Fingerprints.AddRange(_sessionFingerprints);
            }

            foreach (var (uri, id) in _sessionExtensions)
            {
                section.Extensions.TryAdd(uri, id);
            }
        }

        return CheckMids();
    }

    private readonly string? CheckMids()
    {
        var mids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var section in _media)
        {
            if (section.Mid is { } mid && !mids.Add(mid))
            {
                return "Two media sections of the offer have the same a=mid.";
            }
        }

        return null;
    }

    private string? ReadMedia(ReadOnlySpan<char> value, int line)
    {
        if (_media.Count == SdpOffer.MaxMediaSections)
        {
            return $"The offer has more than {SdpOffer.MaxMediaSections} media sections.";
        }

        var fields = value.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 4 || !fields.All(field => IsToken(field)))
        {
            return $"Line {line} of the offer is a malformed m-line.";
        }

        // A port may be followed by '/' and a number of ports.
        var port = fields[1].AsSpan();
        var slash = port.IndexOf('/');
        if (!ushort.TryParse(slash < 0 ? port : port[..slash], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return $"Line {line} of the offer is a malformed m-line.";
        }

        var section = new SdpMediaSection
        {
            Media = fields[0],
            Port = number,
            Protocol = fields[2],
            Formats = fields[3..],
            Direction = _sessionDirection,
            IceUfrag = _sessionUfrag,
            IcePassword = _sessionPassword,
            Setup = _sessionSetup,
        };
        foreach (var format in section.Formats)
        {
            if (TryParsePayloadType(format, out var payloadType) && section.Codecs.TrueForAll(codec => codec.PayloadType != payloadType))
            {
                section.Codecs.Add(new SdpCodec { PayloadType = payloadType });
            }
        }

        _media.Add(section);
        return null;
    }

    private string? ReadAttribute(ReadOnlySpan<char> line)
    {
        var colon = line.IndexOf(':');
        var written = (colon < 0 ? line : line[..colon]).TrimEnd();
        var value = colon < 0 ? default : line[(colon + 1)..].Trim();
        var section = _media.Count > 0 ? _media[^1] : null;

        // All names known here are shorter, and in lower case; some write them otherwise.
        Span<char> lower = stackalloc char[MaxNameLength];
        var length = written.Length > MaxNameLength ? -1 : written.ToLowerInvariant(lower);
        ReadOnlySpan<char> name = length < 0 ? default : lower[..length];
        switch (name)
        {
            case "ice-ufrag":
                return IceSyntax.IsUfrag(value) ? Keep(section, value, ref _sessionUfrag, static (s, v) => s.IceUfrag = v)
                    : "The offer has a malformed a=ice-ufrag.";
            case "ice-pwd":
                return IceSyntax.IsPassword(value)
                    ? Keep(section, value, ref _sessionPassword, static (s, v) => s.IcePassword = v)
                    : "The offer has a malformed a=ice-pwd.";
            case "setup":
                return Keep(section, value, ref _sessionSetup, static (s, v) => s.Setup = v);
            case "fingerprint":
                ReadFingerprint(section, value);
                return null;
            case "sendrecv":
                return Direct(section, SdpDirection.SendRecv);
            case "sendonly":
                return Direct(section, SdpDirection.SendOnly);
            case "recvonly":
                return Direct(section, SdpDirection.RecvOnly);
            case "inactive":
                return Direct(section, SdpDirection.Inactive);
            case "extmap":
                ReadExtension(section?.Extensions ?? _sessionExtensions, value);
                return null;
            default:
                return section is null ? ReadSessionAttribute(name, value) : ReadMediaAttribute(section, name, value);
        }
    }

    private static string? Keep(
        SdpMediaSection? section, ReadOnlySpan<char> value, ref string? session, Action<SdpMediaSection, string> set)
    {
        if (section is null)
        {
            session = value.ToString();
        }
        else
        {
            set(section, value.ToString());
        }

        return null;
    }

    private string? Direct(SdpMediaSection? section, SdpDirection direction)
    {
        if (section is null)
        {
            _sessionDirection = direction;
        }
        else
        {
            section.Direction = direction;
        }

        return null;
    }

    private readonly void ReadFingerprint(SdpMediaSection? section, ReadOnlySpan<char> value)
    {
        // Hash functions that are not known here are passed over: another one may be given too (RFC 8122 section 5).
        if (SdpFingerprint.TryParse(value, out var fingerprint))
        {
            (section?.Fingerprints ?? _sessionFingerprints).Add(fingerprint);
        }
    }

    private string? ReadSessionAttribute(scoped ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        switch (name)
        {
            case "ice-lite":
                _isIceLite = true;
                break;
            case "group":
                var tokens = value.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (tokens.Length > 1 && tokens[0].Equals("BUNDLE", StringComparison.OrdinalIgnoreCase) && _bundleGroups.Count < MaxGroups)
                {
                    _bundleGroups.Add(tokens[1..]);
                }

                break;
            default:
                break;
        }

        return null;
    }

    private static string? ReadMediaAttribute(SdpMediaSection section, ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        switch (name)
        {
            case "mid":
                if (!IsToken(value))
                {
                    return "The offer has a malformed a=mid.";
                }

                section.Mid = value.ToString();
                break;
            case "rtcp-mux":
                section.RtcpMux = true;
                break;
            case "rtcp-rsize":
                section.RtcpReducedSize = true;
                break;
            case "ptime":
                section.PacketTime = ReadMilliseconds(value);
                break;
            case "maxptime":
                section.MaxPacketTime = ReadMilliseconds(value);
                break;
            case "rtpmap":
                ReadRtpMap(section, value);
                break;
            case "fmtp":
                if (TrySplitPayloadType(section, value, out var codec, out var parameters))
                {
                    codec.Parameters = parameters.ToString();
                }

                break;
            case "rtcp-fb":
                ReadFeedback(section, value);
                break;
            case "ssrc":
                ReadSsrc(section, value);
                break;
            default:
                break;
        }

        return null;
    }

    private static int? ReadMilliseconds(ReadOnlySpan<char> value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var time) && time > 0 ? time : null;

    private static bool TryParsePayloadType(ReadOnlySpan<char> text, out byte payloadType) =>
        byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out payloadType) && payloadType < 128;

    private static bool TrySplitPayloadType(
        SdpMediaSection section, ReadOnlySpan<char> value, [NotNullWhen(true)] out SdpCodec? codec, out ReadOnlySpan<char> rest)
    {
        codec = null;
        rest = default;
        var space = value.IndexOf(' ');
        if (space < 0 || !TryParsePayloadType(value[..space], out var payloadType))
        {
            return false;
        }

        rest = value[(space + 1)..].Trim();
        codec = section.Codecs.Find(candidate => candidate.PayloadType == payloadType);
        return codec is not null;
    }

    private static void ReadRtpMap(SdpMediaSection section, ReadOnlySpan<char> value)
    {
        // <payload type> <encoding name>/<clock rate>[/<channels>]
        Span<Range> parts = stackalloc Range[4];
        if (!TrySplitPayloadType(section, value, out var codec, out var encoding))
        {
            return;
        }

        var count = encoding.Split(parts, '/');
        if (count is not (2 or 3)
            || !int.TryParse(encoding[parts[1]], NumberStyles.None, CultureInfo.InvariantCulture, out var clockRate))
        {
            return;
        }

        var channels = 1;
        if (count == 3 && !int.TryParse(encoding[parts[2]], NumberStyles.None, CultureInfo.InvariantCulture, out channels))
        {
            return;
        }

        codec.Name = encoding[parts[0]].ToString();
        codec.ClockRate = clockRate;
        codec.Channels = channels;
    }

    private static void ReadFeedback(SdpMediaSection section, ReadOnlySpan<char> value)
    {
        if (TrySplitPayloadType(section, value, out var only, out var feedback))
        {
            AddFeedback(only, feedback);
        }
        else if (value.StartsWith("* ", StringComparison.Ordinal))
        {
            foreach (var codec in section.Codecs)
            {
                AddFeedback(codec, value[2..].Trim());
            }
        }
    }

    private static void AddFeedback(SdpCodec codec, ReadOnlySpan<char> feedback)
    {
        if (codec.Feedback.Count < MaxFeedbackPerCodec)
        {
            codec.Feedback.Add(feedback.ToString().ToLowerInvariant());
        }
    }

    private static void ReadExtension(Dictionary<string, int> extensions, ReadOnlySpan<char> value)
    {
        // <id>["/"<direction>] <URI> [<attributes>]. An extension for one direction only is none of those used here.
        var space = value.IndexOf(' ');
        if (space < 0)
        {
            return;
        }

        var id = value[..space];
        var slash = id.IndexOf('/');
        if (slash >= 0)
        {
            if (!id[(slash + 1)..].SequenceEqual("sendrecv"))
            {
                return;
            }

            id = id[..slash];
        }

        var uri = value[(space + 1)..].TrimStart();
        var end = uri.IndexOf(' ');
        uri = end < 0 ? uri : uri[..end];
        if (extensions.Count < MaxExtensions
            && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && IsToken(uri))
        {
            extensions.TryAdd(uri.ToString(), number);
        }
    }

    private static void ReadSsrc(SdpMediaSection section, ReadOnlySpan<char> value)
    {
        var space = value.IndexOf(' ');
        if (uint.TryParse(space < 0 ? value : value[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var ssrc)
            && section.Ssrcs.Count < MaxSsrcsPerSection
            && !section.Ssrcs.Contains(ssrc))
        {
            section.Ssrcs.Add(ssrc);
        }
    }
}
