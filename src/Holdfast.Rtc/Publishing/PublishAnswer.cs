using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Holdfast.Rtc.Ice;
using Holdfast.Rtc.Rtp;
using Holdfast.Rtc.Sdp;

namespace Holdfast.Rtc;

/// <summary>What a server answered to a <see cref="PublishOffer"/>.</summary>
/// <param name="Credentials">The server's ICE credentials.</param>
/// <param name="Fingerprints">The server's certificate has one of these.</param>
/// <param name="IsDtlsServer">Whether the server waits for this side's handshake (a=setup:passive).</param>
/// <param name="Candidates">Where the server can be reached by UDP, in its order; never empty.</param>
/// <param name="Sound">What was agreed about sound.</param>
/// <param name="Pictures">What was agreed about pictures.</param>
internal sealed record PublishAnswer(
    IceCredentials Credentials,
    IReadOnlyList<SdpFingerprint> Fingerprints,
    bool IsDtlsServer,
    IReadOnlyList<IPEndPoint> Candidates,
    NegotiatedMedia Sound,
    NegotiatedMedia Pictures)
{
    /// <summary>Each is one more to check.</summary>
    private const int MaxCandidates = 16;

    /// <summary>Reads an answer. It never throws.</summary>
    /// <param name="sdp">The session description.</param>
    /// <param name="formats">The codecs of pictures that were offered, the preferred one first.</param>
    /// <param name="answer">What it says.</param>
    /// <param name="error">Why it is no use: one sentence for a person.</param>
    public static bool TryParse(
        string sdp, IReadOnlyList<PayloadFormat> formats, [NotNullWhen(true)] out PublishAnswer? answer, [NotNullWhen(false)] out string? error)
    {
        answer = null;
        if (!SdpOffer.TryParse(sdp, out var parsed, out error))
        {
            // Both are session descriptions, read alike.
            error = error.Replace("offer", "answer", StringComparison.Ordinal);
            return false;
        }

        if (parsed.Media is not [{ Kind: MediaKind.Audio } sound, { Kind: MediaKind.Video } pictures])
        {
            error = "The answer does not have the offer's two sections, sound and pictures.";
            return false;
        }

        if (Agree(sound, 0, formats) is not { } agreedSound)
        {
            error = "The server does not take Opus sound.";
            return false;
        }

        if (Agree(pictures, 1, formats) is not { } agreedPictures)
        {
            error = $"The server does not take {string.Join(" or ", formats.Select(static format => format.Name))} pictures.";
            return false;
        }

        if (sound is not { IceUfrag: { } ufrag, IcePassword: { } password })
        {
            error = "The answer has no ICE credentials.";
            return false;
        }

        if (sound.Fingerprints.Count == 0)
        {
            error = "The answer has no certificate fingerprint with sha-256, sha-384, sha-512 or sha-1.";
            return false;
        }

        if (ReadCandidates(sdp) is not { Count: > 0 } candidates)
        {
            error = "The answer names no address that could be reached by UDP.";
            return false;
        }

        answer = new PublishAnswer(
            new IceCredentials(ufrag, password),
            SdpFingerprint.Deciding(sound.Fingerprints),
            !string.Equals(sound.Setup, "active", StringComparison.OrdinalIgnoreCase),
            candidates,
            agreedSound,
            agreedPictures);
        error = null;
        return true;
    }

    private static NegotiatedMedia? Agree(SdpMediaSection section, int index, IReadOnlyList<PayloadFormat> formats)
    {
        // A section without a port is refused; in an answer a bundled one has that of the first.
        if (section.Port == 0 || !section.Direction.HasFlag(SdpDirection.RecvOnly))
        {
            return null;
        }

        // Codecs, ids and feedback are the offer's, as far as the server knows them: what it names is what is used (RFC 3264 section 6.1).
        return SdpCodecChoice.Agree(section, section.Kind!.Value, index, previous: null, formats) is { } agreed
            ? agreed with { Mid = index.ToString(CultureInfo.InvariantCulture), Direction = SdpDirection.SendOnly, RedPayloadType = null }
            : null;
    }

    /// <summary>With one transport for all, an address that any section names is the transport's.</summary>
    private static List<IPEndPoint> ReadCandidates(string sdp)
    {
        var candidates = new List<IPEndPoint>();
        Span<Range> parts = stackalloc Range[9];
        foreach (var line in sdp.AsSpan().EnumerateLines())
        {
            // <foundation> <component> <transport> <priority> <address> <port> typ <type> ... (RFC 8839 section 5.1)
            const string Attribute = "a=candidate:";
            if (candidates.Count == MaxCandidates || !line.StartsWith(Attribute, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var value = line[Attribute.Length..].Trim();
            if (value.Split(parts, ' ', StringSplitOptions.RemoveEmptyEntries) >= 8
                && value[parts[1]] is "1"
                && value[parts[2]].Equals("udp", StringComparison.OrdinalIgnoreCase)
                && IPAddress.TryParse(value[parts[4]], out var written)
                && (written.IsIPv4MappedToIPv6 ? written.MapToIPv4() : written) is var address
                && IsReachable(address)
                && ushort.TryParse(value[parts[5]], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                && port != 0
                && new IPEndPoint(address, port) is var candidate
                && !candidates.Contains(candidate))
            {
                candidates.Add(candidate);
            }
        }

        return candidates;
    }

    private static bool IsReachable(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => address.GetAddressBytes() is not ([0, ..] or [>= 224, ..]),
        _ => address is { IsIPv6LinkLocal: false, IsIPv6Multicast: false } && !address.Equals(IPAddress.IPv6Any),
    };
}
