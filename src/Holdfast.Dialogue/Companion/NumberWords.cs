using System.Text.RegularExpressions;

namespace Holdfast.Dialogue;

/// <summary>A guess in words, as a recogniser writes it: "fifty-three", "is it fifty?", "五十三", "我猜五十". Only where nothing else is said with it.</summary>
internal static partial class NumberWords
{
    private static readonly string[] Small =
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen",
        "sixteen", "seventeen", "eighteen", "nineteen",
    ];

    private static readonly string[] Tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    /// <summary>The number; null where the text is none, or more than a number.</summary>
    public static int? Of(string text)
    {
        if (Chinese().Match(text) is { Success: true } chinese)
        {
            return OfChinese(chinese.Groups["number"].Value);
        }

        return English().Match(text) is { Success: true } english
            ? OfEnglish(english.Groups["number"].Value.ToLowerInvariant().Split([' ', '-'], StringSplitOptions.RemoveEmptyEntries))
            : null;
    }

    private static int? OfChinese(string text)
    {
        var (sum, digit) = (0, (int?)null);
        foreach (var c in text)
        {
            switch (c)
            {
                case '百':
                    (sum, digit) = (sum + ((digit ?? 1) * 100), null);
                    break;
                case '十':
                    (sum, digit) = (sum + ((digit ?? 1) * 10), null);
                    break;
                case '两':
                    digit = 2;
                    break;
                case var _ when digit is > 0:
                    // "五三": digit by digit is no way to say a number.
                    return null;
                default:
                    digit = "零一二三四五六七八九".IndexOf(c, StringComparison.Ordinal);
                    break;
            }
        }

        return sum + (digit ?? 0);
    }

    private static int? OfEnglish(string[] words)
    {
        var (sum, isSmall) = (0, false);
        foreach (var word in words)
        {
            var (small, ten) = (Array.IndexOf(Small, word), Array.IndexOf(Tens, word));
            if (word is "and")
            {
                continue;
            }

            if (word is "a" && sum == 0)
            {
                sum = 1;
            }
            else if (word is "hundred" && sum is > 0 and < 10)
            {
                (sum, isSmall) = (sum * 100, false);
            }
            else if (small >= 0 && !isSmall && (sum % 100 == 0 || small < 10))
            {
                (sum, isSmall) = (sum + small, true);
            }
            else if (ten >= 2 && !isSmall && sum % 100 == 0)
            {
                sum += ten * 10;
            }
            else
            {
                return null;
            }
        }

        return words is ["a"] ? null : sum;
    }

    [GeneratedRegex("^[\\s那就]*((我)?(猜|觉得)|是不是|应该|会不会)?是?\\s*(?<number>[零一二两三四五六七八九十百]{1,7})\\s*(对?[吗吧呢啊嘛])?[\\s。？！?!.]*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Chinese();

    [GeneratedRegex("^\\s*((is it|is the number|it is|it's|i guess|i say|i think it is|my guess is|how about|what about|maybe|then)\\s+)?(?<number>[a-z]+([ -][a-z]+){0,4})[\\s?.!]*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex English();
}
