using System.Globalization;
using System.Text.Json;
using Holdfast.Browser.Kit;
using Holdfast.RecoveryBench;
using Holdfast.Benches;

var times = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 20;
var awaySeconds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 40;
if (times is < 1 or > 30 || awaySeconds is < 12 or > 60)
{
    Console.Error.WriteLine("usage: Holdfast.RecoveryBench [times = 20, up to 30] [seconds away = 40, 12 to 60]");
    return 2;
}

await using var server = await ServerProcess.StartAsync("--environment", "Development", "--Holdfast:MaxSessions=200");
await using var chromium = await Chromium.LaunchAsync();
Console.WriteLine(Machine.Describe(chromium.Browser.Version));
Console.WriteLine();
Console.WriteLine("| from the click to the first new picture | p50 | p95 | least | most | at the level meant |");
Console.WriteLine("|---|---|---|---|---|---|");
foreach (var level in new[] { 1, 2, 3 })
{
    Console.Error.WriteLine($"level {level}...");
    await using var context = await chromium.Browser.NewContextAsync();
    var page = await context.NewPageAsync();
    await page.AddInitScriptAsync(scriptPath: Path.Combine(AppContext.BaseDirectory, "recoveries.js"));
    await page.GotoAsync(new Uri(server.Address, "healthz").ToString());
    var json = await page.EvaluateAsync<string>(
        "async options => JSON.stringify(await recoveries(options))", new { level, times, awaySeconds });
    var recoveries = JsonSerializer.Deserialize<Recovery[]>(json, JsonSerializerOptions.Web)!;
    foreach (var one in recoveries)
    {
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  {one.Milliseconds:F0} ms, level {one.Level}, was {one.Browser}, same session: {one.SameSession}"));
    }

    var sorted = recoveries.Select(one => one.Milliseconds).Order().ToArray();
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| level {level}, after {awaySeconds} s or more | {Percentile(sorted, 0.50):F0} ms | {Percentile(sorted, 0.95):F0} ms | {sorted[0]:F0} ms | {sorted[^1]:F0} ms | {recoveries.Count(one => one.Level == level)} of {times} |"));
}

return 0;

// Nearest rank: the smallest time that this share of the recoveries did not exceed.
static double Percentile(double[] sorted, double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
