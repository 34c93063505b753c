namespace Holdfast.Speech;

/// <summary>Numbers that are one character: fractions, Roman numerals, raised and lowered digits.</summary>
internal static class Fractions
{
    private const string Written = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒";
    private const string Numerators = "112131234151135711";
    private static readonly int[] Denominators = [2, 3, 3, 4, 4, 5, 5, 5, 5, 6, 6, 7, 8, 8, 8, 8, 9, 10];
    private static readonly int[] Romans = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 50, 100, 500, 1000];

    /// <summary>All fractions there are, as a class of a pattern has them.</summary>
    public const string Class = Written;

    public static bool TryRead(char c, out int numerator, out int denominator)
    {
        var at = Written.IndexOf(c, StringComparison.Ordinal);
        (numerator, denominator) = at < 0 ? (0, 1) : (Numerators[at] - '0', Denominators[at]);
        return at >= 0;
    }

    /// <summary>What a Roman numeral or a number in a circle of one character is; 0 where it is none.</summary>
    public static int RomanOf(char c) => c is >= 'Ⅰ' and <= 'Ⅿ' ? Romans[c - 'Ⅰ'] : c is >= '①' and <= '⑳' ? c - '①' + 1 : c is >= 'ⅰ' and <= 'ⅿ' ? Romans[c - 'ⅰ'] : 0;

    /// <summary>The digit that is raised or lowered; -1 where there is none.</summary>
    public static int SmallDigitOf(char c) => c switch
    {
        '⁰' or '₀' => 0,
        '¹' or '₁' => 1,
        '²' or '₂' => 2,
        '³' or '₃' => 3,
        >= '⁴' and <= '⁹' => c - '⁰',
        >= '₄' and <= '₉' => c - '₀',
        _ => -1,
    };
}
