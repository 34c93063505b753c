namespace Holdfast.Sessions;

/// <summary>What can happen to a session.</summary>
internal enum SessionSignal
{
    /// <summary>There is an authenticated path on which media can flow: the first, a healed, a restarted or a new one.</summary>
    PathUsable,

    /// <summary>Media is sent and nothing tells that it arrives.</summary>
    FeedbackSilent,

    /// <summary>The path or the whole connection is gone.</summary>
    ConnectionLost,

    /// <summary>The state's own time is over.</summary>
    TimeIsUp,

    /// <summary>Somebody ends it.</summary>
    CloseRequested,

    /// <summary>The server stops; another process goes on with it.</summary>
    PutAside,
}

/// <summary>The states of a session and the only ways between them, as a pure function.</summary>
internal static class SessionLifecycle
{
    /// <summary>Where a signal leads, or null where it changes nothing.</summary>
    public static SessionState? Next(SessionState state, SessionSignal signal) => state switch
    {
        SessionState.Negotiating => WhileNegotiating(signal),
        SessionState.Connected => WhileConnected(signal),
        SessionState.Interrupted => WhileInterrupted(signal),
        SessionState.Held => WhileHeld(signal),
        SessionState.Expired => null,
        SessionState.Closed => null,
    };

    /// <summary>Whether it is over: nothing leads out of here, and it holds nothing.</summary>
    public static bool IsOver(SessionState state) => state is SessionState.Expired or SessionState.Closed;

    /// <summary>A session nobody has seen yet has nothing worth keeping: it ends with its first connection.</summary>
    private static SessionState? WhileNegotiating(SessionSignal signal) => signal switch
    {
        SessionSignal.PathUsable => SessionState.Connected,
        SessionSignal.FeedbackSilent => null,
        SessionSignal.ConnectionLost => SessionState.Closed,
        SessionSignal.TimeIsUp => SessionState.Closed,
        SessionSignal.CloseRequested => SessionState.Closed,
        SessionSignal.PutAside => SessionState.Closed,
    };

    private static SessionState? WhileConnected(SessionSignal signal) => signal switch
    {
        SessionSignal.PathUsable => null,
        SessionSignal.FeedbackSilent => SessionState.Interrupted,
        SessionSignal.ConnectionLost => SessionState.Held,
        SessionSignal.TimeIsUp => null,
        SessionSignal.CloseRequested => SessionState.Closed,
        SessionSignal.PutAside => SessionState.Held,
    };

    private static SessionState? WhileInterrupted(SessionSignal signal) => signal switch
    {
        SessionSignal.PathUsable => SessionState.Connected,
        SessionSignal.FeedbackSilent => null,
        SessionSignal.ConnectionLost => SessionState.Held,
        SessionSignal.TimeIsUp => SessionState.Held,
        SessionSignal.CloseRequested => SessionState.Closed,
        SessionSignal.PutAside => SessionState.Held,
    };

    private static SessionState? WhileHeld(SessionSignal signal) => signal switch
    {
        SessionSignal.PathUsable => SessionState.Connected,
        SessionSignal.FeedbackSilent => null,
        SessionSignal.ConnectionLost => null,
        SessionSignal.TimeIsUp => SessionState.Expired,
        SessionSignal.CloseRequested => SessionState.Closed,
        SessionSignal.PutAside => SessionState.Held,
    };
}
