using Holdfast.Media;
using Holdfast.Speech;

namespace Holdfast.Avatar;

/// <summary>The mouth for phonemes whose times are known: what a voice tells of is not guessed.</summary>
/// <remarks>
/// As in <see cref="LipSync"/> a mouth gets into position a little before its sound is heard, and neighbours blend; only lips that must meet
/// (p, b, m) or touch the teeth (f, v) do so fully, however short the sound.
/// </remarks>
internal sealed class PhonemeLips
{
    private const int Millisecond = SoundFormat.SampleRate / 1000;
    private const int BlockSamples = SoundFormat.SamplesPerFrame;

    /// <summary>A mouth is ahead of its sound by so much.</summary>
    private const int Lead = 20 * Millisecond;

    /// <summary>From one point that is looked at to the next.</summary>
    private const int Step = 12 * Millisecond;

    // Weights of the points around the middle of a block, their sum 1.
    private static readonly float[] Kernel = [0.08f, 0.24f, 0.36f, 0.24f, 0.08f];

    private readonly Queue<Sound> _sounds = new();
    private readonly float[] _weights = new float[Visemes.Count];
    private long _until = long.MinValue / 2;

    /// <summary>These phonemes come with the sound that begins at a sample.</summary>
    public void Expect(SpokenPhonemes spoken, long sample)
    {
        foreach (var phoneme in spoken.Phonemes)
        {
            var start = sample + (long)(phoneme.Start.TotalSeconds * SoundFormat.SampleRate);
            var end = sample + (long)(phoneme.End.TotalSeconds * SoundFormat.SampleRate);
            if (end > start)
            {
                _sounds.Enqueue(new Sound(start, end, Phonemes.Find(phoneme.Symbol)));
                _until = end;
            }
        }
    }

    /// <summary>Whether it has a mouth for the block that begins at a sample.</summary>
    public bool Knows(long sample) => sample < _until + BlockSamples;

    /// <summary>The mouth for a block; blocks are asked for in their order.</summary>
    /// <param name="sample">Its first sample.</param>
    /// <param name="mouth">The mouth.</param>
    /// <returns>False where nothing is known of that sound.</returns>
    public bool TryShape(long sample, out MouthShape mouth)
    {
        mouth = default;
        if (!Knows(sample))
        {
            _sounds.Clear();
            return false;
        }

        var middle = sample + (BlockSamples / 2) + Lead;
        var earliest = middle - (Kernel.Length / 2 * Step) - BlockSamples;
        while (_sounds.TryPeek(out var past) && past.End < earliest)
        {
            _sounds.Dequeue();
        }

        Array.Clear(_weights);
        for (var i = 0; i < Kernel.Length; i++)
        {
            Add(middle + ((i - (Kernel.Length / 2)) * Step), Kernel[i]);
        }

        foreach (var sound in _sounds)
        {
            // The block's own time, not ahead of it: the lips are shut while it is heard.
            if (sound.Phoneme.MustBeSeen && sound.Start < sample + BlockSamples && sound.End > sample
                && Math.Min(sound.End, sample + BlockSamples) - Math.Max(sound.Start, sample) >= BlockSamples / 2)
            {
                Array.Clear(_weights);
                _weights[(int)sound.Phoneme.From] = 1;
            }
        }

        mouth = Visemes.Mix(_weights);
        return true;
    }

    private void Add(long at, float weight)
    {
        foreach (var (start, end, phoneme) in _sounds)
        {
            if (start <= at && at < end)
            {
                // A diphthong goes from one vowel to the other.
                var part = (float)(at - start) / (end - start);
                _weights[(int)phoneme.From] += weight * phoneme.Size * (1 - part);
                _weights[(int)phoneme.To] += weight * phoneme.Size * part;
                return;
            }
        }
    }

    private readonly record struct Sound(long Start, long End, Phoneme Phoneme);
}

/// <summary>What a phoneme looks like.</summary>
/// <param name="From">At its beginning.</param>
/// <param name="To">At its end.</param>
/// <param name="Size">How much of it, 0 to 1.</param>
/// <param name="MustBeSeen">Whether the lips do something that anybody would miss.</param>
internal readonly record struct Phoneme(Viseme From, Viseme To, float Size = 1, bool MustBeSeen = false);

