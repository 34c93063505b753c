namespace Holdfast.Rtc;

/// <summary>
/// How far a connection has come. It only ever goes forward; a path that is lost and found again does not change it.
/// </summary>
public enum RtcConnectionState
{
    /// <summary>The offer is answered; nothing authentic has arrived from the client yet.</summary>
    Negotiating,

    /// <summary>A check of the client was authentic; the DTLS handshake follows.</summary>
    Connecting,

    /// <summary>Media flows, or would if the path were not interrupted.</summary>
    Connected,

    /// <summary>The end: nothing is sent or taken in any more.</summary>
    Closed,
}

/// <summary>Why a connection went into its state.</summary>
public enum RtcReason
{
    /// <summary>The first authenticated check arrived (to <see cref="RtcConnectionState.Connecting"/>).</summary>
    ClientReached,

    /// <summary>The DTLS handshake is complete and the client's certificate is the offer's (to <see cref="RtcConnectionState.Connected"/>).</summary>
    HandshakeCompleted,

    /// <summary>This side closed it.</summary>
    ClosedLocally,

    /// <summary>The client ended the DTLS association (close_notify or a fatal alert).</summary>
    ClosedByPeer,

    /// <summary>The client did not get through ICE and DTLS in <see cref="RtcPeerOptions.SetupTimeout"/>.</summary>
    SetupTimeout,

    /// <summary>The DTLS handshake failed.</summary>
    HandshakeFailed,

    /// <summary>The client's certificate is not the one whose fingerprint the offer names.</summary>
    FingerprintMismatch,

    /// <summary>The client did not offer a protection profile for media that this side has.</summary>
    NoSrtpProfile,

    /// <summary>Nothing authentic arrived for <see cref="RtcPeerOptions.SilenceTimeout"/>.</summary>
    Silence,

    /// <summary>The endpoint was stopped.</summary>
    EndpointStopped,

    /// <summary>Something went wrong here that nobody foresaw: in this side's own code, or in what observes the connection. It was logged and counted.</summary>
    InternalError,
}
