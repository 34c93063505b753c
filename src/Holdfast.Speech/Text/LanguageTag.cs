using System.Text;

namespace Holdfast.Speech;

/// <summary>
/// In which language something is said, as a tag (BCP 47). Where nobody named one, the letters tell no more than their script: "und-Hani" is a language that
/// is not known and written in Chinese characters.
/// </summary>
internal static class LanguageTag
{
    /// <summary>English.</summary>
    public const string English = "en";

    /// <summary>Chinese.</summary>
    public const string Chinese = "zh";

    /// <summary>Whatever is written in Latin letters.</summary>
    public const string Latin = "und-Latn";

    /// <summary>Whatever is written in Chinese characters.</summary>
    public const string Han = "und-Hani";

    /// <summary>Languages that are not written in Latin: Latin letters among them are taken for English.</summary>
    private static readonly HashSet<string> HaveOtherScripts = new(StringComparer.OrdinalIgnoreCase)
    {
        "zh", "cmn", "yue", "ja", "ko", "ru", "uk", "bg", "el", "ar", "fa", "he", "hi", "th",
    };

    /// <summary>What a text tells by its letters; null where it has none, such as "30%".</summary>
    public static string? Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return SpokenText.LanguageOf(text) is not { } words ? null : words switch
        {
            SpokenLanguage.English => Latin,
            SpokenLanguage.Chinese => Han,
            SpokenLanguage.Other => "und-" + CodeOf(text),
        };
    }

    /// <summary>The language where it is known; null where a tag tells of letters only.</summary>
    public static string? Known(string? tag) => string.IsNullOrWhiteSpace(tag) || PrimaryOf(tag).Equals("und", StringComparison.OrdinalIgnoreCase) ? null : tag;

    /// <summary>"de" of "de-AT", in small letters.</summary>
    public static string PrimaryOf(string tag)
    {
        ArgumentNullException.ThrowIfNull(tag);
        return tag.Split('-', '_', '+')[0].ToLowerInvariant();
    }

    public static bool IsEnglish(string? tag) => tag is not null && PrimaryOf(tag) is "en";

    public static bool IsChinese(string? tag) => tag is not null && (PrimaryOf(tag) is "zh" or "cmn" or "yue" || tag.Equals(Han, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether Latin letters are read in this language, and it is not English.</summary>
    public static bool IsOtherLatin(string? tag) => Known(tag) is { } known && PrimaryOf(known) is var primary && primary is not "en" && !HaveOtherScripts.Contains(primary);

    /// <summary>Whether a language is written in a script; signs and numbers are in any.</summary>
    public static bool IsWrittenIn(string tag, Script script)
    {
        var primary = PrimaryOf(tag);
        return script switch
        {
            Script.Common => true,
            Script.Latin => !HaveOtherScripts.Contains(primary),
            Script.Han => primary is "zh" or "cmn" or "yue",
            Script.Kana => primary is "ja",
            Script.Hangul => primary is "ko",
            Script.Cyrillic => primary is "ru" or "uk" or "bg" or "sr" or "mk" or "kk" or "be",
            Script.Greek => primary is "el",
            Script.Arabic => primary is "ar" or "fa" or "ur",
            Script.Hebrew => primary is "he",
            Script.Devanagari => primary is "hi" or "mr" or "ne",
            Script.Thai => primary is "th",
        };
    }

    /// <summary>Whose words numbers and signs take where nothing but the tag tells.</summary>
    public static SpokenLanguage WordsOf(string? tag) =>
        string.IsNullOrWhiteSpace(tag) || IsEnglish(tag) || tag.Equals(Latin, StringComparison.OrdinalIgnoreCase) ? SpokenLanguage.English
            : IsChinese(tag) ? SpokenLanguage.Chinese
            : SpokenLanguage.Other;

    private static string CodeOf(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (ScriptRuns.Of(rune) is not (Script.Common or Script.Latin or Script.Han) and var script)
            {
                return script switch
                {
                    Script.Kana => "Jpan",
                    Script.Hangul => "Kore",
                    Script.Cyrillic => "Cyrl",
                    Script.Greek => "Grek",
                    Script.Arabic => "Arab",
                    Script.Hebrew => "Hebr",
                    Script.Devanagari => "Deva",
                    Script.Thai => "Thai",
                    _ => "Zyyy",
                };
            }
        }

        return "Zyyy";
    }
}
