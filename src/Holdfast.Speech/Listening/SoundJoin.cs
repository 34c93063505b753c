using System.Numerics;

namespace Holdfast.Speech;

/// <summary>
/// Joins what arrived of a voice with what was recorded of it elsewhere, so that nothing is heard twice: the two are the same sound, encoded twice, and are
/// laid over each other where they agree. Pure.
/// </summary>
internal static class SoundJoin
{
    /// <summary>Compared at 4 kHz: there is the voice, and a minute is compared in a tenth of a second.</summary>
    private const int Step = 4;

    /// <summary>Half a second is compared: a syllable or two, which no other place of a minute looks like.</summary>
    private const int Compared = HearingFormat.SampleRate / 2;

    /// <summary>How well two pieces agree that are the same, -1 to 1. Another word reaches 0.3; the same one through two encoders 0.8.</summary>
    private const double Same = 0.55;

    /// <summary>A quarter of what is compared must be in both.</summary>
    private const int LeastOverlap = 4;

    /// <summary>Quieter than this there is nothing to compare: about -60 dB.</summary>
    private const double MinLevel = 30;

    /// <summary>Which part of a recording is missing between two pieces.</summary>
    /// <param name="before">What arrived before the gap; its end is looked for.</param>
    /// <param name="recording">What was recorded, from before the gap or within it, to within it or after.</param>
    /// <param name="after">What arrived after the gap; its beginning is looked for.</param>
    /// <param name="expectedStart">Where in the recording the gap is thought to begin, in samples; null where that is not known.</param>
    /// <param name="lastVoice">The last voice that arrived, where there was silence since.</param>
    /// <param name="since">How much arrived after it, in samples.</param>
    /// <param name="length">How long the gap is in the sender's time; null where that is not known.</param>
    /// <returns>Samples of the recording; empty where all of it arrived.</returns>
    public static (int Start, int End) Missing(
        ReadOnlySpan<short> before, ReadOnlySpan<short> recording, ReadOnlySpan<short> after, int? expectedStart = null,
        ReadOnlySpan<short> lastVoice = default, int since = 0, int? length = null)
    {
        var (start, end, _) = Missing(before, Coarse(recording), recording.Length, after, expectedStart, lastVoice, since, length, from: 0);
        return (start, end);
    }

    /// <summary>What belongs into each hole of a sound, out of a recording; the holes are filled in one after the other, and no part of the recording is there twice.</summary>
    /// <param name="sound">What arrived, with silence in its holes.</param>
    /// <param name="holes">They, in order.</param>
    /// <param name="recording">What was recorded.</param>
    /// <param name="recordedFrom">Holes that end before this place need not be in the recording: where they are not found, they stay.</param>
    /// <param name="expectedStart">Where in the recording the first of the other holes is thought to begin; null where that is not known.</param>
    public static IReadOnlyList<(Hole Hole, int Start, int End)> Lay(
        ReadOnlySpan<short> sound, IReadOnlyList<Hole> holes, ReadOnlySpan<short> recording, int recordedFrom, int? expectedStart)
    {
        var coarse = Coarse(recording);
        List<(Hole, int, int)> laid = [];
        var (arrivedFrom, from, hasPlace) = (0, 0, false);
        for (var i = 0; i < holes.Count; i++)
        {
            var hole = holes[i];
            var next = i + 1 < holes.Count ? holes[i + 1].Start : sound.Length;
            var before = sound[arrivedFrom..hole.Start];
            var after = sound[Math.Min(hole.Start + hole.Silence, next)..next];
            var isIn = hasPlace || hole.Start + hole.Silence >= recordedFrom;
            var expected = hasPlace ? from + before.Length : expectedStart;
            var (start, end, isFound) = Missing(before, coarse, recording.Length, after, expected, default, 0, hole.Samples, from);
            arrivedFrom = next - after.Length;
            if (isFound || isIn)
            {
                laid.Add((hole, start, end));
                (from, hasPlace) = (end, true);
            }
        }

        return laid;
    }

