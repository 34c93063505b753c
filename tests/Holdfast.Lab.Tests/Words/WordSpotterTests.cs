using Holdfast.Lab.Tests.Kit;
using Holdfast.Lab.Words;

namespace Holdfast.Lab.Tests.Words;

/// <summary>What tells whether a word was heard must itself be able to say no.</summary>
/// <remarks>
/// With espeak-ng to a part of a word. Flite is smoother, and not the same twice: its words are found, and missed where they are not there, but two thirds of a short one
/// may pass for the word spoken quickly, and its "elephant" for "alpha".
/// </remarks>
public sealed class WordSpotterTests
{
    private const string Flite = "flite", Espeak = Voice.Distinct;

    private static readonly Task<(SpokenPassage Passage, short[] Original)> ByFlite = Voice.SpeakAsync(Flite, Passages.Alphabet);
    private static readonly Task<(SpokenPassage Passage, short[] Original)> ByEspeak = Voice.SpeakAsync(Espeak, Passages.Alphabet);

    [Theory]
    [InlineData(Flite)]
    [InlineData(Espeak)]
    public async Task Every_word_of_the_clean_original_is_heard_once_and_in_order(string engine)
    {
        var (passage, _) = await Speak(engine);

        var heard = new WordSpotter(passage).Spot(passage.Sound);

        TestContext.Current.TestOutputHelper!.WriteLine($"{heard}\ndifference at most {heard.Hearings.Max(static hearing => hearing.Difference):F1} dB");
        Assert.Equal(passage.Words.Select(static word => word.Text), heard.Heard, StringComparer.Ordinal);
        Assert.Equal(passage.Words.Count, heard.Hearings.Count);
        Assert.Empty(heard.Lost);
        Assert.Empty(heard.Repeats);
    }

    [Theory]
    [InlineData(Flite)]
    [InlineData(Espeak)]
    public async Task Sound_that_the_codec_met_elsewhere_and_a_clock_that_is_not_quite_right_are_still_the_words(string engine)
    {
        var (passage, original) = await Speak(engine);
        short[] later = [.. new short[777], .. original.Select(static sample => (short)(sample * 0.8))];

        foreach (var speed in (double[])[1, 1.12, 0.88])
        {
            var heard = new WordSpotter(passage).Spot(Faster(Voice.ThroughTheCodec(later), speed));

            TestContext.Current.TestOutputHelper!.WriteLine($"{heard}\ndifference at most {heard.Hearings.Max(static hearing => hearing.Difference):F1} dB, missing {heard.Hearings.Max(static hearing => hearing.Missing)}");
            Assert.Empty(heard.Lost);
            Assert.Equal(passage.Words.Count, heard.Hearings.Count);
        }
    }

    [Theory]
    [InlineData(Espeak, 0, 0.4)]
    [InlineData(Espeak, 0.6, 1)]
    [InlineData(Espeak, 0.5, 1)]
    [InlineData(Espeak, 0, 1)]
    [InlineData(Flite, 0, 1)]
    public async Task A_word_with_a_part_missing_is_lost_and_no_other_is(string engine, double from, double to)
    {
        var (passage, _) = await Speak(engine);
        var spotter = new WordSpotter(passage);
        for (var i = 0; i < passage.Words.Count; i++)
        {
            // Every word for itself, with its neighbours.
            var word = passage.Words[i];
            var sound = passage.Sound.ToArray();
            var frames = word.Frames.Length;
            sound.AsSpan((word.Start + (int)(from * frames)) * MelSpectrum.Hop, (int)((to - from) * frames) * MelSpectrum.Hop).Clear();
            var beside = passage.Words.Where((_, index) => index == i - 1 || index == i + 1).ToArray();
            var begin = Math.Max(0, Math.Min(word.Start, beside[0].Start) - 5);
            var end = Math.Min(sound.Length / MelSpectrum.Hop, Math.Max(word.End, beside[^1].End) + 5);

            var heard = spotter.Spot(sound.AsSpan((begin * MelSpectrum.Hop)..(end * MelSpectrum.Hop)));

            Assert.Contains(word.Text, heard.Lost, StringComparer.Ordinal);
            Assert.Equal(beside.Select(static other => other.Text), heard.Heard, StringComparer.Ordinal);
        }
    }

