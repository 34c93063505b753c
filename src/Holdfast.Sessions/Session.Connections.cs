using System.Diagnostics.CodeAnalysis;
using System.Net;
using Holdfast.Media;
using Holdfast.Rtc;

namespace Holdfast.Sessions;

public sealed partial class Session
{
    private readonly FeedbackWatch _watch;

    /// <summary>Held while an offer is answered, so that one attempt to come back follows another and each finds what the one before it left.</summary>
    private readonly Lock _reconnecting = new();

    /// <summary>The connection in use; what any other one says changes nothing (fencing).</summary>
    private SessionConnection? _connection;

    /// <summary>A new connection that is being built while the one in use, if any, still serves.</summary>
    private SessionConnection? _pending;

    private string? _pendingClient;
    private RtcTime _pendingSince;
    private int _generations;
    private RtcTime _probed;
    private RtcTime _blackoutUntil;
    private long? _pendingPlayed;

    /// <summary>What is known of the line to the client: it outlives the connection that found it out.</summary>
    private volatile KnownLine? _line;

    /// <summary>What a new connection would be told of the line.</summary>
    internal KnownLine? KnownLine => _line;

    /// <summary>When a client told last what had arrived of what was sent.</summary>
    private RtcTime? _toldAt;
    private RtcTime? _awaySince;

    /// <summary>The number of its newest connection, from 0.</summary>
    public int Generation
    {
        get
        {
            lock (_gate)
            {
                return _connection?.Generation ?? _generations;
            }
        }
    }

    /// <summary>The connection in use; for tests.</summary>
    internal SessionConnection? Connection
    {
        get
        {
            lock (_gate)
            {
                return _connection;
            }
        }
    }

    /// <summary>Answers the offer of the first connection.</summary>
    internal bool TryConnect(
        string offerSdp, IPAddress? reachedAt, [NotNullWhen(true)] out ConnectionAnswer? answer, [NotNullWhen(false)] out string? error)
    {
        var connection = new SessionConnection(this, generation: 0, _services);
        if (!connection.TryAccept(offerSdp, _services.Settings.SetupTimeout, reachedAt, out answer, out error))
        {
            return false;
        }

        lock (_gate)
        {
            _connection = connection;
        }

        return true;
    }

    /// <summary>
    /// Level 3 of the ladder: a new connection for the same session. It is built and proves itself before the one in
    /// use is let go; if it fails, nothing has changed.
    /// </summary>
    /// <param name="offerSdp">The new connection's offer.</param>
    /// <param name="client">Tells one page from another: its own earlier try is replaced, another's is not. Null when unknown.</param>
    /// <param name="played">The RTP timestamp of the sound that the client played last on the connection there is, where it says so:
    /// what had arrived after it is gone with its page. Anything else is ignored.</param>
    /// <param name="reachedAt">The address at which the client reached this machine; null where that is not known.</param>
    public ReconnectResult Reconnect(string offerSdp, string? client, uint? played = null, IPAddress? reachedAt = null)
    {
        lock (_reconnecting)
        {
            var now = _services.Endpoint.Now;
            int generation;
            SessionConnection? current;
            lock (_gate)
            {
                if (WhyNotReconnect(client, now) is { } refusal)
                {
                    return refusal;
                }

                current = _connection;
                generation = Math.Max(_generations, current?.Generation ?? 0) + 1;
            }

            _line = current?.Line ?? _line;

            // Until the offer is known to be good nothing is changed: neither what is in use nor what is being built.
            var connection = new SessionConnection(this, generation, _services, _line);
            if (!connection.TryAccept(offerSdp, _services.Settings.ReconnectTimeout, reachedAt, out var answer, out var error))
            {
                return new ReconnectResult.BadOffer(error);
            }

            var token = ResumeToken.New();
            if (WhyNotBuild(connection, client, played, now, token, out var superseded) is { } late)
            {
                connection.Close();
                return late;
            }

            OnPlayed(played);
            superseded?.Close();
            return new ReconnectResult.Answered(answer, token);
        }
    }

    /// <summary>
    /// A further offer for the connection there is, whose keys are kept. With new ICE credentials it is level 2 of the ladder: a new path. With
    /// those there are it changes what flows, such as a microphone that is turned on. The same offer again gets the same answer; a bad one
    /// changes nothing.
    /// </summary>
    /// <param name="offerSdp">The connection's new offer.</param>
    /// <param name="played">The RTP timestamp of the sound that the client played last, where it says so; anything else is ignored.</param>
    /// <param name="reachedAt">The address at which the client reached this machine; null where that is not known.</param>
    public RestartResult Restart(string offerSdp, uint? played = null, IPAddress? reachedAt = null)
    {
        SessionConnection? connection;
        lock (_gate)
        {
            connection = _connection;
            if (SessionLifecycle.IsOver(_state) || _state == SessionState.Negotiating)
            {
                return new RestartResult.NotPossible(_state);
            }

            _lease.SignOfLife(_services.Endpoint.Now);
            if (connection is null)
            {
                return new RestartResult.ConnectionGone();
            }
        }

        OnPlayed(played);
        return connection.TryRestart(offerSdp, reachedAt, out var answer, out var error)
            ? new RestartResult.Answered(answer)
            : connection.IsClosed ? new RestartResult.ConnectionGone() : new RestartResult.BadOffer(error);
    }

