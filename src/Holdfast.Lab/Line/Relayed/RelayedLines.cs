namespace Holdfast.Lab.Line.Relayed;

/// <summary>A dozen of the grid's lines: in real time there is no time for all of them. Each rate, queue, loss and delay is there several times.</summary>
internal static class RelayedLines
{
    /// <param name="duration">How long each is watched.</param>
    /// <param name="seed">Of all that is left to chance.</param>
    public static IEnumerable<LineScenario> All(TimeSpan duration, ulong seed)
    {
        foreach (var (bandwidth, queue, loss, delay) in ((double, int, double, int)[])
        [
            (100e3, 200, 0, 20), (100e3, 2_000, 0.02, 150),
            (250e3, 50, 0, 20), (250e3, 200, 0.02, 20), (250e3, 2_000, 0, 150),
            (500e3, 200, 0, 20), (500e3, 50, 0.02, 150), (500e3, 2_000, 0.10, 20),
            (1e6, 200, 0, 20), (1e6, 50, 0.10, 150),
            (2e6, 200, 0.02, 20), (2e6, 2_000, 0, 150),
        ])
        {
            yield return new LineScenario
            {
                Bandwidth = bandwidth,
                Queue = TimeSpan.FromMilliseconds(queue),
                Loss = loss,
                Delay = TimeSpan.FromMilliseconds(delay),
                Duration = duration,
                Seed = seed,
            };
        }
    }
}
