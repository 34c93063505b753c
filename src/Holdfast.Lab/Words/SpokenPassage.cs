namespace Holdfast.Lab.Words;

/// <summary>A word of a passage as it sounds.</summary>
/// <param name="Text">As it is written.</param>
/// <param name="Start">Its first frame in the passage (<see cref="MelSpectrum"/>).</param>
/// <param name="Frames">Its sound.</param>
internal sealed record SpokenWord(string Text, int Start, float[][] Frames)
{
    public int End => Start + Frames.Length;
}

/// <summary>A known passage as it sounds where nothing is lost, cut into its words at its pauses: what a recording is compared with.</summary>
internal sealed class SpokenPassage
{
    private SpokenPassage(string text, short[] sound, SpokenWord[] words)
    {
        Text = text;
        Sound = sound;
        Words = words;
    }

    /// <summary>What is said.</summary>
    public string Text { get; }

    /// <summary>48 kHz mono, after the codec, on a network that loses nothing.</summary>
    public short[] Sound { get; }

    public IReadOnlyList<SpokenWord> Words { get; }

    /// <summary>How a passage is written: in each sentence the words with a comma between.</summary>
    public static string Write(string[][] sentences) => string.Join(' ', sentences.Select(static words => string.Join(", ", words) + "."));

    /// <param name="sentences">Words that differ from each other; after each there is a pause.</param>
    /// <param name="sound">How it sounds, 48 kHz mono, with nothing lost and nothing else in it.</param>
    /// <exception cref="InvalidOperationException">The sound has too few pauses, or too many, to tell the words apart.</exception>
    public static SpokenPassage From(string[][] sentences, short[] sound) =>
        new(Write(sentences), sound, Cut(sound, [.. sentences.SelectMany(static words => words)]));

    /// <summary>Cuts within the longest pauses, of which there must be one fewer than words, where it is quietest.</summary>
    private static SpokenWord[] Cut(short[] pcm, string[] texts)
    {
        var frames = MelSpectrum.Of(pcm);
        var levels = frames.Select(static (_, index) => index * MelSpectrum.Hop).Select(at => LevelOf(pcm.AsSpan(at, MelSpectrum.Hop))).ToArray();

        // What is heard of a voice, 30 dB: a last consonant that fades is part of the pause here.
        var quiet = levels.Max() - 30;
        var pauses = new List<Range>();
        for (var i = Array.FindIndex(levels, level => level > quiet); i <= Array.FindLastIndex(levels, level => level > quiet); i++)
        {
            var start = i;
            while (levels[i] <= quiet)
            {
                i++;
            }

            if (i > start)
            {
                pauses.Add(start..i);
            }
        }

        static int Length(Range pause) => pause.End.Value - pause.Start.Value;
        var longest = pauses.OrderByDescending(Length).ToArray();
        var between = longest.Take(texts.Length - 1).OrderBy(static pause => pause.Start.Value).ToArray();
        if (between.Length < texts.Length - 1 || (longest.Length > between.Length && Length(longest[between.Length]) * 1.3 > between.Min(Length)))
        {
            throw new InvalidOperationException(
                $"The {texts.Length} words cannot be told apart by their pauses, which last {string.Join(", ", longest.Select(Length))} times 10 ms.");
        }

        int[] cuts = [0, .. between.Select(pause => Quietest(levels, pause)), frames.Length];
        return [.. texts.Select((text, i) => WordOf(text, frames, cuts[i], cuts[i + 1]))];
    }

    private static SpokenWord WordOf(string text, float[][] frames, int start, int end)
    {
        while (!IsHeard(frames[start]))
        {
            start++;
        }

        while (!IsHeard(frames[end - 1]))
        {
            end--;
        }

        return new SpokenWord(text, start, frames[start..end]);
    }

    /// <summary>The middle of what is as quiet as anything in the pause, but for 3 dB.</summary>
    private static int Quietest(float[] levels, Range pause)
    {
        var least = levels[pause].Min();
        var candidates = Enumerable.Range(pause.Start.Value, pause.End.Value - pause.Start.Value).Where(i => levels[i] <= least + 3).ToArray();
        return candidates[candidates.Length / 2];
    }

    /// <summary>In dB of full scale; silence is -90.</summary>
    private static float LevelOf(ReadOnlySpan<short> pcm)
    {
        var sum = 0.0;
        foreach (var sample in pcm)
        {
            sum += (double)sample * sample;
        }

        return (float)(10 * Math.Log10(sum / pcm.Length / 1_073_741_824 + 1e-9));
    }

    private static bool IsHeard(float[] frame) => frame.Average() > MelSpectrum.Floor + 3;
}
