using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Holdfast.Rtc;

/// <summary>
/// One client's connection on the endpoint: a peer made safe to call from any thread. What it has to send leaves at once; what it has to
/// tell is told afterwards, in order, without a lock.
/// </summary>
public sealed class RtcConnection
{
    /// <summary>How often it is told what the line is taken for: an estimate moves within seconds, and a thousand lines are two hundred samples a second.</summary>
    private static readonly TimeSpan s_sampleInterval = TimeSpan.FromSeconds(5);

    private readonly RtcEndpoint _endpoint;
    private readonly IRtcConnectionObserver _observer;
    private readonly Lock _gate = new();
    private readonly ConnectionNews _news;
    private readonly ConnectionRoutes _routes;
    private RtcPeer? _peer;
    private bool _isRemoved;

    // Where its newest datagrams were put, and their turn there: what follows on another thread does not overtake them.
    private Outbox? _outbox;
    private long _outboxTurn;
    private readonly SendingFailures _failures = new();
    private long _blackoutUntil;
    private RtcTime? _reachedAt;
    private RtcTime _nextSampleAt;

    /// <summary>What its observer calls itself, for the log.</summary>
    internal string? ObserverName => _observer.ToString();

    internal RtcConnection(RtcEndpoint endpoint, IRtcConnectionObserver observer, string tag)
    {
        _endpoint = endpoint;
        _observer = observer;
        _news = new ConnectionNews(_gate, rtcEvent => _observer.OnEvent(this, rtcEvent), fault => Fail(Peer, fault));
        _routes = new ConnectionRoutes(endpoint, this);
        Tag = tag;
        Inbox = new Inbox(datagram => datagram.Addressee.Deliver(datagram.Bytes, datagram.Source, endpoint));
    }

    /// <summary>The routing tag.</summary>
    public string Tag { get; }

    /// <summary>The SDP answer to the offer that it was accepted with.</summary>
    public string Answer => Peer.Answer;

    /// <summary>How far it has come.</summary>
    public RtcConnectionState State
    {
        get
        {
            lock (_gate)
            {
                return Peer.State;
            }
        }
    }

    /// <summary>The ICE generation of the path in use.</summary>
    public int Generation
    {
        get
        {
            lock (_gate)
            {
                return Peer.Generation;
            }
        }
    }

    /// <summary>When the last authentic packet of the client arrived; null before the first.</summary>
    public RtcTime? LastAuthenticated
    {
        get
        {
            lock (_gate)
            {
                return Peer.LastAuthenticated;
            }
        }
    }

    /// <summary>The codec in which the client takes pictures, by its name in SDP, such as "VP8"; null where it takes none.</summary>
    public string? VideoCodec => Peer.VideoCodec;

    /// <summary>Whether the client promised to tell what arrives of what is sent (transport-wide feedback).</summary>
    public bool HasTransportFeedback => Peer.HasTransportFeedback;

    /// <summary>
    /// Whether <see cref="RtcEvent.FeedbackReceived"/> tells of the packets of sound. Some clients give transport-wide feedback for
    /// pictures only.
    /// </summary>
    public bool TracksAudio => Peer.TracksAudio;

    /// <summary>What the line to the client carries, and what waits for it.</summary>
    public RtcSendingState Sending
    {
        get
        {
            lock (_gate)
            {
                return Peer.Sending;
            }
        }
    }

    /// <summary>The RTP timestamp that sound of this capture time has or would have; null where no sound was negotiated.</summary>
    public uint? AudioTimestampOf(RtcTime captureTime) => Peer.AudioTimestampOf(captureTime);

    /// <summary>Whether numbers are to be reserved soon (<see cref="Keep"/>): a quarter of what was reserved is used up.</summary>
    public bool WantsReservation
    {
        get
        {
            lock (_gate)
            {
                return Peer.WantsReservation;
            }
        }
    }

    /// <summary>
    /// Writes down what another process needs to go on with this connection should this one be killed, while it goes on here, and reserves packets' numbers. Once
    /// this was called, it is called again whenever <see cref="WantsReservation"/> says so, and <see cref="OnKept"/> when what it gave is stored.
    /// </summary>
    /// <returns>Null where there is nothing that could be gone on with: it is not connected.</returns>
    public KeptConnection? Keep()
    {
        lock (_gate)
        {
            return Peer.Keep(_endpoint.Now);
        }
    }

