using System.Net;
using Holdfast.Lab.Measure;
using Holdfast.Lab.Network;
using Holdfast.Lab.Peer;
using Holdfast.Media;
using Holdfast.Rtc;
using Holdfast.Rtc.Dtls;

namespace Holdfast.Lab.Line;

/// <summary>
/// One line in virtual time: the server's peer and its stream of pictures and sound at one end, the lab's peer at the other. The same scenario gives the same
/// line; what the peers draw at random for themselves (keys, first numbers) is all that differs.
/// </summary>
internal sealed class LineRun : IDisposable
{
    private const string Tag = "linelineline";
    private const int HeaderBytes = 28;

    // A gap is repaired by what the packet behind it carries; more than three packets beyond that are a torn word.
    private const int MostMissing = 3;

    private static readonly RtcTime s_start = new(1_800_000_000_000_000);
    private static readonly DtlsCertificate s_certificate = DtlsCertificate.Create(s_start);
    private static readonly IPEndPoint s_server = IPEndPoint.Parse("192.0.2.1:8010");
    private static readonly IPEndPoint s_client = IPEndPoint.Parse("198.51.100.7:40000");
    private static readonly byte[] s_secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_sample = TimeSpan.FromMilliseconds(200);

    private readonly LineScenario _scenario;
    private readonly HandshakeThreads _threads = new(maximum: 2) { IsLockstep = true };
    private readonly ClientPeer _client;
    private readonly RtcPeer _server;
    private readonly ImpairedLink _down;
    private readonly ImpairedLink _up;
    private readonly ShowStream _stream;
    private readonly PriorityQueue<Action, (RtcTime At, long Order)> _events = new();
    private readonly CompetingFlow? _competitor;
    private readonly HashSet<long> _heard = [];
    private readonly Samples _soundDelay = new();
    private readonly Samples _pictureDelay = new();
    private readonly List<(TimeSpan At, double Delay)> _delays = [];
    private readonly List<LineSample> _series = [];
    private readonly long _speaksFrom;
    private RtcTime _now = s_start;
    private RtcTime? _connectedAt;
    private RtcTime _epoch;
    private RtcTime _nextTick = RtcTime.Never;
    private RtcTime _nextSample = RtcTime.Never;
    private long _order;
    private long _tick;
    private long _sent;
    private long _sentBefore;
    private long _usable;
    private long _carried;
    private long _picturesBefore;
    private RtcTime? _firstPicture;
    private uint _pictureEpoch;
    private double _newestDelay;

    public LineRun(LineScenario scenario, LineStage stage)
    {
        _scenario = scenario;
        _client = new ClientPeer(_threads, s_certificate, _now, takesCopies: scenario.TakesCopies) { OnSound = OnSound };
        var options = new RtcPeerOptions { Tag = Tag, IceSecret = s_secret, Candidates = [s_server] };
        if (!RtcPeer.TryCreate(options, s_certificate, _threads, _client.Offer, _now, out var server, out var error))
        {
            throw new InvalidOperationException(error);
        }

        _server = server;
        var conditions = new LinkConditions { Delay = scenario.Delay, Loss = scenario.Loss, Burst = scenario.Burst };
        _down = new ImpairedLink(conditions with { Bandwidth = scenario.Bandwidth, Queue = scenario.Queue, Bucket = scenario.Bucket }, scenario.Seed);
        _up = new ImpairedLink(conditions, scenario.Seed + 1);
        _speaksFrom = scenario.SpeaksFrom.Ticks / MediaTick.Duration.Ticks;
        _stream = new ShowStream(new LineShow(stage, _speaksFrom), new ShowStreamOptions { VideoBitrate = 900_000 });
        _competitor = scenario.HasCompetitor ? new CompetingFlow(scenario.Delay) : null;
    }

    /// <summary>Runs it to its end.</summary>
    public LineResult Run()
    {
        if (!_client.TryAccept(_now, _server.Answer, null, null, out var error))
        {
            throw new InvalidOperationException(error);
        }

        // The handshake is not what is measured, but it crosses the same line.
        var givenUp = _now + TimeSpan.FromSeconds(15);
        while (_connectedAt is not { } connected || _now < connected + _scenario.Duration)
        {
            if (_connectedAt is null && _now > givenUp)
            {
                throw new InvalidOperationException($"No connection came about: {_scenario.Name}");
            }

            Step();
        }

        return Result();
    }

    public void Dispose()
    {
        _stream.Dispose();
        _client.Dispose();
        _server.Dispose();
        _threads.Dispose();
    }

