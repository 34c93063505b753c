using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using Holdfast.Rtc.Congestion;
using Holdfast.Rtc.Dtls;
using Holdfast.Rtc.Ice;
using Holdfast.Rtc.Rtp;
using Holdfast.Rtc.Srtp;
using Holdfast.Rtc.Stun;

namespace Holdfast.Rtc;

/// <summary>
/// The offering side of one connection, which sends sound and pictures to a server and wants nothing back, without any I/O: datagrams and the time in; datagrams, events
/// and the next deadline out. One owner, who calls it from one thread at a time.
/// </summary>
/// <remarks>
/// Where <see cref="RtcPeer"/> waits to be found by a client that may move, this side finds the server: it checks (full ICE, controlling), so a lite server will do; and
/// it keeps the path that answered. What carries media is the same as there. A connection that ends is not restarted: the next one is a new offer.
/// </remarks>
internal sealed class PublishingPeer : IDisposable
{
    /// <summary>From the answer until media may flow.</summary>
    public static readonly TimeSpan SetupTimeout = TimeSpan.FromSeconds(15);

    /// <summary>A server that has not answered a check for so long, nor said anything else, is gone.</summary>
    public static readonly TimeSpan SilenceTimeout = TimeSpan.FromSeconds(10);

    private const int CheckLength = 768;
    private const int ResponseLength = 128;
    private const int MaxSources = 32;

    private readonly HandshakeThreads _threads;
    private readonly DtlsCertificate _certificate;
    private readonly Action? _onProgress;
    private readonly IReadOnlyList<PayloadFormat> _formats;
    private readonly IceCredentials _local = IceCredentials.Create();
    private readonly ControllingIceAgent _ice;
    private readonly MediaStreams _streams;
    private readonly PeerCounters _counters = new();
    private readonly PeerTimers _timers = new();
    private readonly Queue<RtcEvent> _events = new();
    private readonly TransmitQueue _transmit;
    private readonly KeyFrameGate _keyFrames;
    private readonly BandwidthEstimator _estimator = new(new BandwidthEstimatorOptions());
    private readonly HashSet<IPEndPoint> _sources = [];
    private PublishAnswer? _answer;
    private DtlsAssociation? _dtls;
    private PeerMedia? _media;
    private RtcTime _heardAt;
    private bool _isPictureHeldBack;

    /// <param name="threads">Where the DTLS handshake runs.</param>
    /// <param name="certificate">This side's certificate.</param>
    /// <param name="candidates">Where this side is, for a server that sends checks of its own.</param>
    /// <param name="onProgress">Called from a handshake thread, never under a lock, when <see cref="HandleTimeout"/> has something to take in.</param>
    /// <param name="formats">The codecs of pictures that are offered, the preferred one first; null: all.</param>
    public PublishingPeer(
        HandshakeThreads threads, DtlsCertificate certificate, IReadOnlyList<IPEndPoint> candidates, Action? onProgress = null, IReadOnlyList<PayloadFormat>? formats = null)
    {
        (_threads, _certificate, _onProgress, _formats) = (threads, certificate, onProgress, formats ?? PayloadFormat.All);
        _ice = new ControllingIceAgent(_local);
        _transmit = new TransmitQueue(_counters.Drops);
        _keyFrames = new KeyFrameGate(_timers, _events);
        var names = StreamNames.New("holdfast");
        _streams = new MediaStreams(names, StreamsStart.New());
        Offer = PublishOffer.Write(_local, certificate.Fingerprint, candidates, names, RandomNumberGenerator.GetInt32(1, int.MaxValue), _formats);
    }

    /// <summary>The offer.</summary>
    public string Offer { get; }

    public RtcConnectionState State { get; private set; }

    /// <summary>When <see cref="HandleTimeout"/> is to be called, or never.</summary>
    public RtcTime NextTimeout => _answer is null || State == RtcConnectionState.Closed ? RtcTime.Never : RtcTime.Min(_timers.Next, _ice.NextTimeout);

