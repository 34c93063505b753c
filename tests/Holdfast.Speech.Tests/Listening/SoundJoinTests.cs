namespace Holdfast.Speech.Tests.Listening;

/// <summary>What a page recorded while it was cut off is laid onto what arrived, and no sound is there twice.</summary>
public sealed class SoundJoinTests
{
    private const int Second = HearingFormat.SampleRate;

    /// <summary>A tenth of a syllable: what is cut off or doubled so briefly is no word.</summary>
    private const int Tolerance = Second / 50;

    [Theory]
    [InlineData(0.0, 1.0)] // a recording that is whole
    [InlineData(0.3, 1.0)] // one that is quieter, as another encoder left it
    [InlineData(0.0, 0.5)]
    public async Task A_recording_that_reaches_over_both_sides_of_the_gap_gives_just_what_is_missing(double noise, double gain)
    {
        var voice = await VoiceAsync();
        var (cut, back) = (2 * Second, 4 * Second);
        var recording = Recorded(voice[(Second / 2)..(5 * Second)], noise, gain);

        var (start, end) = SoundJoin.Missing(voice[..cut], recording, voice[back..]);

        Assert.InRange(start + (Second / 2), cut - Tolerance, cut + Tolerance);
        Assert.InRange(end + (Second / 2), back - Tolerance, back + Tolerance);
    }

    [Fact]
    public async Task A_recording_that_begins_and_ends_within_the_gap_is_missing_whole()
    {
        var voice = await VoiceAsync();
        var recording = voice[(5 * Second / 2)..(7 * Second / 2)];

        Assert.Equal((0, recording.Length), SoundJoin.Missing(voice[..(2 * Second)], recording, voice[(4 * Second)..]));
    }

    [Fact]
    public async Task A_recording_that_arrived_whole_by_itself_adds_nothing()
    {
        var voice = await VoiceAsync();

        var (start, end) = SoundJoin.Missing(voice[..(3 * Second)], voice[Second..(3 * Second)], []);

        Assert.InRange(end - start, 0, Tolerance);
    }

    [Fact]
    public async Task Without_any_sound_to_compare_the_time_decides()
    {
        var voice = await VoiceAsync();

        Assert.Equal((Second, 3 * Second), SoundJoin.Missing(new short[Second], voice[..(3 * Second)], [], expectedStart: Second));
        Assert.Equal((0, 3 * Second), SoundJoin.Missing([], voice[..(3 * Second)], []));
        Assert.Equal((Second, Second), SoundJoin.Missing([], voice[..Second], [], expectedStart: 9 * Second));
        Assert.Equal((0, 0), SoundJoin.Missing([], [], [], expectedStart: -1));
    }

