using System.Runtime.CompilerServices;
using Holdfast.Media;
using Holdfast.Speech;
using Holdfast.Speech.Tests;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Avatar.Tests;

/// <summary>Another show goes on with what one had begun to say, in sound made anew.</summary>
public sealed class ContinuationTests
{
    private const string Text = "The harbour was quiet that morning. Seven boats lay side by side, and nobody spoke; 今天天气真好。 Then a bell rang twice.";

    /// <summary>Where the first show stops, in 20 ms: within words and between them.</summary>
    public static TheoryData<int> Places => [10, 70, 130, 210, 300];

    [Trait("Speed", "Slow")]
    [Theory]
    [MemberData(nameof(Places))]
    public async Task It_goes_on_at_the_last_pause_before_the_mark_with_the_same_sound_and_the_words_that_follow(int stopAt)
    {
        var whole = await SpeakAsync(from: null);
        await using var first = Make(new Diary());
        first.Say(new Utterance("a", Text));
        await ReadUntilAsync(first, stopAt);

        var mark = Assert.IsType<SpeechMark>(first.MarkOf(stopAt));
        Assert.Equal(("a", stopAt - 1), (mark.UtteranceId, (int)(mark.Offset / SoundFormat.FrameDuration)));
        var rest = await SpeakAsync(mark);

        // The end of what was to be said, from at most 1.2 s before the mark.
        var skipped = whole.Sound.Count - rest.Sound.Count;
        Assert.InRange(skipped, stopAt - 1 - SpeechPauses.MaxBack, stopAt - 1);
        Assert.Equal(rest.Resumed, (SoundFormat.FrameDuration * skipped, SoundFormat.FrameDuration * (stopAt - 1 - skipped)));
        var compared = rest.Sound.Skip(1).Zip(whole.Sound.Skip(skipped + 1), static (a, b) => Math.Abs(a - b));
        Assert.True(compared.Average() < 0.01 * whole.Sound.Max(), "It is another sound.");
        Assert.Equal(whole.Words[^rest.Words.Count..], rest.Words);
        var expected = whole.Words.Count(word => word.At >= skipped);
        Assert.InRange(rest.Words.Count, expected - 1, expected + 1);
    }

    /// <summary>A newer server that takes over: the first sound is there before its voice has said anything, and the rest follows without a seam.</summary>
    [Trait("Speed", "Slow")]
    [Theory]
    [MemberData(nameof(Places))]
    public async Task It_begins_with_what_the_other_had_made_and_goes_on_where_that_ends(int stopAt)
    {
        var whole = await SpeakAsync(from: null);
        await using var first = Make(new Diary());
        first.Say(new Utterance("a", Text));
        await ReadUntilAsync(first, stopAt);
        await MadeAsync(first, Math.Min(100, whole.Sound.Count - 20 - stopAt));
        var mark = Assert.IsType<SpeechMark>(first.MarkOf(stopAt));
        var made = first.MadeFrom(stopAt);
        Assert.InRange(made.Length, 20_000, 250_000);
        var speech = Assert.IsType<MadeSpeech>(MadeSpeech.TryRead(made));
        Assert.InRange(speech.Blocks.Count, 10, MadeSpeech.MostBlocks);

        var rest = await SpeakAsync(mark, made);

        // The same sound to the end, from the last pause before the mark on, each block once.
        var skipped = whole.Sound.Count - rest.Sound.Count;
        Assert.Equal(speech.Offset, skipped);
        Assert.Equal((SoundFormat.FrameDuration * skipped, SoundFormat.FrameDuration * (stopAt - 1 - skipped)), rest.Resumed);
        Assert.Equal(1, rest.Begun);
        var compared = rest.Sound.Skip(1).Zip(whole.Sound.Skip(skipped + 1), static (a, b) => Math.Abs(a - b));
        Assert.True(compared.Average() < 0.01 * whole.Sound.Max(), "It is another sound.");
        Assert.Equal(whole.Words[^rest.Words.Count..], rest.Words);

        // It was not the voice that made the beginning: there it is in the same moment.
        await using var at = Make(new Diary(), new SilentVoice());
        at.Continue(new Utterance("a", Text), mark, made);
        await ReadUntilAsync(at, speech.Blocks.Count - speech.LeadIn);
    }

