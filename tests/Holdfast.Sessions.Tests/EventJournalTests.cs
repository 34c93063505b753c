using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace Holdfast.Sessions.Tests;

public sealed class EventJournalTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Whatever_is_written_and_whenever_it_is_read_nothing_is_lost_untold_or_out_of_order() =>
        Gen.Select(
                Gen.Int[1, 12],
                Gen.Int[10, 200],
                Gen.Int[1, 6],
                Gen.Int[1, 7],
                Gen.Select(Gen.Int[0, 3], Gen.Int[0, 60]).Array[1, 120])
            .Sample((maxEvents, maxCharacters, maxWords, batch, steps) =>
            {
                var limits = new JournalLimits { MaxEvents = maxEvents, MaxCharacters = maxCharacters, MaxWords = maxWords };
                var journal = new EventJournal(limits, _time);
                using var reader = journal.Open(0);
                var written = new Dictionary<long, SessionEvent>();
                var told = new Told();
                foreach (var (what, size) in steps)
                {
                    if (what == 0)
                    {
                        told.Fetch(reader, batch);
                        continue;
                    }

                    SessionEvent happened = what == 1 ? Word(size) : new SessionEvent.UtteranceAccepted("u1", new string('a', size), null);
                    written.Add(journal.Append(happened), happened);
                }

                while (told.Fetch(reader, batch) > 0)
                {
                }

                Assert.Equal(Enumerable.Range(1, written.Count).Select(n => (long)n), written.Keys.Order());
                Assert.Equal(journal.Last, reader.Position);
                Assert.Equal(told.Read.Select(entry => entry.Number).Order(), told.Read.Select(entry => entry.Number));
                Assert.All(told.Read, entry => Assert.Same(written[entry.Number], entry.Event));

                // Each number was read, or is among those that were missed, or is a word that went early.
                var read = told.Read.Select(entry => entry.Number).ToHashSet();
                Assert.Empty(read.Intersect(told.Missed));
                Assert.All(
                    written.Where(pair => pair.Value is not SessionEvent.WordReached).Select(pair => pair.Key),
                    number => Assert.True(read.Contains(number) || told.Missed.Contains(number), $"{number} is lost"));

                // It stays within its bounds, but for one text that alone is larger.
                var kept = new Told();
                using var late = journal.Open(0);
                while (kept.Fetch(late, batch) > 0)
                {
                }

                var events = kept.Read.Where(entry => entry.Event is not SessionEvent.WordReached).ToArray();
                Assert.True(events.Length <= maxEvents);
                Assert.True(events.Length <= 1 || events.Sum(entry => entry.Event.TextLength) <= maxCharacters);
                Assert.True(kept.Read.Count - events.Length <= maxWords);
            });

    [Fact]
    public void A_reader_that_comes_too_late_hears_how_many_it_missed_and_reads_on()
    {
        var journal = new EventJournal(new JournalLimits { MaxEvents = 3 }, _time);
        for (var i = 1; i <= 10; i++)
        {
            journal.Append(new SessionEvent.ErrorOccurred($"{i}"));
        }

        using var reader = journal.Open(2);
        var entries = new JournalEntry[10];
        Assert.Equal(3, reader.Read(entries, out var missed, out var isEnd));
        Assert.Equal(5, missed);
        Assert.False(isEnd);
        Assert.Equal([8, 9, 10], entries[..3].Select(entry => entry.Number));
        Assert.Equal(0, reader.Read(entries, out missed, out _));
        Assert.Equal(0, missed);
    }

    [Fact]
    public void Words_never_push_out_what_was_said()
    {
        var journal = new EventJournal(new JournalLimits { MaxWords = 5 }, _time);
        journal.Append(new SessionEvent.UtteranceAccepted("u1", "text", null));
        for (var i = 0; i < 1_000; i++)
        {
            journal.Append(Word(i));
        }

        journal.Append(new SessionEvent.UtteranceFinished("u1"));
        using var reader = journal.Open(0);
        var entries = new JournalEntry[20];
        var count = reader.Read(entries, out var missed, out _);
        Assert.Equal(0, missed);
        Assert.Equal([1, 997, 998, 999, 1_000, 1_001, 1_002], entries[..count].Select(entry => entry.Number));
    }

    [Fact]
    public void A_number_that_was_never_given_cannot_be_read_from()
    {
        var journal = new EventJournal(new JournalLimits(), _time);
        journal.Append(Word(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => journal.Open(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => journal.Open(-1));
        journal.Open(1).Dispose();
    }

    [Fact]
    public async Task Readers_wake_up_for_news_and_for_the_end()
    {
        var journal = new EventJournal(new JournalLimits(), _time);
        using var first = journal.Open(0);
        using var second = journal.Open(0);
        var waits = new[] { first.WaitAsync(), second.WaitAsync() };
        Assert.All(waits, wait => Assert.False(wait.IsCompleted));
        journal.Append(Word(0));
        await Task.WhenAll(waits).WaitAsync(TestContext.Current.CancellationToken);

        var entries = new JournalEntry[4];
        Assert.Equal(1, first.Read(entries, out _, out var isEnd));
        Assert.False(isEnd);
        var wait = first.WaitAsync();
        Assert.False(wait.IsCompleted);
        journal.Complete();
        await wait.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, first.Read(entries, out _, out isEnd));
        Assert.True(isEnd);
        Assert.Equal(1, second.Read(entries, out _, out isEnd));
        Assert.True(isEnd);
        Assert.Equal(0, journal.Append(Word(1)));
    }

    [Fact]
    public async Task When_too_many_read_the_one_that_was_there_longest_gives_way()
    {
        var journal = new EventJournal(new JournalLimits { MaxReaders = 2 }, _time);
        var first = journal.Open(0);
        using var second = journal.Open(0);
        var wait = first.WaitAsync();
        using var third = journal.Open(0);
        await wait.WaitAsync(TestContext.Current.CancellationToken);
        Assert.True(first.IsDisplaced);
        Assert.False(second.IsDisplaced);
        first.Dispose();

        third.Dispose();
        using var fourth = journal.Open(0);
        Assert.False(second.IsDisplaced);
    }

    [Fact]
    public void What_is_forgotten_counts_as_missed()
    {
        var journal = new EventJournal(new JournalLimits(), _time);
        journal.Append(new SessionEvent.ErrorOccurred("a"));
        journal.Append(Word(1));
        journal.Complete();
        Assert.True(journal.Weight > 0);
        journal.Forget();
        Assert.Equal(0, journal.Weight);
        using var reader = journal.Open(1);
        Assert.Equal(0, reader.Read(new JournalEntry[1], out var missed, out var isEnd));
        Assert.Equal(1, missed);
        Assert.True(isEnd);
        Assert.Equal(2, reader.Position);
    }

    [Fact]
    public void Writing_costs_no_memory_beyond_the_event()
    {
        var journal = new EventJournal(new JournalLimits { MaxEvents = 32, MaxWords = 32 }, _time);
        SessionEvent[] events = [Word(0), new SessionEvent.UtteranceStarted("u1")];
        for (var i = 0; i < 200; i++)
        {
            journal.Append(events[i % 2]);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
        {
            journal.Append(events[i % 2]);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task Writers_and_readers_on_many_threads_agree()
    {
        const int Writers = 4, Each = 5_000;
        var journal = new EventJournal(new JournalLimits { MaxEvents = 64, MaxReaders = 3 }, TimeProvider.System);
        var cancellation = TestContext.Current.CancellationToken;
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            using var reader = journal.Open(0);
            var entries = new JournalEntry[16];
            var (last, seen, lost) = (0L, 0L, 0L);
            while (true)
            {
                var count = reader.Read(entries, out var missed, out var isEnd);
                lost += missed;
                foreach (var entry in entries.AsSpan(0, count))
                {
                    Assert.True(entry.Number > last);
                    last = entry.Number;
                }

                seen += count;
                if (isEnd)
                {
                    return (seen, lost);
                }

                if (count == 0)
                {
                    await reader.WaitAsync().WaitAsync(cancellation);
                }
            }
        }, cancellation)).ToArray();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                journal.Append(new SessionEvent.ErrorOccurred($"{writer}"));
            }
        }, cancellation)));
        journal.Complete();
        foreach (var (seen, lost) in await Task.WhenAll(readers))
        {
            Assert.Equal(Writers * Each, seen + lost);
        }
    }

    private static SessionEvent.WordReached Word(int offset) => new("u1", offset, 1, TimeSpan.Zero, null);

    /// <summary>What one reader was told.</summary>
    private sealed class Told
    {
        public List<JournalEntry> Read { get; } = [];

        public HashSet<long> Missed { get; } = [];

        public int Fetch(JournalReader reader, int batch)
        {
            var before = reader.Position;
            var entries = new JournalEntry[batch];
            var count = reader.Read(entries, out var missed, out _);
            for (var i = 1; i <= missed; i++)
            {
                Assert.True(Missed.Add(before + i));
            }

            Read.AddRange(entries.AsSpan(0, count));
            return count;
        }
    }
}
