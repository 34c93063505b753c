using System.Runtime.CompilerServices;
using Holdfast.Media;
using Holdfast.Speech;
using Holdfast.Speech.Tests;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Avatar.Tests;

/// <summary>Words told by a show, with the sound that they begin in.</summary>
public sealed class WordMarksTests
{
    private readonly short[] _pcm = new short[SoundFormat.SamplesPerFrame];
    private readonly Diary _diary = new();

    [Trait("Speed", "Slow")]
    [Theory]
    [InlineData("Hello there, world! 你好，世界。 It costs 3.50 in “the” shop 😀, right? Привет, друг.")]
    [InlineData("我在用 Holdfast 说话 😀😀。第二句话！")]
    public async Task Every_word_of_a_text_is_told_once_in_order_between_its_start_and_its_end(string text)
    {
        await using var show = Make(Espeak.Client());
        show.Say(new Utterance("a", text));
        await HearAllAsync(show, "Finished a");
        Assert.Equal(
            ["started a", .. Words.In(text).Select(word => $"word a {word.Offset}+{word.Length}"), "Finished a"], _diary.Lines);
    }

    [Fact]
    public async Task A_word_is_told_with_the_20_ms_that_it_begins_in()
    {
        // Words at 0, 110 and 115 ms of each sentence; two cannot be told at once.
        await using var show = Make(new ScriptedVoice(Speak));
        show.Say(new Utterance("a", "One, two, three. One, two, three."));
        var told = new List<(int Block, string Line)>();
        var (block, seen) = (0, 1);
        while (!_diary.Has("Finished a"))
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            var sounds = show.ReadAudio(_pcm);
            lock (_diary.Lines)
            {
                for (; seen < _diary.Lines.Count && _diary.Lines[seen].StartsWith("word", StringComparison.Ordinal); seen++)
                {
                    told.Add((block, _diary.Lines[seen]));
                }
            }

            if (sounds)
            {
                block++;
            }
            else
            {
                await Task.Yield();
            }
        }

        // A sentence is 15 blocks.
        Assert.Equal(
            [(0, "word a 0+3"), (5, "word a 5+3"), (6, "word a 10+5"), (15, "word a 17+3"), (20, "word a 22+3"), (21, "word a 27+5")], told);
    }

    [Fact]
    public async Task A_voice_that_knows_nothing_of_its_words_is_heard_all_the_same()
    {
        await using var show = Make(ScriptedVoice.OfTones(300));
        show.Say(new Utterance("a", "One, two."));
        await HearAllAsync(show, "Finished a");
        Assert.Equal(["started a", "Finished a"], _diary.Lines);
    }

    private static async IAsyncEnumerable<TextToSpeechResponseUpdate> Speak(string text, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var words = Words.In(text);
        var spoken = new SpokenWords([.. words.Select((word, i) => new SpokenWord(TimeSpan.FromMilliseconds(i == 0 ? 0 : 105 + (5 * i)), word))]);
        yield return new TextToSpeechResponseUpdate([spoken, .. ScriptedVoice.Tone(300).Contents]);
        await Task.CompletedTask;
    }

    private AvatarShow Make(ITextToSpeechClient voice) =>
        new(new AvatarStage(Character.All[0], 128), voice, new AvatarOptions(), _diary, NullLogger.Instance);

    private async Task HearAllAsync(AvatarShow show, string line)
    {
        while (!_diary.Has(line))
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            if (!show.ReadAudio(_pcm))
            {
                await Task.Yield();
            }
        }
    }
}
