using System.Diagnostics.CodeAnalysis;
using System.Net;
using Holdfast.Rtc.Congestion;
using Holdfast.Rtc.Dtls;
using Holdfast.Rtc.Ice;
using Holdfast.Rtc.Rtcp;
using Holdfast.Rtc.Srtp;

namespace Holdfast.Rtc;

/// <summary>
/// One client's connection without any I/O: datagrams and the time in; datagrams, events and the next deadline out. One owner, who
/// calls it from one thread at a time.
/// </summary>
internal sealed partial class RtcPeer : IDisposable
{
    private readonly RtcPeerOptions _options;
    private readonly KeepingTerm _term;
    private readonly PeerNegotiation _negotiation;
    private readonly IceLiteAgent _ice;
    private readonly DtlsAssociation _dtls;
    private readonly PeerCounters _counters = new();
    private readonly PeerTimers _timers = new();
    private readonly Queue<RtcEvent> _events = new();
    private readonly TransmitQueue _transmit;
    private readonly KeyFrameGate _keyFrames;
    private readonly Liveness _liveness;
    private readonly PeerPath _path;
    private readonly BandwidthEstimator _estimator;
    private readonly KnownLine? _knownLine;
    private readonly PeerOutput _output;

    private RtcPeer(
        RtcPeerOptions options,
        PeerNegotiation negotiation,
        IceLiteAgent ice,
        DtlsCertificate certificate,
        HandshakeThreads threads,
        Action? onHandshakeProgress,
        KeepingTerm? term,
        RtcTime now)
        : this(
            options,
            negotiation,
            ice,
            new DtlsAssociation(threads, new DtlsServerRole(certificate, negotiation.Fingerprints), onHandshakeProgress),
            term) => _timers[PeerTimer.Setup] = now + options.SetupTimeout;

    private RtcPeer(RtcPeerOptions options, PeerNegotiation negotiation, IceLiteAgent ice, DtlsAssociation dtls, KeepingTerm? term)
    {
        _options = options;
        _term = term ?? new KeepingTerm();
        _negotiation = negotiation;
        _ice = ice;
        _transmit = new TransmitQueue(_counters.Drops);
        _keyFrames = new KeyFrameGate(_timers, _events);
        _liveness = new Liveness(options, _timers);
        _path = new PeerPath(ice, options.ConsentTimeout);
        _dtls = dtls;
        _estimator = new BandwidthEstimator(new BandwidthEstimatorOptions());
        _knownLine = options.KnownLine;
        _output = new PeerOutput(_path, negotiation.Streams, _estimator, _counters, _timers, _keyFrames);
    }

    /// <summary>The answer to the offer that it was made with.</summary>
    public string Answer => _negotiation.Answer;

    /// <summary>The codec of the pictures that are sent, by its name; null where none were agreed on.</summary>
    public string? VideoCodec => _negotiation.Streams.Format?.Name;

    /// <summary>Whether the client promised to tell what arrives of what is sent.</summary>
    public bool HasTransportFeedback =>
        _negotiation.Streams is { Audio.HasTransportSequence: true } or { Video.HasTransportSequence: true };

    /// <summary>Whether transport-wide feedback tells of the sound that is sent.</summary>
    public bool TracksAudio => _negotiation.Streams.Audio is { HasTransportSequence: true };

    /// <summary>The routing tag.</summary>
    public string Tag => _ice.Tag;

    public RtcConnectionState State { get; private set; }

    /// <summary>The ICE generation of the path in use.</summary>
    public int Generation => _ice.Generation;

    /// <summary>Where media goes.</summary>
    public IPEndPoint? Path => _path.EndPoint;

    /// <summary>Where datagrams other than STUN are taken from.</summary>
    public ValidatedAddresses Addresses => _path.Addresses;

    /// <summary>What ended the DTLS handshake though nobody foresaw it; for the log.</summary>
    public Exception? Fault => _dtls.Fault;

    /// <summary>When the last authentic packet arrived; null before the first.</summary>
    public RtcTime? LastAuthenticated => _liveness.LastAuthenticated;