    /// <summary>A newer server that takes over while the older one still speaks: not a sample is missing, and none is heard twice.</summary>
    [Trait("Speed", "Slow")]
    [Theory]
    [MemberData(nameof(Places))]
    public async Task It_leaves_after_a_while_and_another_goes_on_with_the_very_next_sound(int leavesAt)
    {
        const int More = 20;
        var whole = await SpeakAsync(from: null);
        await using var first = Make(new Diary());
        first.Say(new Utterance("a", Text));
        await ReadUntilAsync(first, leavesAt);
        await MadeAsync(first, Math.Min(100 + More, whole.Sound.Count - 20 - leavesAt));
        var left = Assert.IsType<SpeechLeft>(first.LeaveAfter(More, More));
        Assert.Null(left.Finished);

        var pcm = new short[SoundFormat.SamplesPerFrame];
        var more = new List<float>();
        while (first.ReadAudio(pcm))
        {
            more.Add(SpeechPauses.LevelOf(pcm));
        }

        Assert.InRange(more.Count, More - 6, More); // what ends it may be a pause, which is silent
        Assert.Equal(leavesAt + More, (int)(left.Mark!.Value.Offset / SoundFormat.FrameDuration));
        var rest = await SpeakAsync(left.Mark, left.Made);
        Assert.Equal(whole.Sound.Count, leavesAt + More + rest.Sound.Count);
        Assert.Equal((SoundFormat.FrameDuration * (leavesAt + More), TimeSpan.Zero), rest.Resumed);
        var compared = rest.Sound.Zip(whole.Sound.Skip(leavesAt + More), static (a, b) => Math.Abs(a - b));
        Assert.True(compared.Average() < 0.01 * whole.Sound.Max(), "It is another sound.");

        // An encoder begins with what was heard just before.
        Assert.Equal(whole.Sound.Skip(leavesAt + More - MadeSpeech.MostLeadIn).Take(MadeSpeech.MostLeadIn), rest.LeadIn);
    }

    [Fact]
    public async Task It_leaves_after_its_last_word_and_nothing_of_it_is_left()
    {
        var notes = new Notes();
        await using var first = Make(notes);
        first.Say(new Utterance("a", "Good morning."));
        first.Say(new Utterance("b", Text));
        await ReadUntilAsync(first, 5);
        await MadeAsync(first, 120);
        var left = Assert.IsType<SpeechLeft>(first.LeaveAfter(20, 1_000));
        Assert.Equal((null, true, "a"), (left.Mark, left.Made.IsEmpty, left.Finished));

        var pcm = new short[SoundFormat.SamplesPerFrame];
        for (var i = 0; i < 1_000 && !notes.HasEnded; i++)
        {
            first.ReadAudio(pcm);
        }

        Assert.True(notes.HasEnded);
        Assert.Equal(1, notes.Begun);
        Assert.False(first.ReadAudio(pcm));
    }

    /// <summary>Another utterance's, another place's, another version's, cut off, or none at all: then all is made anew.</summary>
    [Fact]
    public async Task What_is_not_the_speech_of_the_mark_is_not_heard()
    {
        await using var first = Make(new Diary());
        first.Say(new Utterance("a", Text));
        await ReadUntilAsync(first, 70);
        await MadeAsync(first, 100);
        var mark = Assert.IsType<SpeechMark>(first.MarkOf(70));
        var made = first.MadeFrom(70).ToArray();
        byte[][] wrong = [made[..^1], made[..40], [9, .. made[1..]], [], .. Enumerable.Range(0, 60).Select(i => (byte[])[.. made[..i], 0xFF, .. made[(i + 1)..]])];

        (string Id, SpeechMark Mark, byte[] Made)[] cases =
        [
            .. wrong.Take(4).Select(bytes => ("a", mark, bytes)),
            ("b", mark with { UtteranceId = "b" }, made),
            ("a", mark with { Offset = mark.Offset + SoundFormat.FrameDuration }, made),
        ];
        Assert.True(await IsHeardAsync("a", mark, made));
        foreach (var (id, at, bytes) in cases)
        {
            Assert.False(await IsHeardAsync(id, at, bytes));
        }

        // Whatever it is, it is read without a fault.
        foreach (var bytes in wrong)
        {
            MadeSpeech.TryRead(bytes);
        }
    }

    [Trait("Speed", "Slow")]
    [Theory]
    [InlineData(-5)]
    [InlineData(90)]
    [InlineData(100_000)]
    public async Task A_mark_that_is_not_in_the_text_leaves_nothing_out(int word)
    {
        var whole = await SpeakAsync(from: null);
        var rest = await SpeakAsync(new SpeechMark("a", TimeSpan.FromSeconds(3), word, TimeSpan.FromSeconds(-1)));
        Assert.InRange(rest.Sound.Count, 1, whole.Sound.Count);
        Assert.Equal(whole.Words[^1].Offset, rest.Words[^1].Offset);
    }

