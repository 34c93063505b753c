using Holdfast.Media;

namespace Holdfast.Lab.Words;

/// <summary>A word of a passage as it sounds.</summary>
/// <param name="Text">As it is written.</param>
/// <param name="Start">Its first frame in the passage (<see cref="MelSpectrum"/>).</param>
/// <param name="Frames">Its sound.</param>
internal sealed record SpokenWord(string Text, int Start, float[][] Frames)
{
    public int End => Start + Frames.Length;
}

/// <summary>When a word begins, as who speaks it tells.</summary>
/// <param name="Offset">Where it is in the text.</param>
/// <param name="Seconds">Since the sound's beginning.</param>
internal sealed record ToldWord(int Offset, double Seconds);

/// <summary>A known passage as it sounds where nothing is lost, cut into its words at its pauses: what a recording is compared with.</summary>
internal sealed class SpokenPassage
{
    /// <summary>150 ms: the voice is heard so much later than a word is told to begin, where it begins with the closure of a consonant.</summary>
    private const int MaxDeviation = 15;

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
    /// <param name="told">When words begin in it, by who spoke them; where not all are told, the longest pauses are taken for those between words.</param>
    /// <exception cref="InvalidOperationException">The sound has too few pauses, or too many, to tell the words apart.</exception>
    public static SpokenPassage From(string[][] sentences, short[] sound, IReadOnlyList<ToldWord> told)
    {
        var (text, texts) = (Write(sentences), sentences.SelectMany(static words => words).ToArray());
        var frames = MelSpectrum.Of(sound);
        var levels = frames.Select(static (_, index) => index * MelSpectrum.Hop).Select(at => LevelOf(sound.AsSpan(at, MelSpectrum.Hop))).ToArray();
        var pauses = PausesIn(levels);
        var between = StartsOf(texts, text, told) is { } starts ? Before(starts, pauses) : Longest(texts.Length - 1, pauses);
        int[] cuts = [0, .. between.Select(pause => Quietest(levels, pause)), frames.Length];
        return new(text, sound, [.. texts.Select((word, i) => WordOf(word, frames, cuts[i], cuts[i + 1]))]);
    }

    /// <summary>The first frame of each word but the first; null where not all were told.</summary>
    private static int[]? StartsOf(string[] texts, string text, IReadOnlyList<ToldWord> told)
    {
        var starts = new List<int>();
        var at = 0;
        foreach (var word in texts)
        {
            var offset = text.IndexOf(word, at, StringComparison.Ordinal);
            if (told.FirstOrDefault(one => one.Offset == offset) is not { } found)
            {
                return null;
            }

            starts.Add((int)Math.Round(found.Seconds * SoundFormat.SampleRate / MelSpectrum.Hop));
            at = offset + word.Length;
        }

        return [.. starts.Skip(1)];
    }

    /// <summary>Where no voice is heard, in frames, from the first sound to the last.</summary>
    private static List<Range> PausesIn(float[] levels)
    {
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

        return pauses;
    }

    /// <summary>The pause that ends where a word begins, for each: the closure of a consonant within a word may be longer than the pause before it.</summary>
    private static Range[] Before(int[] starts, List<Range> pauses)
    {
        var between = starts.Select(start => pauses.MinBy(pause => Math.Abs(pause.End.Value - start))).ToArray();
        for (var i = 0; i < starts.Length; i++)
        {
            if (Math.Abs(between[i].End.Value - starts[i]) > MaxDeviation || (i > 0 && between[i].Start.Value < between[i - 1].End.Value))
            {
                throw new InvalidOperationException($"There is no pause before word {i + 2}, which begins after {starts[i]} times 10 ms.");
            }
        }

        return between;
    }

    /// <summary>The longest, of which there must be one fewer than words, in order.</summary>
    private static Range[] Longest(int count, List<Range> pauses)
    {
        static int Length(Range pause) => pause.End.Value - pause.Start.Value;
        var longest = pauses.OrderByDescending(Length).ToArray();
        var between = longest.Take(count).OrderBy(static pause => pause.Start.Value).ToArray();
        return between.Length < count || (longest.Length > count && Length(longest[count]) * 1.3 > between.Min(Length))
            ? throw new InvalidOperationException(
                $"The {count + 1} words cannot be told apart by their pauses, which last {string.Join(", ", longest.Select(Length))} times 10 ms.")
            : between;
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