    /// <summary>What the last RTCP datagram cost.</summary>
    public ControlWork LastControlWork => Media?.LastControlWork ?? default;

    /// <summary>What the line carries, and what waits for it.</summary>
    public RtcSendingState Sending => _output.State;

    /// <summary>How long sound that follows a gap is held at present; zero: there is no microphone.</summary>
    public TimeSpan MicrophonePatience => _negotiation.Streams.Microphone?.Patience ?? TimeSpan.Zero;

    /// <summary>When <see cref="HandleTimeout"/> is to be called, or never.</summary>
    public RtcTime NextTimeout => _timers.Next;

    private PeerMedia? Media => _output.Media;

    /// <summary>Answers an offer with a new peer.</summary>
    /// <param name="options">What it is made with; names the candidates.</param>
    /// <param name="certificate">This side's DTLS certificate.</param>
    /// <param name="threads">Where the DTLS handshake runs.</param>
    /// <param name="offerSdp">The client's offer.</param>
    /// <param name="now">Now.</param>
    /// <param name="peer">The peer.</param>
    /// <param name="error">Why the offer cannot be answered, a sentence for a person.</param>
    /// <param name="onHandshakeProgress">
    /// Called from a handshake thread, never under a lock, when <see cref="HandleTimeout"/> has something to take in. Not needed in lock-step.
    /// </param>
    /// <param name="term">Until when somebody would go on with what is stored of it.</param>
    public static bool TryCreate(
        RtcPeerOptions options,
        DtlsCertificate certificate,
        HandshakeThreads threads,
        string offerSdp,
        RtcTime now,
        [NotNullWhen(true)] out RtcPeer? peer,
        [NotNullWhen(false)] out string? error,
        Action? onHandshakeProgress = null,
        KeepingTerm? term = null)
    {
        peer = null;
        var ice = new IceLiteAgent(options.Tag, options.IceSecret.Span, options.Generation);
        if (!PeerNegotiation.TryCreate(options, ice, certificate.Fingerprint, offerSdp, out var negotiation, out error))
        {
            return false;
        }

        peer = new RtcPeer(options, negotiation, ice, certificate, threads, onHandshakeProgress, term, now);
        return true;
    }

    /// <summary>
    /// Answers a further offer: an ICE restart, or, with the ufrag there is, a change of what flows. DTLS, SRTP and the streams go on as they
    /// are, and the old path is served until the client nominates the new one: a restart that comes to nothing does no harm.
    /// </summary>
    /// <param name="now">Now.</param>
    /// <param name="offerSdp">The client's offer; the same as the last gets the same answer.</param>
    /// <param name="candidates">Where the server can be reached now; null: as before.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="generation">The ICE generation of the answer.</param>
    /// <param name="error">Why it cannot be answered, a sentence for a person.</param>
    /// <returns>False where the offer cannot be answered, which changes nothing.</returns>
    public bool TryRestart(
        RtcTime now,
        string offerSdp,
        IReadOnlyList<IPEndPoint>? candidates,
        [NotNullWhen(true)] out string? answer,
        out int generation,
        [NotNullWhen(false)] out string? error)
    {
        if (State == RtcConnectionState.Closed)
        {
            (answer, generation, error) = (null, Generation, "The connection is closed.");
            return false;
        }

        if (!_negotiation.TryAnswer(_ice, offerSdp, candidates, out answer, out generation, out var needsKeyFrame, out error))
        {
            return false;
        }

        if (needsKeyFrame && Media is not null)
        {
            _keyFrames.Need(now);
        }

        return true;
    }

