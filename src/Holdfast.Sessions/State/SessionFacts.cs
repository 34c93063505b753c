using Holdfast.Media;
using Holdfast.Rtc;

namespace Holdfast.Sessions;

/// <summary>
/// All that a session decides by, as it is at one moment. It never changes: <see cref="SessionReducer"/> makes the next one of it, and the session
/// has one field for the one that counts.
/// </summary>
/// <remarks>
/// What lives is not in here: a connection, the performance and the journal do things and know things by themselves. Connections are known by a number
/// of their own, counted in the session from 1 and never given twice. It is not their generation, which a client can raise by itself
/// (<see cref="SessionConnection.Generation"/>). What they know at a moment is handed in, as a <see cref="Sight"/>.
/// </remarks>
/// <param name="Terms">What it lives by.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="Since">Since when.</param>
/// <param name="Lease">How long it is kept.</param>
/// <param name="Owner">Whose it is.</param>
/// <param name="Look">Who is seen and heard.</param>
internal sealed record SessionFacts(SessionTerms Terms, SessionState State, RtcTime Since, Lease Lease, SessionOwner Owner, SessionLook Look)
{
    /// <summary>A session that begins. One without a viewer waits for whoever comes, as one does whose viewer has left.</summary>
    public static SessionFacts New(SessionTerms terms, SessionOwner owner, SessionLook look, RtcTime now) => terms.IsUnattended
        ? new SessionFacts(terms, SessionState.Held, now, terms.LeaseFrom(now).Hold(now), owner, look)
        : new SessionFacts(terms, SessionState.Negotiating, now, terms.LeaseFrom(now), owner, look);

    /// <summary>Why it ended; null while it lives.</summary>
    public SessionReason? EndReason { get; init; }

    /// <summary>Since when nobody has been there; null while somebody is, and before the first.</summary>
    public RtcTime? AwaySince { get; init; }

    /// <summary>The connection in use, also when it is lost and may heal; what any other one says changes nothing (fencing). Null: there is none.</summary>
    public int? InUse { get; init; }

    /// <summary>A new connection that is being built while the one in use, if any, still serves.</summary>
    public ConnectionTry? Try { get; init; }

    /// <summary>The generation that a new connection was given last.</summary>
    public int Generations { get; init; }

    /// <summary>When the path of a held session was probed last.</summary>
    public RtcTime Probed { get; init; }

    /// <summary>What is known of the line to the client: it outlives the connection that found it out. Null: nothing.</summary>
    public KnownLine? Line { get; init; }

    /// <summary>Until when every packet of its connections is lost, of those to come too.</summary>
    public RtcTime BlackoutUntil { get; init; }

    /// <summary>Whether it is another process's from now on.</summary>
    public bool IsPutAside { get; init; }

    /// <summary>What its owner is told once it is kept: how it came to be put aside. Null where that is not so, and where it ended instead.</summary>
    public SessionEvent.StateChanged? Farewell { get; init; }

    /// <summary>Whether somebody was there when a process before this one let go of it: its connection may go on as if nothing had been.</summary>
    public bool WasServed { get; init; }

    /// <summary>What another process left to be said, until there is a show to say it.</summary>
    public SessionRecord? Kept { get; init; }

    /// <summary>What it leaves to be said, once it is put aside.</summary>
    public IReadOnlyList<UnsaidRecord> Unsaid { get; init; } = [];

    /// <summary>How many texts were ever offered to its show; the next one's id follows from it.</summary>
    public int Utterances { get; init; }

    /// <summary>In which language something was said last: a text that does not tell its own is in the same. Null where nothing is known.</summary>
    public string? Language { get; init; }

    /// <summary>How large it is seen, as its page told last; it outlives the connection, since the page does. 0 by 0: nobody told.</summary>
    public StageSize Stage { get; init; }

    /// <summary>Counts what changes without leaving a trace in the journal, and is worth writing down.</summary>
    public long Changes { get; init; }

    /// <summary>Whether it is over: nothing changes it any more.</summary>
    public bool IsOver => SessionLifecycle.IsOver(State);

    /// <summary>Whether it is any client's business: it was connected once, lives, and is this process's.</summary>
    public bool IsOpen => State != SessionState.Negotiating && !IsOver && !IsPutAside;

    /// <summary>How long nobody has been there.</summary>
    public TimeSpan AwayFor(RtcTime now) => now - (AwaySince ?? Since);

