using System.Diagnostics;
using Holdfast.Rtc.Tests.Kit;
using Holdfast.Sessions.Tests.Kit;

namespace Holdfast.Sessions.Tests;

/// <summary>Sessions over a polite stop of their server: put aside by one house, taken up by the next.</summary>
public sealed class KeepingTests
{
    /// <summary>Some 17 s of speech, pauses included.</summary>
    private const string Text = "abcdefghijklmnopqrstuvwxyz0123";

    private static readonly TimeSpan MostRepeated = TimeSpan.FromSeconds(1.5);

    public static TheoryData<int> Seeds(int count) => [.. Enumerable.Range(1, count)];

    [Trait("Speed", "Slow")]
    [Theory]
    [MemberData(nameof(Seeds), 20)]
    public void What_was_being_said_goes_on_where_it_was_heard_last(int seed)
    {
        var random = new Random(seed);
        using var listener = new Listener(seed);
        listener.House.Network.Conditions = new NetworkConditions(TimeSpan.FromMilliseconds(random.Next(1, 120)));
        listener.Visit.Session.Say(Text, "key");
        listener.Visit.Session.Say("xyz");
        listener.Visit.RunFor(0.5 + random.NextDouble() * 15);
        if (seed % 4 == 0)
        {
            listener.LoseTheNetworkFor(20);
        }

        var heardBefore = listener.Heard.ToArray();
        var sessionBefore = listener.Visit.Session;
        using var next = Next(listener.House, downFor: 30, out var visit);
        var shows = next.Shows;
        Connect(next, visit);
        Assert.True(next.House.Network.RunUntil(() => visit.Snapshot() is { Queued: 0, Speaking: false }, TimeSpan.FromSeconds(60)));

        // Every 20 ms that sound were heard: before, or after.
        var show = shows.Made.Single();
        var after = show.HandedOut.Where(place => place > 0).Select(place => place + show.Before).ToArray();
        Assert.Equal(sessionBefore.Id, visit.Id);
        Assert.DoesNotContain(
            Enumerable.Range(1, (int)listener.Show.Places),
            place => !listener.Show.IsSilent(place) && !heardBefore.Contains(place) && !after.Contains(place));
        Assert.Equal(after.Order(), after);
        var twice = after.Count(place => heardBefore.Contains(place));
        Assert.InRange(twice, 0, (int)(MostRepeated / TimeSpan.FromMilliseconds(20)));
        Assert.True(show.Before > 0, "It does not begin anew.");

        var kinds = Read(visit.Journal);
        Assert.Single(kinds.OfType<SessionEvent.UtteranceStarted>(), started => started.UtteranceId is "u1");
        Assert.Equal(["u1", "u2"], kinds.OfType<SessionEvent.UtteranceFinished>().Select(static finished => finished.UtteranceId), StringComparer.Ordinal);
        var resumed = kinds.OfType<SessionEvent.UtteranceResumed>().Last();
        Assert.Equal("u1", resumed.UtteranceId);
        Assert.InRange(resumed.Away.TotalSeconds, 30, 60);
        Assert.InRange(resumed.Offset, 1, Text.Length - 1);
        Assert.Empty(kinds.OfType<SessionEvent.UtteranceInterrupted>());
        Assert.Equal(TimeSpan.Zero, visit.Snapshot().Playout!.Lost);
    }

    [Fact]
    public void A_text_that_does_not_tell_its_language_is_in_that_of_the_one_before_it_also_over_a_stop()
    {
        using var listener = new Listener(62);
        var session = listener.Visit.Session;
        session.Say("你好");
        session.Say("30%");
        var turn = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        session.Speak("50%", "turn-1", "de", turn);
        Assert.Equal(["und-Hani", "und-Hani", "de"], listener.Show.Languages);

        using var next = Next(listener.House, downFor: 5, out var taken);
        taken.Say("40%");
        Assert.Equal(["und-Hani", "und-Hani", "de", "de"], next.Shows.Made.Single().Languages);
        var trace = next.Shows.Made.Single().Traces[2];
        Assert.Equal((turn.TraceId, turn.SpanId, turn.TraceFlags), (trace.TraceId, trace.SpanId, trace.TraceFlags));
        taken.Say("abc");
        taken.Say("1");
        Assert.Equal(["und-Latn", "und-Latn"], next.Shows.Made.Single().Languages[4..]);
    }

