using Holdfast.Media;
using Holdfast.Speech;
using Holdfast.Speech.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Avatar.Tests;

/// <summary>Another show goes on with what one had begun to say, in sound made anew.</summary>
public sealed class ContinuationTests
{
    private const string Text = "The harbour was quiet that morning. Seven boats lay side by side, and nobody spoke; 今天天气真好。 Then a bell rang twice.";

    [Trait("Speed", "Slow")]
    [Theory]
    [InlineData(10)]
    [InlineData(70)]
    [InlineData(130)]
    [InlineData(210)]
    [InlineData(300)]
    public async Task It_goes_on_at_the_last_pause_before_the_mark_with_the_same_sound_and_the_words_that_follow(int stopAt)
    {
        var whole = await SpeakAsync(from: null);
        await using var first = Make(new Diary());
        first.Say(new Utterance("a", Text));
        var pcm = new short[SoundFormat.SamplesPerFrame];
        while (first.Place < stopAt)
        {
            first.ReadAudio(pcm);
        }

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

    private static AvatarShow Make(IShowObserver observer) => new(
        new AvatarStage(Character.All[0], 128), Espeak.Client(), new AvatarOptions(), observer, NullLogger.Instance);

    /// <summary>How loud each 20 ms are, which words begin where, and what was told of going on.</summary>
    private static async Task<(List<float> Sound, List<Word> Words, (TimeSpan, TimeSpan)? Resumed)> SpeakAsync(SpeechMark? from)
    {
        var notes = new Notes();
        await using var show = Make(notes);
        _ = from is { } mark ? show.Continue(new Utterance("a", Text), mark) : show.Say(new Utterance("a", Text));
        var sound = new List<float>();
        var pcm = new short[SoundFormat.SamplesPerFrame];
        while (!notes.HasEnded)
        {
            pcm.AsSpan().Clear();
            notes.At = sound.Count;
            show.ReadAudio(pcm);
            if (show.Place > 0)
            {
                sound.Add(SpeechPauses.LevelOf(pcm));
            }
            else
            {
                await Task.Yield();
            }
        }

        var before = from is null ? 0 : (int)((notes.Resumed?.Item1 ?? TimeSpan.Zero) / SoundFormat.FrameDuration);
        return (sound, [.. notes.Words.Select(word => word with { At = word.At + before })], notes.Resumed);
    }

    private sealed record Word(int Offset, int At);

    private sealed class Notes : IShowObserver
    {
        public List<Word> Words { get; } = [];

        public int At { get; set; }

        public bool HasEnded { get; private set; }

        public (TimeSpan, TimeSpan)? Resumed { get; private set; }

        public void UtteranceStarted(string utteranceId)
        {
        }

        public void WordReached(string utteranceId, int textOffset, int textLength) => Words.Add(new Word(textOffset, At));

        public void UtteranceResumed(string utteranceId, TimeSpan offset, TimeSpan repeated) => Resumed = (offset, repeated);

        public void UtteranceEnded(string utteranceId, UtteranceEnd end) => HasEnded = true;

        public void UtteranceFailed(string utteranceId, UtteranceFault fault) => HasEnded = true;
    }
}
