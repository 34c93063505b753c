using System.Net;
using Holdfast.Rtc.Congestion;
using Holdfast.Rtc.Rtcp;
using Holdfast.Rtc.Rtp;

namespace Holdfast.Rtc;

/// <summary>
/// Sends media, in this order: sound at once; what the client misses; pictures, spread over the time that the line takes for them. Splits, numbers and protects
/// each packet when it leaves, so that what is not sent leaves no gap, and remembers what was sent for the feedback.
/// </summary>
internal sealed class MediaSender : IDisposable
{
    /// <summary>Below this a full packet alone would keep sound waiting for a tenth of a second.</summary>
    private const int ThinLine = 160_000;
    private const int ThinDatagram = 600;

    /// <summary>What is left of a picture that takes longer than this is not worth it when one that stands for itself waits.</summary>
    private static readonly TimeSpan LongRest = TimeSpan.FromMilliseconds(40);

    /// <summary>A train of padding is so long, in time at its rate, and has so many packets.</summary>
    private static readonly TimeSpan ProbeLength = TimeSpan.FromMilliseconds(20);
    private const int ProbePackets = 5;

    /// <summary>The most that one RTP packet may be padded with (RFC 3550 section 5.1: one byte counts it).</summary>
    private const int MostPadding = 255;

    /// <summary>Feedback about a packet that was sent so long ago is not waited for any more.</summary>
    private static readonly TimeSpan FeedbackPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan UnknownRoundTrip = TimeSpan.FromMilliseconds(30);

    /// <summary>Clients ask again after about a round trip, as they measure it; on an uneven path that is often a little less than it was last.</summary>
    private const double EchoShare = 0.75;

    /// <summary>A client may say that its round trip is nothing: a packet named several times in one datagram is still sent again once.</summary>
    private static readonly TimeSpan ShortestEcho = TimeSpan.FromMilliseconds(2);

    private readonly PacketSender _packets;
    private readonly PeerCounters _counters;
    private readonly MediaStreams _streams;
    private readonly SendHistory _history = new(SendHistoryLimits.Video);
    private readonly PictureQueue _pictures = new();
    private readonly ResendQueue _resends = new();
    private readonly PictureRepeats _pictureRepeats = new();
    private WaitingPicture? _current;
    private bool _isFirstPicture = true;
    private bool _hasGivenUp;
    private KeyFrameMark _keyFrame;

    public MediaSender(PacketSender packets, MediaStreams streams, PeerCounters counters)
    {
        _packets = packets;
        _counters = counters;
        _streams = streams;
        Sound = new SoundSender(packets, streams, counters);
    }

    /// <summary>What was sent, for transport-wide feedback to say what arrived.</summary>
    public SentPacketLog Log => _packets.Log;

    /// <summary>Sends sound.</summary>
    public SoundSender Sound { get; }

    /// <summary>Whether pictures are sent twice, so that each takes double.</summary>
    public bool IsRepeatingPictures => _pictureRepeats.IsWanted;

    /// <summary>What the line carries.</summary>
    public BandwidthEstimator Estimator => _packets.Estimator;

    /// <summary>How long what waits takes.</summary>
    public TimeSpan Backlog => TimeSpan.FromSeconds((_pictures.Bytes + Unsent) * 8 / (double)Estimator.Available);

    private int LongestDatagram => Estimator.Available < ThinLine ? ThinDatagram : PacketSender.MaximumDatagram;

    private int Unsent => _current is { } current && Packetizer.Remaining > 0 ? Math.Min(current.Length, Packetizer.Remaining * PacketSender.MaximumDatagram) : 0;

    /// <summary>There wherever there is a picture.</summary>
    private IPicturePacketizer Packetizer => _streams.Packetizer!;