    /// <summary>The codec of pictures that was agreed on, by its name; null before the answer.</summary>
    public string? VideoCodec => _streams.Format?.Name;

    public PeerCounters Counters => _counters;

    /// <summary>Takes the answer, and begins to connect. Once.</summary>
    /// <param name="now">Now.</param>
    /// <param name="sdp">The answer.</param>
    /// <param name="error">Why it is no use, a sentence for a person; nothing has changed then.</param>
    public bool TryAccept(RtcTime now, string sdp, [NotNullWhen(false)] out string? error)
    {
        if (_answer is not null || State == RtcConnectionState.Closed)
        {
            error = "The connection was answered already, or is closed.";
            return false;
        }

        if (!PublishAnswer.TryParse(sdp, _formats, out var answer, out error))
        {
            return false;
        }

        _answer = answer;
        _sources.UnionWith(answer.Candidates);
        _streams.Follow(answer.Sound, answer.Pictures, microphone: null);
        _timers[PeerTimer.Setup] = now + SetupTimeout;
        _ice.Begin(now, _local, answer.Credentials, answer.Candidates);
        if (!answer.IsDtlsServer)
        {
            // The server begins; what it sends finds the association ready.
            _dtls = new DtlsAssociation(_threads, new DtlsServerRole(_certificate, answer.Fingerprints), _onProgress);
        }

        Advance(now);
        return true;
    }

    /// <summary>Takes in a datagram, changing it in place. Whatever it is, it does not throw.</summary>
    public void HandleDatagram(RtcTime now, IPEndPoint source, Span<byte> datagram)
    {
        _counters.DatagramsReceived++;
        _counters.BytesReceived += datagram.Length;
        if (HandleKind(now, source, datagram) is { } reason)
        {
            _counters.Drops.Count(reason);
        }

        Advance(now);
    }

    /// <summary>Does what is due, and takes in what the handshake has come to.</summary>
    public void HandleTimeout(RtcTime now)
    {
        Advance(now);
        while (State != RtcConnectionState.Closed && _timers.TryTakeDue(now, out var timer))
        {
            switch (timer)
            {
                case PeerTimer.Setup:
                    Close(now, RtcReason.SetupTimeout);
                    break;
                case PeerTimer.HandshakeResend:
                    _dtls?.HandleTimeout(now);
                    Advance(now);
                    break;
                case PeerTimer.Report:
                    SendReports(now);
                    break;
                case PeerTimer.KeyFrame:
                    _keyFrames.Pass(now);
                    break;
                case PeerTimer.Pace:
                    Pump(now);
                    break;
                case PeerTimer.Silence when now - _heardAt >= SilenceTimeout:
                    Close(now, RtcReason.Silence);
                    break;
                case PeerTimer.Silence:
                    // It is not moved with each packet: it looks here whether there was one.
                    _timers[PeerTimer.Silence] = _heardAt + SilenceTimeout;
                    break;
            }
        }
    }

    /// <summary>Takes the next datagram to send; what it shows is valid until the next call.</summary>
    public bool TryPollTransmit(out RtcTransmit transmit)
    {
        if (!_transmit.TryTake(out transmit))
        {
            return false;
        }

        _counters.DatagramsSent++;
        _counters.BytesSent += transmit.Datagram.Length;
        return true;
    }

    /// <summary>Takes the next event.</summary>
    public bool TryPollEvent([NotNullWhen(true)] out RtcEvent? rtcEvent) => _events.TryDequeue(out rtcEvent);

    /// <summary>Sends one Opus packet.</summary>
    /// <param name="now">Now.</param>
    /// <param name="captureTime">When its first sample is played in the performance.</param>
    /// <param name="opus">One Opus packet.</param>
    /// <returns>False where it was not sent.</returns>
    public bool SendAudio(RtcTime now, RtcTime captureTime, ReadOnlySpan<byte> opus)
    {
        if (!CanSend(out var media, out var path) || !media.Sender.Sound.Send(now, captureTime, opus, tag: 0, path))
        {
            return false;
        }

        _timers[PeerTimer.Pace] = RtcTime.Min(_timers[PeerTimer.Pace], media.Sender.Sound.LeavesAt);
        media.Control.Expect(now);
        return true;
    }

