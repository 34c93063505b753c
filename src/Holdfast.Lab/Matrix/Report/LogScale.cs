namespace Holdfast.Lab.Matrix.Report;

/// <summary>Durations along a line, each decade as long as the next: what takes a hundredth and what takes a minute are both seen.</summary>
internal sealed class LogScale
{
    private static readonly double[] _steps = [1, 2, 5];
    private readonly double _low;
    private readonly double _high;

    /// <param name="seconds">What must have a place. Without any, a millisecond to a second.</param>
    public LogScale(IEnumerable<double> seconds)
    {
        var all = seconds.Where(static value => double.IsFinite(value) && value > 0).ToList();
        var least = all.Count == 0 ? 0.001 : Math.Clamp(all.Min(), 0.001, 3600);
        var most = all.Count == 0 ? 1 : Math.Clamp(all.Max(), 0.001, 3600);
        var steps = Steps().ToList();
        _low = steps.Last(step => step <= least * 1.0001);
        _high = steps.First(step => step >= most * 0.9999 && step > _low);
        var marks = steps.Where(step => step >= _low && step <= _high).ToList();
        Marks = _high / _low > 200 ? [.. marks.Where(static step => IsDecade(step))] : marks;
    }

    /// <summary>Where the axis is labelled, in seconds.</summary>
    public IReadOnlyList<double> Marks { get; }

    /// <summary>The place of a duration, 0 to 100; what lies outside stands at the edge.</summary>
    public double At(double seconds)
    {
        if (!double.IsFinite(seconds) || seconds <= _low)
        {
            return seconds > _low ? 100 : 0;
        }

        return Math.Min(100, 100 * Math.Log(seconds / _low) / Math.Log(_high / _low));
    }

    private static bool IsDecade(double step)
    {
        var power = Math.Log10(step);
        return Math.Abs(power - Math.Round(power)) < 1e-6;
    }

    /// <summary>1, 2, 5, 10... from a millisecond to beyond an hour.</summary>
    private static IEnumerable<double> Steps() =>
        from power in Enumerable.Range(-3, 8)
        from step in _steps
        select step * Math.Pow(10, power);
}
