using System.Globalization;

namespace Holdfast.Lab.Report;

/// <summary>Numbers as a person reads them.</summary>
internal static class Wording
{
    /// <summary>A thin space, which does not break.</summary>
    private const string Thin = "\u202f";

    /// <param name="seconds">Seconds; rounded to what matters.</param>
    public static string Duration(double seconds)
    {
        if (!double.IsFinite(seconds))
        {
            return "unknown";
        }

        var sign = seconds < 0 ? "−" : string.Empty;
        var length = Math.Abs(seconds);
        return sign + length switch
        {
            < 0.9995 => Text($"{length * 1000:0}{Thin}ms"),
            < 9.995 => Text($"{length:0.00}{Thin}s"),
            < 59.95 => Text($"{length:0.0}{Thin}s"),
            _ => Text($"{Math.Floor(Math.Round(length) / 60):0}{Thin}min {Math.Round(length) % 60:0}{Thin}s"),
        };
    }

    /// <summary>A mark of an axis: as short as it can be.</summary>
    public static string Label(double seconds) => seconds switch
    {
        < 0.9995 => Text($"{seconds * 1000:0.#}{Thin}ms"),
        _ => Text($"{seconds:0.#}{Thin}s"),
    };

    /// <summary>A moment on a timeline.</summary>
    public static string Moment(double seconds) => Text($"{seconds:0.0}{Thin}s").Replace('-', '−');

    /// <summary>"1 click", "2 clicks", "no click".</summary>
    public static string Count(int count, string one, string many) => count switch
    {
        0 => "no " + one,
        1 => "1\u00a0" + one,
        _ => Text($"{count}\u00a0{many}"),
    };

    public static string Level(int? level) => level switch
    {
        null => "never away",
        0 => "healed by itself",
        _ => Text($"level\u00a0{level}"),
    };

    /// <summary>"chromium" as a name.</summary>
    public static string Name(string key) => key.Length == 0 ? key : char.ToUpperInvariant(key[0]) + key[1..];

    public static string Memory(long bytes) => Text($"{bytes / (1024.0 * 1024 * 1024):0.#}{Thin}GiB");

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>"a", "a and b", "a, b and c".</summary>
    public static string List(IReadOnlyList<string> parts) => parts.Count switch
    {
        0 => string.Empty,
        1 => parts[0],
        _ => $"{string.Join(", ", parts.Take(parts.Count - 1))} and {parts[^1]}",
    };
}
