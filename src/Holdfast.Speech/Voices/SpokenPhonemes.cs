using Microsoft.Extensions.AI;

namespace Holdfast.Speech;

/// <summary>
/// Says when each phoneme is made in the sound that follows in the same update: a voice that knows it gives it before its sound, and the
/// lips follow it instead of what can be heard.
/// </summary>
public sealed class SpokenPhonemes : AIContent
{
    /// <param name="phonemes">The phonemes, in order; what is between two is silence.</param>
    public SpokenPhonemes(IReadOnlyList<SpokenPhoneme> phonemes)
    {
        ArgumentNullException.ThrowIfNull(phonemes);
        Phonemes = phonemes;
    }

    /// <summary>In order.</summary>
    public IReadOnlyList<SpokenPhoneme> Phonemes { get; }
}

/// <summary>A phoneme in a sound.</summary>
/// <param name="Start">When it begins, from the beginning of the sound.</param>
/// <param name="End">When it ends.</param>
/// <param name="Symbol">As the CMU dictionary writes it (ARPAbet), in lower case and without stress: "aa", "b", "sh".</param>
public readonly record struct SpokenPhoneme(TimeSpan Start, TimeSpan End, string Symbol);
