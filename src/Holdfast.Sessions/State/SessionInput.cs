using Holdfast.Rtc;

namespace Holdfast.Sessions;

/// <summary>What can happen to a session. Whatever names a connection counts only if it is the one that the session means.</summary>
internal abstract record SessionInput
{
    private SessionInput()
    {
    }

    /// <summary>Time went by. It comes ten times a second.</summary>
    public sealed record TimePassed : SessionInput
    {
        public static TimePassed Instance { get; } = new();
    }

    /// <summary>The client lives, though its connection may not.</summary>
    public sealed record SignOfLife : SessionInput
    {
        public static SignOfLife Instance { get; } = new();
    }

    /// <summary>Its first connection in this process, or the one that another process had.</summary>
    public sealed record Begins(int Connection) : SessionInput;

    /// <summary>A new connection is answered and is being built, whatever was being built before. Its client was told a new token.</summary>
    /// <param name="Connection">Its number.</param>
    /// <param name="Generation">Its generation.</param>
    /// <param name="Client">Tells one page from another; null when unknown.</param>
    /// <param name="Played">The media tick that the client played last, where it said so.</param>
    /// <param name="Token">The new token.</param>
    public sealed record ComesBack(int Connection, int Generation, string? Client, long? Played, ResumeTokenHash Token) : SessionInput;

    /// <summary>A connection was checked and keyed.</summary>
    public sealed record ConnectionUp(int Connection) : SessionInput;

    /// <summary>There is a path again on which media can flow: a healed or a restarted one.</summary>
    public sealed record PathUsable(int Connection, SessionReason Reason) : SessionInput;

    /// <summary>A connection is gone.</summary>
    public sealed record ConnectionLost(int Connection, SessionReason Reason) : SessionInput;

    /// <summary>Somebody ends it.</summary>
    public sealed record CloseRequested(SessionReason Reason) : SessionInput;

    /// <summary>A token was shown.</summary>
    public sealed record TokenShown(ResumeTokenHash Token) : SessionInput;

    /// <summary>From now on every packet is lost for a while.</summary>
    public sealed record PlugPulled(RtcTime Until) : SessionInput;

    /// <summary>The server stops; another process goes on with it.</summary>
    public sealed record PutAside : SessionInput;

    /// <summary>It was put aside, and no other process will go on with it.</summary>
    public sealed record NotKept : SessionInput;
}
