using System.Text;
using System.Text.RegularExpressions;

namespace Holdfast.Speech;

/// <summary>Reads addresses of the web, of mail and of machines aloud: their signs are words, their digits are said one by one.</summary>
internal static partial class Addresses
{
    private const string Host = @"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,40}[A-Za-z0-9])?\.){1,6}[A-Za-z]{2,24}";
    private const string Numbered = @"[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?!\.?[0-9])";
    private const string Port = @"(?::[0-9]{1,5}(?![0-9]))?";
    private const string PathSign = @"[A-Za-z0-9_~%+@&=:;,.!?$*'#/-]";
    private const string PathEnd = @"[A-Za-z0-9_~%+&=$*#/-]";
    private const string Path = $@"(?:[/?#](?:{PathSign}{{0,200}}\([A-Za-z0-9_.,-]{{1,60}}\)(?:{PathSign}{{0,100}}{PathEnd})?|{PathSign}{{0,300}}{PathEnd})?)?";
    private const string User = @"(?:[A-Za-z0-9._~%-]{1,40}(?::[A-Za-z0-9._~%-]{0,40})?@)?";
    private const string File = @"[A-Za-z0-9_-]{1,60}(?:\.[A-Za-z0-9_-]{1,40}){0,3}";
    private const string Kinds = "txt|md|json|xml|yaml|yml|csv|log|pdf|docx?|xlsx?|pptx?|zip|gz|tar|exe|dll|png|jpe?g|gif|svg|mp3|mp4|wav|html?|css|js|ts|py|cs|csproj|java|cpp|go|rs|sh|ini|conf|toml|sql|db";

    private static readonly Dictionary<char, (string English, string Chinese)> Signs = new()
    {
        ['.'] = ("dot", "点"),
        ['/'] = ("slash", "斜杠"),
        ['@'] = ("at", "艾特"),
        [':'] = ("colon", "冒号"),
        ['-'] = ("dash", "杠"),
        ['_'] = ("underscore", "下划线"),
        ['?'] = ("question mark", "问号"),
        ['='] = ("equals", "等于"),
        ['&'] = ("and", "和"),
        ['#'] = ("hash", "井号"),
        ['%'] = ("percent", "百分号"),
        ['~'] = ("tilde", "波浪号"),
        ['+'] = ("plus", "加"),
        ['*'] = ("star", "星号"),
        ['$'] = ("dollar", "美元符"),
        ['!'] = ("exclamation mark", "感叹号"),
        [','] = ("comma", "逗号"),
        [';'] = ("semicolon", "分号"),
        ['('] = ("open bracket", "左括号"),
        [')'] = ("close bracket", "右括号"),
        ['\\'] = ("backslash", "反斜杠"),
    };

    /// <summary>The patterns, for the test that holds their bounds.</summary>
    internal static IEnumerable<Regex> Patterns => [Git(), Mail(), Web(), WideWeb(), Machine(), KnownHost(), Drive(), Named()];

    /// <summary>Says an address that begins here, if one does.</summary>
    public static bool TryRead(Reading reading, SpokenLanguage main)
    {
        if (reading.Here is '.' or '/' or '~')
        {
            return TryPath(reading, main);
        }

        if (!char.IsAsciiLetterOrDigit(reading.Here) || char.IsAsciiLetterOrDigit(reading.Look(-1)) || reading.Look(-1) is '.' or '-' or '_')
        {
            return false;
        }

        // What has none of an address's signs nearby is none, and costs nothing.
        var ahead = reading.Text.AsSpan(reading.At, Math.Min(80, reading.Text.Length - reading.At));
        var word = ahead.IndexOfAny(' ', '，', '。');
        if (!(word < 0 ? ahead : ahead[..word]).ContainsAny('.', '@', ':'))
        {
            return false;
        }

        foreach (var pattern in Patterns)
        {
            reading.Tries++;
            if (pattern.Match(reading.Text, reading.At) is { Success: true } match)
            {
                reading.Say(Words(match.Groups["said"].Value, main == SpokenLanguage.Chinese), match.Length);
                return true;
            }
        }

        return false;
    }

