namespace Holdfast.Lab.Words;

/// <summary>One time that a word, or a part of it, was heard.</summary>
/// <param name="Word">Which of the passage's words, from 0.</param>
/// <param name="From">The first of the word's frames that was heard.</param>
/// <param name="To">One past the last.</param>
/// <param name="Begin">When it began in the recording, in frames.</param>
/// <param name="End">When it ended.</param>
/// <param name="Gap">The most frames in a row, from the word's beginning to its end, that were not heard as they should have sounded.</param>
/// <param name="Missing">How many of them altogether.</param>
/// <param name="Difference">How different what was heard sounded in the mean, in dB.</param>
internal sealed record Hearing(int Word, int From, int To, int Begin, int End, int Gap, int Missing, float Difference)
{
    /// <summary>
    /// 60 ms: three packets, about as long as the closure of a consonant. Less is filled in by every decoder, and nobody misses it; a syllable is
    /// two to four times as long.
    /// </summary>
    public const int MaxGap = 6;

    /// <summary>The same word after codec and jitter buffer differs by 1 to 3 dB, the most similar other word by 5.</summary>
    public const float MaxDifference = 4;

    /// <summary>Whether it was this word at all, whole or not, and not some noise or the end of another that is least unlike it.</summary>
    public bool IsCertain(SpokenWord word) => To - From > 0 && word.Frames.Length - Missing >= 0.7 * (To - From);

    /// <summary>Whether all of it was heard.</summary>
    public bool IsWhole(SpokenWord word) =>
        Gap <= MaxGap && Missing <= Math.Max(MaxGap, word.Frames.Length / 8) && Difference <= MaxDifference;
}

/// <summary>What was heard of a passage.</summary>
internal sealed class Transcript
{
    private readonly SpokenPassage _passage;

    public Transcript(SpokenPassage passage, IReadOnlyList<Hearing> hearings)
    {
        _passage = passage;
        Hearings = hearings;
    }

    /// <summary>In the order in which they were heard.</summary>
    public IReadOnlyList<Hearing> Hearings { get; }

    /// <summary>The words that were not heard whole even once.</summary>
    public IReadOnlyList<string> Lost =>
        [.. _passage.Words.Where((word, index) => !Hearings.Any(hearing => hearing.Word == index && hearing.IsWhole(word))).Select(static word => word.Text)];

    /// <summary>The words that were heard whole, in the order of their first time.</summary>
    public IReadOnlyList<string> Heard =>
        [.. Hearings.Where(hearing => hearing.IsWhole(_passage.Words[hearing.Word])).Select(hearing => _passage.Words[hearing.Word].Text).Distinct(StringComparer.Ordinal)];

    /// <summary>For each time that something was said again, how much: from where it went on back to how far it had been heard.</summary>
    public IReadOnlyList<TimeSpan> Repeats => RepeatsAfter(isAnother: false);

    /// <summary>As <see cref="Repeats"/>, where the same passage may have been heard to its end just before.</summary>
    /// <param name="isAnother">Whether it was: then speech may go back into that one, too, from the beginning of this.</param>
    public IReadOnlyList<TimeSpan> RepeatsAfter(bool isAnother)
    {
        // Frames from the beginning of this passage; those of the one before are below 0.
        var length = _passage.Words[^1].Start + _passage.Words[^1].Frames.Length;
        var repeats = new List<TimeSpan>();
        var (at, word) = (0, -1);
        foreach (var hearing in Hearings.Where(hearing => hearing.IsCertain(_passage.Words[hearing.Word])))
        {
            var start = _passage.Words[hearing.Word].Start;
            if (hearing.From > Hearing.MaxGap)
            {
                // Speech goes back to the beginning of a word. Another word's end that was taken for this one's says nothing.
                at = hearing.Word == word ? Math.Max(at, Nearer(start + hearing.To)) : at;
                continue;
            }

            // A few frames are the alignment's own uncertainty.
            var from = Nearer(start + hearing.From);
            if (from < at - 3)
            {
                repeats.Add(TimeSpan.FromMilliseconds(10 * (at - from)));
            }

            (at, word) = (from + hearing.To - hearing.From, hearing.Word);
        }

        return repeats;

        // Both passages have the same words: it is the one that is nearer to where speech was.
        int Nearer(int frame) => isAnother && Math.Abs(frame - length - at) < Math.Abs(frame - at) ? frame - length : frame;
    }

    /// <summary>All of it in one line, for the message of a test: when each word began, and of parts of words what was heard.</summary>
    public override string ToString() => string.Join("  ", Hearings.Select(hearing =>
    {
        var word = _passage.Words[hearing.Word];
        var part = hearing.IsWhole(word)
            ? ""
            : $"[{hearing.From}-{hearing.To} of {word.Frames.Length}, gap {hearing.Gap}, missing {hearing.Missing}, {hearing.Difference:F1} dB]";
        return $"{hearing.Begin / 100.0:F1} {word.Text}{part}";
    }));
}
