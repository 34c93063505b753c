using Holdfast.Dialogue;
using Holdfast.Media;
using Holdfast.Sessions;
using Holdfast.Speech;

namespace Holdfast.AspNetCore.Http;

/// <summary>The words of the API for the states and reasons of sessions.</summary>
internal static class Words
{
    public static string Of(SessionState state) => state switch
    {
        SessionState.Negotiating => "negotiating",
        SessionState.Connected => "connected",
        SessionState.Interrupted => "interrupted",
        SessionState.Held => "held",
        SessionState.Expired => "expired",
        SessionState.Closed => "closed",
    };

    /// <summary>For programs: never changed once it was told.</summary>
    public static string Stable(SessionReason reason) => reason switch
    {
        SessionReason.Created => "created",
        SessionReason.MediaConnected => "mediaConnected",
        SessionReason.FeedbackStopped => "feedbackStopped",
        SessionReason.PathHealed => "pathHealed",
        SessionReason.PathRestarted => "pathRestarted",
        SessionReason.Reconnected => "reconnected",
        SessionReason.PathLost => "pathLost",
        SessionReason.LeftByPeer => "leftByPeer",
        SessionReason.SetupTimedOut => "setupTimedOut",
        SessionReason.HandshakeFailed => "handshakeFailed",
        SessionReason.GraceOver => "graceOver",
        SessionReason.HeldTooLong => "heldTooLong",
        SessionReason.ClosedByOwner => "closedByOwner",
        SessionReason.ShowFailed => "showFailed",
        SessionReason.ServerStopping => "serverStopping",
        SessionReason.ServerRestarted => "serverRestarted",
        SessionReason.Faulted => "faulted",
        SessionReason.ServerFull => "serverFull",
        SessionReason.GaveWay => "gaveWay",
    };

    public static string Of(PictureQuality quality) => quality switch
    {
        PictureQuality.Full => "full",
        PictureQuality.Reduced => "reduced",
        PictureQuality.Still => "still",
    };

    public static string Of(GapPolicy policy) => policy switch
    {
        GapPolicy.Pause => "pause",
        GapPolicy.Finish => "finish",
        GapPolicy.Drop => "drop",
    };

    /// <summary>The gap policy of that name, the default where none is named; null where there is none.</summary>
    public static GapPolicy? GapPolicyOf(string? word) => word switch
    {
        null or "pause" => GapPolicy.Pause,
        "finish" => GapPolicy.Finish,
        "drop" => GapPolicy.Drop,
        _ => null,
    };

    /// <summary>For people: the end of a sentence.</summary>
    public static string Of(SessionReason reason) => reason switch
    {
        SessionReason.Created => "it was created",
        SessionReason.MediaConnected => "media is connected",
        SessionReason.FeedbackStopped => "nothing told any more that what is sent arrives",
        SessionReason.PathHealed => "the path healed by itself",
        SessionReason.PathRestarted => "the client restarted the path",
        SessionReason.Reconnected => "the client came back with a new connection",
        SessionReason.PathLost => "nothing came from the client for too long",
        SessionReason.LeftByPeer => "the client ended its connection",
        SessionReason.SetupTimedOut => "no connection came about in time",
        SessionReason.HandshakeFailed => "the connection could not be secured",
        SessionReason.GraceOver => "nobody came back within the grace period",
        SessionReason.HeldTooLong => "it was held for as long as a session is held at the most",
        SessionReason.ClosedByOwner => "its owner closed it",
        SessionReason.ShowFailed => "its avatar could not be made",
        SessionReason.ServerStopping => "the server stopped",
        SessionReason.ServerRestarted => "the server was restarted",
        SessionReason.Faulted => "something failed on the server",
        SessionReason.ServerFull => "the server was full when it was connected",
        SessionReason.GaveWay => "nobody had spoken in it for a while, and somebody else needed its place",
    };

    /// <summary>For programs: never changed once it was told.</summary>
    public static string Stable(RecognitionFault fault) => fault switch
    {
        RecognitionFault.Unreachable => "unreachable",
        RecognitionFault.Status => "status",
        RecognitionFault.Timeout => "timeout",
        RecognitionFault.Protocol => "protocol",
    };

    public static string Of(TurnPhase phase) => phase switch
    {
        TurnPhase.Quiet => "quiet",
        TurnPhase.Hearing => "hearing",
        TurnPhase.Deciding => "deciding",
        TurnPhase.Thinking => "thinking",
        TurnPhase.Speaking => "speaking",
    };
}
