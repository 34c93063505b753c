using System.Buffers;
using System.IO.Pipelines;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Holdfast.AspNetCore.Http;
using Holdfast.Media;
using Holdfast.Sessions;
using Microsoft.Extensions.Time.Testing;

namespace Holdfast.Server.Tests;

/// <summary>What is written to a reader, with a clock and a pipe in the test's hands.</summary>
public sealed class EventStreamTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.Parse("2026-11-22T21:05:49.25Z"));

    public static TheoryData<SessionEvent, string, string> Kinds => new()
    {
        {
            new SessionEvent.StateChanged(SessionState.Connected, SessionState.Interrupted, SessionReason.FeedbackStopped, 2, TimeSpan.FromSeconds(12.3456)),
            "state",
            """{"from":"connected","to":"interrupted","reason":"feedbackStopped","generation":2,"afterMilliseconds":12345}"""
        },
        { new SessionEvent.PersonSaid("你好", "k", "u1"), "said", """{"text":"你好","key":"k","utteranceId":"u1"}""" },
        { new SessionEvent.UtteranceAccepted("u1", "a\n\"b\"", null), "accepted", """{"utteranceId":"u1","text":"a\n\"b\"","key":null,"part":null}""" },
        { new SessionEvent.UtteranceStarted("u1"), "started", """{"utteranceId":"u1"}""" },
        {
            new SessionEvent.WordReached("u1", 3, 4, TimeSpan.FromMilliseconds(1_040), 4_000_000_000),
            "word",
            """{"utteranceId":"u1","offset":3,"length":4,"mediaMilliseconds":1040,"rtpTimestamp":4000000000}"""
        },
        { new SessionEvent.UtteranceFinished("u1"), "finished", """{"utteranceId":"u1"}""" },
        { new SessionEvent.UtteranceInterrupted("u1"), "interrupted", """{"utteranceId":"u1","heard":null,"part":null}""" },
        { new SessionEvent.UtteranceInterrupted("u1", 7) { Part = "turn-3" }, "interrupted", """{"utteranceId":"u1","heard":7,"part":"turn-3"}""" },
        { new SessionEvent.Told("phase", """{"turn":3,"phase":"thinking"}"""), "phase", """{"turn":3,"phase":"thinking"}""" },
        { new SessionEvent.UtteranceDropped("u1"), "dropped", """{"utteranceId":"u1"}""" },
        {
            new SessionEvent.UtteranceFailed("u1", UtteranceFault.VoiceFailed), "failed",
            """{"utteranceId":"u1","reason":"voiceFailed","detail":"This could not be said: the voice failed."}"""
        },
        {
            new SessionEvent.UtteranceResumed("u1", 7, TimeSpan.FromSeconds(12.4), TimeSpan.FromMilliseconds(620)),
            "resumed",
            """{"utteranceId":"u1","offset":7,"awayMilliseconds":12400,"repeatedMilliseconds":620}"""
        },
        {
            new SessionEvent.VoiceFellBack("u1", "piper", UtteranceFault.VoiceTooSlow), "voiceFellBack",
            """{"utteranceId":"u1","voice":"piper","reason":"voiceTooSlow","detail":"The voice is not available at the moment; another one speaks in its place."}"""
        },
        { new SessionEvent.Adjusted("kai", null, 1.25f), "adjusted", """{"avatar":"kai","voice":null,"speed":1.25,"pitch":1}""" },
        { new SessionEvent.PicturesChanged(PictureQuality.Reduced), "pictures", """{"quality":"reduced"}""" },
        { new SessionEvent.ErrorOccurred("It failed."), "problem", """{"detail":"It failed."}""" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Each_kind_of_event_has_its_shape(SessionEvent happened, string kind, string members)
    {
        var output = new ArrayBufferWriter<byte>();
        using var writer = new EventWriter(output);
        writer.Write(new JournalEntry(42, _time.GetUtcNow(), happened));
        var expected = $$"""{"at":"2026-11-22T21:05:49.25Z",{{members[1..]}}""";
        Assert.Equal($"id: 42\nevent: {kind}\ndata: {expected}\n\n", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void Every_kind_of_event_is_among_them()
    {
        var kinds = typeof(SessionEvent).GetNestedTypes();
        Assert.Equal(kinds.Length, Kinds.Select(row => row.Data.Item1.GetType()).Distinct().Count());
    }

    [Theory]
    [InlineData("\r\n\r\ndata: forged\n\n")]
    [InlineData("\u2028\u2029\u0085\0")]
    [InlineData("\ud800 half a character \udc00")]
    public void No_text_can_break_out_of_its_event(string text)
    {
        var output = new ArrayBufferWriter<byte>();
        using var writer = new EventWriter(output);
        writer.Write(new JournalEntry(1, _time.GetUtcNow(), new SessionEvent.PersonSaid(text, null, null)));
        writer.Write(new JournalEntry(2, _time.GetUtcNow(), new SessionEvent.UtteranceStarted("u1")));
        var events = SseParser.Create(new MemoryStream(output.WrittenSpan.ToArray()), (_, data) => JsonElement.Parse(data)).Enumerate().ToArray();
        Assert.Equal(2, events.Length);
        Assert.Equal(text.Replace('\ud800', '\ufffd').Replace('\udc00', '\ufffd'), events[0].Data.GetProperty("text").GetString());
    }

    [Fact]
    public async Task When_nothing_happens_a_comment_is_written_every_15_seconds()
    {
        var journal = new EventJournal(new JournalLimits(), _time);
        var pipe = new Pipe();
        var writing = Stream(journal).WriteAsync(pipe.Writer, TestContext.Current.CancellationToken);
        Assert.Equal(":\n\n", await ReadAsync(pipe.Reader));
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(EventStream.KeepAlive);
            Assert.Equal(":\n\n", await ReadAsync(pipe.Reader));
        }

        journal.Append(new SessionEvent.UtteranceStarted("u1"));
        Assert.StartsWith("id: 1\nevent: started\n", await ReadAsync(pipe.Reader), StringComparison.Ordinal);
        journal.Complete();
        await writing.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_reader_that_takes_nothing_holds_nobody_up_and_is_told_later_what_it_missed()
    {
        var journal = new EventJournal(new JournalLimits { MaxEvents = 64, MaxCharacters = 100_000 }, _time);
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 64 * 1024, resumeWriterThreshold: 32 * 1024));
        var writing = Stream(journal).WriteAsync(pipe.Writer, TestContext.Current.CancellationToken);
        var text = new string('a', 1_000);
        for (var i = 0; i < 10_000; i++)
        {
            journal.Append(new SessionEvent.ErrorOccurred(text));
        }

        Assert.False(writing.IsCompleted);
        journal.Complete();

        var (read, missed, largest) = (0L, 0L, 0L);
        while (true)
        {
            var result = await pipe.Reader.ReadAsync(TestContext.Current.CancellationToken);
            largest = Math.Max(largest, result.Buffer.Length);
            var arrived = Encoding.UTF8.GetString(result.Buffer);
            read += arrived.Split("event: problem").Length - 1;
            foreach (var part in arrived.Split("event: missed\ndata: ").Skip(1))
            {
                missed += JsonElement.Parse(part[..part.IndexOf('\n', StringComparison.Ordinal)]).GetProperty("count").GetInt64();
            }

            pipe.Reader.AdvanceTo(result.Buffer.End);
            if (read + missed >= 10_000)
            {
                break;
            }
        }

        await writing.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(10_000, read + missed);
        Assert.True(missed > 5_000, $"{missed} were missed");
        Assert.InRange(largest, 1, 256 * 1024);
    }

    [Fact]
    public async Task Who_is_no_longer_the_owner_hears_that_and_nothing_else()
    {
        var journal = new EventJournal(new JournalLimits(), _time);
        var ownership = Ownership.Owner;
        var pipe = new Pipe();
        var writing = Stream(journal, () => ownership).WriteAsync(pipe.Writer, TestContext.Current.CancellationToken);
        Assert.Equal(":\n\n", await ReadAsync(pipe.Reader));
        ownership = Ownership.Replaced;
        journal.Append(new SessionEvent.UtteranceStarted("u1"));
        Assert.Equal("event: replaced\ndata: {}\n\n", await ReadAsync(pipe.Reader));
        await writing.WaitAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<string> ReadAsync(PipeReader reader)
    {
        var result = await reader.ReadAsync(TestContext.Current.CancellationToken);
        var text = Encoding.UTF8.GetString(result.Buffer);
        reader.AdvanceTo(result.Buffer.End);
        return text;
    }

    private EventStream Stream(EventJournal journal, Func<Ownership>? ownership = null)
    {
        var slots = new EventStreamSlots(1);
        return new EventStream(new OwnedJournal(journal, ownership ?? (() => Ownership.Owner), Ended: null), journal.Open(0), slots.TryTake()!, _time);
    }
}