    /// <summary>How long it is kept if no further sign of life comes.</summary>
    public TimeSpan ExpiresIn(in Sight sight)
    {
        var lease = Seen(sight).Lease;
        var left = State == SessionState.Held ? lease.ExpiresAt - sight.Now : lease.Grace;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>The same with what is seen of the client and of those that it is kept for. It is itself where that changes nothing.</summary>
    /// <remarks>While its connection serves, signs of life come with every packet. They are noted when it is lost: until then nothing depends on them.</remarks>
    public SessionFacts Seen(in Sight sight)
    {
        var lease = sight.IsSpokenTo || Terms.IsUnattended ? Lease.Spoken() : Lease;
        if (State == SessionState.Held)
        {
            lease = lease.SignOfLife(sight.Heard);
            if (Terms.IsKept(sight.HasOutputs))
            {
                lease = lease.SignOfLife(sight.Now).Hold(sight.Now);
            }
        }

        return ReferenceEquals(lease, Lease) ? this : this with { Lease = lease };
    }

    /// <summary>Why nobody can come back with a new connection now; null where somebody can.</summary>
    /// <param name="client">Tells one page from another: its own earlier try is replaced, another's is not. Null when unknown.</param>
    /// <param name="now">Now.</param>
    public ReconnectResult? WhyNotComeBack(string? client, RtcTime now)
    {
        if (!IsOpen)
        {
            return new ReconnectResult.NotPossible(State);
        }

        var isAnothers = Try is { } other && IsUnderWay(other, now) && (client is null || !string.Equals(client, other.Client, StringComparison.Ordinal));
        return isAnothers ? new ReconnectResult.AnotherIsReconnecting() : null;
    }

    /// <summary>
    /// Whether the client's checks come through again while it is held, and one packet is to ask whether the way to the client is open too: its feedback
    /// heals the session (level 0).
    /// </summary>
    public bool IsToBeProbed(in Sight sight) =>
        State == SessionState.Held && !IsPutAside && InUse is not null && sight.Heard is { } heard && heard > Since && heard > Probed;

    /// <summary>
    /// Whether somebody came back before the time was over and is still about it. Each further try after that is too late, so
    /// this waits once.
    /// </summary>
    public bool IsComingBackInTime(RtcTime now) => Try is { } other && other.Since < Lease.ExpiresAt && IsUnderWay(other, now);

    private bool IsUnderWay(ConnectionTry other, RtcTime now) => now - other.Since < Terms.ReconnectTimeout;
}

/// <summary>A new connection that is being built for a session.</summary>
/// <param name="Connection">Its number.</param>
/// <param name="Generation">Its generation.</param>
/// <param name="Client">Tells one page from another; null when unknown.</param>
/// <param name="Since">Since when it is being built.</param>
/// <param name="Played">The media tick that the client played last on the connection before, where it said so and that still counts.</param>
internal sealed record ConnectionTry(int Connection, int Generation, string? Client, RtcTime Since, long? Played);

/// <summary>Who is seen and heard.</summary>
/// <param name="Show">What is shown.</param>
/// <param name="Voice">The voice that was asked for; null for the show's own.</param>
/// <param name="Speed">How fast is spoken: 1 is usual.</param>
/// <param name="Pitch">How high is spoken: 1 is usual.</param>
internal sealed record SessionLook(string Show, string? Voice = null, float Speed = 1, float Pitch = 1)
{
    /// <summary>A factor that may be asked for: the nearest; null where it is none.</summary>
    public static float? Within(float? factor) =>
        factor is { } asked && float.IsFinite(asked) ? Math.Clamp(asked, ShowAdjustment.Least, ShowAdjustment.Most) : null;
}

/// <summary>What is to be seen at one moment of all that is not in the <see cref="SessionFacts"/>, because it lives.</summary>
/// <param name="Now">The moment.</param>
internal readonly record struct Sight(RtcTime Now)
{
    /// <summary>The generation of the connection in use; 0 where there is none.</summary>
    public int Generation { get; init; }

    /// <summary>When something authentic came last on the connection in use; null before the first, and where there is none.</summary>
    public RtcTime? Heard { get; init; }

    /// <summary>Whether anybody ever said, or typed, or let themselves be heard.</summary>
    public bool IsSpokenTo { get; init; }

    /// <summary>Whether media is sent and nothing has told for too long that it arrives.</summary>
    public bool IsFeedbackMissing { get; init; }

    /// <summary>Whether anything but a viewer takes what it shows.</summary>
    public bool HasOutputs { get; init; }
}