/// <summary>The phonemes of English, as the CMU dictionary writes them.</summary>
internal static class Phonemes
{
    private static readonly Dictionary<string, Phoneme> All = new(StringComparer.OrdinalIgnoreCase)
    {
        ["aa"] = new(Viseme.Ah, Viseme.Ah),
        ["ae"] = new(Viseme.Ah, Viseme.Eh),
        ["ah"] = new(Viseme.Ah, Viseme.Ah, 0.8f),
        ["ao"] = new(Viseme.Oh, Viseme.Oh),
        ["aw"] = new(Viseme.Ah, Viseme.Oo),
        ["ax"] = new(Viseme.Ah, Viseme.Eh, 0.6f),
        ["ay"] = new(Viseme.Ah, Viseme.Ee),
        ["eh"] = new(Viseme.Eh, Viseme.Eh),
        ["er"] = new(Viseme.Eh, Viseme.Oo, 0.8f),
        ["ey"] = new(Viseme.Eh, Viseme.Ee),
        ["ih"] = new(Viseme.Eh, Viseme.Ee, 0.8f),
        ["iy"] = new(Viseme.Ee, Viseme.Ee),
        ["ow"] = new(Viseme.Oh, Viseme.Oo),
        ["oy"] = new(Viseme.Oh, Viseme.Ee),
        ["uh"] = new(Viseme.Oo, Viseme.Oo, 0.8f),
        ["uw"] = new(Viseme.Oo, Viseme.Oo),
        ["axr"] = new(Viseme.Eh, Viseme.Oo, 0.8f),
        ["p"] = new(Viseme.Closed, Viseme.Closed, 1, MustBeSeen: true),
        ["b"] = new(Viseme.Closed, Viseme.Closed, 1, MustBeSeen: true),
        ["m"] = new(Viseme.Closed, Viseme.Closed, 1, MustBeSeen: true),
        ["f"] = new(Viseme.LipTeeth, Viseme.LipTeeth, 1, MustBeSeen: true),
        ["v"] = new(Viseme.LipTeeth, Viseme.LipTeeth, 1, MustBeSeen: true),
        ["th"] = new(Viseme.Tongue, Viseme.Tongue),
        ["dh"] = new(Viseme.Tongue, Viseme.Tongue),
        ["l"] = new(Viseme.Tongue, Viseme.Tongue),
        ["t"] = new(Viseme.Tongue, Viseme.Tongue, 0.8f),
        ["d"] = new(Viseme.Tongue, Viseme.Tongue, 0.8f),
        ["n"] = new(Viseme.Tongue, Viseme.Tongue, 0.8f),
        ["s"] = new(Viseme.Hiss, Viseme.Hiss),
        ["z"] = new(Viseme.Hiss, Viseme.Hiss),
        ["sh"] = new(Viseme.Hush, Viseme.Hush),
        ["zh"] = new(Viseme.Hush, Viseme.Hush),
        ["ch"] = new(Viseme.Hush, Viseme.Hush),
        ["jh"] = new(Viseme.Hush, Viseme.Hush),
        ["r"] = new(Viseme.Oo, Viseme.Oo, 0.6f),
        ["w"] = new(Viseme.Oo, Viseme.Oo),
        ["y"] = new(Viseme.Ee, Viseme.Ee, 0.8f),
        ["k"] = new(Viseme.Eh, Viseme.Eh, 0.5f),
        ["g"] = new(Viseme.Eh, Viseme.Eh, 0.5f),
        ["ng"] = new(Viseme.Eh, Viseme.Eh, 0.4f),
        ["hh"] = new(Viseme.Eh, Viseme.Eh, 0.5f),
    };

    /// <summary>What nobody knows is half an open mouth.</summary>
    public static Phoneme Find(string symbol) => All.GetValueOrDefault(symbol, new Phoneme(Viseme.Eh, Viseme.Eh, 0.5f));
}
