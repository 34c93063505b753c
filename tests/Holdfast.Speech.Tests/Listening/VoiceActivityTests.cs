namespace Holdfast.Speech.Tests.Listening;

/// <summary>A voice is told from what is none.</summary>
public sealed class VoiceActivityTests
{
    private const int Second = HearingFormat.SampleRate;

    [Theory]
    [InlineData("What time is it, please?")]
    [InlineData("请问现在几点了？")]
    public async Task A_voice_is_one_and_the_silence_before_and_after_it_is_none(string text)
    {
        var voice = Ears.At16Kilohertz(await Espeak.SayAsync(text));
        short[] sound = [.. new short[Second], .. voice, .. new short[2 * Second]];

        var probabilities = Ears.Listen(sound);

        Assert.All(probabilities.Take(25), static probability => Assert.True(probability < 0.5));
        Assert.All(probabilities.TakeLast(30), static probability => Assert.True(probability < 0.5));
        Assert.True(probabilities.Count(static probability => probability > 0.5) * HearingFormat.FrameSamples > voice.Length / 2);
        Assert.InRange(Ears.Begins(probabilities), 1, 3); // it may pause between words
    }

    [Fact]
    public void Noise_and_a_tone_are_none()
    {
        var random = new Random(3);
        var noise = Enumerable.Range(0, 3 * Second).Select(_ => (short)random.Next(-1500, 1500)).ToArray();
        var tone = Enumerable.Range(0, 3 * Second).Select(static i => (short)(6000 * Math.Sin(2 * Math.PI * 440 * i / Second))).ToArray();

        Assert.Equal(0, Ears.Begins(Ears.Listen(noise)));
        Assert.Equal(0, Ears.Begins(Ears.Listen(tone)));
    }

    [Theory]
    [InlineData("I would like to", true)]
    [InlineData("Bread, milk,", true)]
    [InlineData("我想要一杯咖啡和", true)]
    [InlineData("and.", true)] // a recogniser puts a full stop after anything
    [InlineData("What time is it?", false)]
    [InlineData("Understand", false)]
    [InlineData("现在几点", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void After_words_that_nobody_ends_with_more_silence_ends_the_turn(string? text, bool isOpen)
    {
        var endOfTurn = new SilenceEndOfTurn(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1.2));
        Assert.Equal(isOpen ? 1.2 : 0.5, endOfTurn.SilenceAfter(new HeardSoFar(text, TimeSpan.FromSeconds(2), default)).TotalSeconds);
    }
}
