using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Holdfast.Rtc.Ice;
using Holdfast.Rtc.Keeping;
using Holdfast.Rtc.Rtp;
using Holdfast.Rtc.Sdp;

namespace Holdfast.Rtc;

/// <summary>What a peer and its client agreed on by offer and answer, and how they agree anew.</summary>
internal sealed class PeerNegotiation
{
    /// <summary>Bytes: more than the characters that an offer may have.</summary>
    private const int LongestOffer = 256 * 1024;

    private readonly IReadOnlyList<PayloadFormat> _formats;
    private SdpNegotiation _current;

    // The newest answer is the same whenever it is written: enough to give it again to a client that did not get it.
    private SdpAnswerParameters _answered;
    private int _answeredGeneration;
    private byte[] _answeredOffer;

    // What was agreed follows from the offers; so they are what another process needs.
    private readonly List<byte[]> _offers = [];

    private PeerNegotiation(
        SdpNegotiation negotiation, SdpAnswerParameters parameters, int generation, string offerSdp, StreamsStart start, IReadOnlyList<PayloadFormat> formats)
    {
        _formats = formats;
        _current = negotiation;
        _answered = parameters;
        _answeredGeneration = generation;
        _answeredOffer = HashOf(offerSdp);
        _offers.Add(PackedText.Pack(offerSdp));
        Answer = negotiation.WriteAnswer(parameters);
        Streams = new MediaStreams(new StreamNames(parameters.AudioSsrc, parameters.VideoSsrc, parameters.VideoRtxSsrc, parameters.Cname), start);
        Streams.Follow(negotiation);
    }

    /// <summary>The answer to the first offer.</summary>
    public string Answer { get; }

    /// <summary>The client's certificate has one of these.</summary>
    public IReadOnlyList<SdpFingerprint> Fingerprints => _current.RemoteFingerprints;

    public MediaStreams Streams { get; }

    /// <summary>Raised by each answer: what was written down of it before is out of date.</summary>
    public int Version { get; private set; }

    /// <summary>The offers that were answered (<see cref="PackedText"/>): the first, and the newest.</summary>
    public IReadOnlyList<byte[]> Offers => _offers;

    /// <summary>What the newest answer is written with.</summary>
    public SdpAnswerParameters Answered => _answered;

    /// <summary>The ICE generation of the newest answer.</summary>
    public int AnsweredGeneration => _answeredGeneration;

    public static bool TryCreate(
        RtcPeerOptions options,
        IceLiteAgent ice,
        SdpFingerprint fingerprint,
        string offerSdp,
        [NotNullWhen(true)] out PeerNegotiation? negotiation,
        [NotNullWhen(false)] out string? error)
    {
        negotiation = null;
        if (!TryNegotiate(offerSdp, previous: null, options.Formats, out var agreed, out error))
        {
            return false;
        }

        var names = StreamNames.New(options.StreamId);
        var parameters = new SdpAnswerParameters
        {
            LocalUfrag = ice.LocalUfrag(ice.Generation),
            LocalPassword = ice.LocalPassword(ice.Generation, agreed.RemoteUfrag),
            Fingerprint = fingerprint,
            Candidates = options.Candidates,
            StreamId = options.StreamId,
            Cname = names.CanonicalName,
            AudioSsrc = names.Sound,
            VideoSsrc = names.Pictures,
            VideoRtxSsrc = names.Repeats,
            SessionId = (ulong)RandomNumberGenerator.GetInt32(int.MaxValue) + 1,
            SessionVersion = 1,
        };
        ice.SetRemote(ice.Generation, agreed.RemoteUfrag);
        negotiation = new PeerNegotiation(agreed, parameters, ice.Generation, offerSdp, StreamsStart.New(), options.Formats);
        return true;
    }