    private void Step()
    {
        Carry();
        var next = _events.TryPeek(out _, out var first) ? first.At : RtcTime.Never;
        next = RtcTime.Min(RtcTime.Min(next, RtcTime.Min(_server.NextTimeout, _client.NextTimeout)), RtcTime.Min(_nextTick, _nextSample));
        _now = next > _now ? next : _now;
        while (_events.TryPeek(out _, out first) && first.At <= _now)
        {
            _events.Dequeue()();
            Carry();
        }

        if (_client.NextTimeout <= _now)
        {
            _client.HandleTimeout(_now);
        }

        if (_server.NextTimeout <= _now)
        {
            _server.HandleTimeout(_now);
        }

        if (_nextTick <= _now)
        {
            Tick();
        }

        if (_nextSample <= _now)
        {
            Sample();
        }
    }

    private void Tick()
    {
        _nextTick += MediaTick.Duration;
        var time = _now - _connectedAt!.Value;
        _down.Conditions = _down.Conditions with { Bandwidth = _scenario.BandwidthAt(time) };
        if (_competitor is not null && time >= _scenario.CompetitorFrom)
        {
            Compete();
        }

        _stream.Tick(new MediaTick(_tick++), new Sink(this));
    }

    private void Compete()
    {
        while (_competitor!.CanSend)
        {
            _competitor.OnSent();
            var verdict = _down.Send(_now, CompetingFlow.PacketLength);
            if (verdict.IsDelivered)
            {
                At(verdict.At + _scenario.Delay, () =>
                {
                    _competitor.OnAcknowledged();
                    Compete();
                });
            }
            else
            {
                At(_now + (_scenario.Delay * 2), () =>
                {
                    _competitor.OnLost(_now);
                    Compete();
                });
            }
        }
    }

    /// <summary>Takes what both ends have to send, and tells what became of it.</summary>
    private void Carry()
    {
        while (_server.TryPollTransmit(out var transmit))
        {
            var bytes = transmit.Datagram.ToArray();
            var verdict = _down.Send(_now, LengthOf(bytes));
            if (_connectedAt is { } connected)
            {
                _sent += bytes.Length + HeaderBytes;
                if (verdict.IsDelivered && _now - connected >= _scenario.SpeaksFrom + TimeSpan.FromSeconds(5))
                {
                    _carried += bytes.Length + HeaderBytes;
                }
            }

            if (verdict.IsDelivered)
            {
                At(verdict.At, () => _client.HandleDatagram(_now, s_server, bytes));
            }
        }

        while (_client.TryTakeDatagram(out var datagram))
        {
            var bytes = datagram.Bytes;
            if (_up.Send(_now, LengthOf(bytes)) is { IsDelivered: true } verdict)
            {
                At(verdict.At, () => _server.HandleDatagram(_now, s_client, bytes));
            }
        }

        while (_server.TryPollEvent(out var rtcEvent))
        {
            Handle(rtcEvent);
        }

        if (_client.Media is { Video.OnPicture: null } media)
        {
            media.Video.OnPicture = OnPicture;
        }
    }

    /// <summary>An ECDSA signature is a byte or two longer by chance; the same seed is to be the same run, so the handshake (RFC 7983 section 7) counts in steps.</summary>
    private static int LengthOf(byte[] datagram) => datagram is [>= 20 and <= 63, ..] ? (datagram.Length + 63) / 64 * 64 : datagram.Length;

    private void Handle(RtcEvent rtcEvent)
    {
        switch (rtcEvent)
        {
            case RtcEvent.StateChanged { State: RtcConnectionState.Connected }:
                _connectedAt = _epoch = _now;
                _nextSample = _now + s_sample;
                _stream.Begin(new MediaTick(0), new Sink(this));
                _tick = 1;
                _nextTick = _now + MediaTick.Duration;
                break;
            case RtcEvent.KeyFrameRequested when _connectedAt is not null:
                _stream.RequestKeyFrame();
                break;
        }
    }

    private void OnSound(RtcTime now, uint timestamp, ReadOnlySpan<byte> opus)
    {
        var tick = unchecked((int)(timestamp - _server.AudioTimestampOf(_epoch)!.Value)) / SoundFormat.SamplesPerFrame;
        _heard.Add(tick);
        _newestDelay = (now - (_epoch + (MediaTick.Duration * tick)) - _scenario.Delay).TotalMilliseconds;
        if (now - _epoch >= s_settling)
        {
            _soundDelay.Add(TimeSpan.FromMilliseconds(_newestDelay));
        }

        _delays.Add((now - _epoch, _newestDelay));
    }

