using Holdfast.Media;
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
    /// <param name="Line">What the connection in use knows of the line; null: nothing.</param>
    public sealed record ComesBack(int Connection, int Generation, string? Client, long? Played, ResumeTokenHash Token, KnownLine? Line = null) : SessionInput;

    /// <summary>A connection was checked and keyed.</summary>
    public sealed record ConnectionUp(int Connection) : SessionInput;

    /// <summary>There is a path again on which media can flow: a healed or a restarted one.</summary>
    public sealed record PathUsable(int Connection, SessionReason Reason) : SessionInput;

    /// <summary>A connection is gone.</summary>
    /// <param name="Connection">Which.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Line">What it knew of the line; null: nothing.</param>
    public sealed record ConnectionLost(int Connection, SessionReason Reason, KnownLine? Line = null) : SessionInput;

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

    /// <summary>What it leaves to be said, since it was put aside.</summary>
    public sealed record SpeechLeft(IReadOnlyList<UnsaidRecord> Unsaid) : SessionInput;

    /// <summary>There is a show now: what another process left to be said is with it.</summary>
    public sealed record ShowMade : SessionInput;

    /// <summary>A text was offered to the show.</summary>
    /// <param name="Utterances">How many there were, with it.</param>
    /// <param name="Language">In which language was spoken last; null where nothing is known.</param>
    public sealed record Offered(int Utterances, string? Language) : SessionInput;

    /// <summary>Somebody else is seen or heard.</summary>
    public sealed record Adjusted(SessionLook Look) : SessionInput;

    /// <summary>It is seen larger or smaller from now on.</summary>
    public sealed record StageTold(StageSize Stage) : SessionInput;
}