    /// <summary>Agrees once more on what another process had agreed on.</summary>
    /// <param name="record">What it left.</param>
    /// <param name="ice">Knows the passwords.</param>
    /// <param name="fingerprint">This side's certificate.</param>
    /// <param name="start">Where the streams go on.</param>
    /// <param name="options">Say where the server can be reached, and what it may agree on from now on.</param>
    /// <param name="format">The codec of pictures that was agreed on.</param>
    /// <returns>Null where that cannot be.</returns>
    public static PeerNegotiation? TryRestore(
        PeerKeysRecord record, IceLiteAgent ice, SdpFingerprint fingerprint, StreamsStart start, RtcPeerOptions options, PayloadFormat format)
    {
        if (!PackedText.TryUnpack(record.Offers[0], LongestOffer, out var first) || !TryNegotiate(first, previous: null, [format], out var agreed, out _))
        {
            return null;
        }

        var parameters = new SdpAnswerParameters
        {
            LocalUfrag = ice.LocalUfrag(record.AnsweredGeneration),
            LocalPassword = ice.LocalPassword(record.AnsweredGeneration, agreed.RemoteUfrag),
            Fingerprint = fingerprint,
            Candidates = options.Candidates,
            StreamId = record.StreamId,
            Cname = record.StreamId,
            AudioSsrc = record.FirstSsrc,
            VideoSsrc = record.FirstSsrc + 1,
            VideoRtxSsrc = record.FirstSsrc + 2,
            SessionId = record.SdpSessionId,
            SessionVersion = record.SdpSessionVersion,
        };
        var negotiation = new PeerNegotiation(agreed, parameters, record.AnsweredGeneration, first, start, options.Formats);
        foreach (var packed in record.Offers.Skip(1))
        {
            if (!PackedText.TryUnpack(packed, LongestOffer, out var offer) || !TryNegotiate(offer, negotiation._current, [format], out agreed, out _))
            {
                return null;
            }

            negotiation._offers.Add(packed);
            negotiation._answeredOffer = HashOf(offer);
            negotiation._current = agreed;
            negotiation.Streams.Follow(agreed);
        }

        negotiation._answered = parameters with { LocalPassword = ice.LocalPassword(record.AnsweredGeneration, negotiation._current.RemoteUfrag) };
        return negotiation;
    }

    /// <summary>
    /// Answers a further offer. One with a new ICE ufrag restarts ICE, with the next generation's credentials; one without changes what flows
    /// on the path there is. The same offer again gets the same answer. One that cannot be answered changes nothing.
    /// </summary>
    /// <param name="ice">Whose generations there are.</param>
    /// <param name="offerSdp">The client's offer.</param>
    /// <param name="candidates">Where the server can be reached now, for the answer to a restart; null: as before.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="generation">The ICE generation of the answer.</param>
    /// <param name="needsKeyFrame">Whether pictures begin or resume with it.</param>
    /// <param name="error">Why it cannot be answered, a sentence for a person.</param>
    public bool TryAnswer(
        IceLiteAgent ice,
        string offerSdp,
        IReadOnlyList<IPEndPoint>? candidates,
        [NotNullWhen(true)] out string? answer,
        out int generation,
        out bool needsKeyFrame,
        [NotNullWhen(false)] out string? error)
    {
        (answer, generation, needsKeyFrame) = (null, _answeredGeneration, false);
        var offerHash = HashOf(offerSdp);
        if (offerHash.AsSpan().SequenceEqual(_answeredOffer) && ice.GenerationOf(_current.RemoteUfrag) == generation)
        {
            (answer, error) = (_current.WriteAnswer(_answered), null);
            return true;
        }

        if (!TryNegotiate(offerSdp, _current, _formats, out var agreed, out error))
        {
            return false;
        }

        var known = ice.GenerationOf(agreed.RemoteUfrag);
        generation = known ?? ice.NextGeneration;
        if (generation - ice.Generation > IceLiteAgent.MaxGenerationsAhead)
        {
            error = "Too many ICE restarts were begun and none was completed.";
            return false;
        }

        if (known is null)
        {
            ice.SetRemote(generation, agreed.RemoteUfrag);
        }

        _answered = _answered with
        {
            LocalUfrag = ice.LocalUfrag(generation),
            LocalPassword = ice.LocalPassword(generation, agreed.RemoteUfrag),
            Candidates = known is null && candidates is { Count: > 0 } ? candidates : _answered.Candidates,
            SessionVersion = _answered.SessionVersion + 1,
        };
        (_current, _answeredGeneration, _answeredOffer) = (agreed, generation, offerHash);
        Version++;
        if (_offers.Count == PeerRecordFormat.MostOffers)
        {
            // What the streams were first sent with stays, and what is in force.
            _offers.RemoveAt(1);
        }

        _offers.Add(PackedText.Pack(offerSdp));
        needsKeyFrame = Streams.Follow(agreed);
        answer = agreed.WriteAnswer(_answered);
        return true;
    }

    private static bool TryNegotiate(
        string offerSdp,
        SdpNegotiation? previous,
        IReadOnlyList<PayloadFormat> formats,
        [NotNullWhen(true)] out SdpNegotiation? negotiation,
        [NotNullWhen(false)] out string? error)
    {
        negotiation = null;
        return SdpOffer.TryParse(offerSdp, out var offer, out error)
            && SdpNegotiator.TryNegotiate(offer, previous, out negotiation, out error, formats);
    }

    private static byte[] HashOf(string offerSdp) => SHA256.HashData(MemoryMarshal.AsBytes(offerSdp.AsSpan()));
}