    /// <summary>What <see cref="Keep"/> gave last is safe: it survives the process.</summary>
    public void OnKept()
    {
        lock (_gate)
        {
            Peer.Confirm();
        }
    }

    /// <summary>
    /// Gives the connection to another process: this one takes nothing more in and sends nothing more, and the client is told nothing.
    /// </summary>
    /// <returns>What the other process goes on with; null where there is nothing that could be gone on with.</returns>
    public KeptConnection? GiveAway()
    {
        lock (_gate)
        {
            var left = Peer.GiveAway(_endpoint.Now);

            // What has a number already leaves before the other process begins with the next.
            Send(Peer);
            LetLeave();
            return left;
        }
    }

    /// <summary>
    /// Gives the connection to another process that goes on with it in a moment: until <see cref="GiveAway"/> is called too, this one still does, with
    /// packets' numbers that the other one leaves out.
    /// </summary>
    /// <returns>As for <see cref="GiveAway"/>.</returns>
    public KeptConnection? Lend()
    {
        lock (_gate)
        {
            return Peer.Lend(_endpoint.Now);
        }
    }

    /// <summary>The other process does not go on with it after all: here it can be closed, with a word to the client.</summary>
    public void TakeBack()
    {
        lock (_gate)
        {
            Peer.TakeBack();
        }
    }

    /// <summary>
    /// Until when everything that arrives for it or leaves it is lost, as on a dead network; for demonstrations and tests. No time at
    /// all by default.
    /// </summary>
    public RtcTime BlackoutUntil
    {
        get => new(Volatile.Read(ref _blackoutUntil));
        set => Volatile.Write(ref _blackoutUntil, value.Microseconds);
    }

    /// <summary>When the deadline queue wakes it; the queue's own note.</summary>
    internal RtcTime ScheduledFor { get; set; } = RtcTime.Never;

    /// <summary>What was received for it and waits to be taken in.</summary>
    internal Inbox Inbox { get; }

    private RtcPeer Peer => _peer ?? throw new InvalidOperationException("The connection is not attached yet.");

    /// <summary>Sends one Opus packet.</summary>
    /// <param name="captureTime">When its first sample is played in the performance, on the clock of <see cref="RtcEndpoint.Now"/>.</param>
    /// <param name="opus">One Opus packet.</param>
    /// <param name="tag">Comes back in <see cref="RtcEvent.FeedbackReceived"/>; 0: not wanted back.</param>
    /// <param name="mayWait">
    /// Whether it is silence without a tag, which may leave with the next two (60 ms in one packet), and not at all where none follows: fewer packets where
    /// time is short.
    /// </param>
    /// <returns>False where it was not sent: not connected, no sound negotiated, or consent expired.</returns>
    public bool SendAudio(RtcTime captureTime, ReadOnlySpan<byte> opus, ulong tag = 0, bool mayWait = false) => Step(
        static (peer, now, media) => peer.SendAudio(now, media.CaptureTime, media.Payload, media.Tag, media.MayWait),
        new OutgoingMedia(captureTime, opus, tag) { MayWait = mayWait });

    /// <summary>Sends one encoded picture.</summary>
    /// <param name="captureTime">When it is shown in the performance, on the clock of <see cref="RtcEndpoint.Now"/>.</param>
    /// <param name="picture">One picture, in <see cref="VideoCodec"/>.</param>
    /// <param name="isKeyFrame">Whether it is a key frame.</param>
    /// <param name="tag">Comes back in <see cref="RtcEvent.FeedbackReceived"/>, once for each of its packets; 0: not wanted back.</param>
    /// <returns>False where it was not sent: not connected, no pictures negotiated, or consent expired.</returns>
    public bool SendVideo(RtcTime captureTime, ReadOnlySpan<byte> picture, bool isKeyFrame, ulong tag = 0) => Step(
        static (peer, now, media) => peer.SendVideo(now, media.CaptureTime, media.Payload, media.IsKeyFrame, media.Tag),
        new OutgoingMedia(captureTime, picture, tag) { IsKeyFrame = isKeyFrame });