    /// <summary>Sends one picture in <see cref="VideoCodec"/>, spread over the time that the line takes for it; the parameters are as in <see cref="SendAudio"/>.</summary>
    public bool SendVideo(RtcTime now, RtcTime captureTime, ReadOnlySpan<byte> picture, bool isKeyFrame)
    {
        // A picture that refers to one that was held back is of no use.
        if ((_isPictureHeldBack && !isKeyFrame) || !CanSend(out var media, out _) || !media.Sender.SendVideo(now, captureTime, picture, isKeyFrame, tag: 0))
        {
            HoldBack(now);
            return false;
        }

        if (isKeyFrame)
        {
            _isPictureHeldBack = false;
            _keyFrames.OnKeyFrameSent();
        }

        Pump(now);
        media.Control.Expect(now);
        return true;
    }

    /// <summary>Says goodbye to the server, as far as there is a path, and ends the connection. A second call does nothing.</summary>
    public void Close(RtcTime now, RtcReason reason = RtcReason.ClosedLocally)
    {
        if (State == RtcConnectionState.Closed)
        {
            return;
        }

        if (CanSend(out var media, out var path))
        {
            media.Sender.Sound.SendWaiting(now, path);
            media.Control.SendGoodbye(now, path);
        }

        TransitionTo(now, RtcConnectionState.Closed, reason);
        _dtls?.Close();
        SendHandshake(now);
        _timers.StopAll();
        _media?.Dispose();
        _streams.Dispose();
    }

    public void Dispose()
    {
        Close(default);
        _transmit.Dispose();
    }

    private DropReason? HandleKind(RtcTime now, IPEndPoint source, Span<byte> datagram)
    {
        if (State == RtcConnectionState.Closed)
        {
            return DropReason.Closed;
        }

        var kind = DatagramKinds.Of(datagram);
        if (kind == DatagramKind.Stun)
        {
            return HandleStun(now, source, datagram);
        }

        // From where the server says it is, or has proved to be.
        if (!_sources.Contains(source))
        {
            return DropReason.UnknownSource;
        }

        return kind switch
        {
            DatagramKind.Dtls => _dtls is null ? DropReason.TooEarly : _dtls.HandleDatagram(now, datagram),
            DatagramKind.Media => HandleMedia(now, datagram),
            DatagramKind.Stun or DatagramKind.Unknown => DropReason.NotOurs,
        };
    }

    private DropReason? HandleStun(RtcTime now, IPEndPoint source, ReadOnlySpan<byte> datagram)
    {
        if (_answer is null)
        {
            return DropReason.TooEarly;
        }

        if (!StunMessage.TryParse(datagram, out var message))
        {
            return DropReason.Malformed;
        }

        _ice.Handle(now, message, source, _transmit.Begin()[..ResponseLength], out var length);
        if (length > 0)
        {
            // The check was authentic.
            _transmit.Commit(length, source);
            if (_sources.Count < MaxSources)
            {
                _sources.Add(source);
            }

            Hear(now);
        }
        else if (_ice.LastAnswered == now)
        {
            Hear(now);
        }

        return null;
    }

    private DropReason? HandleMedia(RtcTime now, Span<byte> datagram)
    {
        if (_media is null || _ice.Selected is not { } path)
        {
            return DropReason.TooEarly;
        }

        var dropped = _media.Handle(now, datagram, path, out var isAuthentic);
        if (isAuthentic)
        {
            Hear(now);
            Pump(now);
            _media.Control.Expect(now);
        }

        return dropped;
    }

    private void Hear(RtcTime now) => _heardAt = now;

