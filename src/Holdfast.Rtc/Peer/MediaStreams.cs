using System.Security.Cryptography;
using System.Text;
using Holdfast.Rtc.Rtcp;
using Holdfast.Rtc.Rtp;
using Holdfast.Rtc.Sdp;

namespace Holdfast.Rtc;

/// <summary>Where the streams of a connection begin, or go on.</summary>
/// <param name="Sound">Sound.</param>
/// <param name="Pictures">Pictures.</param>
/// <param name="Repeats">The numbers of pictures' packets that are sent again under an SSRC of their own.</param>
/// <param name="Control">The SRTCP indices.</param>
/// <param name="Transport">The first transport-wide sequence number.</param>
/// <param name="Packetizer">What the packetizer of pictures goes on with (<see cref="IPicturePacketizer.State"/>).</param>
internal sealed record StreamsStart(StreamStart Sound, StreamStart Pictures, NumberLine Repeats, NumberLine Control, ushort Transport, ulong Packetizer)
{
    /// <summary>Streams that nobody had before.</summary>
    public static StreamsStart New() => new(
        StreamStart.New(),
        StreamStart.New(),
        StreamStart.FirstNumber(),
        new NumberLine(0, isInPacket: true),
        Transport: 0,
        (ulong)RandomNumberGenerator.GetInt32(0x8000));

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

/// <summary>What the streams of a connection are called.</summary>
/// <param name="Sound">The SSRC of sound.</param>
/// <param name="Pictures">The SSRC of pictures.</param>
/// <param name="Repeats">The SSRC of pictures' packets that are sent again.</param>
/// <param name="CanonicalName">The RTCP canonical name.</param>
internal readonly record struct StreamNames(uint Sound, uint Pictures, uint Repeats, string CanonicalName)
{
    /// <summary>New random ones.</summary>
    public static StreamNames New(string canonicalName)
    {
        // Never 0, and room for two more.
        var ssrc = (uint)RandomNumberGenerator.GetInt32(1, int.MaxValue);
        return new StreamNames(ssrc, ssrc + 1, ssrc + 2, canonicalName);
    }
}

/// <summary>
/// The streams of one connection. They go on over ICE restarts; a renegotiation may begin, pause or resume one. A stream that pauses keeps its
/// numbers, since none may be used twice with one key.
/// </summary>
internal sealed class MediaStreams : IDisposable
{
    private readonly StreamNames _names;
    private readonly StreamsStart _start;
    private OutgoingStream? _sound;
    private OutgoingStream? _pictures;
    private RtxStream? _rtx;

    /// <param name="names">What they are called.</param>
    /// <param name="start">Where they begin.</param>
    public MediaStreams(StreamNames names, StreamsStart start)
    {
        _names = names;
        _start = start;
        CanonicalName = Encoding.UTF8.GetBytes(names.CanonicalName);
    }

    /// <summary>The sound that is sent; null: none, or none now.</summary>
    public OutgoingStream? Audio { get; private set; }

    /// <summary>What the client wants sound to take at the most, bits a second.</summary>
    public int MostSoundBits { get; private set; } = int.MaxValue;

    /// <summary>Whether the client makes use of in-band FEC.</summary>
    public bool UsesInBandFec { get; private set; } = true;

    /// <summary>How much sound the client wants in a packet.</summary>
    public SoundPacking SoundPacking { get; private set; } = SoundPacking.Free;

    /// <summary>The payload type of sound with copies of what was sent before; null where the client takes none.</summary>
    public byte? RedPayloadType { get; private set; }

    /// <summary>Whether the client may ask for sound again: that it does is agreed in one with that it is asked.</summary>
    public bool IsSoundRepeated { get; private set; }

    /// <summary>The pictures that are sent; null: none, or none now.</summary>
    public OutgoingStream? Video { get; private set; }

    /// <summary>The codec of pictures, once they were agreed on, flowing or not; it stays.</summary>
    public PayloadFormat? Format { get; private set; }

    /// <summary>Cuts pictures into payloads; there with <see cref="Format"/>.</summary>
    public IPicturePacketizer? Packetizer { get; private set; }

    /// <summary>How pictures' packets are sent again; null: as the same bytes.</summary>
    public RtxStream? Rtx => _rtx;

    /// <summary>Whether feedback may be sent without a report in front (RFC 5506).</summary>
    public bool TakesReducedSize { get; private set; }

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
        TakesReducedSize = agreed.TakesReducedSize;
        return Follow(agreed.Sound, agreed.Pictures, agreed.Microphone);
    }

    /// <summary>Does what was agreed.</summary>
    /// <param name="sound">Where sound is sent, or null.</param>
    /// <param name="pictures">Where pictures are sent, or null.</param>
    /// <param name="microphone">Where sound is received, or null.</param>
    /// <returns>Whether pictures begin or resume, for which the client's decoder needs a key frame.</returns>
    public bool Follow(NegotiatedMedia? sound, NegotiatedMedia? pictures, NegotiatedMedia? microphone)
    {
        var hadPictures = Video is not null;
        _sound ??= sound is null ? null : Create(sound, _names.Sound, _start.Sound);
        if (_pictures is null && pictures is not null)
        {
            _pictures = Create(pictures, _names.Pictures, _start.Pictures);
            Format = pictures.Format!;
            Packetizer = Format.CreatePacketizer(_start.Packetizer);
            _rtx = pictures.RtxPayloadType is { } rtx ? new RtxStream(_names.Repeats, rtx) : null;
        }

        Audio = sound is null ? null : _sound;
        MostSoundBits = sound?.OpusMaxAverageBitrate ?? int.MaxValue;
        SoundPacking = sound?.SoundPacking ?? SoundPacking.Free;
        RedPayloadType = sound?.RedPayloadType;
        UsesInBandFec = sound?.OpusInBandFec ?? true;
        Video = pictures is null ? null : _pictures;
        if (Microphone?.PayloadType != microphone?.PayloadType)
        {
            Microphone?.Dispose();
            Microphone = microphone is null ? null : new Microphone(microphone.PayloadType);
        }

        if (Microphone is not null)
        {
            Microphone.TransportSequenceId = microphone!.Feedback.HasFlag(NegotiatedFeedback.TransportWide) ? microphone.TransportSequenceId : null;
            Microphone.IsRepeated = microphone.Feedback.HasFlag(NegotiatedFeedback.Nack);
        }

        IsSoundRepeated = sound is { Receives: true } && sound.Feedback.HasFlag(NegotiatedFeedback.Nack);

        return Video is not null && !hadPictures;
    }

    /// <summary>What the packetizer of another process goes on with when so many pictures more may have been sent.</summary>
    public ulong PacketizerAfter(int pictures) => Format is null ? _start.Packetizer : Format.Advance(Packetizer!.State, pictures);

    public void Dispose() => Microphone?.Dispose();

    private static OutgoingStream Create(NegotiatedMedia media, uint ssrc, StreamStart start)
    {
        // The time of sending is for REMB, which transport-wide feedback takes the place of.
        var extensions = new StreamExtensions(
            media.TransportSequenceId ?? 0,
            media.MidId ?? 0,
            media.TransportSequenceId is null ? media.AbsoluteSendTimeId ?? 0 : (byte)0);
        var mid = media is { MidId: not null, Mid.Length: <= StreamExtensions.LongestMid } ? Encoding.ASCII.GetBytes(media.Mid) : [];
        return new OutgoingStream(ssrc, media.PayloadType, media.ClockRate, mid, extensions, start);
    }
}
