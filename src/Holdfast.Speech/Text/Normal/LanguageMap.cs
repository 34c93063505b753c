using System.Text;

namespace Holdfast.Speech;

/// <summary>Tells for each place of a sentence in whose words it is said: letters tell themselves, numbers and signs go with their neighbours.</summary>
internal static class LanguageMap
{
    /// <summary>Between two languages the one that most of the sentence is in decides.</summary>
    /// <param name="text">A sentence.</param>
    /// <param name="fallback">Where there are no letters.</param>
    /// <param name="latin">What Latin letters are.</param>
    /// <param name="main">What most of it is in.</param>
    public static SpokenLanguage[] Of(string text, SpokenLanguage fallback, SpokenLanguage latin, out SpokenLanguage main)
    {
        var isBit = fallback == SpokenLanguage.Chinese && latin == SpokenLanguage.English && IsBit(text);
        main = isBit ? fallback : MainOf(text, latin) ?? fallback;
        var map = new SpokenLanguage[text.Length];
        var isJapanese = HasKana(text);
        SpokenLanguage? before = null;
        var open = 0;
        for (var at = 0; at < text.Length;)
        {
            var length = Length(text, at, out var rune);
            if (UnitAt(text, at) is > 0 and var unit)
            {
                at += unit;
                continue;
            }

            if (Of(rune, latin, isJapanese) is { } language)
            {
                var isOwn = !isBit && (before is null || before == language) && !(main == SpokenLanguage.Chinese && text.AsSpan(open, at - open).Contains('^'));
                Array.Fill(map, isOwn ? language : main, open, at - open);
                Array.Fill(map, language, at, length);
                (before, open) = (language, at + length);
            }

            at += length;
        }

        // "我用 iPhone 15": what follows a foreign word belongs to the sentence again.
        Array.Fill(map, main == SpokenLanguage.Chinese ? main : before ?? main, open, text.Length - open);
        return map;
    }

    /// <summary>
    /// Whether Latin letters are no sentence but a technical bit, such as "HK$100", "v2.0" or an address: it has a number or an address, and no plain word.
    /// </summary>
    private static bool IsBit(string text)
    {
        var isTechnical = false;
        foreach (var part in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var token = part.Trim('.', ',', '!', '?', ';', ':', '(', ')', '"', '\'', '。', '，', '：');
            var hasSign = token.Any(char.IsNumber) || (token.Contains('^', StringComparison.Ordinal) && token.Length <= 12) || token.Contains('@', StringComparison.Ordinal) || token.Contains("://", StringComparison.Ordinal)
                || token.Contains('\\', StringComparison.Ordinal) || (part.Length > 1 && part[0] is '/' or '~' or '.' && part.Contains('/', StringComparison.Ordinal))
                || token.StartsWith("www.", StringComparison.OrdinalIgnoreCase);
            var isName = token.Length > 1 && token.Where(char.IsLetter).All(char.IsUpper);
            if (token.Any(static c => char.IsLetter(c) && !char.IsAsciiLetter(c)) || (!hasSign && !isName && token.Any(char.IsAsciiLetter)
                && ChineseUnits.Words(token) is null && ChineseUnits.Currency(token) is null && token is not ("am" or "pm" or "AM" or "PM" or "a.m" or "p.m")))
            {
                return false;
            }

            isTechnical |= hasSign;
        }

        return isTechnical;
    }

    /// <summary>What most of a text is in: a character of Chinese counts as much as a word of another language. Null where it has no letters.</summary>
    public static SpokenLanguage? MainOf(string text, SpokenLanguage latin)
    {
        Span<int> counts = stackalloc int[3];
        var isJapanese = HasKana(text);
        var isInside = false;
        for (var at = 0; at < text.Length;)
        {
            if (UnitAt(text, at) is > 0 and var unit)
            {
                at += unit;
                continue;
            }

            at += Length(text, at, out var rune);
            var language = Of(rune, latin, isJapanese);
            if (language is { } known && (known == SpokenLanguage.Chinese || !isInside))
            {
                counts[(int)known]++;
            }

            // An address is one word.
            isInside = language is null ? isInside && !Rune.IsWhiteSpace(rune) : language != SpokenLanguage.Chinese;
        }

        var most = counts.IndexOf(Math.Max(counts[0], Math.Max(counts[1], counts[2])));
        return counts[most] == 0 ? null : counts[(int)SpokenLanguage.Chinese] == counts[most] ? SpokenLanguage.Chinese : (SpokenLanguage)most;
    }

    /// <summary>How long the unit is that begins here, right behind a number: it is said in the number's language. 0 where there is none.</summary>
    private static int UnitAt(string text, int at)
    {
        if (at == 0 || !char.IsAsciiLetter(text[at]))
        {
            return 0;
        }

        var isClose = text[at - 1] is '°' or 'º' or 'μ' || (char.IsAsciiDigit(text[at - 1]) && !IsInWord(text, at - 1));
        if (!isClose && text[at - 1] is not ' ')
        {
            return 0;
        }

        var end = at;
        while (end < text.Length && char.IsAsciiLetter(text[end]))
        {
            end++;
        }

        for (var per = end; per + 1 < text.Length && per < end + 4 && text[end] == '/' && char.IsAsciiLetter(text[per + 1]); per++)
        {
            if (per + 2 == text.Length || !char.IsAsciiLetter(text[per + 2]))
            {
                end = per + 2;
                break;
            }
        }

        if (isClose)
        {
            return end - at;
        }

        var unit = text[at..end];
        return end - at <= 5 && at > 1 && text[at - 1] is ' ' && (char.IsAsciiDigit(text[at - 2]) || text[at - 2] is '°')
            && (ChineseUnits.Words(unit) ?? ChineseUnits.Words("°" + unit) ?? ChineseUnits.Currency(unit)) is not null ? end - at : 0;
    }

    /// <summary>Whether digits belong to a word: those of "MP3s", not those of "5s".</summary>
    private static bool IsInWord(string text, int at)
    {
        for (var back = 0; at >= 0 && char.IsAsciiDigit(text[at]) && back < 8; back++)
        {
            at--;
        }

        return at >= 0 && char.IsAsciiLetter(text[at]);
    }

    private static int Length(string text, int at, out Rune rune) =>
        Rune.DecodeFromUtf16(text.AsSpan(at), out rune, out var length) == System.Buffers.OperationStatus.Done ? length : 1;

    private static bool HasKana(string text)
    {
        foreach (var c in text)
        {
            if (c is >= '\u3041' and <= '\u30FF' and not '\u30FB' and not '\u30FC')
            {
                return true;
            }
        }

        return false;
    }

    private static SpokenLanguage? Of(Rune rune, SpokenLanguage latin, bool isJapanese) => ScriptRuns.Of(rune) switch
    {
        Script.Common => null,
        Script.Latin => latin,
        Script.Han => isJapanese ? SpokenLanguage.Other : SpokenLanguage.Chinese,

        // A Greek letter by itself is a sign: "α", "π".
        Script.Greek => null,
        Script.Kana or Script.Hangul or Script.Cyrillic or Script.Arabic or Script.Hebrew or Script.Devanagari or Script.Thai => SpokenLanguage.Other,
    };
}
