using System.Diagnostics.CodeAnalysis;
using System.Net;
using Holdfast.Media;
using Holdfast.Rtc;

namespace Holdfast.Sessions;

public sealed partial class Session
{
    /// <summary>Held while an offer is answered, so that one attempt to come back follows another and each finds what the one before it left.</summary>
    private readonly Lock _reconnecting = new();

    /// <summary>What a new connection would be told of the line.</summary>
    internal KnownLine? KnownLine => Facts.Line;

    /// <summary>The number of its newest connection, from 0.</summary>
    public int Generation
    {
        get
        {
            var facts = Facts;
            return _course.Connections.Find(facts.InUse)?.Generation ?? facts.Generations;
        }
    }

    /// <summary>The connection in use.</summary>
    internal SessionConnection? Connection => _course.Connections.Find(Facts.InUse);

    /// <summary>Answers the offer of the first connection.</summary>
    internal bool TryConnect(
        string offerSdp, IPAddress? reachedAt, [NotNullWhen(true)] out ConnectionAnswer? answer, [NotNullWhen(false)] out string? error)
    {
        var connection = new SessionConnection(this, _course.Connections.NextNumber(), generation: 0, _services);
        if (!connection.TryAccept(offerSdp, _services.Settings.SetupTimeout, reachedAt, out answer, out error))
        {
            return false;
        }

        Use(connection);
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
            var facts = Facts;
            if (facts.WhyNotComeBack(client, _services.Endpoint.Now) is { } refusal)
            {
                return refusal;
            }

            var current = _course.Connections.Find(facts.InUse);
            var generation = Math.Max(facts.Generations, current?.Generation ?? 0) + 1;

            // Until the offer is known to be good nothing is changed: neither what is in use nor what is being built.
            var connection = new SessionConnection(this, _course.Connections.NextNumber(), generation, _services, current?.Line ?? facts.Line);
            if (!connection.TryAccept(offerSdp, _services.Settings.ReconnectTimeout, reachedAt, out var answer, out var error))
            {
                return new ReconnectResult.BadOffer(error);
            }

            var token = ResumeToken.New();
            var tick = played is { } timestamp ? current?.TickOf(timestamp) : null;
            var coming = new SessionInput.ComesBack(connection.Number, generation, client, tick, token.Hash(), current?.Line);
            if (_course.TryComeBack(connection, coming) is { } late)
            {
                connection.Close();
                return late;
            }

            OnPlayed(played);
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
        var facts = Facts;
        if (facts.IsOver || facts.State == SessionState.Negotiating)
        {
            return new RestartResult.NotPossible(facts.State);
        }

        Take(SessionInput.SignOfLife.Instance);
        if (_course.Connections.Find(facts.InUse) is not { } connection)
        {
            return new RestartResult.ConnectionGone();
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
    internal void PullThePlug(TimeSpan duration) => Take(new SessionInput.PlugPulled(_services.Endpoint.Now + duration));

    /// <summary>
    /// Cuts its connection, which is told goodbye: the session is held from now on, as if its network were lost, and its client may come back. Nothing happens where there is none.
    /// </summary>
    public void Hold() => Connection?.Close();

    private void Use(SessionConnection connection)
    {
        _course.Connections.Add(connection);
        Take(new SessionInput.Begins(connection.Number));
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
            Take(new SessionInput.CloseRequested(SessionReason.ShowFailed));
            return;
        }

        Take(new SessionInput.ConnectionUp(connection.Number));
        if (IsInUse(connection))
        {
            _services.OnConnected?.Invoke(this);
        }
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
            Take(new SessionInput.CloseRequested(SessionReason.ServerFull));
        }

        return isSettled;
    }

    /// <summary>The wire says that a connection has ended. That of another one than the one in use changes nothing.</summary>
    internal void OnDisconnected(SessionConnection connection, SessionReason reason)
    {
        Take(new SessionInput.ConnectionLost(connection.Number, reason, connection.Line));
        if (!IsInUse(connection))
        {
            _course.Connections.Remove(connection.Number);
        }
    }

    /// <summary>The wire says that the client restarted or moved the path.</summary>
    internal void OnPathRestarted(SessionConnection connection)
    {
        if (IsInUse(connection) && !TakePath(connection, SessionReason.PathRestarted).IsMove)
        {
            // It was never away: the picture goes on over another path, which may have lost some of it.
            OnKeyFrameRequested(connection);
        }
    }

    /// <summary>The wire says what arrived of what was sent.</summary>
    internal void OnFeedback(SessionConnection connection, RtcTime receivedAt, int acknowledged, TimeSpan? roundTrip)
    {
        if (acknowledged > 0 && _course.TryMeasure(connection, receivedAt, roundTrip))
        {
            TakePath(connection, SessionReason.PathHealed);
        }
    }

    /// <summary>
    /// A receiver report came. Where there is no finer feedback it too says that things arrive; but it comes so rarely that
    /// nothing follows from its absence.
    /// </summary>
    internal void OnReport(SessionConnection connection)
    {
        if (!connection.HasFeedback && _course.TryMeasure(connection))
        {
            TakePath(connection, SessionReason.PathHealed);
        }
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

    /// <summary>The wire says which packets of speech arrived. That of another connection than the one in use changes nothing.</summary>
    internal void OnArrivals(SessionConnection connection, ReadOnlySpan<ulong> acknowledged, ReadOnlySpan<ulong> lost)
    {
        if (IsInUse(connection))
        {
            CurrentPerformance()?.Playout.OnFeedback(acknowledged, lost, witnesses: !connection.TracksAudio);
        }
    }

    /// <summary>The wire says up to where speech arrived, and how much is missing since it said so last.</summary>
    internal void OnArrivedUpTo(SessionConnection connection, ulong highest, int lost)
    {
        if (IsInUse(connection))
        {
            CurrentPerformance()?.Playout.OnReport(highest, lost);
        }
    }

    /// <summary>The client says what it played last on the connection in use.</summary>
    private void OnPlayed(uint? rtpTimestamp)
    {
        if (rtpTimestamp is { } timestamp && Connection?.TickOf(timestamp) is { } tick)
        {
            CurrentPerformance()?.OnPlayed(tick);
        }
    }

    /// <summary>There is a path again; what is to be shown on it is made first.</summary>
    private SessionStep TakePath(SessionConnection connection, SessionReason reason)
    {
        var facts = Facts;
        return facts.State == SessionState.Connected || (_playedOnUntil is not null && !_isTaken) || !HasShowWithoutViewer()
            ? new SessionStep(facts)
            : Take(new SessionInput.PathUsable(connection.Number, reason));
    }

    private bool IsInUse(SessionConnection connection) => Facts.InUse == connection.Number;
}