    private static (int Start, int End, bool IsFound) Missing(
        ReadOnlySpan<short> before, ReadOnlySpan<float> coarse, int recorded, ReadOnlySpan<short> after, int? expectedStart,
        ReadOnlySpan<short> lastVoice, int since, int? length, int from)
    {
        var first = Math.Min(from / Step, coarse.Length);
        var foundStart = (EndOf(before, coarse[first..]) ?? (EndOf(lastVoice, coarse[first..]) + since)) + (first * Step);
        if (foundStart is { } found && length is { } lasted)
        {
            // Time tells the rest.
            return Within(found, found + lasted, from, recorded, isFound: true);
        }

        // Clocks are the last resort: a recording that was under way for a second would be taken to have begun a second late, and what arrived of it would be heard twice.
        var start = Math.Clamp(foundStart ?? expectedStart ?? from, from, recorded);
        var searched = length is null ? Math.Min(start / Step, coarse.Length) : first;
        var head = after.Length > Compared * 2 ? after[..(Compared * 2)] : after;
        if (Loudest(head) is { } h && Find(coarse[searched..], Coarse(head.Slice(h, Math.Min(Compared, head.Length - h)))) is { } foundHead)
        {
            var end = (searched * Step) + foundHead - h;
            return Within(length is { } known ? end - known : start, end, from, recorded, isFound: true);
        }

        return Within(start, length is { } gap ? start + gap : recorded, from, recorded, foundStart is not null);
    }

    private static (int Start, int End, bool IsFound) Within(int start, int end, int from, int recorded, bool isFound)
    {
        start = Math.Clamp(start, from, recorded);
        return (start, Math.Clamp(end, start, recorded), isFound);
    }

    /// <summary>Where a sound that arrived ends in a recording; null where it is silent, or not in it.</summary>
    private static int? EndOf(ReadOnlySpan<short> arrived, ReadOnlySpan<float> recording)
    {
        var tail = arrived.Length > Compared * 2 ? arrived[^(Compared * 2)..] : arrived;
        return Loudest(tail) is { } t && Find(recording, Coarse(tail.Slice(t, Math.Min(Compared, tail.Length - t)))) is { } found ? found + tail.Length - t : null;
    }

    /// <summary>Where the loudest part of a piece begins; null where it is too short or too quiet to be compared.</summary>
    private static int? Loudest(ReadOnlySpan<short> piece)
    {
        if (piece.Length < Compared / 2)
        {
            return null;
        }

        var length = Math.Min(Compared, piece.Length);
        var (best, at) = (-1.0, 0);
        for (var i = 0; i + length <= piece.Length; i += Step * 100)
        {
            var level = 0.0;
            foreach (var sample in piece.Slice(i, length))
            {
                level += (double)sample * sample;
            }

            (best, at) = level > best ? (level, i) : (best, at);
        }

        return Math.Sqrt(best / length) < MinLevel ? null : at;
    }

    /// <summary>
    /// Where a piece is in a sound, in samples of 16 kHz; null where it is nowhere. It may begin before the sound does, and end after it: whoever records
    /// begins with the voice, and what arrived has the silence before it too.
    /// </summary>
    private static int? Find(ReadOnlySpan<float> sound, ReadOnlySpan<float> piece)
    {
        var beyond = piece.Length - (piece.Length / LeastOverlap);
        if (piece.Length == 0 || sound.Length < piece.Length / LeastOverlap)
        {
            return null;
        }

        var padded = new float[beyond + sound.Length + beyond];
        sound.CopyTo(padded.AsSpan(beyond));
        var norm = Math.Sqrt(Dot(piece, piece));
        var energy = (double)Dot(padded.AsSpan(0, piece.Length), padded.AsSpan(0, piece.Length));
        var (best, at) = (0.0, 0);
        for (var i = 0; ; i++)
        {
            var agreement = Dot(padded.AsSpan(i, piece.Length), piece) / (norm * Math.Sqrt(Math.Max(energy, 1)));
            (best, at) = agreement > best ? (agreement, i) : (best, at);
            if (i + piece.Length >= padded.Length)
            {
                break;
            }

            energy += ((double)padded[i + piece.Length] * padded[i + piece.Length]) - ((double)padded[i] * padded[i]);
        }

        return best >= Same ? (at - beyond) * Step : null;
    }

    private static float[] Coarse(ReadOnlySpan<short> samples)
    {
        var coarse = new float[samples.Length / Step];
        for (var i = 0; i < coarse.Length; i++)
        {
            var sum = 0f;
            foreach (var sample in samples.Slice(i * Step, Step))
            {
                sum += sample;
            }

            coarse[i] = sum / Step;
        }

        return coarse;
    }

    private static float Dot(ReadOnlySpan<float> one, ReadOnlySpan<float> other)
    {
        var sum = Vector<float>.Zero;
        var i = 0;
        for (; i + Vector<float>.Count <= one.Length; i += Vector<float>.Count)
        {
            sum += new Vector<float>(one[i..]) * new Vector<float>(other[i..]);
        }

        var rest = Vector.Sum(sum);
        for (; i < one.Length; i++)
        {
            rest += one[i] * other[i];
        }

        return rest;
    }
}
