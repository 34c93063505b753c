using System.Diagnostics;
using Microsoft.Extensions.AI;

namespace Holdfast.Speech;

/// <summary>What the house asks of a voice beyond what <see cref="TextToSpeechOptions"/> has names for.</summary>
internal static class VoiceRequest
{
    private const string SpeakerKey = "holdfast.speaker";
    private const string OwnVoiceKey = "holdfast.ownVoice";
    private const string TraceKey = "holdfast.trace";

    /// <summary>Whoever says nothing of itself: they share their turns.</summary>
    private static readonly object Anybody = new();

    /// <summary>Options that name the one for whom is spoken: synthesis goes round by it.</summary>
    /// <param name="speaker">For whom is spoken, by reference.</param>
    /// <param name="voiceId">Which voice.</param>
    /// <param name="ownVoice">What speaks where that voice cannot: "female" or "male".</param>
    /// <param name="speed">How fast; 1 is usual.</param>
    /// <param name="pitch">How high; 1 is usual.</param>
    /// <param name="language">In which language (<see cref="LanguageTag"/>); null where only the letters tell.</param>
    /// <param name="trace">The trace that it belongs to; default for none.</param>
    public static TextToSpeechOptions For(
        object speaker, string? voiceId, string? ownVoice = null, float speed = 1, float pitch = 1, string? language = null, ActivityContext trace = default) => new()
        {
            VoiceId = voiceId,
            Language = LanguageTag.Known(language),
            Speed = speed is 1 ? null : speed,
            Pitch = pitch is 1 ? null : pitch,
            AdditionalProperties = new AdditionalPropertiesDictionary { [SpeakerKey] = speaker, [OwnVoiceKey] = ownVoice, [TraceKey] = trace },
        };

    /// <summary>What speaks where the voice that is asked for cannot; null where that was not said.</summary>
    public static string? OwnVoiceOf(TextToSpeechOptions? options) =>
        options?.AdditionalProperties?.TryGetValue(OwnVoiceKey, out var voice) == true ? voice as string : null;

    /// <summary>The trace that it belongs to, default for none; null where that was not said.</summary>
    public static ActivityContext? TraceOf(TextToSpeechOptions? options) =>
        options?.AdditionalProperties?.TryGetValue(TraceKey, out var trace) == true ? trace as ActivityContext? : null;

    /// <summary>For whom is spoken.</summary>
    public static object SpeakerOf(TextToSpeechOptions? options) =>
        options?.AdditionalProperties?.TryGetValue(SpeakerKey, out var speaker) == true && speaker is not null ? speaker : Anybody;

    /// <summary>The same with another voice.</summary>
    public static TextToSpeechOptions WithVoice(TextToSpeechOptions? options, string? voiceId)
    {
        var copy = options?.Clone() ?? new TextToSpeechOptions();
        copy.VoiceId = voiceId;
        return copy;
    }

    /// <summary>The same in another language.</summary>
    public static TextToSpeechOptions WithLanguage(TextToSpeechOptions options, string? language)
    {
        var copy = options.Clone();
        copy.Language = language;
        return copy;
    }
}
