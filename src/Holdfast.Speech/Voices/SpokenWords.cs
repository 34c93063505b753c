using Microsoft.Extensions.AI;

namespace Holdfast.Speech;

/// <summary>When the words of the sound that follows in the same update begin. A voice that knows puts it before its sound.</summary>
public sealed class SpokenWords : AIContent
{
    /// <param name="words">In the order of their beginnings.</param>
    public SpokenWords(IReadOnlyList<SpokenWord> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        Words = words;
    }

    /// <summary>In the order of their beginnings.</summary>
    public IReadOnlyList<SpokenWord> Words { get; }
}

/// <summary>A word in a sound.</summary>
/// <param name="Start">When it begins, from the beginning of the sound.</param>
/// <param name="Range">Where it is in the text that the voice was given.</param>
public readonly record struct SpokenWord(TimeSpan Start, TextRange Range);