    private static AvatarShow Make(IShowObserver observer, ITextToSpeechClient? voice = null) => new(
        new AvatarStage(Character.All[0], 128), voice ?? Espeak.Client(), new AvatarOptions(), observer, NullLogger.Instance);

    /// <summary>Hears so much, as fast as it is made.</summary>
    private static async Task ReadUntilAsync(AvatarShow show, int place)
    {
        var pcm = new short[SoundFormat.SamplesPerFrame];
        while (show.Place < place)
        {
            show.ReadAudio(pcm);
            await Task.Yield();
        }
    }

    /// <summary>Whether anything is heard of it where the voice says nothing: each in a show of its own, since one that waits for its voice holds up the next.</summary>
    private static async Task<bool> IsHeardAsync(string id, SpeechMark mark, byte[] made)
    {
        var voice = new SilentVoice();
        await using var show = Make(new Diary(), voice);
        show.Continue(new Utterance(id, Text), mark, made);
        var pcm = new short[SoundFormat.SamplesPerFrame];

        // What is there is in the queue before the voice is asked for the rest.
        while (!voice.IsAsked)
        {
            await Task.Yield();
        }

        show.ReadAudio(pcm);
        return show.Place > 0;
    }

    /// <summary>Waits until so much is made that was not heard.</summary>
    private static async Task MadeAsync(AvatarShow show, int blocks)
    {
        while (show.Waiting < blocks)
        {
            await Task.Yield();
        }
    }

    /// <summary>How loud each 20 ms are, which words begin where, and what was told of going on.</summary>
    private static async Task<(List<float> Sound, List<Word> Words, (TimeSpan, TimeSpan)? Resumed, int Begun, List<float> LeadIn)> SpeakAsync(
        SpeechMark? from, ReadOnlyMemory<byte> made = default)
    {
        var notes = new Notes();
        await using var show = Make(notes);
        _ = from is { } mark ? show.Continue(new Utterance("a", Text), mark, made) : show.Say(new Utterance("a", Text));
        var (sound, leadIn) = (new List<float>(), new List<float>());
        var pcm = new short[SoundFormat.SamplesPerFrame];
        while (!notes.HasEnded)
        {
            pcm.AsSpan().Clear();
            notes.At = sound.Count;
            show.ReadAudio(pcm);
            if (show.Place > 0)
            {
                sound.Add(SpeechPauses.LevelOf(pcm));
                while (show.ReadLeadIn(pcm))
                {
                    leadIn.Add(SpeechPauses.LevelOf(pcm));
                }
            }
            else
            {
                await Task.Yield();
            }
        }

        var before = from is null ? 0 : (int)((notes.Resumed?.Item1 ?? TimeSpan.Zero) / SoundFormat.FrameDuration);
        return (sound, [.. notes.Words.Select(word => word with { At = word.At + before })], notes.Resumed, notes.Begun, leadIn);
    }

    private sealed record Word(int Offset, int At);

    /// <summary>A voice that is asked and never answers.</summary>
    private sealed class SilentVoice : ITextToSpeechClient
    {
        private volatile bool _isAsked;

        public bool IsAsked
        {
            get => _isAsked;
            private set => _isAsked = value;
        }

        public Task<TextToSpeechResponse> GetAudioAsync(string text, TextToSpeechOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public async IAsyncEnumerable<TextToSpeechResponseUpdate> GetStreamingAudioAsync(
            string text, TextToSpeechOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            IsAsked = true;
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            yield break;
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }

    private sealed class Notes : IShowObserver
    {
        public List<Word> Words { get; } = [];

        public int At { get; set; }

        public bool HasEnded { get; private set; }

        public (TimeSpan, TimeSpan)? Resumed { get; private set; }

        public int Begun { get; private set; }

        public void UtteranceStarted(string utteranceId) => Begun++;

        public void WordReached(string utteranceId, int textOffset, int textLength) => Words.Add(new Word(textOffset, At));

        public void UtteranceResumed(string utteranceId, TimeSpan offset, TimeSpan repeated) => Resumed = (offset, repeated);

        public void UtteranceEnded(string utteranceId, UtteranceEnd end) => HasEnded = true;

        public void UtteranceFailed(string utteranceId, UtteranceFault fault) => HasEnded = true;
    }
}
