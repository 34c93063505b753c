using System.Numerics;

namespace Holdfast.Avatar;

/// <summary>Entries of speech in a row, each under a number that it keeps; grows as it must. Not thread-safe.</summary>
internal sealed class SpeechRing(int capacity)
{
    private SpeechBlock[]? _entries;

    /// <summary>The number of the oldest entry there is.</summary>
    public long First { get; private set; }

    /// <summary>The number that the next entry will have.</summary>
    public long End { get; private set; }

    public ref SpeechBlock this[long number] => ref _entries![number & (_entries.Length - 1)];

    /// <summary>Puts an entry at the end.</summary>
    public void Append(in SpeechBlock block)
    {
        Fit((int)(End - First) + 1);
        this[End++] = block;
    }

    /// <summary>Puts entries back before the oldest; their numbers are those right before it.</summary>
    public void Prepend(ReadOnlySpan<SpeechBlock> blocks)
    {
        Fit((int)(End - First) + blocks.Length);
        First -= blocks.Length;
        for (var i = 0; i < blocks.Length; i++)
        {
            this[First + i] = blocks[i];
        }
    }

    /// <summary>Forgets the entries before a number; their samples are used again.</summary>
    public void Forget(long before)
    {
        for (; First < before; First++)
        {
            SamplePool.Return(this[First].Pcm);
            this[First] = default;
        }
    }

    /// <summary>Forgets all, and needs no memory until the next.</summary>
    public void Empty()
    {
        Forget(End);
        _entries = null;
    }

    private void Fit(int count)
    {
        if (_entries is not null && count <= _entries.Length)
        {
            return;
        }

        var grown = new SpeechBlock[BitOperations.RoundUpToPowerOf2((uint)Math.Max(count, capacity))];
        for (var i = First; i < End; i++)
        {
            grown[i & (grown.Length - 1)] = this[i];
        }

        _entries = grown;
    }
}
