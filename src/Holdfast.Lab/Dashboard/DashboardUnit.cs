using System.Globalization;

namespace Holdfast.Lab.Dashboard;

/// <summary>Values as Grafana's units have them written.</summary>
internal static class DashboardUnit
{
    private static readonly string[] Thousands = ["", "k", "M", "G", "T"];

    public static string Write(double value, string unit) => unit switch
    {
        "percentunit" => Plain(value * 100) + "\u202f%",
        "ops" => Scaled(value, 1000, "") + "/s",
        "s" when Math.Abs(value) is > 0 and < 0.9995 => Plain(value * 1000) + "\u202fms",
        "s" => Plain(value) + "\u202fs",
        "bps" => Scaled(value, 1000, "\u202fbit/s"),
        "bytes" => Scaled(value, 1024, "iB"),
        _ => Scaled(value, 1000, ""),
    };

    private static string Scaled(double value, double step, string unit)
    {
        var rank = 0;
        while (Math.Abs(value) >= step && rank < Thousands.Length - 1)
        {
            (value, rank) = (value / step, rank + 1);
        }

        // Bytes without a prefix are no "iB".
        var name = rank == 0 && unit is "iB" ? "B" : Thousands[rank] + unit.TrimStart('\u202f');
        return Plain(value) + (name.Length == 0 ? "" : "\u202f" + name);
    }

    private static string Plain(double value) => Math.Abs(value) switch
    {
        >= 100 or 0 => value.ToString("0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.#", CultureInfo.InvariantCulture),
        >= 0.1 => value.ToString("0.##", CultureInfo.InvariantCulture),
        _ => value.ToString("0.###", CultureInfo.InvariantCulture),
    };
}
