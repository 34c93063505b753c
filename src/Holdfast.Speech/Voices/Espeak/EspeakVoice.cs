using Microsoft.Extensions.AI;

namespace Holdfast.Speech;

/// <summary>Which voice of espeak-ng speaks, how fast and how high.</summary>
/// <param name="Name">As its <c>-v</c> takes it: language and variant.</param>
/// <param name="Rate">Words a minute.</param>
/// <param name="Pitch">0 to 99.</param>
/// <param name="Amplitude">0 to 200.</param>
internal readonly record struct EspeakVoice(string Name, int Rate, int Pitch, int Amplitude)
{
    /// <summary>
    /// Espeak-ng's Mandarin. Its plain "cmn" turns most characters into Pinyin and then reads that as English: "ni three, hao three".
    /// </summary>
    private const string Mandarin = "cmn-latn-pinyin";

    /// <summary>
    /// Chooses by the text's script, the asked-for language (for scripts that more than one language is written in) and the
    /// asked-for voice id: <see cref="VoiceIds.Female"/>, <see cref="VoiceIds.Male"/>, or a voice name of espeak-ng's own, taken as it is.
    /// </summary>
    public static EspeakVoice Choose(Script script, TextToSpeechOptions? options, int rate)
    {
        var id = options?.VoiceId;
        var woman = VoiceIds.IsFemale(id);
        var man = VoiceIds.IsMale(id);
        var variant = (woman, script) switch
        {
            (true, Script.Han or Script.Kana) => "+f2",
            (true, _) => "+f3",
            (false, _) => "+m3",
        };
        var name = woman || man ? Language(script, options?.Language) + variant : Plain(id!);
        var speed = options?.Speed is { } factor and > 0 ? factor : 1;
        var pitch = (woman ? 54 : man ? 42 : 50) * (options?.Pitch is { } higher and > 0 ? higher : 1);
        var volume = options?.Volume is { } loud and >= 0 ? loud : 1;
        return new EspeakVoice(
            name,
            Math.Clamp((int)MathF.Round(rate * speed), 80, 450),
            Math.Clamp((int)MathF.Round(pitch), 0, 99),
            Math.Clamp((int)MathF.Round(100 * volume), 0, 200));
    }

    /// <summary>What espeak-ng calls a language: its Norwegian is Bokmål, and has no other name where a variant is asked for.</summary>
    internal static string Own(string primary) => primary is "no" ? "nb" : primary;

    private static string Language(Script script, string? asked)
    {
        var own = script switch
        {
            Script.Common or Script.Latin => "en-us",
            Script.Han => Mandarin,
            Script.Kana => "ja",
            Script.Hangul => "ko",
            Script.Cyrillic => "ru",
            Script.Greek => "el",
            Script.Arabic => "ar",
            Script.Hebrew => "he",
            Script.Devanagari => "hi",
            Script.Thai => "th",
        };
        if (string.IsNullOrWhiteSpace(asked))
        {
            return own;
        }

        var tag = Plain(asked).ToLowerInvariant();
        var primary = Own(tag.Split('-', '_')[0]);
        return script switch
        {
            Script.Latin => primary switch
            {
                "en" => tag is "en-gb" ? "en-gb" : "en-us",
                "zh" or "cmn" or "yue" or "ja" or "ko" or "ru" or "uk" or "bg" or "el" or "ar" or "fa" or "he" or "hi" or "th" => own,
                _ => tag is "pt-br" or "es-419" or "fr-be" or "fr-ch" ? tag : primary,
            },
            Script.Common => primary is "zh" ? Mandarin : primary is "en" ? "en-us" : primary,
            Script.Cyrillic => primary is "uk" or "bg" or "sr" or "mk" or "kk" ? primary : own,
            Script.Arabic => primary is "fa" or "ur" ? primary : own,
            Script.Han => primary is "yue" || tag is "zh-hk" ? "yue" : primary is "ja" ? "ja" : own,
            Script.Kana or Script.Hangul or Script.Greek or Script.Hebrew or Script.Devanagari or Script.Thai => own,
        };
    }

    // A voice's name is one argument of a program; nothing in it may look like a path or an option.
    internal static string Plain(string name)
    {
        var plain = string.Concat(name.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '+' or '_').Take(40)).TrimStart('-', '+', '_');
        return plain.Length == 0 ? "en-us" : plain;
    }
}
