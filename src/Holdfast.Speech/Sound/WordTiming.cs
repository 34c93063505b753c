using System.Text;

namespace Holdfast.Speech;

/// <summary>
/// Tells when each word begins in a sound. The voice says the text a second time with a pause before each word, where the words are plain to
/// see, and that is laid over the sound to be heard.
/// </summary>
internal static class WordTiming
{
    /// <summary>Long pauses in the notation of espeak-ng: about 0.2 s together, longer than any stop in a word.</summary>
    private const string Pause = " [[_::_::_::]] ";

    /// <summary>Espeak-ng cuts what is longer than 800 characters, wherever that is.</summary>
    private const int MaxPieceLength = 640;

    /// <summary>About -54 dB of full scale.</summary>
    private const int Threshold = 64;

    /// <summary>The text with pauses between its words, in pieces that the voice takes as they are, and how many words each has.</summary>
    public static List<(string Text, int Words)> WithPauses(string text, IReadOnlyList<TextRange> words)
    {
        var pieces = new List<(string, int)>();
        var piece = new StringBuilder();
        var (at, count) = (0, 0);
        for (var i = 0; i < words.Count; i++)
        {
            var end = i + 1 == words.Count
                ? text.Length
                : Words.SpokenStart(text, words[i + 1], words[i].Offset + words[i].Length);
            if (count > 0 && piece.Length + Pause.Length + end - at > MaxPieceLength)
            {
                Complete();
            }

            piece.Append(count > 0 ? Pause : string.Empty);
            piece.Append(EspeakProcess.Plain(text[at..end]));

            (at, count) = (end, count + 1);
        }

        Complete();
        return pieces;

        void Complete()
        {
            pieces.Add((piece.ToString(), count));
            piece.Clear();
            count = 0;
        }
    }

    /// <summary>Where each word begins in a sound.</summary>
    /// <param name="sound">The sound, as it will be heard.</param>
    /// <param name="paused">The same text, said <see cref="WithPauses"/>, and how many words each piece has; empty where there is no such sound.</param>
    /// <param name="sampleRate">Of both, samples a second.</param>
    /// <param name="words">The words in it.</param>
    /// <returns>Samples since the beginning of the sound, rising.</returns>
    public static int[] Locate(
        ReadOnlySpan<short> sound, IReadOnlyList<(short[] Sound, int Words)> paused, int sampleRate, IReadOnlyList<TextRange> words)
    {
        var segments = new List<ReadOnlyMemory<short>>(words.Count);
        foreach (var piece in paused)
        {
            segments.AddRange(FindWords(piece.Sound, sampleRate, piece.Words) ?? []);
        }

        var starts = words.Count > 1 && segments.Count == words.Count ? Align(sound, segments, sampleRate) : Share(sound, words);
        SnapToPauses(starts, sound, sampleRate);
        return starts;
    }

    /// <summary>The words between the longest pauses; null where there are not as many as there should be.</summary>
    private static List<ReadOnlyMemory<short>>? FindWords(ReadOnlyMemory<short> paused, int sampleRate, int count)
    {
        var pauses = Pauses(paused.Span, sampleRate / 16);
        pauses.RemoveAll(pause => pause.Start == 0);
        if (pauses.Count > 0 && pauses[^1].End == paused.Length)
        {
            pauses.RemoveAt(pauses.Count - 1);
        }

        pauses.Sort((a, b) => (b.End - b.Start).CompareTo(a.End - a.Start));
        if (pauses.Count < count - 1)
        {
            return null;
        }

        if (pauses.Count >= count && Length(pauses[count - 1]) * 5 > Length(pauses[count - 2]) * 4)
        {
            // No telling which of them are between words.
            return null;
        }

        var between = pauses[..(count - 1)];
        between.Sort((a, b) => a.Start.CompareTo(b.Start));
        var words = new List<ReadOnlyMemory<short>>(count);
        var start = 0;
        foreach (var pause in between)
        {
            words.Add(paused[start..pause.Start]);
            start = pause.End;
        }

        words.Add(paused[start..]);
        return words;

        static int Length((int Start, int End) pause) => pause.End - pause.Start;
    }

    private static int[] Align(ReadOnlySpan<short> sound, List<ReadOnlyMemory<short>> words, int sampleRate)
    {
        // The words one after the other, without the pauses.
        var joined = new short[words.Sum(word => word.Length)];
        var firsts = new int[words.Count];
        var at = 0;
        for (var i = 0; i < words.Count; i++)
        {
            firsts[i] = at;
            words[i].CopyTo(joined.AsMemory(at));
            at += words[i].Length;
        }

        var shape = new SoundShape(sampleRate);
        var frames = TimeWarp.Align(shape.Measure(sound), shape.Measure(joined));
        return [.. firsts.Select(first => frames.Length == 0 ? 0 : frames[Math.Min(first / shape.Hop, frames.Length - 1)] * shape.Hop)];
    }

    /// <summary>Without anything better: as if each character took its time.</summary>
    private static int[] Share(ReadOnlySpan<short> sound, IReadOnlyList<TextRange> words)
    {
        var whole = words.Sum(word => word.Length + 1L);
        var starts = new int[words.Count];
        var before = 0L;
        for (var i = 0; i < words.Count; i++)
        {
            starts[i] = (int)(before * sound.Length / whole);
            before += words[i].Length + 1;
        }

        return starts;
    }

    /// <summary>A word that begins about where a pause is begins at the end of that pause.</summary>
    private static void SnapToPauses(Span<int> starts, ReadOnlySpan<short> sound, int sampleRate)
    {
        var near = sampleRate / 25;
        var pauses = Pauses(sound, sampleRate * 3 / 100);
        for (var i = 0; i < starts.Length; i++)
        {
            foreach (var pause in pauses)
            {
                if (starts[i] >= pause.Start - near && starts[i] < pause.End + (near / 2))
                {
                    starts[i] = Math.Min(pause.End, sound.Length);
                }
            }

            starts[i] = i == 0 ? starts[i] : Math.Max(starts[i], starts[i - 1]);
        }
    }

    private static List<(int Start, int End)> Pauses(ReadOnlySpan<short> sound, int minimum)
    {
        var pauses = new List<(int, int)>();
        var start = 0;
        for (var i = 0; i <= sound.Length; i++)
        {
            if (i == sound.Length || sound[i] is > Threshold or < -Threshold)
            {
                if (i - start >= minimum)
                {
                    pauses.Add((start, i));
                }

                start = i + 1;
            }
        }

        return pauses;
    }
}
