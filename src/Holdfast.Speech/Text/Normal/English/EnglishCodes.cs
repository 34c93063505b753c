using System.Globalization;
using System.Text.RegularExpressions;

namespace Holdfast.Speech;

/// <summary>Numbers that count nothing and are said digit by digit, and names that have numbers in them.</summary>
internal static partial class EnglishCodes
{
    private const RegexOptions Options = RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;

    /// <summary>Tried before what numbers look like that count something.</summary>
    public static Rule[] Rules { get; } =
    [
        new(TokenStart.Digit, Hexadecimal(), static (m, _) => "zero x " + Spelt(m.Groups["n"].Value)),
        new(TokenStart.Digit, Vanity(), static (m, _) => Groups(m.Groups["n"].Value) + ", " + m.Groups["w"].Value.Replace('-', ' ')),
        new(TokenStart.Digit, Card(), static (m, _) => IsYears(m.Value) ? null : Groups(m.Value)),
        new(TokenStart.Digit, Identity(), static (m, _) => Groups(m.Value)),
        new(TokenStart.Digit, Called(), static (m, _) => Groups(m.Value)),
        new(TokenStart.Digit, National(), static (m, _) => m.Value.Count(char.IsAsciiDigit) is >= 9 and <= 12 ? Groups(m.Value) : null),
        new(TokenStart.Digit, FromAbroad(), static (m, _) => m.Value.Count(char.IsAsciiDigit) is >= 9 and <= 17 ? Groups(m.Value) : null),
        new(TokenStart.Digit, Model(), static (m, _) => EnglishNumbers.Number(m.Groups["n"].Value)),
        new(TokenStart.Digit, Release(), static (m, _) => $"{EnglishNumbers.Cardinal(m.Groups["a"].Value)} point {EnglishNumbers.Cardinal(m.Groups["b"].Value)}"),
        new(TokenStart.Sign, NationalInBrackets(), static (m, _) => m.Value.Count(char.IsAsciiDigit) is >= 9 and <= 12 ? Groups(m.Value) : null),
        new(TokenStart.Letter, Account(), static (m, _) => string.Join(", ", m.Value.Split(' ').Select(Spelt))),
        new(TokenStart.Letter, Numbered(), static (m, _) => Roman(m.Groups["r"].Value) is > 0 and var number ? EnglishNumbers.Cardinal(number) : null),
        new(TokenStart.Letter, Crowned(), static (m, _) => Roman(m.Groups["r"].Value) is > 0 and var number ? "the " + EnglishNumbers.Ordinal(number.ToString(CultureInfo.InvariantCulture)) : null),
    ];

    /// <summary>"4111 1111" as "four one one one, one one one one".</summary>
    public static string Groups(string number) => string.Join(
        ", ", number.Split([' ', '-', '.', '(', ')', '/', ':'], StringSplitOptions.RemoveEmptyEntries).Select(static group => EnglishNumbers.Digits(group)));

    private static string Spelt(string code) =>
        string.Join(' ', code.Select(static c => char.IsAsciiDigit(c) ? EnglishNumbers.Digit(c) : char.ToUpperInvariant(c).ToString()));

    /// <summary>"1990 2000 2010" is a list of years.</summary>
    private static bool IsYears(string groups) => groups.Split(' ', '-').All(static group => group is ['1', >= '5', ..] or ['2', '0', ..]);

    private static int Roman(string numeral)
    {
        var sum = 0;
        for (var i = 0; i < numeral.Length; i++)
        {
            var (one, next) = (ValueOf(numeral[i]), i + 1 < numeral.Length ? ValueOf(numeral[i + 1]) : 0);
            sum += one < next ? -one : one;
        }

        return sum;
    }

    private static int ValueOf(char numeral) => numeral switch
    {
        'I' => 1,
        'V' => 5,
        'X' => 10,
        _ => 50,
    };

    [GeneratedRegex(@"\G(?<![A-Za-z0-9])0[xX](?<n>[0-9A-Fa-f]{1,16})(?![A-Za-z0-9])", Options)]
    private static partial Regex Hexadecimal();

    [GeneratedRegex(@"\G(?<![0-9-])(?<n>(?:1[- ])?8[0-9]{2}|1[- ]9[0-9]{2})[- ](?<w>[A-Z]{2,9}(?:-[A-Z]{2,9}){0,2})(?![A-Za-z0-9])", Options)]
    private static partial Regex Vanity();

    [GeneratedRegex(@"\G(?<![0-9.,$€£-])(?:[0-9]{4}(?:[ -][0-9]{4}){2,4}(?: [0-9]{1,3})?|[0-9]{4}[ -][0-9]{6}[ -][0-9]{5})(?![0-9.,-]?[0-9])", Options)]
    private static partial Regex Card();

