using Holdfast.Media;

namespace Holdfast.Avatar;

/// <summary>What another show handed out just before this one's first sound, until an encoder has taken it in. Not thread-safe.</summary>
internal sealed class LeadIn
{
    private readonly Queue<short[]?> _blocks = new();

    /// <param name="blocks">20 ms each, null where that is silence. Its samples are the pool's, and this one's from now on.</param>
    public void Take(IReadOnlyList<short[]?> blocks)
    {
        foreach (var samples in blocks)
        {
            _blocks.Enqueue(samples);
        }
    }

    /// <inheritdoc cref="IResumableShow.ReadLeadIn"/>
    public bool TryRead(Span<short> pcm)
    {
        if (!_blocks.TryDequeue(out var samples))
        {
            return false;
        }

        pcm.Clear();
        samples?.AsSpan(0, SoundFormat.SamplesPerFrame).CopyTo(pcm);
        SamplePool.Return(samples);
        return true;
    }

    /// <summary>Nobody took it in: the sound after it was silence, or an encoder was there already.</summary>
    public void Forget()
    {
        while (_blocks.TryDequeue(out var samples))
        {
            SamplePool.Return(samples);
        }
    }
}
