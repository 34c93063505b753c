namespace Holdfast.Avatar;

/// <summary>The end of the ring where speech comes in: whose it is, which place it has, and whether it is wanted still. Not thread-safe.</summary>
/// <param name="ring">Where it goes.</param>
internal sealed class SpeechIntake(SpeechRing ring)
{
    private string? _dropped;

    /// <summary>Counts the interruptions: what was begun before the last is not wanted any more.</summary>
    public int Epoch { get; private set; }

    /// <summary>The utterance that is being made; null between two.</summary>
    public string? Making { get; private set; }

    /// <summary>Blocks of it that there are.</summary>
    public int Made { get; private set; }

    /// <summary>The last place that was given.</summary>
    public long Places { get; private set; }

    /// <summary>What is added from now on belongs to this utterance.</summary>
    public void Begin(int epoch, string utteranceId)
    {
        if (epoch == Epoch)
        {
            (Making, Made) = (utteranceId, 0);
        }
    }

    /// <summary>What is added from now on is so many blocks into its utterance.</summary>
    public void SkipTo(int epoch, int offset)
    {
        if (epoch == Epoch)
        {
            Made = offset;
        }
    }

    /// <summary>Puts an entry at the end of the ring; the last of an utterance ends it.</summary>
    /// <param name="epoch">When it was begun.</param>
    /// <param name="block">The entry.</param>
    /// <param name="level">How loud it is.</param>
    /// <returns>False if its epoch is over or its utterance was dropped: then the samples are still the caller's.</returns>
    public bool TryAppend(int epoch, in SpeechBlock block, float level)
    {
        if (epoch != Epoch || IsDropped(block.UtteranceId ?? Making))
        {
            return false;
        }

        ring.Append(block.Kind == SpeechBlockKind.Sound
            ? block with { UtteranceId = Making, Place = ++Places, Offset = Made++, Level = level }
            : block);
        if (block.Kind is SpeechBlockKind.End or SpeechBlockKind.Failure)
        {
            Making = null;
        }

        return true;
    }

    /// <summary>Of this utterance nothing more is taken in.</summary>
    public void Drop(string utteranceId) => _dropped = utteranceId;

    public bool IsDropped(string? utteranceId) => utteranceId is not null && string.Equals(utteranceId, _dropped, StringComparison.Ordinal);

    /// <summary>Nothing that was begun is wanted any more.</summary>
    public void BeginEpoch()
    {
        Epoch++;
        Making = null;
    }
}