    [Fact]
    public async Task A_sentence_that_arrived_before_a_silence_is_not_heard_again_however_late_the_recording_comes()
    {
        var voice = (await VoiceAsync())[..(3 * Second)];
        var recent = new RecentSound();
        foreach (var frame in voice.Concat(new short[Second / 5]).Chunk(HearingFormat.FrameSamples))
        {
            recent.Add(frame);
        }

        recent.Mark();
        recent.Add(new short[Second]);
        short[] recording = [.. voice[Second..], .. new short[4 * Second]];

        // By the clocks it began a second later than it did, which is how long it was under way.
        var (start, end) = SoundJoin.Missing(recent.Last(int.MaxValue), recording, [], expectedStart: 2 * Second, recent.LastVoice, recent.SinceVoice);

        Assert.InRange(start, (32 * Second / 10) - Tolerance, (32 * Second / 10) + Tolerance);
        Assert.Equal(recording.Length, end);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)] // after it, another stream began: nobody knows how long the first was
    [InlineData(false, true)]
    public async Task Two_holes_of_a_sentence_are_filled_by_one_recording_each_with_its_own(bool firstIsKnown, bool secondIsKnown)
    {
        var voice = await VoiceAsync();
        var sound = new SpeechSound(60 * Second);
        sound.Append(voice[..(Second * 3 / 2)]);
        sound.Miss(firstIsKnown ? Second : null);
        sound.Append(voice[(Second * 5 / 2)..(Second * 7 / 2)]);
        sound.Miss(secondIsKnown ? Second : null);
        sound.Append(voice[(Second * 9 / 2)..]);
        var recording = Recorded(voice[(Second / 2)..(6 * Second)], noise: 0.1, gain: 0.8);

        foreach (var (hole, start, end) in SoundJoin.Lay(sound.Span, sound.Holes, recording, recordedFrom: 0, expectedStart: null))
        {
            sound.Fill(hole.Id, recording.AsSpan(start..end));
        }

        Assert.Empty(sound.Holes);
        Assert.InRange(sound.Length, voice.Length - Tolerance, voice.Length + Tolerance);
        AssertAlike(voice, sound.Span.ToArray());
    }

    [Fact]
    public async Task A_pause_at_the_cut_is_placed_by_what_comes_after_it_since_its_length_is_known()
    {
        var voice = await VoiceAsync();
        short[] before = new short[Second];
        var recording = voice[(Second / 2)..(6 * Second)];

        var (start, end) = SoundJoin.Missing(before, recording, voice[(4 * Second)..], length: 2 * Second);

        Assert.InRange(start + (Second / 2), (2 * Second) - Tolerance, (2 * Second) + Tolerance);
        Assert.InRange(end + (Second / 2), (4 * Second) - Tolerance, (4 * Second) + Tolerance);
    }

    /// <summary>What arrived before a cut is then the silence before the voice, which nobody recorded, and the beginning of the first word.</summary>
    [Theory]
    [InlineData("one two three four five six seven eight nine ten eleven twelve")]
    [InlineData("The quick brown fox jumps over the lazy dog.")]
    public async Task A_recording_that_begins_with_the_voice_is_placed_however_soon_the_cut_comes(string text)
    {
        var voice = await SayAsync(text);
        var recording = Recorded(voice, noise: 0.1, gain: 0.8);
        List<string> wrong = [];
        for (var arrived = Second / 5; arrived < Second * 3 / 2; arrived += Second / 50)
        {
            short[] before = [.. new short[Second / 3], .. voice[..arrived]];

            // By the clocks it began too early: what arrived waited for its turn to be heard.
            var (start, end) = SoundJoin.Missing(before, recording, [], expectedStart: arrived + (Second * 2 / 3), length: Second);
            if (Math.Abs(start - arrived) > Tolerance || Math.Abs(end - Math.Min(arrived + Second, voice.Length)) > Tolerance)
            {
                wrong.Add($"cut at {arrived * 1000 / Second} ms, found {start * 1000 / Second} ms");
            }
        }

        Assert.Empty(wrong);
    }

    /// <summary>What comes after a gap is then the end of the last word, and a silence that nobody recorded.</summary>
    [Theory]
    [InlineData("one two three four five six seven eight nine ten eleven twelve")]
    [InlineData("The quick brown fox jumps over the lazy dog.")]
    public async Task A_recording_that_ends_with_the_voice_is_placed_however_late_the_path_is_back(string text)
    {
        var voice = await SayAsync(text);
        var recording = Recorded(voice, noise: 0.1, gain: 0.8);
        List<string> wrong = [];
        for (var left = Second / 5; left < Second * 3 / 2; left += Second / 50)
        {
            short[] after = [.. voice[^left..], .. new short[Second / 2]];
            var (_, end) = SoundJoin.Missing([], recording, after, expectedStart: 0);
            if (Math.Abs(recording.Length - left - end) > Tolerance)
            {
                wrong.Add($"back {left * 1000 / Second} ms before the end, found {(recording.Length - end) * 1000 / Second} ms before it");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task A_loss_from_before_the_recording_stays_one()
    {
        var voice = await VoiceAsync();
        var sound = new SpeechSound(60 * Second);
        sound.Append(voice[..Second]);
        sound.Miss(Second / 2);
        sound.Append(voice[(Second * 3 / 2)..(3 * Second)]);
        sound.Miss(Second);
        sound.Append(voice[(4 * Second)..]);
        var recording = voice[(Second * 5 / 2)..(6 * Second)];

        var laid = SoundJoin.Lay(sound.Span, sound.Holes, recording, recordedFrom: 2 * Second, expectedStart: 0);

        var (hole, start, _) = Assert.Single(laid);
        Assert.Equal(sound.Holes[1], hole);
        Assert.InRange(start, (Second / 2) - Tolerance, (Second / 2) + Tolerance);
    }

    /// <summary>At each time there is the same sound in both, louder or quieter.</summary>
    private static void AssertAlike(short[] said, short[] heard)
    {
        foreach (var (one, other) in said.Chunk(Second / 2).Zip(heard.Chunk(Second / 2)).SkipLast(1))
        {
            var best = 0.0;
            for (var shift = 0; shift < Tolerance; shift += 2)
            {
                best = Math.Max(best, Math.Max(Likeness(one.AsSpan(shift), other), Likeness(other.AsSpan(shift), one)));
            }

            Assert.InRange(best, 0.7, 1.01);
        }
    }

    private static double Likeness(ReadOnlySpan<short> one, ReadOnlySpan<short> other)
    {
        var (product, square, otherSquare) = (0.0, 1.0, 1.0);
        for (var i = 0; i < Math.Min(one.Length, other.Length); i++)
        {
            (product, square, otherSquare) = (product + (one[i] * (double)other[i]), square + (one[i] * (double)one[i]), otherSquare + (other[i] * (double)other[i]));
        }

        return product / Math.Sqrt(square * otherSquare);
    }

    private static async Task<short[]> VoiceAsync()
    {
        var voice = Ears.At16Kilohertz(await Espeak.SayAsync("The quick brown fox jumps over the lazy dog, and then it walks home along the river to have some tea with its oldest friends."));
        Assert.True(voice.Length > 6 * Second);
        return voice;
    }

    /// <summary>From the first sound to the last: nothing quiet around it.</summary>
    private static async Task<short[]> SayAsync(string text)
    {
        var voice = Ears.At16Kilohertz(await Espeak.SayAsync(text));
        return voice[Array.FindIndex(voice, static sample => Math.Abs((int)sample) > 300)..(Array.FindLastIndex(voice, static sample => Math.Abs((int)sample) > 300) + 1)];
    }

    private static short[] Recorded(ReadOnlySpan<short> sound, double noise, double gain)
    {
        var random = new Random(7);
        var recorded = new short[sound.Length];
        for (var i = 0; i < recorded.Length; i++)
        {
            recorded[i] = (short)Math.Clamp((sound[i] * gain) + (noise * 2000 * (random.NextDouble() - 0.5)), short.MinValue, short.MaxValue);
        }

        return recorded;
    }
}
