namespace Holdfast.Lab.Words;

/// <summary>
/// Finds a passage's words in a recording: of all ways to explain it as words, parts of words, silence and noise the one that
/// differs least (dynamic programming over all words at once).
/// </summary>
/// <remarks>
/// A jitter buffer plays faster and slower, so a word may be stretched by anything between a half and twice. Nothing is assumed about the order in
/// which words come, nor how often.
/// </remarks>
internal sealed class WordSpotter
{
    // All in dB, summed over frames of 10 ms. The same sound after the codec and the jitter buffer differs by 1 to 3 dB, other sound of the
    // same voice laid over it as well as it can be by 5 to 7, any frame of speech from silence by 10 to 30.
    private const float NoiseCost = 7;
    private const float WordCost = 20;

    /// <summary>For a word that begins or ends within itself: what 60 ms of it would cost if there was silence instead.</summary>
    private const float CutCost = 90;
    private const float NoiseBeginsCost = 60;
    private const float StretchCost = 1.5f;

    /// <summary>A frame that differs by more is not what should have been heard.</summary>
    private const float MaxDifference = 7;

    /// <summary>
    /// A word that stands still for less, 1 s, and goes on is still that word: packets came late and the jitter buffer waited for them, as on a
    /// machine that is busy. What is heard after a cut comes later than that.
    /// </summary>
    private const int MaxStumble = 100;

    private static readonly float[] Silence = [.. Enumerable.Repeat(MelSpectrum.Floor, MelSpectrum.Bands)];

    private readonly SpokenPassage _passage;
    private readonly float[][] _templates;
    private readonly int[] _wordOf;
    private readonly int[] _indexIn;

    public WordSpotter(SpokenPassage passage)
    {
        _passage = passage;
        _templates = [.. passage.Words.SelectMany(static word => word.Frames)];
        _wordOf = [.. passage.Words.SelectMany(static (word, index) => Enumerable.Repeat(index, word.Frames.Length))];
        _indexIn = [.. passage.Words.SelectMany(static word => Enumerable.Range(0, word.Frames.Length))];
    }

    /// <param name="pcm">48 kHz, mono.</param>
    public Transcript Spot(ReadOnlySpan<short> pcm)
    {
        var frames = MelSpectrum.Of(pcm);
        var hearings = new List<List<Part>>();
        foreach (var part in Explain(frames))
        {
            if (hearings is [.., [.., var last] parts] && last.Word == part.Word && part.Begin - last.End <= MaxStumble && !IsWhole(frames, parts))
            {
                parts.Add(part);
            }
            else
            {
                hearings.Add([part]);
            }
        }

        return new Transcript(_passage, [.. hearings.Select(parts => Judge(frames, parts))]);
    }

    private bool IsWhole(float[][] frames, List<Part> parts) => Judge(frames, parts).IsWhole(_passage.Words[parts[0].Word]);

    /// <summary>The cheapest explanation of the whole recording; only its words, in order.</summary>
    private List<Part> Explain(float[][] frames)
    {
        var count = _templates.Length;
        var (now, before) = (new Cell[count], new Cell[count]);
        before.AsSpan().Fill(Cell.Never);
        var best = new Step[frames.Length + 1];
        best[0] = new Step(0, null, 0);
        var noise = Cell.Never;
        for (var i = 0; i < frames.Length; i++)
        {
            var frame = frames[i];
            var start = best[i];

            // Silence is the explanation that needs no beginning.
            var next = new Step(start.Cost + MelSpectrum.Distance(frame, Silence), null, i);
            noise = Cell.Cheaper(noise, new Cell(start.Cost + NoiseBeginsCost, i, 0)).Plus(NoiseCost);
            if (noise.Cost < next.Cost)
            {
                next = new Step(noise.Cost, null, noise.Begin);
            }

            for (var j = 0; j < count; j++)
            {
                var index = _indexIn[j];
                var cell = new Cell(start.Cost + WordCost + (index == 0 ? 0 : CutCost), i, index);
                cell = Cell.Cheaper(cell, before[j].Plus(StretchCost));
                cell = index >= 1 ? Cell.Cheaper(cell, before[j - 1]) : cell;
                cell = index >= 2 ? Cell.Cheaper(cell, before[j - 2].Plus(StretchCost)) : cell;
                now[j] = cell = cell.Plus(MelSpectrum.Distance(frame, _templates[j]));
                var word = _wordOf[j];
                var cost = cell.Cost + (index == _passage.Words[word].Frames.Length - 1 ? 0 : CutCost);
                if (cost < next.Cost)
                {
                    next = new Step(cost, new Part(word, cell.From, index + 1, cell.Begin, i + 1), cell.Begin);
                }
            }

            best[i + 1] = next;
            (now, before) = (before, now);
        }

        var parts = new List<Part>();
        for (var at = frames.Length; at > 0; at = best[at].Begin)
        {
            if (best[at].Part is { } part)
            {
                parts.Add(part);
            }
        }

        parts.Reverse();
        return parts;
    }

