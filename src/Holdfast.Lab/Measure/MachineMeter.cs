using System.Globalization;

namespace Holdfast.Lab.Measure;

/// <summary>
/// How busy this machine is, with everything on it. A load that is made and carried on one machine says little about the server once that machine is full.
/// Linux only.
/// </summary>
internal sealed class MachineMeter
{
    private const string Source = "/proc/stat";

    private (long Idle, long All) _before = Read() ?? default;

    /// <summary>Measures from now on.</summary>
    public void Restart() => _before = Read() ?? default;

    /// <summary>The share of all processors' time that was used since the start, 0 to 1; null where it cannot be known.</summary>
    public double? Busy() => Read() is { } now && now.All > _before.All
        ? 1 - (double)(now.Idle - _before.Idle) / (now.All - _before.All)
        : null;

    /// <summary>proc_stat(5): user, nice, system, idle, iowait, irq, softirq, steal, in ticks, over all processors.</summary>
    internal static (long Idle, long All)? Parse(string line)
    {
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 9 || !string.Equals(fields[0], "cpu", StringComparison.Ordinal))
        {
            return null;
        }

        var all = 0L;
        var idle = 0L;
        for (var i = 1; i <= 8; i++)
        {
            if (!long.TryParse(fields[i], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks))
            {
                return null;
            }

            all += ticks;
            idle += i is 4 or 5 ? ticks : 0;
        }

        return (idle, all);
    }

    private static (long Idle, long All)? Read()
    {
        try
        {
            return File.Exists(Source) ? Parse(File.ReadLines(Source).First()) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
