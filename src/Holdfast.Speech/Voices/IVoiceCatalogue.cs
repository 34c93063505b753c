using Holdfast.Media;

namespace Holdfast.Speech;

/// <summary>Which voices there are.</summary>
internal interface IVoiceCatalogue
{
    /// <summary>Those that are known by name.</summary>
    IReadOnlyList<VoiceDescription> Voices { get; }

    /// <summary>Whether an id can be asked for; an engine may have voices that it does not tell of.</summary>
    bool IsKnown(string voiceId);

    /// <summary>The language that a voice reads Latin letters in, as a tag such as "de"; null where that is English, or not known.</summary>
    /// <param name="voiceId">The voice that is asked for.</param>
    /// <param name="language">What it is asked to speak, where that is known; a voice that has a language of its own speaks that.</param>
    string? LanguageOf(string? voiceId, string? language = null);
}