    /// <summary>Takes in what ICE and the handshake have come to, and lets them send.</summary>
    private void Advance(RtcTime now)
    {
        if (_answer is null || State == RtcConnectionState.Closed)
        {
            return;
        }

        while (_ice.TryTakeCheck(now, _transmit.Begin()[..CheckLength], out var length, out var destination))
        {
            _transmit.Commit(length, destination);
        }

        if (_ice.IsConfirmed && State == RtcConnectionState.Negotiating)
        {
            TransitionTo(now, RtcConnectionState.Connecting, RtcReason.ClientReached);
            _timers[PeerTimer.Silence] = now + SilenceTimeout;
            if (_dtls is null)
            {
                _dtls = new DtlsAssociation(_threads, new DtlsClientRole(_certificate, _answer.Fingerprints, DtlsPolicy.Profiles), _onProgress);
                _dtls.Start();
            }
        }

        AdvanceHandshake(now, _answer);
    }

    private void AdvanceHandshake(RtcTime now, PublishAnswer answer)
    {
        if (_dtls is null)
        {
            return;
        }

        _dtls.Advance();
        SendHandshake(now);
        _timers[PeerTimer.HandshakeResend] = _dtls.ResendAt;
        if (_dtls.Keys is { } keys && _media is null)
        {
            _media = CreateMedia(keys, answer);
            _timers[PeerTimer.Setup] = RtcTime.Never;
            TransitionTo(now, RtcConnectionState.Connected, RtcReason.HandshakeCompleted);
            _keyFrames.Need(now);
        }

        if (_dtls.End is { } reason)
        {
            Close(now, reason);
        }
    }

    private PeerMedia CreateMedia(SrtpKeys keys, PublishAnswer answer)
    {
        var asClient = new SrtpContext(keys.Profile, keys.ClientKey, keys.ClientSalt);
        var asServer = new SrtpContext(keys.Profile, keys.ServerKey, keys.ServerSalt);
        var (send, receive) = answer.IsDtlsServer ? (asClient, asServer) : (asServer, asClient);
        return new PeerMedia(send, receive, _streams, _transmit, _timers, _counters, _events, _keyFrames, new KeepingTerm(), _estimator);
    }

    private bool CanSend([NotNullWhen(true)] out PeerMedia? media, [NotNullWhen(true)] out IPEndPoint? path)
    {
        (media, path) = (_media, _ice.Selected);
        return State == RtcConnectionState.Connected && media is not null && path is not null;
    }

    private void HoldBack(RtcTime now)
    {
        if (State == RtcConnectionState.Connected && !_isPictureHeldBack)
        {
            _isPictureHeldBack = true;
            _keyFrames.Need(now);
        }
    }

    /// <summary>Sends what waits and the line has room for.</summary>
    private void Pump(RtcTime now)
    {
        if (!CanSend(out var media, out var path))
        {
            _timers[PeerTimer.Pace] = RtcTime.Never;
            return;
        }

        (_timers[PeerTimer.Pace], var hasGivenUp) = media.Sender.Pump(now, path, isProven: true);
        if (hasGivenUp)
        {
            _counters.Drops.Count(DropReason.TooLate);
            HoldBack(now);
        }
    }

    private void SendReports(RtcTime now)
    {
        if (CanSend(out var media, out var path) && !media.Control.TrySendReports(now, path))
        {
            _timers[PeerTimer.Report] = media.Sender.Release(now);
        }
    }

    private void SendHandshake(RtcTime now)
    {
        while (_ice.Selected is { } path && _dtls is not null && _dtls.TryTakeDatagram(now, out var datagram))
        {
            _transmit.Add(datagram, path);
        }
    }

    private void TransitionTo(RtcTime now, RtcConnectionState next, RtcReason reason)
    {
        State = next;
        _heardAt = now;
        _events.Enqueue(new RtcEvent.StateChanged(next, reason));
    }
}
