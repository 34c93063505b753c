using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Holdfast.Rtc.Ice;
using Holdfast.Rtc.Sdp;

namespace Holdfast.Rtc;

/// <summary>What a peer and its client agreed on by offer and answer, and how they agree anew on an ICE restart.</summary>
internal sealed class PeerNegotiation
{
    private readonly SdpAnswerParameters _parameters;
    private SdpNegotiation _current;
    private ulong _version;

    private PeerNegotiation(SdpNegotiation negotiation, SdpAnswerParameters parameters)
    {
        _current = negotiation;
        _parameters = parameters;
        _version = parameters.SessionVersion;
        Answer = negotiation.AnswerSdp;
        Streams = CreateStreams(negotiation, parameters);
    }

    /// <summary>The answer to the first offer.</summary>
    public string Answer { get; }

    /// <summary>The client's certificate has one of these.</summary>
    public IReadOnlyList<SdpFingerprint> Fingerprints => _current.RemoteFingerprints;

    public MediaStreams Streams { get; }

    public static bool TryCreate(
        RtcPeerOptions options,
        IceLiteAgent ice,
        SdpFingerprint fingerprint,
        string offerSdp,
        [NotNullWhen(true)] out PeerNegotiation? negotiation,
        [NotNullWhen(false)] out string? error)
    {
        negotiation = null;
        var ssrc = RandomSsrc();
        var parameters = new SdpAnswerParameters
        {
            LocalUfrag = ice.LocalUfrag(ice.Generation),
            LocalPasswordFor = remoteUfrag => ice.LocalPassword(ice.Generation, remoteUfrag),
            Fingerprint = fingerprint,
            Candidates = options.Candidates,
            StreamId = options.StreamId,
            Cname = options.StreamId,
            AudioSsrc = ssrc,
            VideoSsrc = ssrc + 1,
            VideoRtxSsrc = ssrc + 2,
            SessionId = (ulong)RandomNumberGenerator.GetInt32(int.MaxValue) + 1,
            SessionVersion = 1,
        };
        if (!TryNegotiate(offerSdp, parameters, out var agreed, out error))
        {
            return false;
        }

        ice.SetRemote(ice.Generation, agreed.RemoteUfrag);
        negotiation = new PeerNegotiation(agreed, parameters);
        return true;
    }

    /// <summary>Answers an ICE restart with the next generation's credentials; one that cannot be answered changes nothing.</summary>
    public bool TryRestart(
        IceLiteAgent ice, string offerSdp, [NotNullWhen(true)] out string? answer, out int generation, [NotNullWhen(false)] out string? error)
    {
        answer = null;
        var next = generation = ice.NextGeneration;
        if (next - ice.Generation > IceLiteAgent.MaxGenerationsAhead)
        {
            error = "Too many ICE restarts were begun and none was completed.";
            return false;
        }

        var parameters = _parameters with
        {
            LocalUfrag = ice.LocalUfrag(next),
            LocalPasswordFor = remoteUfrag => ice.LocalPassword(next, remoteUfrag),
            SessionVersion = _version + 1,
        };
        if (!TryNegotiate(offerSdp, parameters, out var agreed, out error) || !agreed.Continues(_current, out error))
        {
            return false;
        }

        ice.SetRemote(next, agreed.RemoteUfrag);
        _current = agreed;
        _version++;
        answer = agreed.AnswerSdp;
        return true;
    }

    private static bool TryNegotiate(
        string offerSdp,
        SdpAnswerParameters parameters,
        [NotNullWhen(true)] out SdpNegotiation? negotiation,
        [NotNullWhen(false)] out string? error)
    {
        negotiation = null;
        return SdpOffer.TryParse(offerSdp, out var offer, out error)
            && SdpNegotiator.TryNegotiate(offer, parameters, out negotiation, out error);
    }

    private static MediaStreams CreateStreams(SdpNegotiation negotiation, SdpAnswerParameters parameters)
    {
        var (audio, video) = (negotiation.Audio, negotiation.Video);
        return new MediaStreams(
            audio is { Sends: true } ? CreateStream(audio, parameters.AudioSsrc, clockRate: 48_000) : null,
            video is { Sends: true } ? CreateStream(video, parameters.VideoSsrc, clockRate: 90_000) : null,
            video is { Sends: true, RtxPayloadType: { } rtx } ? new RtxStream(parameters.VideoRtxSsrc, rtx) : null,
            audio is { Receives: true } ? new Microphone(audio.PayloadType) : null,
            Encoding.UTF8.GetBytes(parameters.Cname));
    }

    private static OutgoingStream CreateStream(NegotiatedMedia media, uint ssrc, int clockRate)
    {
        // The time of sending is for REMB, which transport-wide feedback takes the place of.
        var extensions = new StreamExtensions(
            media.TransportSequenceId ?? 0,
            media.MidId ?? 0,
            media.TransportSequenceId is null ? media.AbsoluteSendTimeId ?? 0 : (byte)0);
        var mid = media.MidId is null || media.Mid.Length > StreamExtensions.LongestMid ? [] : Encoding.ASCII.GetBytes(media.Mid);
        return new OutgoingStream(ssrc, media.PayloadType, clockRate, mid, extensions);
    }

    // Never 0, and room for two more.
    private static uint RandomSsrc() => (uint)RandomNumberGenerator.GetInt32(1, int.MaxValue);
}