    /// <summary>Takes the next packet of the client's microphone, in order; false where none is due.</summary>
    /// <param name="buffer">Receives the Opus packet; at least 2,048 bytes.</param>
    /// <param name="audio">Its length and place.</param>
    public bool TryReceiveAudio(Span<byte> buffer, out ReceivedAudio audio)
    {
        lock (_gate)
        {
            return Peer.TryPollAudio(_endpoint.Now, buffer, out audio);
        }
    }

    /// <summary>
    /// Answers a further offer, DTLS and SRTP going on as they are: an ICE restart, where the old path is served until the client nominates the
    /// new one; or, with the ICE credentials there are, a change of what flows, such as a microphone that is turned on.
    /// </summary>
    /// <param name="offerSdp">The client's offer. The same as the last one gets the same answer: that may have been lost.</param>
    /// <param name="candidates">Where the client can reach the server now, for the answer to a restart; null: as before.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="generation">The ICE generation of the answer.</param>
    /// <param name="error">Why it cannot be answered, a sentence for a person.</param>
    /// <returns>False where the offer cannot be answered, which changes nothing.</returns>
    public bool TryRestart(
        string offerSdp,
        IReadOnlyList<IPEndPoint>? candidates,
        [NotNullWhen(true)] out string? answer,
        out int generation,
        [NotNullWhen(false)] out string? error)
    {
        bool answered;
        lock (_gate)
        {
            answered = Peer.TryRestart(_endpoint.Now, offerSdp, candidates, out answer, out generation, out error);
            Flush(Peer);
        }

        _news.Tell();
        return answered;
    }

    /// <summary>What it has done so far.</summary>
    public RtcConnectionStatistics GetStatistics()
    {
        lock (_gate)
        {
            _failures.MoveTo(Peer);
            return Peer.GetStatistics();
        }
    }

    /// <summary>Says goodbye to the client (RTCP BYE and DTLS close_notify) and ends it. A second call does nothing.</summary>
    public void Close() => Close(RtcReason.ClosedLocally);

    internal void Close(RtcReason reason) => Step(
        static (peer, now, reason) =>
        {
            peer.Close(now, reason);
            return true;
        },
        reason);

    internal void Attach(RtcPeer peer)
    {
        lock (_gate)
        {
            _peer = peer;
            Flush(peer);
        }
    }

    /// <summary>Takes in a datagram; false where it is not this connection's, and may be another's that shares the address.</summary>
    internal bool HandleDatagram(IPEndPoint source, Span<byte> datagram)
    {
        if (_endpoint.Now < BlackoutUntil)
        {
            return true;
        }

        return Step(
            static (peer, now, incoming) => peer.HandleDatagram(now, incoming.Source, incoming.Datagram),
            new IncomingDatagram(source, datagram));
    }

    /// <summary>A deadline has come, or the handshake has got on.</summary>
    internal void HandleTimeout() => Step(
        static (peer, now, connection) =>
        {
            peer.HandleTimeout(now);
            connection.SampleLine(peer, now);
            return true;
        },
        this);

    internal void AddDropsTo(DropCounters total)
    {
        lock (_gate)
        {
            _failures.MoveTo(Peer);
            Peer.AddDropsTo(total);
        }
    }

    /// <summary>A datagram of its was not sent. From any thread, under an outbox's lock: it is taken in at the connection's next step.</summary>
    internal void OnNotSent(DropReason reason, Exception? fault) => _failures.Add(reason, fault);

    /// <summary>
    /// One step of the peer: the lock, what the peer then wants done, and what is to be told. What nobody foresaw ends this connection and nothing else.
    /// </summary>
    /// <returns>What the step returned; false where it failed, or there is no peer yet.</returns>
    private bool Step<TArguments>(Func<RtcPeer, RtcTime, TArguments, bool> step, TArguments arguments)
        where TArguments : allows ref struct
    {
        var result = false;
        lock (_gate)
        {
            if (_peer is not { } peer)
            {
                return false;
            }

            try
            {
                result = step(peer, _endpoint.Now, arguments);
                Flush(peer);
            }
#pragma warning disable CA1031 // Whatever it is, others are served by this thread.
            catch (Exception e)
#pragma warning restore CA1031
            {
                result = false;
                Fail(peer, e);
            }
        }

        _news.Tell();
        return result;
    }