    /// <summary>"./run", "~/.bashrc", "/etc/hosts", and ".gitignore" where nothing stands before it.</summary>
    private static bool TryPath(Reading reading, SpokenLanguage main)
    {
        var before = reading.Look(-1);
        reading.Tries++;
        if (char.IsAsciiLetterOrDigit(before) || before is '.' or '/' or '~' or ')' or '%' or '°'
            || Local().Match(reading.Text, reading.At) is not { Success: true } match
            || (char.IsLetter(before) && match.Groups["one"].Success))
        {
            return false;
        }

        reading.Say(Words(match.Value, main == SpokenLanguage.Chinese), match.Length);
        return true;
    }

    private static string Words(string address, bool isChinese)
    {
        var words = new StringBuilder();
        for (var i = 0; i < address.Length; i++)
        {
            var c = address[i];
            var digit = char.IsAsciiDigit(c);
            if (c == ':' && i == 1 && address.Length > 2 && address[2] == '\\')
            {
                // A drive's.
                continue;
            }

            if (!char.IsAsciiLetter(c) && !(c > '\u007F' && char.IsLetter(c)))
            {
                var said = digit ? isChinese ? ChineseNumbers.Digit(c) : EnglishNumbers.Digit(c)
                    : Signs.TryGetValue(c, out var sign) ? isChinese ? sign.Chinese : sign.English : "";
                words.Append(words.Length > 0 && !isChinese ? " " : "").Append(said).Append(isChinese ? "" : " ");
            }
            else if (address.AsSpan(i).StartsWith("www.", StringComparison.OrdinalIgnoreCase))
            {
                words.Append("w w w");
                i += 2;
            }
            else
            {
                words.Append(c);
            }
        }

        return words.Replace("  ", " ").ToString().Trim();
    }

    [GeneratedRegex($@"\G(?:mailto:)?(?<said>[A-Za-z0-9][A-Za-z0-9._%+-]{{0,64}}@{Host})(?![A-Za-z0-9@])", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Mail();

    [GeneratedRegex($@"\G(?:(?:https?|ftp|wss?)://(?<said>{User}(?:{Host}|{Numbered}|[A-Za-z0-9-]{{1,63}}(?!\.?[\u0100-\uFFFF])){Port}{Path})|(?<said>www\.{Host}{Port}{Path}))", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Web();

    [GeneratedRegex($@"\G(?<said>(?:localhost{Port}|{Numbered}{Port}){Path})(?![A-Za-z0-9])", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Machine();

    [GeneratedRegex($@"\G(?<said>(?:[a-z0-9](?:[a-z0-9-]{{0,40}}[a-z0-9])?\.){{1,6}}(?:com|org|net|dev|io|ai|app|edu|gov|info|cn|de|uk|eu|co|me|tv|jp|fr|us|ca){Port}{Path})(?![A-Za-z0-9@])", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex KnownHost();

    [GeneratedRegex($@"\G(?<said>[A-Za-z0-9._-]{{1,40}}@{Host}:(?:[A-Za-z0-9_~.-]{{1,60}}/){{1,6}}[A-Za-z0-9_-]{{1,60}}(?:\.[A-Za-z0-9]{{1,10}})?)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Git();

    [GeneratedRegex($@"\G(?:https?|ftp|wss?)://(?<said>(?:[\p{{L}}0-9-]{{1,40}}\.){{1,4}}\p{{L}}{{2,10}}{Port}(?:/[\p{{L}}0-9_~%/-]{{0,200}})?(?:\?[A-Za-z0-9_=&%+-]{{1,100}})?)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex WideWeb();

    [GeneratedRegex(@"\G(?<said>[A-Za-z]:\\(?:[A-Za-z0-9_.-]{1,60}\\){0,12}(?:[A-Za-z0-9_.-]{0,60}[A-Za-z0-9_-])?)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Drive();

    [GeneratedRegex($@"\G(?<said>{File}\.(?:{Kinds}))(?![A-Za-z0-9@(/])", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Named();

    [GeneratedRegex(@"\G(?:(?:~|\.{1,2})(?:/[A-Za-z0-9_.-]{0,60}[A-Za-z0-9_-]){1,12}/?|(?:/[A-Za-z][A-Za-z0-9_.-]{0,60}(?<=[A-Za-z0-9_-])){2,12}/?|(?<one>/[A-Za-z][A-Za-z0-9_-]{1,60})(?![A-Za-z0-9.])|(?<one>\.[a-z][a-z]{2,30})(?![A-Za-z0-9.]))", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Local();
}
