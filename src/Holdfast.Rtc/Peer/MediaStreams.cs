using System.Text;
using Holdfast.Rtc.Sdp;

namespace Holdfast.Rtc;

/// <summary>
/// The streams of one connection. They go on over ICE restarts; a renegotiation may begin, pause or resume one. A stream that pauses keeps its
/// numbers, since none may be used twice with one key.
/// </summary>
internal sealed class MediaStreams : IDisposable
{
    private readonly SdpAnswerParameters _parameters;
    private OutgoingStream? _sound;
    private OutgoingStream? _pictures;
    private RtxStream? _rtx;

    /// <param name="parameters">What answers name the streams by.</param>
    public MediaStreams(SdpAnswerParameters parameters)
    {
        _parameters = parameters;
        CanonicalName = Encoding.UTF8.GetBytes(parameters.Cname);
    }

    /// <summary>The sound that is sent; null: none, or none now.</summary>
    public OutgoingStream? Audio { get; private set; }

    /// <summary>The pictures that are sent; null: none, or none now.</summary>
    public OutgoingStream? Video { get; private set; }

    /// <summary>How pictures' packets are sent again; null: as the same bytes.</summary>
    public RtxStream? Rtx => _rtx;

    /// <summary>The sound that is received; null: none, or none now.</summary>
    public Microphone? Microphone { get; private set; }

    /// <summary>The RTCP canonical name, in UTF-8.</summary>
    public byte[] CanonicalName { get; }

    /// <summary>Does what was agreed.</summary>
    /// <returns>Whether pictures begin or resume, for which the client's decoder needs a key frame.</returns>
    public bool Follow(SdpNegotiation agreed)
    {
        var hadPictures = Video is not null;
        _sound ??= agreed.Sound is { } sound ? Create(sound, _parameters.AudioSsrc, clockRate: 48_000) : null;
        if (_pictures is null && agreed.Pictures is { } pictures)
        {
            _pictures = Create(pictures, _parameters.VideoSsrc, clockRate: 90_000);
            _rtx = pictures.RtxPayloadType is { } rtx ? new RtxStream(_parameters.VideoRtxSsrc, rtx) : null;
        }

        Audio = agreed.Sound is null ? null : _sound;
        Video = agreed.Pictures is null ? null : _pictures;
        if (Microphone?.PayloadType != agreed.Microphone?.PayloadType)
        {
            Microphone?.Dispose();
            Microphone = agreed.Microphone is { } microphone ? new Microphone(microphone.PayloadType) : null;
        }

        return Video is not null && !hadPictures;
    }

    public void Dispose() => Microphone?.Dispose();

    private static OutgoingStream Create(NegotiatedMedia media, uint ssrc, int clockRate)
    {
        // The time of sending is for REMB, which transport-wide feedback takes the place of.
        var extensions = new StreamExtensions(
            media.TransportSequenceId ?? 0,
            media.MidId ?? 0,
            media.TransportSequenceId is null ? media.AbsoluteSendTimeId ?? 0 : (byte)0);
        var mid = media is { MidId: not null, Mid.Length: <= StreamExtensions.LongestMid } ? Encoding.ASCII.GetBytes(media.Mid) : [];
        return new OutgoingStream(ssrc, media.PayloadType, clockRate, mid, extensions);
    }
}