    /// <summary>Takes one encoded picture, which leaves as the line has room for it (<see cref="Pump"/>).</summary>
    /// <returns>False where no pictures were negotiated, or so much waits that it would come too late.</returns>
    public bool SendVideo(RtcTime now, RtcTime captureTime, ReadOnlySpan<byte> picture, bool isKeyFrame, ulong tag)
    {
        if (_streams.Video is not { } video || picture.IsEmpty || !_pictures.TryAdd(now, picture, video.TimestampOf(captureTime), isKeyFrame, tag))
        {
            return false;
        }

        if (isKeyFrame)
        {
            LeaveBehind();
        }

        return true;
    }

    /// <summary>Sends what the line has room for.</summary>
    /// <param name="now">Now.</param>
    /// <param name="to">Where to.</param>
    /// <param name="isProven">Whether what goes there is known to arrive: only then is anything sent again, or sent to measure.</param>
    /// <returns>When there will be room for more, or never; and whether pictures were given up, so that only a key frame helps.</returns>
    public (RtcTime Next, bool HasGivenUp) Pump(RtcTime now, IPEndPoint to, bool isProven)
    {
        _packets.Line.SetRate(now, Estimator.Available, LongestDatagram);
        Sound.SendDue(now, to);
        _hasGivenUp = _pictures.DropLate(now);
        var (first, count) = (Log.NextIndex, 0);
        while (_packets.Line.NextAt(now) <= now && TrySendNext(now, to, isProven))
        {
            count++;
        }

        if (_isFirstPicture && count > 0 && _current is null)
        {
            // The first picture of a path leaves in one go, and tells what the line is.
            _isFirstPicture = false;
            _packets.Line.EndBurst();
            MarkTrain(now, first, count);
        }

        if (isProven && _counters.VideoFramesSent > 0 && _resends.Count == 0 && _streams.Rtx is not null && Estimator.TryTakeProbe(now, out var rate))
        {
            SendProbe(now, rate, to);
        }

        var waits = _current is not null || (!_pictures.IsEmpty && !WaitsForFirst(now)) || (_resends.Count > 0 && isProven);
        if (!waits && isProven)
        {
            RepeatPictures(now, to);
        }

        var next = waits ? now : _pictures.IsEmpty ? _pictureRepeats.NextAt : Estimator.WaitsUntil;
        next = next == RtcTime.Never || _packets.Line.NextAt(now) < next ? next : _packets.Line.NextAt(now);
        return (RtcTime.Min(next, Sound.LeavesAt), _hasGivenUp);
    }

    /// <summary>Where it goes to is new: what waits was made for who waits no more.</summary>
    public void OnNewPath()
    {
        Sound.Repeats.Restart();
        _pictureRepeats.Restart();
        _pictures.Clear();
        _resends.Clear();
        GiveUpCurrent();
        _isFirstPicture = true;
        _packets.Line.AllowBurst();
    }

    /// <summary>Takes a request for a packet that the client misses, if it is still kept and worth it; it leaves with the next <see cref="Pump"/>.</summary>
    /// <returns>Whether it will be sent again.</returns>
    public bool Resend(RtcTime now, uint ssrc, ushort sequenceNumber, TimeSpan? roundTrip)
    {
        if (_streams.Video is not { } video || ssrc != video.Ssrc
            || IsLeftBehind(sequenceNumber)
            || !_resends.HasRoom(Estimator.Available)
            || _history.Resend(now, sequenceNumber, EchoOf(roundTrip), out var packet) != ResendVerdict.Resend
            || !_packets.Repeats.TrySpend(packet.Length))
        {
            return false;
        }

        if (_streams.Rtx is not null && !_packets.MayUse(now, _streams.Start.Repeats, _resends.Count + 1))
        {
            return false;
        }

        return _resends.TryAdd(now, sequenceNumber, packet.Length);
    }

    /// <summary>Sends a packet of sound again that the client misses.</summary>
    /// <returns>Whether it was sent.</returns>
    public bool ResendSound(RtcTime now, ushort sequenceNumber, TimeSpan? roundTrip, IPEndPoint to) => Sound.Resend(now, sequenceNumber, EchoOf(roundTrip), to);

