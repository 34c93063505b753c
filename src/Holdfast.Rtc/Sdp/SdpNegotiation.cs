namespace Holdfast.Rtc.Sdp;

/// <summary>What offer and answer agreed on. Immutable.</summary>
internal sealed class SdpNegotiation
{
    private readonly IReadOnlyList<SdpAnswerSection> _sections;
    private readonly IReadOnlyList<string> _bundle;

    internal SdpNegotiation(SdpOffer offer, SdpTransportPlan plan, SdpNegotiation? previous)
    {
        _sections = [.. offer.Media.Select((section, index) => AnswerTo(section, index, plan))];
        _bundle = plan.Bundle;
        Sound = Agreed(plan.Sound);
        Pictures = Agreed(plan.Pictures);
        Microphone = Agreed(plan.Microphone);
        EstablishedSound = Sound ?? previous?.EstablishedSound;
        EstablishedPictures = Pictures ?? previous?.EstablishedPictures;
        TakesReducedSize = plan.Transport.RtcpReducedSize;
        RemoteUfrag = plan.Transport.IceUfrag!;
        RemotePassword = plan.Transport.IcePassword!;
        RemoteFingerprints = SdpFingerprint.Deciding(plan.Transport.Fingerprints);
    }

    /// <summary>Where sound is sent, or null.</summary>
    public NegotiatedMedia? Sound { get; }

    /// <summary>Where pictures are sent, or null.</summary>
    public NegotiatedMedia? Pictures { get; }

    /// <summary>Where the microphone is received, or null; it may be the section of the sound.</summary>
    public NegotiatedMedia? Microphone { get; }

    /// <summary>How sound was first sent on this connection, also where it pauses now: a stream keeps its section and its numbers.</summary>
    public NegotiatedMedia? EstablishedSound { get; }

    /// <summary>How pictures were first sent on this connection, also where they pause now.</summary>
    public NegotiatedMedia? EstablishedPictures { get; }

    /// <summary>Whether feedback may be sent without a report in front (RFC 5506).</summary>
    public bool TakesReducedSize { get; }

    /// <summary>The client's ICE ufrag.</summary>
    public string RemoteUfrag { get; }

    /// <summary>The client's ICE password, for checks sent to it, of which an ICE-lite agent sends none.</summary>
    public string RemotePassword { get; }

    /// <summary>The client's certificate has one of these hashes, all of one function; never empty.</summary>
    public IReadOnlyList<SdpFingerprint> RemoteFingerprints { get; }

    /// <summary>What was agreed for the section with this identification tag, or null.</summary>
    public NegotiatedMedia? Find(string mid) =>
        _sections.FirstOrDefault(section => string.Equals(section.Mid, mid, StringComparison.Ordinal))?.Agreed;

    /// <summary>The answer, with CRLF line ends: the same for the same parameters.</summary>
    public string WriteAnswer(SdpAnswerParameters parameters) => SdpAnswerWriter.Write(_sections, _bundle, parameters);

    private static SdpAnswerSection AnswerTo(SdpMediaSection section, int index, SdpTransportPlan plan) => new(
        section.Media,
        section.Protocol,
        string.Join(' ', section.Formats),
        section.Mid,
        plan.Transport.RtcpReducedSize,
        plan.Accepted.FirstOrDefault(media => media.Index == index),
        plan.KeptAt(index));

    /// <summary>What was agreed in full about the section that a plan has in mind.</summary>
    private NegotiatedMedia? Agreed(NegotiatedMedia? planned) => planned is null ? null : _sections[planned.Index].Agreed;
}
