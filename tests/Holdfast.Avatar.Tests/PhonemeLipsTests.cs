using Holdfast.Media;
using Holdfast.Speech;
using Holdfast.Speech.Tests;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Holdfast.Avatar.Tests;

/// <summary>Lips of a voice that tells its phonemes.</summary>
public sealed class PhonemeLipsTests
{
    [Theory]
    [InlineData("p")]
    [InlineData("b")]
    [InlineData("m")]
    public void Lips_meet_while_the_sound_lasts_however_short_it_is(string symbol)
    {
        // 25 ms between two wide open vowels, at every place within a block.
        for (var shift = 0; shift < 20; shift++)
        {
            var lips = new PhonemeLips();
            lips.Expect(new SpokenPhonemes([Of("aa", shift, 200 + shift), Of(symbol, 200 + shift, 225 + shift), Of("aa", 225 + shift, 400 + shift)]), 0);
            var pressed = Shapes(lips, 20).Count(shape => shape is { Press: >= 0.9f, Open: <= 0.1f });
            Assert.InRange(pressed, 1, 2);
        }
    }

    [Fact]
    public void The_mouth_is_wide_for_ee_round_for_oo_open_for_ah_and_shut_between_them()
    {
        var lips = new PhonemeLips();
        lips.Expect(new SpokenPhonemes([Of("iy", 100, 300), Of("uw", 400, 600), Of("aa", 700, 900)]), 0);
        var shapes = Shapes(lips, 50);
        Assert.True(shapes[10] is { Width: > 0.8f, Round: < 0.1f });
        Assert.True(shapes[25] is { Round: > 0.8f, Width: < -0.8f });
        Assert.True(shapes[40].Open > 0.9f);
        Assert.True(shapes[17].Open < 0.05f && shapes[32].Open < 0.05f);
    }

    [Fact]
    public void What_is_not_told_of_is_left_to_what_can_be_heard()
    {
        var lips = new PhonemeLips();
        Assert.False(lips.TryShape(0, out _));
        lips.Expect(new SpokenPhonemes([Of("aa", 0, 100)]), 0);
        Assert.True(lips.TryShape(0, out _));
        Assert.False(lips.TryShape(48_000, out _));
        lips.Expect(new SpokenPhonemes([Of("aa", 0, 100)]), 48_000);
        Assert.True(lips.TryShape(48_000, out _));
    }

    [Fact]
    public async Task Every_m_that_flite_says_is_seen_with_lips_shut()
    {
        var diary = new Diary();
        using var flite = new FliteTextToSpeechClient(Options.Create(new SpeechOptions()), new FairTurns(1));
        const string Text = "My mother makes more marmalade.";
        var told = (await flite.GetAudioAsync(Text, cancellationToken: TestContext.Current.CancellationToken)).Contents.OfType<SpokenPhonemes>().Single();
        await using var show = new AvatarShow(new AvatarStage(Character.All[0], 128), flite, new AvatarOptions(), diary, NullLogger.Instance);
        show.Say(new Utterance("a", Text));
        var pcm = new short[SoundFormat.SamplesPerFrame];
        var presses = new List<float>();
        while (!diary.Has("Finished a"))
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            if (show.ReadAudio(pcm))
            {
                presses.Add(show.Motion.Apply(default).Mouth.Press);
            }
            else
            {
                await Task.Yield();
            }
        }

        var closed = told.Phonemes.Where(phoneme => string.Equals(phoneme.Symbol, "m", StringComparison.Ordinal)).ToArray();
        Assert.True(closed.Length >= 6);
        Assert.All(closed, phoneme => Assert.True(presses[(int)((phoneme.Start + phoneme.End).TotalMilliseconds / 2 / 20)] > 0.8f));
    }

    private static SpokenPhoneme Of(string symbol, int start, int end) => new(TimeSpan.FromMilliseconds(start), TimeSpan.FromMilliseconds(end), symbol);

    private static List<MouthShape> Shapes(PhonemeLips lips, int blocks)
    {
        var shapes = new List<MouthShape>();
        for (var i = 0; i < blocks; i++)
        {
            Assert.True(lips.TryShape((long)i * SoundFormat.SamplesPerFrame, out var shape) || i > 15);
            shapes.Add(shape);
        }

        return shapes;
    }
}