    /// <summary>
    /// Gives memory back, for a connection that sends nothing for a while: what could be sent again at once, what was sent when
    /// no feedback about it is to be expected.
    /// </summary>
    /// <returns>When there will be more to give back, or never.</returns>
    public RtcTime Release(RtcTime now)
    {
        _history.Release();
        Sound.Release(now);
        if (Log.NewestSentAt is var newest && newest != RtcTime.Never && now - newest < FeedbackPatience)
        {
            return newest + FeedbackPatience;
        }

        Log.Release();
        return RtcTime.Never;
    }

    public void Dispose()
    {
        GiveUpCurrent();
        _pictures.Dispose();
        _history.Dispose();
        Sound.Dispose();
    }

    /// <summary>Who asks again sooner than this asks for the same.</summary>
    private static TimeSpan EchoOf(TimeSpan? roundTrip) =>
        (roundTrip ?? UnknownRoundTrip) * EchoShare is var echo && echo > ShortestEcho ? echo : ShortestEcho;

    /// <summary>What is missed before what is new.</summary>
    private bool TrySendNext(RtcTime now, IPEndPoint to, bool isProven)
    {
        while (isProven && _resends.TryTake(now, out var sequenceNumber))
        {
            if (!IsLeftBehind(sequenceNumber) && _history.TryGet(sequenceNumber, out var packet))
            {
                SendAgain(now, packet, to);
                return true;
            }
        }

        if (_streams.Video is not { } video || (_current is null && (WaitsForFirst(now) || !TryBegin(now, video))))
        {
            return false;
        }

        SendPacket(now, video, _current!.Value, to);
        return true;
    }

    /// <summary>What is due to be sent a second time, in the room that nothing else wants.</summary>
    private void RepeatPictures(RtcTime now, IPEndPoint to)
    {
        if (_streams.Rtx is null)
        {
            return;
        }

        _pictureRepeats.Judge(now, Estimator.Loss, Estimator.InherentLoss, _counters.RoundTrip, Estimator.Available);
        while (_packets.Line.NextAt(now) <= now && _pictureRepeats.TryTake(now, out var sequenceNumber))
        {
            if (!IsLeftBehind(sequenceNumber) && _packets.MayUse(now, _streams.Start.Repeats, 1) && _history.TryGet(sequenceNumber, out var packet))
            {
                SendAgain(now, packet, to);
            }
        }
    }

    /// <summary>Whether a newer picture that needs none before it waits or is on its way: what it would take to complete those is better spent on that one.</summary>
    private bool IsLeftBehind(ushort sequenceNumber) => _keyFrame.IsLeftBehind(sequenceNumber, _pictures.BeginsAnew);

    /// <summary>Whether the second picture of a path waits for what the client says of the first.</summary>
    private bool WaitsForFirst(RtcTime now) => !_isFirstPicture && now < Estimator.WaitsUntil;

    /// <summary>A picture that needs none before it waits: the rest of one that does would keep it waiting longer than it is worth.</summary>
    private void LeaveBehind()
    {
        if (_current is { IsKeyFrame: false } && Unsent * 8 > Estimator.Available * LongRest.TotalSeconds)
        {
            GiveUpCurrent();
        }
    }

    private bool TryBegin(RtcTime now, OutgoingStream video)
    {
        if (!_pictures.TryTake(out var picture))
        {
            return false;
        }

        var repetition = _streams.Rtx is null ? 0 : RtxPayload.Overhead;
        var payload = LongestDatagram - video.MeasureHeader() - _packets.Overhead - repetition;
        if (!_packets.MayUse(now, video.Numbers, (picture.Length / (payload / 2)) + 2))
        {
            // Before it has taken a number of its own: nothing is missing then, but what builds on it.
            picture.Return();
            _pictures.Clear();
            _hasGivenUp = true;
            return false;
        }

        Packetizer.Begin(picture.Bytes, payload);
        _current = picture;
        if (picture.IsKeyFrame)
        {
            _keyFrame.Begin((ushort)video.Numbers.Next);
        }

        return true;
    }