    /// <summary>
    /// Comes back with whatever offer the client makes: a further one of the RTCPeerConnection there is, whose keys are kept, restarts its path (level 2); any
    /// other leads to a new connection with a new handshake (level 3). For clients that know of no levels.
    /// </summary>
    /// <param name="offerSdp">The offer.</param>
    /// <param name="client">As for <see cref="Reconnect"/>.</param>
    /// <param name="reachedAt">As for <see cref="Reconnect"/>.</param>
    public ReconnectResult ComeBack(string offerSdp, string? client, IPAddress? reachedAt = null)
    {
        ArgumentNullException.ThrowIfNull(offerSdp);
        return Connection is { IsClosed: false } connection && connection.IsOfSameOrigin(offerSdp)
            && Restart(offerSdp, played: null, reachedAt) is RestartResult.Answered(var answer)
                ? new ReconnectResult.Restarted(answer)
                : Reconnect(offerSdp, client, played: null, reachedAt);
    }

    /// <summary>
    /// Pulls the plug: for a while every packet of this session's connections is lost, of those to come too. It shows what
    /// an outage is like without one.
    /// </summary>
    internal void PullThePlug(TimeSpan duration)
    {
        lock (_gate)
        {
            _blackoutUntil = _services.Endpoint.Now + duration;
            _connection?.BlackOut(_blackoutUntil);
            _pending?.BlackOut(_blackoutUntil);
        }
    }

    /// <summary>
    /// Cuts its connection, which is told goodbye: the session is held from now on, as if its network were lost, and its client may come back. Nothing happens where there is none.
    /// </summary>
    public void Hold() => Connection?.Close();

    /// <summary>Why nobody can come back now; null where somebody can. Under the lock.</summary>
    private ReconnectResult? WhyNotReconnect(string? client, RtcTime now)
    {
        if (SessionLifecycle.IsOver(_state) || _state == SessionState.Negotiating || _isPutAside)
        {
            return new ReconnectResult.NotPossible(_state);
        }

        var isAnothers = _pending is not null && now - _pendingSince < _services.Settings.ReconnectTimeout
            && (client is null || !string.Equals(client, _pendingClient, StringComparison.Ordinal));
        return isAnothers ? new ReconnectResult.AnotherIsReconnecting() : null;
    }

    /// <summary>A connection whose offer was answered becomes the one that is being built, unless the session ended in the meantime.</summary>
    private ReconnectResult? WhyNotBuild(
        SessionConnection connection, string? client, uint? played, RtcTime now, ResumeToken token, out SessionConnection? superseded)
    {
        lock (_gate)
        {
            superseded = null;
            if (WhyNotReconnect(client, now) is { } refusal)
            {
                return refusal;
            }

            if (connection.IsClosed)
            {
                // The wire has ended it already: the server stops.
                return new ReconnectResult.NotPossible(_state);
            }

            superseded = _pending;
            (_pending, _pendingClient, _pendingSince) = (connection, client, now);
            _pendingPlayed = played is { } timestamp ? _connection?.TickOf(timestamp) : null;
            _generations = connection.Generation;
            connection.BlackOut(_blackoutUntil);
            _owner.Offer(token.Hash());
            _changes++;
            _lease.SignOfLife(now);
            return null;
        }
    }

    /// <summary>The wire says that a connection was checked and keyed.</summary>
    internal void OnConnected(SessionConnection connection)
    {
        if (!TryTakePlace())
        {
            return;
        }

        if (!EnsurePerformance())
        {
            Signal(SessionSignal.CloseRequested, SessionReason.ShowFailed);
            return;
        }

        SessionConnection? old = null;
        var isNew = false;
        lock (_gate)
        {
            if (ReferenceEquals(connection, _pending))
            {
                (old, _connection, _pending, isNew) = (_connection, connection, null, true);
                if (_state == SessionState.Connected)
                {
                    // It goes on from one connection to the other without having been away.
                    AwaitFeedbackFrom(connection);
                    _performance?.Play(connection, TimeSpan.Zero, Told(_services.Endpoint.Now), _pendingPlayed);
                }
            }
            else if (!ReferenceEquals(connection, _connection))
            {
                return;
            }
        }

        Signal(SessionSignal.PathUsable, isNew ? SessionReason.Reconnected : SessionReason.MediaConnected);
        if (old is not null)
        {
            LogReplaced(_services.Logger, Id, old.Generation, connection.Generation);
            old.Close();
        }

        _services.OnConnected?.Invoke(this);
    }

