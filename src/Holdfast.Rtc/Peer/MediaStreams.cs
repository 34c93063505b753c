using System.Security.Cryptography;
using System.Text;
using Holdfast.Rtc.Rtcp;
using Holdfast.Rtc.Sdp;

namespace Holdfast.Rtc;

/// <summary>Where the streams of a connection begin, or go on.</summary>
/// <param name="Sound">Sound.</param>
/// <param name="Pictures">Pictures.</param>
/// <param name="Repeats">The numbers of pictures' packets that are sent again under an SSRC of their own.</param>
/// <param name="Control">The SRTCP indices.</param>
/// <param name="Transport">The first transport-wide sequence number.</param>
/// <param name="PictureId">The first picture id.</param>
internal sealed record StreamsStart(StreamStart Sound, StreamStart Pictures, NumberLine Repeats, NumberLine Control, ushort Transport, ushort PictureId)
{
    /// <summary>Streams that nobody had before.</summary>
    public static StreamsStart New() => new(
        StreamStart.New(),
        StreamStart.New(),
        StreamStart.FirstNumber(),
        new NumberLine(0, isInPacket: true),
        Transport: 0,
        (ushort)RandomNumberGenerator.GetInt32(0x8000));

    /// <summary>All that is numbered.</summary>
    public IEnumerable<NumberLine> Lines => [Sound.Numbers, Pictures.Numbers, Repeats, Control];

    /// <summary>Whether any of them wants numbers to be reserved.</summary>
    public bool IsLow => Sound.Numbers.IsLow || Pictures.Numbers.IsLow || Repeats.IsLow || Control.IsLow;

    /// <summary>The numbers of a kind of packets.</summary>
    public NumberLine LineOf(PacketKind kind) => kind switch
    {
        PacketKind.Sound => Sound.Numbers,
        PacketKind.Picture => Pictures.Numbers,
        PacketKind.Repeat => Repeats,
    };
}

/// <summary>
/// The streams of one connection. They go on over ICE restarts; a renegotiation may begin, pause or resume one. A stream that pauses keeps its
/// numbers, since none may be used twice with one key.
/// </summary>
internal sealed class MediaStreams : IDisposable
{
    private readonly SdpAnswerParameters _parameters;
    private readonly StreamsStart _start;
    private OutgoingStream? _sound;
    private OutgoingStream? _pictures;
    private RtxStream? _rtx;

    /// <param name="parameters">What answers name the streams by.</param>
    /// <param name="start">Where they begin.</param>
    public MediaStreams(SdpAnswerParameters parameters, StreamsStart start)
    {
        _parameters = parameters;
        _start = start;
        CanonicalName = Encoding.UTF8.GetBytes(parameters.Cname);
    }

    /// <summary>The sound that is sent; null: none, or none now.</summary>
    public OutgoingStream? Audio { get; private set; }

    /// <summary>What the client wants sound to take at the most, bits a second.</summary>
    public int MostSoundBits { get; private set; } = int.MaxValue;

    /// <summary>Whether the client makes use of in-band FEC.</summary>
    public bool UsesInBandFec { get; private set; } = true;

    /// <summary>The payload type of sound with copies of what was sent before; null where the client takes none.</summary>
    public byte? RedPayloadType { get; private set; }

    /// <summary>The pictures that are sent; null: none, or none now.</summary>
    public OutgoingStream? Video { get; private set; }

    /// <summary>How pictures' packets are sent again; null: as the same bytes.</summary>
    public RtxStream? Rtx => _rtx;

    /// <summary>The sound that is received; null: none, or none now.</summary>
    public Microphone? Microphone { get; private set; }

    /// <summary>The RTCP canonical name, in UTF-8.</summary>
    public byte[] CanonicalName { get; }

    /// <summary>Where the streams began, and the numbers that they have come to, whether they flow or not.</summary>
    public StreamsStart Start => _start;

    /// <summary>Packets and payload bytes sent of sound, flowing or not.</summary>
    public (uint Packets, uint Octets) SoundSent => _sound is null ? (_start.Sound.PacketCount, _start.Sound.OctetCount) : (_sound.PacketCount, _sound.OctetCount);

    /// <summary>Packets and payload bytes sent of pictures, flowing or not.</summary>
    public (uint Packets, uint Octets) PicturesSent =>
        _pictures is null ? (_start.Pictures.PacketCount, _start.Pictures.OctetCount) : (_pictures.PacketCount, _pictures.OctetCount);

    /// <summary>Does what was agreed.</summary>
    /// <returns>Whether pictures begin or resume, for which the client's decoder needs a key frame.</returns>
    public bool Follow(SdpNegotiation agreed)
    {
        var hadPictures = Video is not null;
        _sound ??= agreed.Sound is { } sound ? Create(sound, _parameters.AudioSsrc, clockRate: 48_000, _start.Sound) : null;
        if (_pictures is null && agreed.Pictures is { } pictures)
        {
            _pictures = Create(pictures, _parameters.VideoSsrc, clockRate: 90_000, _start.Pictures);
            _rtx = pictures.RtxPayloadType is { } rtx ? new RtxStream(_parameters.VideoRtxSsrc, rtx) : null;
        }

        Audio = agreed.Sound is null ? null : _sound;
        MostSoundBits = agreed.Sound?.OpusMaxAverageBitrate ?? int.MaxValue;
        RedPayloadType = agreed.Sound?.RedPayloadType;
        UsesInBandFec = agreed.Sound?.OpusInBandFec ?? true;
        Video = agreed.Pictures is null ? null : _pictures;
        if (Microphone?.PayloadType != agreed.Microphone?.PayloadType)
        {
            Microphone?.Dispose();
            Microphone = agreed.Microphone is { } microphone ? new Microphone(microphone.PayloadType) : null;
        }

        return Video is not null && !hadPictures;
    }

    public void Dispose() => Microphone?.Dispose();

    private static OutgoingStream Create(NegotiatedMedia media, uint ssrc, int clockRate, StreamStart start)
    {
        // The time of sending is for REMB, which transport-wide feedback takes the place of.
        var extensions = new StreamExtensions(
            media.TransportSequenceId ?? 0,
            media.MidId ?? 0,
            media.TransportSequenceId is null ? media.AbsoluteSendTimeId ?? 0 : (byte)0);
        var mid = media is { MidId: not null, Mid.Length: <= StreamExtensions.LongestMid } ? Encoding.ASCII.GetBytes(media.Mid) : [];
        return new OutgoingStream(ssrc, media.PayloadType, clockRate, mid, extensions, start);
    }
}
