using Holdfast.Media;
using Microsoft.AspNetCore.Http;

namespace Holdfast.AspNetCore.Http;

/// <summary>The languages in which people are told what happened.</summary>
internal enum Language
{
    English,
    Chinese,
}

/// <summary>What people are told, in their language: whole sentences, and nothing that is of use only to those who run the server.</summary>
internal static class Sentences
{
    /// <summary>The language that a client would rather read; English where it names neither.</summary>
    public static Language LanguageOf(HttpRequest request)
    {
        var (best, quality) = (Language.English, 0.0);
        foreach (var accepted in request.GetTypedHeaders().AcceptLanguage)
        {
            Language? language = IsIn(accepted.Value.AsSpan(), "zh") ? Language.Chinese : IsIn(accepted.Value.AsSpan(), "en") ? Language.English : null;
            if (language is { } known && (accepted.Quality ?? 1) > quality)
            {
                (best, quality) = (known, accepted.Quality ?? 1);
            }
        }

        return best;
    }

    /// <summary>For programs: never changed once it was told.</summary>
    public static string Stable(UtteranceFault fault) => fault switch
    {
        UtteranceFault.Other => "other",
        UtteranceFault.VoiceMissing => "voiceMissing",
        UtteranceFault.VoiceFailed => "voiceFailed",
        UtteranceFault.VoiceTooSlow => "voiceTooSlow",
        UtteranceFault.NoSound => "noSound",
        UtteranceFault.Lost => "lost",
        UtteranceFault.NotTaken => "notTaken",
    };

    /// <summary>For people.</summary>
    public static string Of(UtteranceFault fault, Language language) => language switch
    {
        Language.English => English(fault),
        Language.Chinese => Chinese(fault),
    };

    /// <summary>That another voice speaks than the one that was asked for.</summary>
    public static string AnotherVoice(Language language) => language switch
    {
        Language.English => "The voice is not available at the moment; another one speaks in its place.",
        Language.Chinese => "所选的语音暂时不可用，现由另一种语音代为朗读。",
    };

    private static string English(UtteranceFault fault) => fault switch
    {
        UtteranceFault.Other => "This could not be said.",
        UtteranceFault.VoiceMissing => "This could not be said: the server has no voice at the moment.",
        UtteranceFault.VoiceFailed => "This could not be said: the voice failed.",
        UtteranceFault.VoiceTooSlow => "This could not be said: the voice took too long.",
        UtteranceFault.NoSound => "There was nothing in this that the voice can say.",
        UtteranceFault.Lost => "The rest of this was lost before it could be heard.",
        UtteranceFault.NotTaken => "The server was restarted, and no longer takes a text like this.",
    };

    private static string Chinese(UtteranceFault fault) => fault switch
    {
        UtteranceFault.Other => "这句话没能说出来。",
        UtteranceFault.VoiceMissing => "这句话没能说出来：服务器目前没有可用的语音。",
        UtteranceFault.VoiceFailed => "这句话没能说出来：语音合成出错了。",
        UtteranceFault.VoiceTooSlow => "这句话没能说出来：语音合成用时过长。",
        UtteranceFault.NoSound => "这句话里没有可以读出来的内容。",
        UtteranceFault.Lost => "这句话剩下的部分在播放之前丢失了。",
        UtteranceFault.NotTaken => "服务器重启后不再接受这样的文字，这句话没有说出来。",
    };

    /// <summary>Whether a language tag (BCP 47) is of this language.</summary>
    private static bool IsIn(ReadOnlySpan<char> tag, string language) =>
        tag.StartsWith(language, StringComparison.OrdinalIgnoreCase) && (tag.Length == language.Length || tag[language.Length] == '-');
}