    private void SendPacket(RtcTime now, OutgoingStream video, in WaitingPicture picture, IPEndPoint to)
    {
        var (hasRtx, packetizer) = (_streams.Rtx is not null, Packetizer);
        var buffer = _packets.Begin();
        var header = video.WriteHeader(buffer, now, marker: packetizer.Remaining == 1, picture.Timestamp, Log.NextSequence);
        var payload = packetizer.WriteNext(picture.Bytes, buffer[header..]);
        var length = header + payload;
        var sequence = RtpPacket.ReadSequenceNumber(buffer);
        if (hasRtx)
        {
            _history.Add(now, sequence, buffer[..length]);
        }

        _keyFrame.OnPacket(sequence, picture.IsKeyFrame);
        video.Count(payload);
        var sent = _packets.Send(now, PacketKind.Picture, video, buffer, length, picture.Tag, to);
        if (!hasRtx)
        {
            _history.Add(now, sequence, sent);
        }

        _packets.Repeats.OnSent(sent.Length);
        _pictureRepeats.Add(now, sequence);
        _counters.VideoPacketsSent++;
        if (packetizer.Remaining == 0)
        {
            _counters.VideoFramesSent++;
            GiveUpCurrent();
        }
    }

    private void SendAgain(RtcTime now, ReadOnlySpan<byte> packet, IPEndPoint to)
    {
        if (_streams.Rtx is not { } rtx || !RtpPacket.TryParse(packet, out var original))
        {
            _packets.SendAgain(now, packet, to, frames: 0);
            return;
        }

        _counters.PacketsRetransmitted++;
        var buffer = _packets.Begin();
        var header = _streams.Video!.WriteHeader(
            buffer, now, original.Marker, original.Timestamp, Log.NextSequence, rtx.PayloadType, (ushort)_streams.Start.Repeats.Take(), rtx.Ssrc);
        _packets.Send(now, PacketKind.Repeat, _streams.Video, buffer, header + RtxPayload.Write(buffer[header..], original), tag: 0, to);
    }

    /// <summary>Packets of padding, which mean nothing but how they arrive (RFC 4588: a payload that repeats nothing is passed over).</summary>
    private void SendProbe(RtcTime now, int rate, IPEndPoint to)
    {
        var most = ProbePackets + (int)(rate / 8 * ProbeLength.TotalSeconds / MostPadding) + 1;
        if (_streams is not { Video: { HasTransportSequence: true } video, Rtx: { } rtx } || !_packets.MayUse(now, _streams.Start.Repeats, most))
        {
            return;
        }

        var (first, count) = (Log.NextIndex, 0);
        for (var bytes = (int)(rate / 8 * ProbeLength.TotalSeconds); bytes > 0 || count < ProbePackets; count++)
        {
            var buffer = _packets.Begin();
            var header = video.WriteHeader(buffer, now, marker: false, video.TimestampOf(now), Log.NextSequence, rtx.PayloadType, (ushort)_streams.Start.Repeats.Take(), rtx.Ssrc);
            var padding = Math.Clamp(bytes / Math.Max(1, ProbePackets - count), 64, MostPadding);
            buffer.Slice(header, padding).Clear();
            buffer[header + padding - 1] = (byte)padding;
            buffer[0] |= RtpPacket.PaddingBit;
            bytes -= _packets.Send(now, PacketKind.Repeat, video, buffer, header + padding, tag: 0, to).Length + BandwidthEstimator.HeaderBytes;
        }

        MarkTrain(now, first, count);
    }

    private void MarkTrain(RtcTime now, long first, int count)
    {
        if (_streams.Video is { HasTransportSequence: true })
        {
            Estimator.OnTrain(now, first, Log.LastIndex, count);
        }
    }

    private void GiveUpCurrent()
    {
        _current?.Return();
        _current = null;
    }
}
