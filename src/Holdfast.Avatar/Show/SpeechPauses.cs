namespace Holdfast.Avatar;

/// <summary>Finds the pauses between words in how loud the speech is, 20 ms at a time.</summary>
internal static class SpeechPauses
{
    /// <summary>How far back a pause is looked for, in blocks of 20 ms: 1.2 s. Nearly every phrase has one within that.</summary>
    public const int MaxBack = 60;

    /// <summary>
    /// Shorter quiet is mostly the closure of a consonant, within a word: 60 ms. The beginning of a p or t is closed for some 50.
    /// </summary>
    public const int MinPause = 3;

    /// <summary>About -25 dB of the loudest nearby.</summary>
    private const float QuietShare = 0.056f;

    /// <summary>Under about -58 dB of full scale nothing is heard, whatever is nearby.</summary>
    private const float AlwaysQuiet = 42;

    /// <summary>The root mean square of a block's samples, 0 to 32,768.</summary>
    public static float LevelOf(ReadOnlySpan<short> samples)
    {
        var sum = 0L;
        foreach (var sample in samples)
        {
            sum += sample * sample;
        }

        return samples.IsEmpty ? 0 : MathF.Sqrt((float)sum / samples.Length);
    }

    /// <summary>Whether a block may be part of a pause.</summary>
    /// <param name="level">How loud it is.</param>
    /// <param name="loudest">The loudest level nearby.</param>
    public static bool IsQuiet(float level, float loudest) => level <= MathF.Max(AlwaysQuiet, loudest * QuietShare);

    /// <summary>
    /// Where to begin so that the word at a place is heard whole: in the last pause before it. Where there is none within reach,
    /// at the quietest block.
    /// </summary>
    /// <param name="levels">The blocks up to the place, which is the last of them; all of one utterance.</param>
    /// <param name="loudest">The loudest level nearby, after the place too.</param>
    /// <param name="isWhole">Whether the first block is the first of its utterance, which is as good as a pause.</param>
    /// <returns>An index into <paramref name="levels"/>.</returns>
    public static int FindStart(ReadOnlySpan<float> levels, float loudest, bool isWhole)
    {
        var run = 0;
        var quietest = levels.Length - 1;
        for (var i = levels.Length - 1; i >= 0; i--)
        {
            quietest = levels[i] < levels[quietest] ? i : quietest;
            if (!IsQuiet(levels[i], loudest))
            {
                run = 0;
                continue;
            }

            run++;
            if (run == MinPause)
            {
                return i;
            }
        }

        return isWhole ? 0 : quietest;
    }
}