    // Three groups and more between hyphens: "123-45-6789", "978-3-16-148410-0". Dates are no such thing.
    [GeneratedRegex(@"\G(?<![0-9.-])(?:[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{2}-[0-9]{2}-[0-9]{2}|[0-9]{1,7}(?:-[0-9]{1,7}){3,5})(?![0-9]|-[0-9]| ?=)", Options)]
    private static partial Regex Identity();

    [GeneratedRegex(@"\G(?<=\b(?:[Cc]all(?:ing|ed)?|[Dd]ial(?:ing|ed)?|[Pp]hone|[Rr]ing|[Tt]ext|[Ee]mergency(?: number)?(?: is)?|[Nn]umber(?: is)?):? (?:(?:me|us|them) (?:at|on) )?)(?:(?:911|999|112|110|119|120|122|000|988|101|111|[2-8]11)(?![0-9.,:/-][0-9]|[0-9%]| (?:people|users|times))|[0-9]{7,15}(?![0-9.,]))", Options)]
    private static partial Regex Called();

    [GeneratedRegex(@"\G(?<![0-9.,])0[0-9]{1,4}(?:(?:[ -][0-9]{2,4}){1,4}|[ /-][0-9]{5,8})(?![0-9]|[.,:/-][0-9])", Options)]
    private static partial Regex National();

    [GeneratedRegex(@"\G(?<![0-9.,])00 ?[1-9][0-9]{0,2}(?:[ -][0-9]{1,8}){2,5}(?![0-9]|[.,:/-][0-9])", Options)]
    private static partial Regex FromAbroad();

    [GeneratedRegex(@"\G\(0[0-9]{1,4}\)(?:[ -]?[0-9]{2,4}){2,4}(?![0-9])", Options)]
    private static partial Regex NationalInBrackets();

    // "Llama-3.1-70B": letters behind a number of a name are letters, and no millions.
    [GeneratedRegex(@"\G(?<=(?<![0-9][A-Za-z]?)[A-Za-z]-(?:[0-9.]{1,8}-)?)(?<n>[0-9]{1,4}(?:\.[0-9]{1,3})?)(?=[A-Z](?![A-Za-z0-9]))", Options)]
    private static partial Regex Model();

    // "version 12.25" counts to twelve, and then to twenty-five, as "version 12.25.1" does; 12.25 by itself is a number.
    [GeneratedRegex(@"\G(?<=(?:(?<![A-Za-z])[vV]|\b(?:[Vv]ersions?|[Rr]eleases?|[Bb]uild|[Ss]ections?|[Cc]hapters?|[Ff]igures?|[Ff]irmware|[Kk]ernel|Linux|Ubuntu|Debian|Fedora|Windows|macOS|iOS|iPadOS|Android|Python|Node(?:\.js)?|Java|Kotlin|Ruby|PHP|Perl|TypeScript|PostgreSQL|Postgres|MySQL|Redis|Kubernetes|Docker|Chrome|Firefox|Safari|Blender|CUDA|GCC|Clang|Qt) (?:[0-9]{1,3}\.[0-9]{1,2} (?:and|or|to) )?))(?<a>[0-9]{1,3})\.(?<b>[0-9]{1,2})(?![0-9%]|[.,][0-9])", Options)]
    private static partial Regex Release();

    [GeneratedRegex(@"\G[A-Z]{2}[0-9]{2}(?: [0-9A-Z]{4}){3,7}(?: [0-9A-Z]{1,3})?(?![A-Za-z0-9])", Options)]
    private static partial Regex Account();

    [GeneratedRegex(@"\G(?<=\b(?:World War|Super Bowl|Part|Chapter|Act|Scene|Volume|Book|Section|Article|Type|Phase|Title|Stage|Appendix|Elizabeth II and) )(?<r>[IVX]{1,6}|X?L[IVX]{0,4})(?![A-Za-z0-9'’])", Options)]
    private static partial Regex Numbered();

    // A single "I" is a word where a verb of a speaker follows: "Henry I think".
    [GeneratedRegex(@"\G(?<=\b(?:Henry|Louis|Charles|George|Edward|James|William|Richard|Elizabeth|Mary|Pope John|John Paul|Pius|Benedict|Gregory|Leo|Napoleon|Nicholas|Peter|Catherine|Alexander|Frederick|Wilhelm|Philip|Ferdinand|Francis|Carlos|Felipe|Ramses|Ramesses|Ptolemy|Darius|Xerxes|Otto|Innocent|Clement|Urban|Sixtus|Boniface|Christian|Gustav|Harald|Haakon|Margrethe|Isabella|Ivan|Constantine|Leopold|Albert|Joseph|Franz Joseph|Robert|Suleiman|Mehmed|Murad|Selim|Abdullah|Thutmose|Amenhotep) )(?<r>[IVX]{2,6}|V|X|I(?=$|[.,;:!?)]| (?:of|was|is|and|died|ruled|reigned|became|had)\b))(?![A-Za-z0-9'’])", Options)]
    private static partial Regex Crowned();
}
