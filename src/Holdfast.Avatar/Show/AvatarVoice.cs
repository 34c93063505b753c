using Holdfast.Media;
using Holdfast.Speech;
using Microsoft.Extensions.AI;

namespace Holdfast.Avatar;

/// <summary>How an avatar speaks: with which voice, how fast and how high, and how its text is read for that voice. May change at any time, from any thread.</summary>
/// <param name="client">Speaks.</param>
/// <param name="options">Settings.</param>
/// <param name="stage">Who is seen, and so heard.</param>
/// <param name="speaker">For whom is spoken: synthesis goes round by it.</param>
internal sealed class AvatarVoice(ITextToSpeechClient client, AvatarOptions options, AvatarStage stage, object speaker)
{
    private volatile AvatarStage _stage = stage;

    // Null where each character has its own.
    private volatile string? _asked;
    private volatile float _speed = 1;
    private volatile float _pitch = 1;

    /// <summary>Speaks.</summary>
    public ITextToSpeechClient Client => client;

    private string Id => _asked ?? (options.Voices.TryGetValue(_stage.Name, out var id) ? id : _stage.Voice);

    /// <summary>Somebody else is seen.</summary>
    public void Become(AvatarStage stage) => _stage = stage;

    /// <inheritdoc cref="IAdjustableShow.Adjust"/>
    public void Adjust(ShowAdjustment adjustment)
    {
        _asked = string.Equals(adjustment.Voice, ShowAdjustment.OwnVoice, StringComparison.Ordinal) ? null : adjustment.Voice ?? _asked;
        (_speed, _pitch) = (adjustment.Speed ?? _speed, adjustment.Pitch ?? _pitch);
    }

    /// <summary>How the next sentence of an utterance is spoken.</summary>
    public TextToSpeechOptions OptionsFor(Utterance utterance) => VoiceRequest.For(speaker, Id, _stage.Voice, _speed, _pitch, utterance.Language, utterance.Trace);

    /// <summary>What is to be said of an utterance, in the words of whoever says it. A text without letters ("30%") is in the utterance's language.</summary>
    public IEnumerable<SpokenSentence> Read(Utterance utterance)
    {
        // A voice that nothing is known of is told the language, and is believed to speak it.
        var isOther = client.GetService(typeof(IVoiceCatalogue)) is IVoiceCatalogue catalogue
            ? catalogue.LanguageOf(Id, LanguageTag.Known(utterance.Language)) is not null
            : LanguageTag.IsOtherLatin(utterance.Language);
        var own = LanguageTag.WordsOf(utterance.Language);

        // Where nobody here speaks the language, it is read as English.
        var fallback = own == SpokenLanguage.Other && LanguageTag.IsOtherLatin(utterance.Language) && !isOther ? SpokenLanguage.English : own;
        return SpokenText.Sentences(utterance.Text, MainOf(utterance.Text, isOther) ?? fallback, isOther ? SpokenLanguage.Other : SpokenLanguage.English, utterance.Language is null ? null : own);
    }

    /// <summary>A text without letters in one that has some is in the language of those.</summary>
    private static SpokenLanguage? MainOf(string text, bool isOther) =>
        SpokenText.LanguageOf(text) is { } main ? main == SpokenLanguage.English && isOther ? SpokenLanguage.Other : main : null;
}
