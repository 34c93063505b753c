using Holdfast.Rtc.Tests.Kit;
using Holdfast.Sessions.Tests.Kit;

namespace Holdfast.Sessions.Tests;

/// <summary>What a session's journal tells of its life, on the simulated network.</summary>
public sealed class SessionJournalTests
{
    [Fact]
    public void An_outage_and_what_was_said_around_it_can_be_read_afterwards()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(41));
        var visit = house.Connect();
        var first = Accepted(visit.Session.Say("a", "k1"));
        visit.RunFor(0.5);
        visit.CutOff();
        Assert.True(visit.Reaches(SessionState.Held, withinSeconds: 12));
        var second = Accepted(visit.Session.Say("b", "k2"));
        visit.Restore();
        Assert.True(visit.Reaches(SessionState.Connected, withinSeconds: 4));
        visit.RunFor(3);

        var entries = Read(visit.Session.Journal);
        Assert.Equal(Enumerable.Range(1, entries.Count).Select(n => (long)n), entries.Select(entry => entry.Number));
        Assert.Equal(
            [(null, SessionState.Negotiating), (SessionState.Negotiating, SessionState.Connected), (SessionState.Connected, SessionState.Interrupted),
                (SessionState.Interrupted, SessionState.Held), (SessionState.Held, SessionState.Connected)],
            entries.Select(entry => entry.Event).OfType<SessionEvent.StateChanged>().Select(change => (change.From, change.To)));
        Assert.Equal(
            [SessionReason.Created, SessionReason.MediaConnected, SessionReason.FeedbackStopped, SessionReason.PathLost, SessionReason.PathHealed],
            entries.Select(entry => entry.Event).OfType<SessionEvent.StateChanged>().Select(change => change.Reason));
        Assert.Equal(
            [typeof(SessionEvent.PersonSaid), typeof(SessionEvent.UtteranceAccepted), typeof(SessionEvent.UtteranceStarted), typeof(SessionEvent.UtteranceFinished)],
            Of(entries, first).Select(happened => happened.GetType()).Where(type => type != typeof(SessionEvent.UtteranceResumed)));
        Assert.Equal(
            [typeof(SessionEvent.PersonSaid), typeof(SessionEvent.UtteranceAccepted), typeof(SessionEvent.UtteranceStarted), typeof(SessionEvent.UtteranceFinished)],
            Of(entries, second).Select(happened => happened.GetType()).Where(type => type != typeof(SessionEvent.UtteranceResumed)));
        var ups = entries.Select(entry => entry.At).ToArray();
        Assert.Equal(ups.Order(), ups);
    }

    [Fact]
    public void A_text_sent_twice_under_one_key_is_said_once()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(42));
        var visit = house.Connect();
        var id = Accepted(visit.Session.Say("a", "k"));
        Assert.Equal(id, Assert.IsType<SayOutcome.Repeated>(visit.Session.Say("a", "k")).UtteranceId);
        Assert.Equal(1, visit.Session.Snapshot().Queued);
        Assert.IsType<SayOutcome.KeyTaken>(visit.Session.Say("b", "k"));
        visit.RunFor(2);
        Assert.Equal(id, Assert.IsType<SayOutcome.Repeated>(visit.Session.Say("a", "k")).UtteranceId);
        Assert.NotEqual(id, Accepted(visit.Session.Say("a", "another")), StringComparer.Ordinal);
        Assert.NotEqual(id, Accepted(visit.Session.Say("a")), StringComparer.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => visit.Session.Say("a", new string('k', 65)));
    }

    [Fact]
    public void Keys_are_remembered_up_to_a_bound_the_oldest_goes_first()
    {
        var keys = new SentKeys(capacity: 2);
        keys.Add("a", "text", "u1");
        keys.Add("b", "text", "u2");
        keys.Add("c", "text", "u3");
        Assert.False(keys.TryFind("a", out _));
        Assert.True(keys.TryFind("b", out var sent));
        Assert.Equal("u2", sent.UtteranceId);
        Assert.True(sent.IsSame("text"));
        Assert.False(sent.IsSame("next"));
    }

    [Fact]
    public void What_is_sent_while_held_is_said_in_order_after_the_resume()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(43));
        var visit = house.Connect();
        visit.CutOff();
        Assert.True(visit.Reaches(SessionState.Interrupted, withinSeconds: 2));
        var first = Accepted(visit.Session.Say("a"));
        Assert.True(visit.Reaches(SessionState.Held, withinSeconds: 12));
        var second = Accepted(visit.Session.Say("b"));
        visit.RunFor(20);
        Assert.Equal(2, visit.Session.Snapshot().Queued);
        visit.Restore();
        Assert.True(visit.Reaches(SessionState.Connected, withinSeconds: 4));
        visit.RunFor(3);
        Assert.Equal(
            [new SessionEvent.UtteranceStarted(first), new SessionEvent.UtteranceStarted(second)],
            Read(visit.Session.Journal).Select(entry => entry.Event).OfType<SessionEvent.UtteranceStarted>());
    }

    [Fact]
    public async Task The_last_entry_is_the_end_and_it_stays_readable()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(44));
        var visit = house.Connect();
        var said = Accepted(visit.Session.Say("aaaa"));
        visit.RunFor(0.5);
        visit.Session.Close(SessionReason.ClosedByOwner);
        await visit.Session.Completion.WaitAsync(TestContext.Current.CancellationToken);

        var ended = Assert.IsType<SessionLookup.Ended>(house.Sessions.Find(visit.Session.Id)).Session;
        var entries = Read(ended.Journal);
        Assert.True(ended.Journal.IsComplete);
        Assert.Equal(new SessionEvent.UtteranceInterrupted(said), entries[^2].Event);
        var last = Assert.IsType<SessionEvent.StateChanged>(entries[^1].Event);
        Assert.Equal((SessionState.Closed, SessionReason.ClosedByOwner), (last.To, last.Reason));
    }

    [Fact]
    public void Journals_of_ended_sessions_are_forgotten_before_their_ends_are()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var ended = new EndedSessions(capacity: 10, journalBytes: 50_000);
        var all = Enumerable.Range(1, 5).Select(n =>
        {
            var journal = new EventJournal(new JournalLimits(), time);
            journal.Append(new SessionEvent.UtteranceAccepted("u1", new string('a', 10_000), null));
            journal.Complete();
            Assert.True(SessionId.TryParse($"{n}", null, out var id));
            var session = new EndedSession(id, new SessionOwner(ResumeToken.New().Hash()), SessionReason.GraceOver, time.GetUtcNow(), journal);
            ended.Add(session);
            return session;
        }).ToArray();
        Assert.All(all, session => Assert.True(ended.TryFind(session.Id, out _)));
        Assert.Equal([true, true, true, false, false], all.Select(session => session.Journal.Weight == 0));
    }

    [Fact]
    public void A_word_is_told_with_the_time_of_the_packet_that_it_begins_in()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(45));
        var visit = house.Connect();
        var id = Accepted(visit.Session.Say("abc"));
        visit.RunFor(4);
        var words = Read(visit.Session.Journal).Select(entry => entry.Event).OfType<SessionEvent.WordReached>().ToArray();
        Assert.Equal([(id, 0, 1), (id, 1, 1), (id, 2, 1)], words.Select(word => (word.UtteranceId, word.Offset, word.Length)));
        Assert.Equal([1_000.0, 1_000.0], words.Zip(words.Skip(1), (a, b) => (b.MediaTime - a.MediaTime).TotalMilliseconds));

        // The client finds each word among the packets that it got. Before the first of them there is the silence of everyone.
        var audio = visit.Client.Media!;
        var first = audio.AudioTimestamps.IndexOf(words[0].RtpTimestamp!.Value);
        Assert.True(first > 1);
        Assert.Equal(audio.Audio[first - 2], audio.Audio[first - 1]);
        Assert.NotEqual(audio.Audio[first - 1], audio.Audio[first]);
        Assert.Equal(words[2].RtpTimestamp, audio.AudioTimestamps[first + 100]);
    }

    private static string Accepted(SayOutcome outcome) => Assert.IsType<SayOutcome.Accepted>(outcome).UtteranceId;

    private static IEnumerable<SessionEvent> Of(IEnumerable<JournalEntry> entries, string utteranceId) =>
        entries.Select(entry => entry.Event).Where(happened => string.Equals(utteranceId, happened switch
        {
            SessionEvent.PersonSaid said => said.UtteranceId,
            SessionEvent.UtteranceAccepted accepted => accepted.UtteranceId,
            SessionEvent.UtteranceStarted started => started.UtteranceId,
            SessionEvent.UtteranceResumed resumed => resumed.UtteranceId,
            SessionEvent.UtteranceFinished finished => finished.UtteranceId,
            _ => null,
        }, StringComparison.Ordinal));

    private static List<JournalEntry> Read(EventJournal journal)
    {
        using var reader = journal.Open(0);
        var entries = new JournalEntry[1_000];
        return [.. entries.AsSpan(0, reader.Read(entries, out _, out _))];
    }
}
