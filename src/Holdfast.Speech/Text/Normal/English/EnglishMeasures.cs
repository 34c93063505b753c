using System.Text.RegularExpressions;
using static Holdfast.Speech.EnglishPatterns;

namespace Holdfast.Speech;

/// <summary>Measures of more than one part in English: angles in degrees, minutes and seconds, and units that are multiplied.</summary>
internal static partial class EnglishMeasures
{
    /// <summary>"40°26′46″N": behind degrees these signs are minutes and seconds, and no feet.</summary>
    public static Rule Angle { get; } = new(TokenStart.Digit, AnglePattern(), static (m, _) => Count(m.Groups["d"].Value, "degree") + " " + Count(m.Groups["m"].Value, "minute")
        + (m.Groups["s"].Success ? " " + Count(m.Groups["s"].Value, "second") : "") + m.Groups["side"].Value switch
        {
            "N" => " north",
            "S" => " south",
            "E" => " east",
            "W" => " west",
            _ => "",
        });

    /// <summary>"3 N·m" and "9.81 m s⁻²".</summary>
    public static Rule Product { get; } = new(TokenStart.Digit, ProductPattern(), static (m, _) => ProductWords(m.Groups["n"].Value, m.Groups["a"].Value, m.Groups["b"].Value + m.Groups["power"].Value, m.Groups["below"]));

    private static string? ProductWords(string number, string first, string second, Group below)
    {
        if (below.Success)
        {
            return UnitOf(first, number is "1") is { } above && (second is "m" ? "meter" : EnglishSpans.Per(second)) is { } per
                ? $"{EnglishNumbers.Number(number)} {above} per {below.Value[^1] switch
                {
                    '1' or '¹' => per,
                    '2' or '²' => second is "s" or "h" ? per + " squared" : "square " + per,
                    _ => second is "s" or "h" ? per + " cubed" : "cubic " + per,
                }}" : null;
        }

        return UnitOf(first, isOne: true) is { } one && UnitOf(second, number is "1") is { } many ? $"{EnglishNumbers.Number(number)} {one} {many}" : null;
    }

    /// <summary>A newton by itself may be the north.</summary>
    private static string? UnitOf(string unit, bool isOne) => unit is "N" ? isOne ? "newton" : "newtons" : unit is "A" ? isOne ? "amp" : "amps" : EnglishUnits.Words(unit, isOne, isClose: true);

    private static string Count(string number, string what) => $"{EnglishNumbers.Number(number.TrimStart('0') is { Length: > 0 } plain && plain[0] != '.' ? plain : number)} {what}{(number.TrimStart('0') is "1" ? "" : "s")}";

    [GeneratedRegex(@"\G(?<d>[0-9]{1,3})[°º] ?(?<m>[0-5]?[0-9])['′’](?: ?(?<s>[0-5]?[0-9](?:\.[0-9]{1,3})?)(?:[""″”]|''|′′))?(?: ?(?<side>[NSEW])(?![A-Za-z0-9]))?", Options)]
    private static partial Regex AnglePattern();

    [GeneratedRegex($@"\G(?<![A-Za-z])(?<n>{Num}) ?(?<a>[A-Za-zμΩ]{{1,4}}{Power})(?:(?:[·⋅]|(?= [A-Za-z]{{1,3}}[⁻^])) ?)(?<b>[A-Za-zμΩ]{{1,4}})(?:(?<below>(?:⁻|\^-)[¹²³1-3])|(?<power>{Power}))(?![A-Za-z0-9])", Options)]
    private static partial Regex ProductPattern();
}
