using Holdfast.Rtc;

namespace Holdfast.Sessions;

/// <summary>What is to be done because a session is otherwise now.</summary>
internal abstract record SessionEffect
{
    private SessionEffect()
    {
    }

    /// <summary>
    /// What is only noted: it neither waits nor calls anybody back. So it is done while the facts are being changed, in the order of the changes: two
    /// threads cannot tell the performance to play and to stop the wrong way round.
    /// </summary>
    public abstract record Note : SessionEffect;

    /// <summary>Writes the change down; with the end of the session the journal is complete.</summary>
    public sealed record Tell(SessionEvent.StateChanged Change) : Note;

    /// <summary>Plays to a connection.</summary>
    /// <param name="Connection">Which.</param>
    /// <param name="Away">How long nobody was there.</param>
    /// <param name="Played">The media tick that the client of the connection before played last, where it said so.</param>
    public sealed record Play(int Connection, TimeSpan Away, long? Played) : Note;

    /// <summary>Stands still.</summary>
    public sealed record Pause : Note;

    /// <summary>Stops: there is nobody.</summary>
    public sealed record Stop : Note;

    /// <summary>Ends what is shown.</summary>
    public sealed record EndShow : Note;

    /// <summary>Says in the log and in the metrics what changed.</summary>
    /// <param name="Change">What.</param>
    /// <param name="Away">Since when nobody had been there.</param>
    public sealed record Report(SessionEvent.StateChanged Change, RtcTime? Away) : SessionEffect;

    /// <summary>It is over: it leaves the directory.</summary>
    public sealed record Leave(SessionReason Reason) : SessionEffect;

    /// <summary>Ends a connection that is not the session's any more, with a word to its client.</summary>
    public sealed record Close(int Connection) : SessionEffect;

    /// <summary>Says in the log that one connection follows another.</summary>
    public sealed record ReportReplaced(int Connection, int By) : SessionEffect;

    /// <summary>Loses every packet of a connection until an instant.</summary>
    public sealed record BlackOut(int Connection, RtcTime Until) : SessionEffect;

    /// <summary>Asks with one packet whether the path to the client is open.</summary>
    public sealed record Probe(int Connection) : SessionEffect;

    /// <summary>Takes a connection back that was given away.</summary>
    public sealed record TakeBack(int Connection) : SessionEffect;

    /// <summary>Ends what is still to be said, and tells what happened in place of the farewell.</summary>
    public sealed record GiveUp(SessionEvent.StateChanged Change, IReadOnlyList<UnsaidRecord> Unsaid) : SessionEffect;
}
