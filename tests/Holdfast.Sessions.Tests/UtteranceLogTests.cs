using Holdfast.Media;
using Microsoft.Extensions.Time.Testing;

namespace Holdfast.Sessions.Tests;

public sealed class UtteranceLogTests
{
    private readonly EventJournal _journal = new(new JournalLimits(), new FakeTimeProvider());
    private readonly UtteranceLog _log;

    public UtteranceLogTests() => _log = new UtteranceLog(_journal);

    [Fact]
    public void An_utterance_that_starts_and_ends_before_it_was_accepted_is_told_in_order()
    {
        _log.Offer("u1");
        _log.Tell("u1", new SessionEvent.UtteranceStarted("u1"));
        _log.Tell("u1", new SessionEvent.UtteranceFailed("u1", UtteranceFault.VoiceMissing));
        Assert.Empty(Told());
        _log.Accept(new Utterance("u1", "text"), "k");
        Assert.Equal(
            [
                new SessionEvent.PersonSaid("text", "k", "u1"),
                new SessionEvent.UtteranceAccepted("u1", "text", "k"),
                new SessionEvent.UtteranceStarted("u1"),
                new SessionEvent.UtteranceFailed("u1", UtteranceFault.VoiceMissing),
            ],
            Told());
    }

    [Fact]
    public void What_was_refused_leaves_no_trace()
    {
        _log.Offer("u1");
        _log.Tell("u1", new SessionEvent.UtteranceInterrupted("u1"));
        _log.Refuse();
        _log.Tell("u1", new SessionEvent.UtteranceFinished("u1"));
        Assert.Empty(Told());
    }

    [Fact]
    public void Each_utterance_starts_once_and_ends_once_whatever_is_told()
    {
        Accept("u1");
        foreach (var happened in new SessionEvent[]
        {
            new SessionEvent.UtteranceStarted("u1"),
            new SessionEvent.UtteranceResumed("u1", 0, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1)),
            new SessionEvent.UtteranceStarted("u1"),
            new SessionEvent.UtteranceFinished("u1"),
            new SessionEvent.UtteranceInterrupted("u1"),
            new SessionEvent.WordReached("u1", 0, 1, TimeSpan.Zero, 7),
        })
        {
            _log.Tell("u1", happened);
        }

        Assert.Equal(
            [typeof(SessionEvent.PersonSaid), typeof(SessionEvent.UtteranceAccepted), typeof(SessionEvent.UtteranceStarted),
                typeof(SessionEvent.UtteranceResumed), typeof(SessionEvent.UtteranceFinished)],
            Told().Select(happened => happened.GetType()));
    }

    [Fact]
    public void The_end_of_the_session_ends_what_was_still_to_be_said_and_nothing_else()
    {
        Accept("u1");
        Accept("u2");
        _log.Tell("u1", new SessionEvent.UtteranceFinished("u1"));
        _log.End();
        _log.Tell("u2", new SessionEvent.UtteranceInterrupted("u2"));
        Assert.Equal(new SessionEvent.UtteranceInterrupted("u2"), Told()[^1]);
        Assert.Single(Told(), happened => happened is SessionEvent.UtteranceInterrupted);
    }

    [Fact]
    public void What_is_interrupted_tells_what_it_was_a_part_of_also_at_the_end_and_in_another_process()
    {
        Accept("u1", "turn-3");
        Accept("u2", "turn-3");
        _log.Tell("u1", new SessionEvent.UtteranceInterrupted("u1", 2));
        Assert.Equal(new SessionEvent.UtteranceInterrupted("u1", 2) { Part = "turn-3" }, Told()[^1]);
        var kept = _log.PutAside();
        new UtteranceLog(_journal, kept).End();
        Assert.Equal(new SessionEvent.UtteranceInterrupted("u2") { Part = "turn-3" }, Told()[^1]);
    }

    private void Accept(string id, string? part = null)
    {
        _log.Offer(id);
        _log.Accept(new Utterance(id, "text"), null, part);
    }

    private SessionEvent[] Told()
    {
        using var reader = _journal.Open(0);
        var entries = new JournalEntry[100];
        return [.. entries[..reader.Read(entries, out _, out _)].Select(entry => entry.Event)];
    }
}
