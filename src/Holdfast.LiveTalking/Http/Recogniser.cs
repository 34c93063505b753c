using Holdfast.Speech;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.LiveTalking.Http;

/// <summary>Understands whole recordings, by what listens to people too.</summary>
internal sealed class Recogniser(Speech.Recogniser recogniser)
{
    /// <summary>What recognisers are trained for.</summary>
    public const int SampleRate = HearingFormat.SampleRate;

    /// <summary>Null where the server has none.</summary>
    public static Recogniser? Of(HttpContext http) =>
        http.RequestServices.GetService<Hearing>()?.Recogniser is { } recogniser ? new Recogniser(recogniser) : null;

    /// <summary>Recognises a recording.</summary>
    /// <param name="sound">48 kHz mono.</param>
    /// <param name="language">What is spoken, where the session's avatar has a language of its own; null: as the settings say.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="RecognitionException">The recogniser failed, twice where that was worth it.</exception>
    public Task<string> RecogniseAsync(ReadOnlyMemory<short> sound, string? language, CancellationToken cancellationToken) =>
        recogniser.RecogniseAsync(HearingFormat.From(sound.Span), isFinal: true, onPartial: null, cancellationToken, language);

    /// <summary>Recognises a recording of nobody's session: in the language that the settings name.</summary>
    /// <param name="sound">16 kHz mono.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="RecognitionException">The recogniser failed, twice where that was worth it.</exception>
    public Task<string> RecogniseAsync(short[] sound, CancellationToken cancellationToken) =>
        recogniser.RecogniseAsync(sound, isFinal: true, onPartial: null, cancellationToken);
}
