using System.Globalization;

namespace Holdfast.Lab.Network;

/// <summary>Reads quantities as people write them.</summary>
internal static class Quantities
{
    /// <summary>250ms, 2s, 1.5s, 2m; a bare number is seconds.</summary>
    public static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = default;
        var (number, unit) = Split(text);
        TimeSpan? one = unit switch
        {
            "ms" => TimeSpan.FromMilliseconds(1),
            "s" or "" => TimeSpan.FromSeconds(1),
            "m" or "min" => TimeSpan.FromMinutes(1),
            "h" => TimeSpan.FromHours(1),
            _ => null,
        };
        if (one is null || !TryNumber(number, out var value) || value > TimeSpan.FromDays(1) / one.Value)
        {
            return false;
        }

        duration = one.Value * value;
        return true;
    }

    /// <summary>5%, 0.05.</summary>
    public static bool TryShare(string text, out double share)
    {
        var (number, unit) = Split(text);
        var isRead = TryNumber(number, out share) && unit is "%" or "";
        share = unit is "%" ? share / 100 : share;
        return isRead && share <= 1;
    }

    /// <summary>500k, 2M, 1000000: bits a second.</summary>
    public static bool TryRate(string text, out double rate)
    {
        var (number, unit) = Split(text);
        double? factor = unit switch
        {
            "" => 1,
            "k" or "kbit" => 1e3,
            "M" or "Mbit" => 1e6,
            _ => null,
        };
        var isRead = TryNumber(number, out rate) && factor is not null && rate > 0;
        rate *= factor ?? 1;
        return isRead;
    }

    /// <summary>2/min, 1/s, 10/h: events an hour, a minute, a second. Returned as events a second.</summary>
    public static bool TryFrequency(string text, out double perSecond)
    {
        perSecond = 0;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !TryNumber(text[..slash], out var number))
        {
            return false;
        }

        double? seconds = text[(slash + 1)..] switch
        {
            "s" => 1,
            "min" or "m" => 60,
            "h" => 3600,
            _ => null,
        };
        perSecond = number / (seconds ?? 1);
        return seconds is not null;
    }

    private static (string Number, string Unit) Split(string text)
    {
        var end = 0;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.'))
        {
            end++;
        }

        return (text[..end], text[end..].Trim());
    }

    private static bool TryNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
