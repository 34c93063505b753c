using System.Diagnostics.CodeAnalysis;

namespace Holdfast.Rtc.Sdp;

/// <summary>What offer and answer agreed on. Immutable.</summary>
internal sealed class SdpNegotiation
{
    private readonly IReadOnlyList<SdpAnswerSection> _sections;
    private readonly IReadOnlyList<string> _bundle;

    internal SdpNegotiation(
        IReadOnlyList<SdpAnswerSection> sections, IReadOnlyList<string> bundle, SdpMediaSection transport, SdpAnswerParameters parameters)
    {
        _sections = sections;
        _bundle = bundle;
        Audio = Find(sections, MediaKind.Audio);
        Video = Find(sections, MediaKind.Video);
        RemoteUfrag = transport.IceUfrag!;
        RemotePassword = transport.IcePassword!;
        RemoteFingerprints = [.. transport.Fingerprints];
        AnswerSdp = WriteAnswer(parameters);
    }

    /// <summary>What was agreed for sound, or null.</summary>
    public NegotiatedMedia? Audio { get; }

    /// <summary>What was agreed for pictures, or null.</summary>
    public NegotiatedMedia? Video { get; }

    /// <summary>The client's ICE ufrag.</summary>
    public string RemoteUfrag { get; }

    /// <summary>The client's ICE password, for checks sent to it, of which an ICE-lite agent sends none.</summary>
    public string RemotePassword { get; }

    /// <summary>The client's certificate has one of these hashes; never empty.</summary>
    public IReadOnlyList<SdpFingerprint> RemoteFingerprints { get; }

    /// <summary>The answer, with CRLF line ends.</summary>
    public string AnswerSdp { get; }

    /// <summary>
    /// The same answer with other parameters: of the next ICE generation, with a raised session version.
    /// </summary>
    public string WriteAnswer(SdpAnswerParameters parameters) =>
        SdpAnswerWriter.Write(_sections, _bundle, RemoteUfrag, parameters);

    /// <summary>
    /// Whether this negotiation can take the place of an earlier one on a connection whose DTLS association and RTP streams go on:
    /// an ICE restart and nothing else (RFC 8842 section 5.5 for the fingerprint).
    /// </summary>
    /// <param name="previous">The negotiation in force.</param>
    /// <param name="error">Where it cannot: one sentence.</param>
    public bool Continues(SdpNegotiation previous, [NotNullWhen(false)] out string? error)
    {
        error = null;
        if (string.Equals(RemoteUfrag, previous.RemoteUfrag, StringComparison.Ordinal))
        {
            error = "The offer is no ICE restart: its ice-ufrag is that of the offer before.";
        }
        else if (!RemoteFingerprints.Any(mine => previous.RemoteFingerprints.Any(other => IsSame(mine, other))))
        {
            error = "The offer's fingerprint is another than before: a restart keeps the certificate, a new connection does not restart.";
        }
        else if (!IsSame(Audio, previous.Audio) || !IsSame(Video, previous.Video))
        {
            error = "The offer changes media sections, codecs or header extensions: a restart keeps them as they are.";
        }

        return error is null;
    }

    private static NegotiatedMedia? Find(IReadOnlyList<SdpAnswerSection> sections, MediaKind kind) =>
        sections.Select(section => section.Agreed).FirstOrDefault(media => media?.Kind == kind);

    private static bool IsSame(SdpFingerprint left, SdpFingerprint right) =>
        string.Equals(left.Algorithm, right.Algorithm, StringComparison.Ordinal) && left.Value.Span.SequenceEqual(right.Value.Span);

    private static bool IsSame(NegotiatedMedia? left, NegotiatedMedia? right)
    {
        // The list has no value equality; a source may change its SSRC at any time anyway.
        return left is null || right is null
            ? left is null && right is null
            : left == right with { RemoteSsrcs = left.RemoteSsrcs };
    }
}
