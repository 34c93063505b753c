namespace Holdfast.Sessions;

/// <summary>Where a session is in its life. It is about the session: its connections come and go.</summary>
public enum SessionState
{
    /// <summary>It has an answer and waits for its first connection.</summary>
    Negotiating,

    /// <summary>Sound and pictures flow.</summary>
    Connected,

    /// <summary>The client's feedback stopped: the performance stands still, and the path is probed.</summary>
    Interrupted,

    /// <summary>The connection is lost and the session is kept; nothing is drawn, encoded or sent.</summary>
    Held,

    /// <summary>Over: nobody came back in time.</summary>
    Expired,

    /// <summary>Over: somebody closed it, or it never had a connection.</summary>
    Closed,
}

/// <summary>Why a session went from one state to another.</summary>
public enum SessionReason
{
    /// <summary>A client asked for it.</summary>
    Created,

    /// <summary>The first connection was checked, keyed and is in use.</summary>
    MediaConnected,

    /// <summary>Nothing told any more that what is sent arrives.</summary>
    FeedbackStopped,

    /// <summary>The path came back by itself (level 0 of the ladder).</summary>
    PathHealed,

    /// <summary>The client restarted the path of the same connection (levels 1 and 2).</summary>
    PathRestarted,

    /// <summary>The client came back with a new connection (level 3).</summary>
    Reconnected,

    /// <summary>Nothing authenticated came from the client for too long.</summary>
    PathLost,

    /// <summary>The client ended its connection.</summary>
    LeftByPeer,

    /// <summary>The first connection did not come about in time.</summary>
    SetupTimedOut,

    /// <summary>The keys could not be agreed: a failed DTLS handshake, or a certificate other than the offer's.</summary>
    HandshakeFailed,

    /// <summary>The grace period passed without a sign of life.</summary>
    GraceOver,

    /// <summary>Signs of life came, but no connection, for as long as a session is held at the most.</summary>
    HeldTooLong,

    /// <summary>Its owner closed it.</summary>
    ClosedByOwner,

    /// <summary>What it shows could not be made.</summary>
    ShowFailed,

    /// <summary>The server is stopping.</summary>
    ServerStopping,

    /// <summary>Something failed on the server that nobody foresaw: with <c>Closed</c> only this session ended, with <c>Held</c> only its connection.</summary>
    Faulted,

    /// <summary>The process that had it was killed, or stopped, and another one goes on with it.</summary>
    ServerRestarted,

    /// <summary>Its first connection came about when every place was taken.</summary>
    ServerFull,

    /// <summary>Nobody had spoken in it, or its address held more than its share, and somebody else needed the place.</summary>
    GaveWay,
}
