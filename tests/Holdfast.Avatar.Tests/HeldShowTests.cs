using System.Runtime.InteropServices;
using Holdfast.Media;
using Holdfast.Speech;
using Holdfast.Speech.Tests;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Avatar.Tests;

/// <summary>A show whose session is held in the middle of a sentence: what it keeps, and what it says when somebody is there again.</summary>
[Collection(nameof(Alone))]
public sealed class HeldShowTests : IDisposable
{
    private const string Text = "One, two, three, four, five, six, seven, eight. And here is the second sentence. 你好，再见。";

    private readonly string _directory = Path.Combine(Path.GetTempPath(), "holdfast-test-" + Path.GetRandomFileName());
    private readonly SpeechStore _store;

    public HeldShowTests() => _store = new SpeechStore(_directory, NullLogger.Instance);

    public void Dispose()
    {
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory);
        }
    }

    [Fact]
    public async Task Samples_lips_and_words_are_the_same_as_if_nobody_had_ever_gone()
    {
        var stayed = new Listener();
        await using var show = Make(Espeak.Client(), stayed);
        show.Say(new Utterance("a", Text));
        await HearAsync(show, stayed, int.MaxValue);

        var left = new Listener();
        await using var held = Make(Espeak.Client(), left);
        held.Say(new Utterance("a", Text));
        foreach (var ticks in (int[])[5, 60, 1, 90])
        {
            await HearAsync(held, left, ticks);
            held.PutAside();
            await UntilAsync(() => held.SpeechState is "File");
            await BackAsync(held);
        }

        await HearAsync(held, left, int.MaxValue);
        AssertSame(stayed, left);
        Assert.Contains(left.Heard, line => line.StartsWith("word ", StringComparison.Ordinal));
        Assert.InRange(left.Heard.Count(line => line.StartsWith("sound ", StringComparison.Ordinal)), 200, 1_000);
    }

    [Fact]
    public async Task It_goes_back_as_far_when_it_returns_as_if_it_had_never_been_put_aside()
    {
        var (stayed, left) = (new Listener(), new Listener());
        await using var show = Make(Espeak.Client(), stayed);
        await using var held = Make(Espeak.Client(), left);
        show.Say(new Utterance("a", Text));
        held.Say(new Utterance("a", Text));
        await HearAsync(show, stayed, 120);
        await HearAsync(held, left, 120);
        held.PutAside();
        await UntilAsync(() => held.SpeechState is "File");
        await BackAsync(held);
        AssertSame(stayed, left);
        var point = held.Rewind(100);
        Assert.InRange(point!.Value.Place, 40, 100);
        Assert.Equal(show.Rewind(100), point);
        await HearAsync(show, stayed, int.MaxValue);
        await HearAsync(held, left, int.MaxValue);
        AssertSame(stayed, left);
    }

    [Fact]
    public async Task While_nobody_is_there_no_sentence_is_made()
    {
        var voice = ScriptedVoice.OfTones(200);
        var listener = new Listener();
        await using var show = Make(voice, listener);
        show.PutAside();
        show.Say(new Utterance("a", "One. Two."));
        show.Say(new Utterance("b", "Three."));

        // Its worker runs until it waits for somebody to be there.
        await UntilAsync(() => show.IsWaiting);
        Assert.Empty(voice.Asked);
        Assert.False(show.ReadAudio(new short[SoundFormat.SamplesPerFrame]));
        Assert.True(show.TakeBack());
        await HearAsync(show, listener, int.MaxValue, "Finished b");
        Assert.Equal(3, voice.Asked.Count);
    }

    [Fact]
    public async Task A_session_that_ends_while_its_speech_is_put_aside_tells_so_and_keeps_no_file()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc tells what is open");
        var listener = new Listener();
        var show = Make(ScriptedVoice.OfTones(8_000), listener);
        show.Say(new Utterance("a", "One."));
        await HearAsync(show, listener, 50);
        show.PutAside();
        await UntilAsync(() => show.SpeechState is "File");
        Assert.Equal(1, OpenFiles());
        await show.DisposeAsync();
        Assert.Equal(0, OpenFiles());
        Assert.Equal("Interrupted a", listener.Heard[^1]);
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task Held_in_the_middle_of_a_sentence_it_keeps_no_sound_in_memory()
    {
        const int Count = 60;

        // What all share is made by the first.
        await HoldAsync(10);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var shows = await HoldAsync(Count);
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Count;
        TestContext.Current.SendDiagnosticMessage($"{each} bytes each");

        // 12 s of sound are 1,152,000 bytes.
        Assert.InRange(each, 0, 64 * 1_024);
        Assert.All(shows, show => Assert.Equal("File", show.SpeechState));
        foreach (var show in shows)
        {
            await show.DisposeAsync();
        }
    }

    private async Task<List<AvatarShow>> HoldAsync(int count)
    {
        var shows = new List<AvatarShow>();
        var stage = new AvatarStage(Character.All[0], 128);
        for (var i = 0; i < count; i++)
        {
            var listener = new Listener();
            var show = new AvatarShow(stage, ScriptedVoice.OfTones(12_000), new AvatarOptions(), listener, NullLogger.Instance, _store);
            show.Say(new Utterance("a", "One. Two."));
            var pcm = new short[SoundFormat.SamplesPerFrame];
            await UntilAsync(() => show.ReadAudio(pcm));
            show.PutAside();
            shows.Add(show);
        }

        await UntilAsync(() => shows.TrueForAll(show => show.SpeechState is "File"));
        return shows;
    }

    private AvatarShow Make(ITextToSpeechClient voice, IShowObserver observer) =>
        new(new AvatarStage(Character.All[0], 128), voice, new AvatarOptions(), observer, NullLogger.Instance, _store);

    private int OpenFiles() => Directory.GetFiles("/proc/self/fd")
        .Count(link => new FileInfo(link).LinkTarget?.StartsWith(_directory, StringComparison.Ordinal) == true);

    /// <summary>The end is told with the last sound, or just after it where the reader was faster than the voice.</summary>
    private static void AssertSame(Listener one, Listener other)
    {
        static bool IsEnd(string line) => line.StartsWith("Finished ", StringComparison.Ordinal);

        Assert.Equal(one.Heard.Where(line => !IsEnd(line)), other.Heard.Where(line => !IsEnd(line)), StringComparer.Ordinal);
        Assert.Equal(one.Heard.Where(IsEnd), other.Heard.Where(IsEnd), StringComparer.Ordinal);
    }

    private static Task BackAsync(AvatarShow show) => UntilAsync(show.TakeBack);

    private static async Task HearAsync(AvatarShow show, Listener listener, int ticks, string until = "Finished a")
    {
        var pcm = new short[SoundFormat.SamplesPerFrame];
        for (var heard = 0; heard < ticks && !listener.Heard.Contains(until, StringComparer.Ordinal);)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            pcm.AsSpan().Clear();
            var sounds = show.ReadAudio(pcm);
            if (show.Place == 0)
            {
                await Task.Yield();
                continue;
            }

            heard++;
            var samples = new HashCode();
            samples.AddBytes(MemoryMarshal.AsBytes(sounds ? pcm.AsSpan() : []));
            listener.Note($"sound {show.Place} {samples.ToHashCode()} {show.Motion.Apply(default).Mouth}");
        }
    }

    private static async Task UntilAsync(Func<bool> isTrue)
    {
        while (!isTrue())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>What was heard, seen and told, in its order.</summary>
    private sealed class Listener : IShowObserver
    {
        private readonly Lock _gate = new();
        private readonly List<string> _heard = [];

        public List<string> Heard
        {
            get
            {
                lock (_gate)
                {
                    return [.. _heard];
                }
            }
        }

        public void Note(string line)
        {
            lock (_gate)
            {
                _heard.Add(line);
            }
        }

        public void UtteranceStarted(string utteranceId) => Note($"started {utteranceId}");

        public void WordReached(string utteranceId, int textOffset, int textLength) => Note($"word {utteranceId} {textOffset}+{textLength}");

        public void UtteranceEnded(string utteranceId, UtteranceEnd end) => Note($"{end} {utteranceId}");

        public void UtteranceFailed(string utteranceId, UtteranceFault fault) => Note($"failed {utteranceId}: {fault}");
    }
}