    /// <summary>Before its first connection the session only waits; with it, it takes a place, for which another may have to give way.</summary>
    private bool TryTakePlace()
    {
        if (State != SessionState.Negotiating)
        {
            return true;
        }

        var isSettled = _services.Admission.TrySettle(this, _services.Endpoint.Now, out var givesWay);
        givesWay?.Close(SessionReason.GaveWay);
        if (!isSettled)
        {
            Signal(SessionSignal.CloseRequested, SessionReason.ServerFull);
        }

        return isSettled;
    }

    /// <summary>The wire says that a connection has ended. That of another one than the one in use changes nothing.</summary>
    internal void OnDisconnected(SessionConnection connection, SessionReason reason)
    {
        if (IsInUse(connection))
        {
            _line = connection.Line ?? _line;
            Signal(SessionSignal.ConnectionLost, reason);
        }
        else
        {
            Forget(connection);
        }
    }

    /// <summary>The wire says that the client restarted or moved the path.</summary>
    internal void OnPathRestarted(SessionConnection connection)
    {
        if (IsInUse(connection) && !Signal(SessionSignal.PathUsable, SessionReason.PathRestarted))
        {
            // It was never away: the picture goes on over another path, which may have lost some of it.
            OnKeyFrameRequested(connection);
        }
    }

    /// <summary>The wire says what arrived of what was sent.</summary>
    internal void OnFeedback(SessionConnection connection, RtcTime receivedAt, int acknowledged, TimeSpan? roundTrip)
    {
        lock (_gate)
        {
            if (acknowledged == 0 || !ReferenceEquals(connection, _connection))
            {
                return;
            }

            _watch.OnFeedback(receivedAt, roundTrip);
            _toldAt = receivedAt;
            if (_state == SessionState.Connected)
            {
                return;
            }
        }

        Signal(SessionSignal.PathUsable, SessionReason.PathHealed);
    }

    /// <summary>
    /// A receiver report came. Where there is no finer feedback it too says that things arrive; but it comes so rarely that
    /// nothing follows from its absence.
    /// </summary>
    internal void OnReport(SessionConnection connection)
    {
        lock (_gate)
        {
            if (connection.HasFeedback || !ReferenceEquals(connection, _connection))
            {
                return;
            }

            _toldAt = _services.Endpoint.Now;
        }

        Signal(SessionSignal.PathUsable, SessionReason.PathHealed);
    }

    /// <summary>The wire asks for a picture that needs no other.</summary>
    internal void OnKeyFrameRequested(SessionConnection connection)
    {
        if (IsInUse(connection))
        {
            CurrentPerformance()?.RequestKeyFrame();
        }
    }

    /// <summary>The pictures have become fewer or smaller on the line there is, or whole again.</summary>
    internal void OnPictures(PictureQuality quality) => Journal.Append(new SessionEvent.PicturesChanged(quality));

    /// <summary>How long ago what was sent of which the client told last that it arrived; null: it never did. Under the lock.</summary>
    private TimeSpan? Told(RtcTime now) => _toldAt is { } at ? now - at + _watch.RoundTrip : null;

    /// <summary>From the next packet on that is sent, feedback is due. Under the lock.</summary>
    private void AwaitFeedbackFrom(SessionConnection connection)
    {
        _watch.BeginAnew();
        connection.AwaitFeedback();
    }

    private bool IsInUse(SessionConnection connection)
    {
        lock (_gate)
        {
            return ReferenceEquals(connection, _connection);
        }
    }

    /// <summary>A connection that was being built came to nothing.</summary>
    private void Forget(SessionConnection connection)
    {
        lock (_gate)
        {
            if (ReferenceEquals(connection, _pending))
            {
                _pending = null;
            }
        }
    }

    /// <summary>
    /// While held nothing is sent; but when the client's checks come through again, a silent packet asks whether the way
    /// to the client is open too. Its feedback heals the session (level 0).
    /// </summary>
    private void ProbeHeldPath(RtcTime now)
    {
        SessionConnection? connection;
        lock (_gate)
        {
            if (_state != SessionState.Held
                || _connection is not { LastAuthenticated: { } heard }
                || heard <= _stateSince
                || heard <= _probed)
            {
                return;
            }

            _probed = now;
            connection = _connection;
        }

        if (HasShowWithoutViewer())
        {
            CurrentPerformance()?.ProbeOnce(connection);
        }
    }
}
