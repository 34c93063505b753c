namespace Holdfast.Speech;

/// <summary>What is said of the parts of a formula that stand above, below or inside of each other.</summary>
internal static class FormulaParts
{
    /// <summary>What stands raised; null where nothing does.</summary>
    public static string? Raised(string? power, bool isChinese) => (power, isChinese) switch
    {
        (null or "", _) => null,
        ("2", false) => "squared",
        ("3", false) => "cubed",
        ("2", true) => "平方",
        ("3", true) => "立方",
        ("degrees" or "度" or "prime" or "撇", _) => power,
        ("'", _) => isChinese ? "撇" : "prime",
        ("*", _) => isChinese ? "星" : "star",
        ("T", _) => isChinese ? "的转置" : "transposed",
        (_, false) => "to the power of " + power,
        (_, true) => $"的{power}次方",
    };

    /// <summary>A part of a whole: Chinese names the whole first.</summary>
    public static string Fraction(string above, string below, bool isChinese)
    {
        var isPlain = above.All(char.IsAsciiDigit) && below.All(char.IsAsciiDigit);
        return isPlain ? $"{above}/{below}" : isChinese ? $"{below}分之{above}" : above.Contains(' ') ? $"{above}, over {below}" : $"{above} over {below}";
    }

    /// <summary>A letter with a sign above it.</summary>
    public static string Marked(string mark, string what, bool isChinese) => (mark, isChinese) switch
    {
        ("vec", false) => "vector " + what,
        ("vec", true) => "向量" + what,
        ("hat", false) => what + " hat",
        ("hat", true) => what + "帽",
        ("tilde", false) => what + " tilde",
        ("tilde", true) => what + "波浪",
        ("dot", false) => what + " dot",
        ("dot", true) => what + "点",
        (_, false) => what + " bar",
        (_, true) => what + "拔",
    };

    /// <summary>A root, and of which degree.</summary>
    public static string Root(string? degree, string of, bool isChinese) => (degree, isChinese) switch
    {
        (null or "2", false) => "the square root of " + of,
        ("3", false) => "the cube root of " + of,
        (_, false) => $"the root of degree {degree} of {of}",
        (null or "2", true) => "根号" + of,
        (_, true) => $"{degree}次根号{of}",
    };

    /// <summary>Sums, products, integrals and limits, with what stands below and above them.</summary>
    public static string Over(string name, string? below, string? above, bool isChinese)
    {
        if (isChinese)
        {
            var from = below is null ? "" : above is null ? below : $"从{below}到{above}";
            return name switch
            {
                "sum" => from + "求和，",
                "prod" => from + "连乘，",
                "int" => from + "积分，",
                "log" => below is null ? "log" : $"以{below}为底的对数",
                "max" => from + "最大值",
                "min" => from + "最小值",
                _ => below is null ? "极限" : $"当{below}时的极限，",
            };
        }

        var span = (below, above) switch
        {
            (null, _) => " of",
            (_, null) => $" over {below} of",
            _ => $" from {below} to {above} of",
        };
        return name switch
        {
            "sum" => "the sum" + span,
            "prod" => "the product" + span,
            "int" => "the integral" + span,
            "log" => below is null ? "log" : $"log base {below} of",
            "max" => "the maximum" + span,
            "min" => "the minimum" + span,
            _ => below is null ? "the limit of" : $"the limit as {below.Replace(" to ", " goes to ", StringComparison.Ordinal)} of",
        };
    }
}