    [Fact]
    public async Task A_hole_within_a_word_is_noticed_although_it_goes_on_after_it()
    {
        var (passage, _) = await ByEspeak;
        var spotter = new WordSpotter(passage);
        var sound = passage.Sound.ToArray();
        foreach (var word in passage.Words)
        {
            // 140 ms, what seven packets carry, from where it is loud: the closure of a consonant is a hole already.
            var loudest = Enumerable.Range(0, word.Frames.Length - 14).MaxBy(start => word.Frames[start..(start + 14)].Sum(static frame => frame.Average()));
            sound.AsSpan((word.Start + loudest) * MelSpectrum.Hop, 14 * MelSpectrum.Hop).Clear();
        }

        var heard = spotter.Spot(sound);

        Assert.Equal(passage.Words.Select(static word => word.Text), heard.Lost, StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(Flite)]
    [InlineData(Espeak)]
    public async Task A_word_that_was_cut_is_heard_when_it_is_said_again_and_the_repetition_is_measured(string engine)
    {
        var (passage, _) = await Speak(engine);
        var (again, cut) = (passage.Words[5], passage.Words[7]);
        var end = cut.Start + cut.Frames.Length / 2;

        var heard = new WordSpotter(passage).Spot([
            .. passage.Sound[..(end * MelSpectrum.Hop)], .. new short[2 * 48_000], .. passage.Sound[((again.Start - 5) * MelSpectrum.Hop)..]]);

        Assert.Empty(heard.Lost);
        Assert.Equal(passage.Words.Select(static word => word.Text), heard.Heard, StringComparer.Ordinal);
        Assert.Equal(passage.Words.Count + 3, heard.Hearings.Count);
        Assert.InRange(Assert.Single(heard.Repeats).TotalSeconds, (end - again.Start) * 0.01 - 0.06, (end - again.Start) * 0.01 + 0.06);
    }

    /// <summary>
    /// A server that is killed when the last word was said may say it again; a passage that is said after it is no repetition of that.
    /// </summary>
    [Fact]
    public async Task The_end_of_the_passage_before_is_what_was_said_again_and_not_the_whole_passage_after_it()
    {
        var (passage, _) = await ByEspeak;
        var again = passage.Words[^2];
        var length = (passage.Words[^1].Start + passage.Words[^1].Frames.Length - again.Start) * 0.01;
        short[] tail = [.. passage.Sound[((again.Start - 5) * MelSpectrum.Hop)..], .. new short[2 * 48_000]];
        var spotter = new WordSpotter(passage);

        var heard = spotter.Spot([.. tail, .. passage.Sound]);

        Assert.InRange(Assert.Single(heard.RepeatsAfter(isAnother: true)).TotalSeconds, length - 0.06, length + 0.06);
        Assert.Empty(spotter.Spot(passage.Sound).RepeatsAfter(isAnother: true));

        // Killed when the first words of it were said, a server may go back into the one before.
        var begun = passage.Words[1].Start + passage.Words[1].Frames.Length / 2;
        var back = spotter.Spot([.. passage.Sound[..(begun * MelSpectrum.Hop)], .. new short[2 * 48_000], .. tail, .. passage.Sound]);
        Assert.InRange(
            Assert.Single(back.RepeatsAfter(isAnother: true)).TotalSeconds, length + begun * 0.01 - 0.06, length + begun * 0.01 + 0.06);

        // Said twice, it was said again.
        var whole = passage.Words[^1].Start * 0.01;
        var twice = spotter.Spot([.. passage.Sound, .. new short[2 * 48_000], .. passage.Sound]);
        Assert.InRange(Assert.Single(twice.RepeatsAfter(isAnother: true)).TotalSeconds, whole - 0.5, whole + 2);
    }

    [Theory]
    [InlineData(Flite)]
    [InlineData(Espeak)]
    public async Task A_word_that_goes_on_seconds_after_it_was_cut_is_lost(string engine)
    {
        var (passage, _) = await Speak(engine);
        var cut = passage.Words[7];
        var middle = (cut.Start + cut.Frames.Length / 2) * MelSpectrum.Hop;

        var heard = new WordSpotter(passage).Spot([.. passage.Sound[..middle], .. new short[2 * 48_000], .. passage.Sound[middle..]]);

        Assert.Equal([cut.Text], heard.Lost, StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(Flite)]
    [InlineData(Espeak)]
    public async Task A_word_that_stood_still_because_its_packets_came_late_is_heard(string engine)
    {
        var (passage, _) = await Speak(engine);
        var late = passage.Words[7];
        var middle = (late.Start + late.Frames.Length / 2) * MelSpectrum.Hop;

        var heard = new WordSpotter(passage).Spot([.. passage.Sound[..middle], .. new short[48_000 / 2], .. passage.Sound[middle..]]);

        Assert.Empty(heard.Lost);
        Assert.Equal(passage.Words.Count, heard.Hearings.Count);
    }

    [Fact]
    public async Task Other_words_of_the_same_voice_are_none_of_them()
    {
        var (passage, _) = await ByEspeak;
        var (other, _) = await Voice.SpeakAsync(Espeak, [["monday", "wednesday", "saturday", "january", "elephant", "birthday", "umbrella"]]);

        var heard = new WordSpotter(passage).Spot(other.Sound);

        TestContext.Current.TestOutputHelper!.WriteLine(heard.ToString());
        Assert.Empty(heard.Heard);
    }

    private static Task<(SpokenPassage Passage, short[] Original)> Speak(string engine) => string.Equals(engine, Flite, StringComparison.Ordinal) ? ByFlite : ByEspeak;

    /// <summary>Plays faster as a jitter buffer does: without changing the pitch, by leaving out or doubling pieces where they fit.</summary>
    private static short[] Faster(short[] pcm, double speed)
    {
        const int Piece = 960;
        const int Search = 480;
        var result = new List<short>(pcm.Length);
        var source = 0.0;
        var expected = 0;
        for (; source + 2 * Piece + Search < pcm.Length; source += Piece * speed)
        {
            // The piece near its place that goes on best from where the last one ended.
            var at = (int)source;
            var (best, least) = (at, long.MaxValue);
            for (var candidate = Math.Max(0, at - Search); candidate <= at + Search; candidate += 4)
            {
                var difference = 0L;
                for (var i = 0; i < Piece / 2; i += 3)
                {
                    difference += Math.Abs(pcm[candidate + i] - pcm[expected + i]);
                }

                (best, least) = difference < least ? (candidate, difference) : (best, least);
            }

            for (var i = 0; i < Piece; i++)
            {
                var share = Math.Min(1, i / (Piece / 4.0));
                result.Add((short)(pcm[best + i] * share + pcm[expected + i] * (1 - share)));
            }

            expected = best + Piece;
        }

        return [.. result];
    }
}
