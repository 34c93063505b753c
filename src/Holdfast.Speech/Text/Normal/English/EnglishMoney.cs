namespace Holdfast.Speech;

/// <summary>Sums of money in English words.</summary>
internal static class EnglishMoney
{
    private static readonly Dictionary<string, (string One, string Many, string? Cent, string? Cents)> Known = new(StringComparer.Ordinal)
    {
        ["$"] = ("dollar", "dollars", "cent", "cents"),
        ["US$"] = ("U S dollar", "U S dollars", "cent", "cents"),
        ["USD"] = ("U S dollar", "U S dollars", "cent", "cents"),
        ["A$"] = ("Australian dollar", "Australian dollars", "cent", "cents"),
        ["AUD"] = ("Australian dollar", "Australian dollars", "cent", "cents"),
        ["C$"] = ("Canadian dollar", "Canadian dollars", "cent", "cents"),
        ["CAD"] = ("Canadian dollar", "Canadian dollars", "cent", "cents"),
        ["HK$"] = ("Hong Kong dollar", "Hong Kong dollars", "cent", "cents"),
        ["HKD"] = ("Hong Kong dollar", "Hong Kong dollars", "cent", "cents"),
        ["CA$"] = ("Canadian dollar", "Canadian dollars", "cent", "cents"),
        ["AU$"] = ("Australian dollar", "Australian dollars", "cent", "cents"),
        ["NZ$"] = ("New Zealand dollar", "New Zealand dollars", "cent", "cents"),
        ["NZD"] = ("New Zealand dollar", "New Zealand dollars", "cent", "cents"),
        ["S$"] = ("Singapore dollar", "Singapore dollars", "cent", "cents"),
        ["SGD"] = ("Singapore dollar", "Singapore dollars", "cent", "cents"),
        ["NT$"] = ("Taiwan dollar", "Taiwan dollars", null, null),
        ["TWD"] = ("Taiwan dollar", "Taiwan dollars", null, null),
        ["MX$"] = ("Mexican peso", "Mexican pesos", "centavo", "centavos"),
        ["MXN"] = ("Mexican peso", "Mexican pesos", "centavo", "centavos"),
        ["R$"] = ("real", "reais", "centavo", "centavos"),
        ["BRL"] = ("real", "reais", "centavo", "centavos"),
        ["SEK"] = ("Swedish crown", "Swedish crowns", null, null),
        ["NOK"] = ("Norwegian crown", "Norwegian crowns", null, null),
        ["DKK"] = ("Danish crown", "Danish crowns", null, null),
        ["kr"] = ("crown", "crowns", null, null),
        ["PLN"] = ("zloty", "zlotys", null, null),
        ["zł"] = ("zloty", "zlotys", null, null),
        ["€"] = ("euro", "euros", "cent", "cents"),
        ["EUR"] = ("euro", "euros", "cent", "cents"),
        ["£"] = ("pound", "pounds", "penny", "pence"),
        ["GBP"] = ("pound", "pounds", "penny", "pence"),
        ["¥"] = ("yen", "yen", null, null),
        ["JP¥"] = ("yen", "yen", null, null),
        ["JPY"] = ("yen", "yen", null, null),
        ["CN¥"] = ("yuan", "yuan", null, null),
        ["CNY"] = ("yuan", "yuan", null, null),
        ["RMB"] = ("yuan", "yuan", null, null),
        ["元"] = ("yuan", "yuan", null, null),
        ["CHF"] = ("Swiss franc", "Swiss francs", null, null),
        ["₹"] = ("rupee", "rupees", null, null),
        ["INR"] = ("rupee", "rupees", null, null),
        ["₩"] = ("won", "won", null, null),
        ["KRW"] = ("won", "won", null, null),
        ["₽"] = ("ruble", "rubles", null, null),
        ["₿"] = ("bitcoin", "bitcoins", null, null),
        ["¢"] = ("cent", "cents", null, null),
    };

    private static readonly Dictionary<string, string> Scales = new(StringComparer.OrdinalIgnoreCase)
    {
        ["k"] = "thousand",
        ["m"] = "million",
        ["mn"] = "million",
        ["bn"] = "billion",
        ["b"] = "billion",
        ["tn"] = "trillion",
    };

    /// <summary>"m" as "million"; null for none.</summary>
    public static string? Scale(string scale) => scale.Length == 0 ? null : Scales.GetValueOrDefault(scale, scale);

    /// <summary>"$", "5.99", "" as "five dollars and ninety-nine cents"; null where the currency is not known.</summary>
    public static string? Words(string currency, string number, string scale)
    {
        if (!Known.TryGetValue(currency, out var money))
        {
            return null;
        }

        if (scale.Length > 0)
        {
            return $"{EnglishNumbers.Number(number)} {Scales.GetValueOrDefault(scale, scale)} {money.Many}";
        }

        var plain = EnglishNumbers.Plain(number);
        var point = plain.IndexOf('.', StringComparison.Ordinal);
        if (money.Cents is null || point < 0 || plain.Length - point != 3)
        {
            return $"{EnglishNumbers.Number(plain)} {(plain is "1" ? money.One : money.Many)}";
        }

        var (whole, part) = (plain[..point], plain[(point + 1)..].TrimStart('0'));
        var cents = part.Length == 0 ? "" : $"{EnglishNumbers.Cardinal(part)} {(part is "1" ? money.Cent : money.Cents)}";
        var units = whole.Trim('0').Length == 0 && cents.Length > 0 ? "" : $"{EnglishNumbers.Number(whole.Length == 0 ? "0" : whole)} {(whole is "1" ? money.One : money.Many)}";
        return units.Length > 0 && cents.Length > 0 ? $"{units} and {cents}" : units + cents;
    }
}