    /// <summary>Ends the connection after what nobody foresaw, under the lock. Parts of it may be broken, so the goodbye is tried, not promised.</summary>
    private void Fail(RtcPeer peer, Exception exception)
    {
        _endpoint.OnFault(this, exception);
        try
        {
            peer.Close(_endpoint.Now, RtcReason.InternalError);
            Flush(peer);
        }
#pragma warning disable CA1031 // The fault is told already; this is its echo.
        catch (Exception)
#pragma warning restore CA1031
        {
            peer.Abandon(RtcReason.InternalError);
            TakeEvents(peer);
            Remove(peer);
        }
    }

    /// <summary>Carries out what the peer wants done, under the lock: sending, being woken, being found.</summary>
    private void Flush(RtcPeer peer)
    {
        Send(peer);
        _failures.ThrowFault();
        TakeEvents(peer);
        if (peer.State == RtcConnectionState.Closed)
        {
            Remove(peer);
            return;
        }

        _routes.Update(peer.Addresses);
        _endpoint.Schedule(this, peer.NextTimeout);
    }

    /// <summary>Puts what there is to send where this thread collects; where it does not, it leaves at once.</summary>
    private void Send(RtcPeer peer)
    {
        if (!peer.TryPollTransmit(out var transmit))
        {
            return;
        }

        var current = _endpoint.Outboxes.Current;
        var outbox = current ?? _endpoint.Outboxes.Take();
        if (!ReferenceEquals(outbox, _outbox))
        {
            LetLeave();
        }

        _outbox = outbox;
        do
        {
            var now = _endpoint.Now;
            if (now >= BlackoutUntil)
            {
                _outboxTurn = outbox.Add(now, transmit.Datagram, _routes.AddressOf(transmit.Destination), this);
            }
        }
        while (peer.TryPollTransmit(out transmit));

        if (current is null)
        {
            outbox.Flush();
            _outbox = null;
            _endpoint.Outboxes.Return(outbox);
        }
    }

    /// <summary>What it has in an outbox leaves now.</summary>
    private void LetLeave()
    {
        _outbox?.FlushTurn(_outboxTurn);
        _outbox = null;
    }

    private void TakeEvents(RtcPeer peer)
    {
        while (peer.TryPollEvent(out var rtcEvent))
        {
            if (rtcEvent is RtcEvent.StateChanged change)
            {
                var now = _endpoint.Now;
                RtcDiagnostics.OnStateChanged(change, _reachedAt, now);
                _reachedAt ??= now;
            }

            _news.Add(rtcEvent);
        }
    }

    /// <summary>
    /// Tells what the line is taken for, where it was measured and the client is there: now and then at a deadline, of which there is one a second while media flows.
    /// </summary>
    private void SampleLine(RtcPeer peer, RtcTime now)
    {
        if (now >= _nextSampleAt && now - peer.LastAuthenticated < s_sampleInterval
            && peer is { State: RtcConnectionState.Connected, Sending: { IsMeasured: true } sending })
        {
            _nextSampleAt = now + s_sampleInterval;
            RtcDiagnostics.OnLineSampled(sending.Estimate);
        }
    }

    private void Remove(RtcPeer peer)
    {
        if (!_isRemoved)
        {
            _isRemoved = true;
            LetLeave();
            _routes.Clear();
            _endpoint.OnClosed(this);
            if (peer.Fault is { } fault)
            {
                _endpoint.OnFault(this, fault);
            }

            peer.Dispose();
        }
    }

    private readonly ref struct OutgoingMedia(RtcTime captureTime, ReadOnlySpan<byte> payload, ulong tag)
    {
        public RtcTime CaptureTime { get; } = captureTime;

        public ReadOnlySpan<byte> Payload { get; } = payload;

        public ulong Tag { get; } = tag;

        public bool IsKeyFrame { get; init; }

        public bool MayWait { get; init; }
    }

    private readonly ref struct IncomingDatagram(IPEndPoint source, Span<byte> datagram)
    {
        public IPEndPoint Source { get; } = source;

        public Span<byte> Datagram { get; } = datagram;
    }
}