    /// <summary>Does what is due, and takes in what the DTLS handshake has come to.</summary>
    public void HandleTimeout(RtcTime now)
    {
        AdvanceHandshake(now);
        while (_timers.TryTakeDue(now, out var timer))
        {
            switch (timer)
            {
                case PeerTimer.Setup:
                    TransitionTo(now, RtcConnectionState.Closed, RtcReason.SetupTimeout);
                    break;
                case PeerTimer.HandshakeResend:
                    _dtls.HandleTimeout(now);
                    AdvanceHandshake(now);
                    break;
                case PeerTimer.Report:
                    _output.SendReports(now);
                    break;
                case PeerTimer.Reply:
                    _output.SendReply(now);
                    break;
                case PeerTimer.KeyFrame:
                    _keyFrames.Pass(now);
                    break;
                case PeerTimer.Pace:
                    _output.Pump(now);
                    break;
                case PeerTimer.Silence when _liveness.IsOver(now):
                    TransitionTo(now, RtcConnectionState.Closed, RtcReason.Silence);
                    break;
                case PeerTimer.Silence:
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
    /// <param name="tag">Comes back in <see cref="RtcEvent.FeedbackReceived"/>; 0: not wanted back.</param>
    /// <param name="mayWait">Whether it is silence without a tag, which may leave with the next two, and not at all where none follows.</param>
    /// <returns>False where it was not sent.</returns>
    public bool SendAudio(RtcTime now, RtcTime captureTime, ReadOnlySpan<byte> opus, ulong tag = 0, bool mayWait = false) =>
        _output.SendAudio(now, captureTime, opus, tag, mayWait);

    /// <summary>
    /// Sends one picture in <see cref="VideoCodec"/>, spread over the time that the line takes for it; the parameters are as in <see cref="SendAudio"/>.
    /// </summary>
    public bool SendVideo(RtcTime now, RtcTime captureTime, ReadOnlySpan<byte> picture, bool isKeyFrame, ulong tag = 0) =>
        _output.SendVideo(now, captureTime, picture, isKeyFrame, tag);

    /// <summary>The RTP timestamp of sound with this capture time; null where no sound was negotiated.</summary>
    public uint? AudioTimestampOf(RtcTime captureTime) => _negotiation.Streams.Audio?.TimestampOf(captureTime);

    /// <summary>The RTP timestamp of a picture with this capture time; null where no pictures were negotiated.</summary>
    public uint? PictureTimestampOf(RtcTime captureTime) => _negotiation.Streams.Video?.TimestampOf(captureTime);

    /// <summary>Takes the next packet of the microphone, in order; false where none is due.</summary>
    /// <param name="now">Now.</param>
    /// <param name="buffer">Receives the Opus packet; 2,048 bytes.</param>
    /// <param name="audio">Its length and place.</param>
    public bool TryPollAudio(RtcTime now, Span<byte> buffer, out ReceivedAudio audio)
    {
        audio = default;
        return _negotiation.Streams.Microphone is { } microphone && microphone.TryPoll(now, buffer, out audio);
    }

    /// <summary>Says goodbye to the client, as far as there is a path, and ends the connection.</summary>
    public void Close(RtcTime now, RtcReason reason = RtcReason.ClosedLocally)
    {
        if (State != RtcConnectionState.Closed)
        {
            _output.SendGoodbye(now);
        }

        TransitionTo(now, RtcConnectionState.Closed, reason);
    }

    /// <summary>Ends it without a word and without using what it is made of: parts of it may be broken.</summary>
    public void Abandon(RtcReason reason)
    {
        if (State != RtcConnectionState.Closed)
        {
            State = RtcConnectionState.Closed;
            _output.IsOpen = false;
            _timers.StopAll();
            _events.Enqueue(new RtcEvent.StateChanged(State, reason));
        }
    }

    public RtcConnectionStatistics GetStatistics() => new(
        State,
        Generation,
        Path,
        _counters.DatagramsSent,
        _counters.BytesSent,
        _counters.DatagramsReceived,
        _counters.BytesReceived,
        _counters.AudioPacketsSent,
        _counters.VideoPacketsSent,
        _counters.VideoFramesSent,
        _counters.PacketsRetransmitted,
        _counters.KeyFrameRequests,
        _counters.PacketsAcknowledged,
        _counters.PacketsLost,
        _counters.AudioPacketsReceived,
        _counters.RoundTrip,
        LastAuthenticated,
        _counters.Drops.Snapshot())
    {
        AudioPacketsRecovered = _negotiation.Streams.Microphone?.Recovered ?? 0,
    };

    public void AddDropsTo(DropCounters total) => total.Add(_counters.Drops);

    /// <summary>Counts datagrams that the system did not take.</summary>
    public void OnNotSent(DropReason reason, long count) => _counters.Drops.Count(reason, count);

    public void Dispose()
    {
        TransitionTo(default, RtcConnectionState.Closed, RtcReason.ClosedLocally);
        _transmit.Dispose();
    }

    /// <summary>Takes in what the handshake's thread has brought: datagrams to send, keys, or its end.</summary>
    private void AdvanceHandshake(RtcTime now)
    {
        _dtls.Advance();
        SendHandshake(now);
        if (State == RtcConnectionState.Closed)
        {
            return;
        }

        _timers[PeerTimer.HandshakeResend] = _dtls.ResendAt;
        if (_dtls.Keys is { } keys && Media is null)
        {
            _output.Media = CreateMedia(
                new SrtpContext(keys.Profile, keys.ServerKey, keys.ServerSalt), new SrtpContext(keys.Profile, keys.ClientKey, keys.ClientSalt));
            _path.OnHandshakeCompleted(now);
            TransitionTo(now, RtcConnectionState.Connected, RtcReason.HandshakeCompleted);
        }

        if (_dtls.End is { } reason)
        {
            TransitionTo(now, RtcConnectionState.Closed, reason);
        }
    }

    private PeerMedia CreateMedia(SrtpContext outgoing, SrtpContext incoming) =>
        new(outgoing, incoming, _negotiation.Streams, _transmit, _timers, _counters, _events, _keyFrames, _term, _estimator);

    private void OnPathChanged(RtcTime now, IPEndPoint? oldPath, int oldGeneration)
    {
        if (Generation != oldGeneration)
        {
            _events.Enqueue(new RtcEvent.GenerationChanged(Generation));
        }

        if (Path is { } path && (!path.Equals(oldPath) || Generation != oldGeneration))
        {
            _events.Enqueue(new RtcEvent.PathChanged(path, Generation));
            OnLineChanged(now, oldPath, path);
            _output.OnNewPath(now);
        }
    }

    /// <summary>What is known of a line is known of the network that the client is on, whatever its port.</summary>
    private void OnLineChanged(RtcTime now, IPEndPoint? oldPath, IPEndPoint path)
    {
        if (!path.Address.Equals(oldPath?.Address))
        {
            _estimator.Restart(now, path.Address.Equals(_knownLine?.Remote) ? _knownLine!.BitsPerSecond : BandwidthEstimatorOptions.Unknown);
        }
    }

    /// <summary>The only place where the state changes, but for <see cref="Abandon"/>.</summary>
    private void TransitionTo(RtcTime now, RtcConnectionState next, RtcReason reason)
    {
        if (next <= State)
        {
            return;
        }

        State = next;
        _output.IsOpen = next == RtcConnectionState.Connected;
        _events.Enqueue(new RtcEvent.StateChanged(next, reason));
        switch (next)
        {
            case RtcConnectionState.Negotiating:
            case RtcConnectionState.Connecting:
                break;
            case RtcConnectionState.Connected:
                _timers[PeerTimer.Setup] = RtcTime.Never;
                _keyFrames.Need(now);
                break;
            case RtcConnectionState.Closed:
                _timers.StopAll();
                _dtls.Close();
                SendHandshake(now);
                Media?.Dispose();
                _negotiation.Streams.Dispose();
                break;
        }
    }

    private void SendHandshake(RtcTime now)
    {
        while (_dtls.TryTakeDatagram(now, out var datagram))
        {
            if (Media is not null)
            {
                SendAlong(datagram);
            }
            else if (_path.Handshake is { } to && _path.TrySpendHandshake(now, datagram.Count))
            {
                _transmit.Add(datagram, to);
            }
        }
    }

    /// <summary>What is left to say behind the handshake is its end, once more, or goodbye: a few bytes.</summary>
    private void SendAlong(ReadOnlySpan<byte> datagram)
    {
        if (Path is { } path && !_isGivenAway)
        {
            _transmit.Add(datagram, path);
        }
    }
}
