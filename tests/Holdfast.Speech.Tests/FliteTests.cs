using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Holdfast.Speech.Tests;

/// <summary>Flite itself, in this process.</summary>
public sealed class FliteTests
{
    private static readonly FliteTextToSpeechClient Voice = new(Options.Create(new SpeechOptions()), new FairTurns(2));

    [Fact]
    public async Task A_text_is_spoken_without_silence_at_its_ends_with_its_words_and_phonemes_in_time()
    {
        const string Text = "Hello, I'm your digital human (twenty-three) 42 cats.";
        var (samples, words, phonemes) = await SayAsync(Text);
        Assert.True(Espeak.Rms(samples.AsSpan(0, 48 * 120)) > 60, "speech begins at once");
        Assert.Equal(
            ["Hello", "I'm", "your", "digital", "human", "twenty-three", "42", "cats"],
            words.Select(word => Text.Substring(word.Range.Offset, word.Range.Length)),
            StringComparer.Ordinal);
        Assert.Equal(words.Order(Comparer<SpokenWord>.Create((a, b) => a.Start.CompareTo(b.Start))), words);

        // "human" begins with its h, and lasts until the t of "twenty".
        var human = phonemes.First(phoneme => phoneme.Start == words[4].Start);
        Assert.Equal("hh", human.Symbol);
        Assert.Equal("t", phonemes.First(phoneme => phoneme.Start == words[5].Start).Symbol);
        Assert.All(phonemes, phoneme => Assert.InRange(phoneme.End, phoneme.Start, TimeSpan.FromSeconds(samples.Length / 48_000.0)));
    }

    [Fact]
    public async Task A_phoneme_sounds_when_it_is_said_to()
    {
        // Between the two vowels the lips are shut: while the p lasts there is next to nothing to hear.
        var (samples, _, phonemes) = await SayAsync("a papa");
        var p = phonemes.Where(phoneme => string.Equals(phoneme.Symbol, "p", StringComparison.Ordinal)).ToArray();
        Assert.Equal(2, p.Length);
        var closure = samples.AsSpan((int)((p[1].Start.TotalSeconds + 0.02) * 48_000), 48 * 30);
        var vowel = phonemes.Last();
        Assert.True(Espeak.Rms(closure) * 10 < Espeak.Rms(samples.AsSpan((int)(vowel.Start.TotalSeconds * 48_000), 48 * 60)), "the p is quieter than its vowel");
    }

    [Theory]
    [InlineData("")]
    [InlineData("...")]
    [InlineData("你好")]
    public async Task Nothing_sayable_gives_no_sound_and_no_fault(string text)
    {
        Assert.Empty(await Voice.GetStreamingAudioAsync(text, cancellationToken: TestContext.Current.CancellationToken)
            .SelectMany(update => update.Contents.OfType<DataContent>()).ToListAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Letters_that_are_no_ASCII_keep_every_word_at_its_place()
    {
        const string Text = "“Café” – naïve résumé… don’t 你好 go";
        var (_, words, _) = await SayAsync(Text);
        Assert.Equal(["Café", "naïve", "résumé", "don’t", "你", "好", "go"], words.Select(word => Text.Substring(word.Range.Offset, word.Range.Length)), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Speed_and_pitch_are_taken()
    {
        const string Text = "We are all here now.";
        var usual = (await SayAsync(Text)).Samples;
        var slow = (await SayAsync(Text, new TextToSpeechOptions { Speed = 0.5f })).Samples;
        var high = (await SayAsync(Text, new TextToSpeechOptions { Pitch = 1.4f })).Samples;
        Assert.InRange(slow.Length / (double)usual.Length, 1.7, 2.3);
        Assert.InRange((double)high.Length / usual.Length, 0.97, 1.03);
        Assert.InRange(EspeakTests.Pitch(high) / EspeakTests.Pitch(usual), 1.15, 1.8);
    }

    [Fact]
    public async Task The_two_voices_differ()
    {
        var woman = (await SayAsync("We are here.", new TextToSpeechOptions { VoiceId = "slt" })).Samples;
        var man = (await SayAsync("We are here.", new TextToSpeechOptions { VoiceId = "male" })).Samples;
        Assert.NotEqual(woman, man);
    }

    /// <remarks>Its code is not ours: that it may be used from several threads is a claim to be tried.</remarks>
    [Fact]
    public async Task Many_threads_at_once_hear_what_one_hears()
    {
        var library = FliteLibrary.Instance!;
        string[] texts = ["One after the other.", "Two at the same time, and 3 more.", "Dr. Smith has $5.20.", "p. 12 at 10:30"];
        var alone = texts.Select(text => library.Speak(text, male: false, 1, 1)).ToArray();
        await Parallel.ForAsync(0, 64, TestContext.Current.CancellationToken, (i, _) =>
        {
            var (expected, heard) = (alone[i % texts.Length], library.Speak(texts[i % texts.Length], male: false, 1, 1));
            Assert.Equal(expected.Segments, heard.Segments);
            Assert.Equal(expected.Tokens, heard.Tokens);

            // But for its breath, which flite makes of chance.
            Assert.Equal(expected.Samples.Length, heard.Samples.Length);
            Assert.InRange(Espeak.Rms(heard.Samples) / Espeak.Rms(expected.Samples), 0.99, 1.01);
            return ValueTask.CompletedTask;
        });
    }

    private static async Task<(short[] Samples, IReadOnlyList<SpokenWord> Words, IReadOnlyList<SpokenPhoneme> Phonemes)> SayAsync(
        string text, TextToSpeechOptions? options = null)
    {
        var contents = (await Voice.GetAudioAsync(text, options, TestContext.Current.CancellationToken)).Contents;
        return (Espeak.Decode(contents), contents.OfType<SpokenWords>().Single().Words, contents.OfType<SpokenPhonemes>().Single().Phonemes);
    }
}