    /// <summary>Lays what was heard over the word, frame by frame.</summary>
    private Hearing Judge(float[][] frames, List<Part> parts)
    {
        var word = _passage.Words[parts[0].Word];
        var differences = new float[word.Frames.Length];
        differences.AsSpan().Fill(float.PositiveInfinity);
        foreach (var part in parts)
        {
            Align(frames, word, part, differences);
        }

        var (gap, run, missing) = (0, 0, 0);
        foreach (var difference in differences)
        {
            run = difference > MaxDifference ? run + 1 : 0;
            missing += difference > MaxDifference ? 1 : 0;
            gap = Math.Max(gap, run);
        }

        return new Hearing(
            parts[0].Word, Math.Max(0, Array.FindIndex(differences, static difference => difference <= MaxDifference)),
            Array.FindLastIndex(differences, static difference => difference <= MaxDifference) + 1, parts[0].Begin, parts[^1].End, gap, missing,
            differences.Where(float.IsFinite).Average());
    }

    /// <summary>The least difference of each of the word's frames, on the best way through the part.</summary>
    private static void Align(float[][] frames, SpokenWord word, in Part part, float[] differences)
    {
        var (width, height) = (part.To - part.From, part.End - part.Begin);
        var costs = new float[height, width];
        var steps = new int[height, width];
        for (var i = 0; i < height; i++)
        {
            for (var j = 0; j < width; j++)
            {
                var (cost, step) = i == 0 ? (j == 0 ? 0 : float.PositiveInfinity, 0) : (costs[i - 1, j] + StretchCost, 0);
                for (var back = 1; back <= 2 && i > 0 && j >= back; back++)
                {
                    var other = costs[i - 1, j - back] + (back - 1) * StretchCost;
                    (cost, step) = other < cost ? (other, back) : (cost, step);
                }

                costs[i, j] = cost + MelSpectrum.Distance(frames[part.Begin + i], word.Frames[part.From + j]);
                steps[i, j] = step;
            }
        }

        for (var (i, j) = (height - 1, width - 1); i >= 0; j -= steps[i, j], i--)
        {
            // A frame that was skipped was played faster, between this one and the one before.
            for (var skipped = j; skipped > j - Math.Max(1, steps[i, j]); skipped--)
            {
                ref var difference = ref differences[part.From + skipped];
                difference = MathF.Min(difference, MelSpectrum.Distance(frames[part.Begin + i], word.Frames[part.From + skipped]));
            }
        }
    }

    private readonly record struct Part(int Word, int From, int To, int Begin, int End);

    private readonly record struct Step(float Cost, Part? Part, int Begin);

    /// <summary>The cheapest way into a frame of a word, where it began in the recording and where in the word.</summary>
    private readonly record struct Cell(float Cost, int Begin, int From)
    {
        public static Cell Never => new(float.PositiveInfinity, 0, 0);

        public static Cell Cheaper(in Cell one, in Cell other) => other.Cost < one.Cost ? other : one;

        public Cell Plus(float cost) => this with { Cost = Cost + cost };
    }
}