    [Fact]
    public void Its_names_its_credentials_its_journal_and_its_keys_are_the_same()
    {
        using var listener = new Listener(61);
        var session = listener.Visit.Session;
        session.Say(Text, "key");
        listener.Visit.RunFor(2);
        var (before, created) = (Read(session.Journal), session.CreatedAt);
        using var next = Next(listener.House, downFor: 5, out var taken);

        Assert.Equal((session.Id, session.ShowName, session.Grace, session.GapPolicy, created), (taken.Id, taken.ShowName, taken.Grace, taken.GapPolicy, taken.CreatedAt));
        Assert.Equal(SessionState.Held, taken.State);
        Assert.Equal(Ownership.Owner, taken.OwnershipOf(listener.Visit.Token.Value));
        Assert.Equal(Ownership.None, taken.OwnershipOf("another"));
        var journal = Read(taken.Journal);
        Assert.Equal(before, journal.Take(before.Count));
        var stopped = Assert.IsType<SessionEvent.StateChanged>(journal[^1]);
        Assert.Equal((SessionState.Connected, SessionState.Held, SessionReason.ServerStopping), (stopped.From, stopped.To, stopped.Reason));
        Assert.Equal("u1", Assert.IsType<SayOutcome.Repeated>(taken.Say(Text, "key")).UtteranceId);
        Assert.IsType<SayOutcome.KeyTaken>(taken.Say("another text", "key"));
        Assert.Empty(next.Shows.Made);
        Assert.Equal("u2", Assert.IsType<SayOutcome.Accepted>(taken.Say("more", "other")).UtteranceId);
        Assert.Equal(2, taken.Snapshot().Queued);
        Assert.IsType<RestartResult.ConnectionGone>(taken.Restart(listener.House.NewClient().Offer));
        Assert.Equal(session.Generation + 1, Assert.IsType<ReconnectResult.Answered>(taken.Reconnect(next.House.NewClient().Offer, "page")).Answer.Generation);
    }

    [Theory]
    [InlineData(SessionState.Connected)]
    [InlineData(SessionState.Interrupted)]
    [InlineData(SessionState.Held)]
    public void It_is_held_whatever_it_was(SessionState state)
    {
        using var listener = new Listener(62);
        listener.Visit.RunFor(1);
        if (state != SessionState.Connected)
        {
            listener.Visit.CutOff();
            Assert.True(listener.Visit.Reaches(state, 15));
        }

        var remaining = listener.Visit.Session.Snapshot().ExpiresIn;
        using var next = Next(listener.House, downFor: 40, out var taken);
        Assert.Equal(SessionState.Held, taken.State);
        Assert.IsType<SessionEvent.StateChanged>(Read(taken.Journal)[^1]);
        var left = taken.Snapshot().ExpiresIn;
        Assert.InRange((remaining - left).TotalSeconds, 39, 52);
        Connect(next, taken);
        Assert.Equal(SessionState.Connected, taken.State);
    }