    private void OnPicture(in ShownPicture picture, ReadOnlySpan<byte> frame)
    {
        if (_firstPicture is null)
        {
            _firstPicture = picture.At;
            _pictureEpoch = _server.PictureTimestampOf(_epoch)!.Value;
        }

        var instant = _epoch + TimeSpan.FromSeconds(unchecked((int)(picture.Timestamp - _pictureEpoch)) / (double)VideoReceiver.ClockRate);
        if (picture.At - _epoch >= s_settling)
        {
            _pictureDelay.Add(picture.At - instant - _scenario.Delay);
        }
    }

    private void Sample()
    {
        _nextSample += s_sample;
        var time = _now - _connectedAt!.Value;
        var pictures = _client.Media?.Video.Pictures ?? 0;
        var line = _scenario.BandwidthAt(time);
        _series.Add(new LineSample(
            Math.Round(time.TotalSeconds, 1),
            line / 1e3,
            Math.Round((_sent - _sentBefore) * 8 / s_sample.TotalSeconds / 1e3, 1),
            _server.Sending.Estimate / 1e3,
            Math.Round(_newestDelay, 1),
            (int)(pictures - _picturesBefore)));
        (_sentBefore, _picturesBefore) = (_sent, pictures);
        if (time >= _scenario.SpeaksFrom + TimeSpan.FromSeconds(5))
        {
            _usable += (long)(line * s_sample.TotalSeconds / 8);
        }
    }

    private LineResult Result()
    {
        var (sound, pictures) = (_soundDelay.Summarize(), _pictureDelay.Summarize());
        var (words, torn) = CountWords();
        var video = _client.Media?.Video;
        var missing = Enumerable.Range(1, (int)_tick - 50).Count(tick => !_heard.Contains(tick)) / Math.Max(1.0, _tick - 50);
        var frozen = video?.Freezes.Duration ?? TimeSpan.Zero;
        if (video?.Last is { } last && _now - last.At > TimeSpan.FromSeconds(1))
        {
            frozen += _now - last.At;
        }

        return new LineResult(
            _scenario.Name,
            _firstPicture is { } first ? Math.Round((first - _epoch).TotalSeconds, 3) : null,
            Math.Round(sound?.P50 ?? 0, 1),
            Math.Round(sound?.P95 ?? 0, 1),
            Math.Round(pictures?.P95 ?? 0, 1),
            Math.Round((video?.Pictures ?? 0) / _scenario.Duration.TotalSeconds, 1),
            video?.Freezes.Count ?? 0,
            Math.Round(frozen.TotalSeconds, 1),
            words,
            torn,
            Math.Round(missing, 4),
            Math.Round(_carried / (double)Math.Max(1, _usable), 3),
            SettledAfterStep(),
            Math.Round(_down.Count(PacketFate.QueueFull) / (double)Math.Max(1, _down.Offered), 4),
            _series);
    }

    private (int Words, int Torn) CountWords()
    {
        var (words, torn) = (0, 0);
        for (var first = _speaksFrom; first + LineShow.WordTicks < _tick - 50; first += LineShow.WordInterval)
        {
            words++;
            var (gap, longest) = (0, 0);
            for (var tick = first; tick < first + LineShow.WordTicks; tick++)
            {
                gap = _heard.Contains(tick) ? 0 : gap + 1;
                longest = Math.Max(longest, gap);
            }

            // The packet behind a gap carries a coarse copy of its last 20 ms.
            torn += longest - 1 > MostMissing ? 1 : 0;
        }

        return (words, torn);
    }

    private double? SettledAfterStep()
    {
        if (_scenario.Steps.Count == 0)
        {
            return null;
        }

        var step = _scenario.Steps[^1].At;
        var late = _delays.Where(delay => delay.At > step && delay.Delay > 200).Select(delay => delay.At).DefaultIfEmpty(step).Max();
        return Math.Round((late - step).TotalSeconds, 2);
    }

    private void At(RtcTime at, Action action) => _events.Enqueue(action, (at, _order++));

    private sealed class Sink(LineRun run) : IMediaSink
    {
        public MediaRoom Room
        {
            get
            {
                var sending = run._server.Sending;
                return new MediaRoom(sending.Sustained, sending.Backlog, sending.Loss) { SoundCopies = sending.SoundCopies, SoundFrames = sending.SoundFrames, PictureCopies = sending.RepeatsPictures ? 1 : 0 };
            }
        }

        public void SendAudio(TimeSpan mediaTime, ReadOnlySpan<byte> opus, bool silent, long place) =>
            run._server.SendAudio(run._now, run._epoch + mediaTime, opus);

        public void SendVideo(TimeSpan mediaTime, in EncodedPicture picture) =>
            run._server.SendVideo(run._now, run._epoch + mediaTime, picture.Bytes, picture.IsKeyFrame);
    }
}
