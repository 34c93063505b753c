using System.Globalization;
using System.Text;

namespace Holdfast.Speech;

/// <summary>Numbers in English words.</summary>
internal static class EnglishNumbers
{
    /// <summary>Longer ones are said digit by digit.</summary>
    private const int MaxDigits = 15;

    private static readonly string[] Small =
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen",
        "sixteen", "seventeen", "eighteen", "nineteen",
    ];

    private static readonly string[] Tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    private static readonly string[] Powers = ["", " thousand", " million", " billion", " trillion"];

    private static readonly Dictionary<string, string> Ordinals = new(StringComparer.Ordinal)
    {
        ["one"] = "first",
        ["two"] = "second",
        ["three"] = "third",
        ["five"] = "fifth",
        ["eight"] = "eighth",
        ["nine"] = "ninth",
        ["twelve"] = "twelfth",
    };

    public static string Digit(char digit) => Small[digit - '0'];

    /// <summary>"1203" as "one two zero three".</summary>
    public static string Digits(ReadOnlySpan<char> digits)
    {
        var words = new StringBuilder();
        foreach (var digit in digits)
        {
            if (char.IsAsciiDigit(digit))
            {
                words.Append(words.Length > 0 ? " " : "").Append(Digit(digit));
            }
        }

        return words.ToString();
    }

    /// <summary>
    /// A number with no signs but its point: "1,299.99", "1.299,99", "1 299,99" and "1'299.99" are all 1299.99. A comma before other than three digits is a point.
    /// </summary>
    public static string Plain(string written)
    {
        var last = written.LastIndexOf(',');
        var isPoint = last >= 0 && written.IndexOf(',', StringComparison.Ordinal) == last && !written.AsSpan(last).Contains('.') && (written.Length - last != 4 || written.AsSpan(0, last).Contains('.'));
        var whole = isPoint ? written[..last].Replace(".", "", StringComparison.Ordinal) : written;
        return string.Concat(whole.Where(static c => char.IsAsciiDigit(c) || c == '.')) + (isPoint ? "." + written[(last + 1)..] : "");
    }

    /// <summary>A number as it is written: with commas, with a point, with noughts before it.</summary>
    public static string Number(string written)
    {
        var plain = Plain(written);
        var point = plain.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? plain : plain[..point];
        var words = whole.Length == 0 ? "" : point >= 0 && whole is "0" ? "zero" : Cardinal(whole);
        return point < 0 ? words : $"{words} point {Digits(plain.AsSpan(point + 1))}".TrimStart();
    }

    public static string Cardinal(string digits) =>
        digits.Length > MaxDigits || (digits.Length > 1 && digits[0] == '0') ? Digits(digits) : Cardinal(long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture));

    public static string Cardinal(long number)
    {
        if (number < 20)
        {
            return Small[number];
        }

        if (number < 100)
        {
            return Tens[number / 10] + (number % 10 == 0 ? "" : "-" + Small[number % 10]);
        }

        if (number < 1000)
        {
            return Small[number / 100] + " hundred" + (number % 100 == 0 ? "" : " " + Cardinal(number % 100));
        }

        var power = 1;
        var unit = 1000L;
        while (number / unit >= 1000)
        {
            (power, unit) = (power + 1, unit * 1000);
        }

        return Cardinal(number / unit) + Powers[power] + (number % unit == 0 ? "" : " " + Cardinal(number % unit));
    }

    public static string Ordinal(string digits)
    {
        var words = Cardinal(digits);
        var last = words.AsSpan().LastIndexOfAny(' ', '-') + 1;
        var end = words[last..];
        return words[..last] + (Ordinals.TryGetValue(end, out var own) ? own : end.EndsWith('y') ? end[..^1] + "ieth" : end + "th");
    }

    /// <summary>A year of four digits: "nineteen ninety-nine", "two thousand five", "twenty twenty-six".</summary>
    public static string Year(int year) => year switch
    {
        >= 2000 and <= 2009 or < 1000 => Cardinal(year),
        _ when year % 1000 == 0 => Cardinal(year),
        _ when year % 100 == 0 => Cardinal(year / 100) + " hundred",
        _ when year % 100 < 10 => $"{Cardinal(year / 100)} oh {Cardinal(year % 100)}",
        _ => $"{Cardinal(year / 100)} {Cardinal(year % 100)}",
    };

    /// <summary>"1990" as "nineteen nineties", "80" as "eighties".</summary>
    public static string Decade(string digits)
    {
        var words = digits.Length == 4 ? Year(int.Parse(digits, CultureInfo.InvariantCulture)) : Cardinal(digits);
        return words.EndsWith('y') ? words[..^1] + "ies" : words + "s";
    }

    /// <summary>What a part of so many is called: "half", "thirds", "hundredth".</summary>
    public static string Part(int whole, bool isOne) => (whole, isOne) switch
    {
        (2, true) => "half",
        (2, false) => "halves",
        (4, true) => "quarter",
        (4, false) => "quarters",
        (_, true) => Ordinal(whole.ToString(CultureInfo.InvariantCulture)),
        (_, false) => Ordinal(whole.ToString(CultureInfo.InvariantCulture)) + "s",
    };
}
