using System.Globalization;
using Holdfast.Benches;
using Holdfast.StartBench;

var starts = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 20;
var seconds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 20;
if (starts < 1 || seconds < 1)
{
    Console.Error.WriteLine("usage: Holdfast.StartBench [starts = 20] [seconds of each CPU measurement = 20]");
    return 2;
}

await using var bench = await Bench.PrepareAsync();
Console.Error.WriteLine($"{starts} starts...");
var first = await bench.StartAsync();
var times = new double[starts];
for (var i = 0; i < starts; i++)
{
    times[i] = await bench.StartAsync();
    Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {times[i]:F0} ms"));
}

Console.Error.WriteLine($"CPU, 3 times {seconds} s...");
var empty = await bench.ProcessorShareAsync(TimeSpan.FromSeconds(seconds));
var idle = await bench.ProcessorShareOfSessionAsync(TimeSpan.FromSeconds(seconds), speaking: false);
var speaking = await bench.ProcessorShareOfSessionAsync(TimeSpan.FromSeconds(seconds), speaking: true);

Array.Sort(times);
Console.WriteLine($"{Machine.Describe()}, Chromium {bench.BrowserVersion} (headless) on the same machine, over loopback.");
Console.WriteLine();
Console.WriteLine("| what | result |");
Console.WriteLine("|---|---|");
Row("click to first frame, p50 of " + starts, $"{Percentile(times, 0.50):F0} ms");
Row("click to first frame, p95", $"{Percentile(times, 0.95):F0} ms");
Row("click to first frame, least and most", $"{times[0]:F0} ms, {times[^1]:F0} ms");
Row("the very first start after the server's", $"{first:F0} ms");
Row("server without a session", $"{empty:P2} of a core");
Row("one idle session", $"{idle - empty:P2} of a core");
Row("one speaking session, espeak-ng included", $"{speaking - empty:P2} of a core");
Row("memory of the server's process at the end", $"{bench.WorkingSet / 1048576.0:F0} MiB");
return 0;

static void Row(string what, FormattableString result) =>
    Console.WriteLine($"| {what} | {FormattableString.Invariant(result)} |");

// Nearest rank: the smallest time that this share of the starts did not exceed.
static double Percentile(double[] sorted, double share) =>
    sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
