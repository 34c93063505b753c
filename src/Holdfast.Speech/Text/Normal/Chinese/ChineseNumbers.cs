using System.Text;

namespace Holdfast.Speech;

/// <summary>Numbers in Chinese words.</summary>
internal static class ChineseNumbers
{
    /// <summary>Longer ones are said digit by digit.</summary>
    private const int MaxDigits = 16;

    private const string Names = "零一二三四五六七八九";
    private static readonly string[] Places = ["", "十", "百", "千"];
    private static readonly string[] Groups = ["", "万", "亿", "万亿"];

    public static string Digit(char digit) => Names.Substring(digit - '0', 1);

    /// <summary>"1203" as 一二零三.</summary>
    public static string Digits(ReadOnlySpan<char> digits)
    {
        var words = new StringBuilder(digits.Length);
        foreach (var digit in digits)
        {
            if (char.IsAsciiDigit(digit))
            {
                words.Append(Names[digit - '0']);
            }
        }

        return words.ToString();
    }

    /// <summary>The same as a number to dial is said: 一 is 幺.</summary>
    public static string Dialled(ReadOnlySpan<char> digits) => Digits(digits).Replace('一', '幺');

    /// <summary>A number as it is written: with commas, with a point, with noughts before it.</summary>
    public static string Number(string written)
    {
        var plain = written.Replace(",", "", StringComparison.Ordinal);
        var point = plain.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? plain : plain[..point];
        var words = whole.Length == 0 ? "零" : Cardinal(whole);
        return point < 0 ? words : $"{words}点{Digits(plain.AsSpan(point + 1))}";
    }

    /// <summary>An amount of money: the noughts behind the point say nothing.</summary>
    public static string Amount(string written) =>
        Count(written.Contains('.', StringComparison.Ordinal) ? written.TrimEnd('0').TrimEnd('.') : written);

    /// <summary>How many of something: two of it are 两.</summary>
    public static string Count(string written) => written is "2" ? "两" : Number(written);

    public static string Cardinal(string digits)
    {
        if (digits.Length > MaxDigits || (digits.Length > 1 && digits[0] == '0'))
        {
            return Digits(digits);
        }

        if (digits is "0")
        {
            return "零";
        }

        var words = new StringBuilder();
        var groups = (digits.Length + 3) / 4;
        var isGap = false;
        for (var group = groups - 1; group >= 0; group--)
        {
            var end = digits.Length - (group * 4);
            var part = digits[Math.Max(0, end - 4)..end];
            var value = int.Parse(part, System.Globalization.CultureInfo.InvariantCulture);
            if (value == 0)
            {
                isGap = words.Length > 0;
                continue;
            }

            if (words.Length > 0 && (isGap || value < 1000))
            {
                words.Append('零');
            }

            words.Append(group > 0 && value == 2 ? "两" : Group(value, isFirst: words.Length == 0)).Append(Groups[group]);
            isGap = false;
        }

        return words.ToString();
    }

    /// <summary>Up to 9999. A leading 一十 is 十; 2000 is 两千.</summary>
    private static string Group(int value, bool isFirst)
    {
        var words = new StringBuilder();
        var isGap = false;
        for (var place = 3; place >= 0; place--)
        {
            var digit = value / (int)Math.Pow(10, place) % 10;
            if (digit == 0)
            {
                isGap = words.Length > 0;
                continue;
            }

            words.Append(isGap ? "零" : "");
            var isTeen = place == 1 && digit == 1 && words.Length == 0 && isFirst;
            words.Append(isTeen ? "" : place == 3 && digit == 2 ? "两" : Names[digit].ToString()).Append(Places[place]);
            isGap = false;
        }

        return words.ToString();
    }
}