    [Fact]
    public void One_that_nobody_has_seen_yet_is_closed()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(63), shows: new NumberedShows());
        var visit = house.Open();
        Assert.Empty(house.PutAside());
        Assert.Equal(SessionReason.ServerStopping, visit.Session.EndReason);
    }

    [Fact]
    public void Its_time_goes_on_while_there_is_no_server_and_who_comes_too_late_hears_it()
    {
        using var listener = new Listener(64);
        listener.Visit.Session.Say(Text);
        listener.Visit.RunFor(1);
        var kept = listener.House.PutAside();
        using var next = new SimulatedHouse(Later(listener.House, 301), shows: new NumberedShows());
        Assert.Equal((0, 0, 1), next.TakeUp(kept));
        var ended = Assert.IsType<SessionLookup.Ended>(next.Sessions.Find(listener.Visit.Session.Id)).Session;
        Assert.Equal(SessionReason.GraceOver, ended.Reason);
        Assert.Equal(Ownership.Owner, ended.OwnershipOf(listener.Visit.Token.Value));
        Assert.Contains(Read(ended.Journal), happened => happened is SessionEvent.UtteranceInterrupted);
        Assert.Equal(0, next.Sessions.Count);
    }

    [Fact]
    public void It_takes_a_slot_even_where_there_is_none_left()
    {
        using var listener = new Listener(65);
        listener.Visit.Session.Say("a");
        var kept = listener.House.PutAside();
        using var next = new SimulatedHouse(Later(listener.House, 1), new SessionSettings { MaxSessions = 1 }, new NumberedShows());
        Assert.Equal(1, next.TakeUp(kept).Live);
        Assert.Equal(1, next.Sessions.Count);
        Assert.IsType<CreateSessionResult.Full>(next.Sessions.Create(new SessionRequest(next.NewClient().Offer, null)));
        next.TakeUp(kept);
        Assert.Equal(1, next.Sessions.Count);
    }

    [Fact]
    public void Stopped_again_before_anybody_came_back_it_is_kept_as_it_was()
    {
        using var listener = new Listener(66);
        listener.Visit.Session.Say(Text);
        listener.Visit.RunFor(4.3);
        var kept = listener.House.PutAside();
        using var second = new SimulatedHouse(Later(listener.House, 5), shows: new NumberedShows());
        second.TakeUp(kept);
        var again = second.PutAside();

        var (one, other) = (kept.Single().Record, again.Single().Record);
        Assert.NotNull(one.Mark);
        Assert.Equal((one.Mark, one.LastSignOfLife, one.HeldUntilAtMost, one.AwaySince), (other.Mark, other.LastSignOfLife, other.HeldUntilAtMost, other.AwaySince));
        Assert.Equal(one.Unsaid, other.Unsaid);
        Assert.Equal(one.Journal.Entries, other.Journal.Entries.SkipLast(1));
    }

    [Fact]
    public void What_waited_can_be_interrupted_before_anybody_is_there()
    {
        using var listener = new Listener(67);
        listener.Visit.Session.Say(Text);
        listener.Visit.Session.Say("more");
        listener.Visit.RunFor(2);
        using var next = Next(listener.House, downFor: 1, out var taken);
        Assert.Equal((true, 2), (taken.Snapshot().Speaking, taken.Snapshot().Queued));
        Assert.Equal(2, taken.Interrupt());
        Assert.Equal((false, 0), (taken.Snapshot().Speaking, taken.Snapshot().Queued));
        Assert.Equal(2, Read(taken.Journal).OfType<SessionEvent.UtteranceInterrupted>().Count());
    }

    [Fact]
    public async Task Once_put_aside_nothing_changes_it_any_more_and_its_readers_come_to_the_end()
    {
        using var listener = new Listener(68);
        var session = listener.Visit.Session;
        session.Say(Text);
        listener.Visit.RunFor(2);
        using var reader = session.Journal.Open(session.Journal.Last);
        var sent = listener.House.Sent;
        listener.House.PutAside();
        await reader.WaitAsync();
        Assert.Equal(1, reader.Read(new JournalEntry[4], out _, out var isEnd));
        Assert.True(isEnd);
        Assert.IsType<SayOutcome.Stopping>(session.Say("too late"));
        Assert.IsType<CreateSessionResult.Stopping>(listener.House.Sessions.Create(new SessionRequest(listener.House.NewClient().Offer, null)));
        session.Close(SessionReason.ClosedByOwner);
        var last = session.Journal.Last;
        listener.Visit.RunFor(400);
        Assert.Equal((SessionState.Held, last, true), (session.State, session.Journal.Last, session.IsPutAside));

        // It said goodbye, and no more.
        Assert.InRange(listener.House.Sent - sent, 0, 10);
    }

    [Fact]
    public void With_drop_the_rest_is_given_up_and_what_waits_is_said()
    {
        using var listener = new Listener(69, GapPolicy.Drop);
        listener.Visit.Session.Say(Text);
        listener.Visit.Session.Say("xyz");
        listener.Visit.RunFor(3);
        using var next = Next(listener.House, downFor: 1, out var taken);
        Assert.Equal("u1", Assert.Single(Read(taken.Journal).OfType<SessionEvent.UtteranceDropped>()).UtteranceId);
        Assert.Equal((false, 1), (taken.Snapshot().Speaking, taken.Snapshot().Queued));
        Connect(next, taken);
        Assert.True(next.House.Network.RunUntil(() => taken.Snapshot().Queued == 0, TimeSpan.FromSeconds(20)));
        Assert.Equal("u2", Assert.Single(Read(taken.Journal).OfType<SessionEvent.UtteranceFinished>()).UtteranceId);
    }

    private static (SimulatedHouse House, NumberedShows Shows) Begin(SimulatedNetwork network)
    {
        var shows = new NumberedShows();
        return (new SimulatedHouse(network, shows: shows), shows);
    }

    /// <summary>The network so many seconds after a house stopped.</summary>
    private static SimulatedNetwork Later(SimulatedHouse house, double seconds)
    {
        var network = new SimulatedNetwork(99);
        network.RunFor(house.Network.Now - network.Now + TimeSpan.FromSeconds(seconds));
        return network;
    }

    private static NextHouse Next(SimulatedHouse house, double downFor, out Session taken)
    {
        var kept = house.PutAside();
        var (next, shows) = Begin(Later(house, downFor));
        Assert.Equal((1, 0, 0), next.TakeUp(kept));
        taken = Assert.IsType<SessionLookup.Live>(next.Sessions.Find(IdOf(kept))).Session;
        return new NextHouse(next, shows);
    }

    /// <summary>The person comes back: level 3.</summary>
    private static void Connect(NextHouse next, Session session)
    {
        var client = next.House.NewClient();
        var answered = Assert.IsType<ReconnectResult.Answered>(session.Reconnect(client.Offer, "page"));
        client.Start(answered.Answer.Sdp);
        Assert.True(next.House.Network.RunUntil(() => session.State == SessionState.Connected && client.IsConnected, TimeSpan.FromSeconds(8)));
    }

    private static SessionId IdOf(IReadOnlyList<StoredSession> kept)
    {
        Assert.True(SessionId.TryFrom(kept.Single().Record.Id, out var id));
        return id;
    }

    private static List<SessionEvent> Read(EventJournal journal)
    {
        using var reader = journal.Open(0);
        var entries = new JournalEntry[1_000];
        return [.. entries.Take(reader.Read(entries, out _, out _)).Select(static entry => entry.Event)];
    }

    private sealed record NextHouse(SimulatedHouse House, NumberedShows Shows) : IDisposable
    {
        public void Dispose() => House.Dispose();
    }
}
