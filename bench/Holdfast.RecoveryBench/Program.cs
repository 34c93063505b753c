using System.Globalization;
using Holdfast.Benches;
using Holdfast.Browser.Kit;
using Holdfast.RecoveryBench;

const string Usage = """
    usage: Holdfast.RecoveryBench [times = 20, up to 30] [seconds away = 40, 12 to 60] [URL of a server with /offer and /reconnect]

    With a URL, that server is measured in the same browser: a new connection after each click, as its page does.
    """;

var times = 20;
var awaySeconds = 40;
Uri? peer = null;
if (args.Length > 3
    || (args.Length > 0 && !int.TryParse(args[0], CultureInfo.InvariantCulture, out times))
    || (args.Length > 1 && !int.TryParse(args[1], CultureInfo.InvariantCulture, out awaySeconds))
    || (args.Length > 2 && !Uri.TryCreate(args[2], UriKind.Absolute, out peer))
    || times is < 1 or > 30
    || awaySeconds is < 12 or > 60)
{
    await Console.Error.WriteLineAsync(Usage);
    return 2;
}

await using var server = await ServerProcess.StartAsync("--environment", "Development", "--Holdfast:MaxSessions=200");
await using var chromium = await Chromium.LaunchAsync(hasMicrophone: false);
var table = new RecoveryTable(times);
Console.WriteLine($"{Machine.Describe()}, Chromium {chromium.Browser.Version} (headless) on the same machine, over loopback.");
Console.WriteLine();
table.Begin();
foreach (var level in new[] { 1, 2, 3 })
{
    await Console.Error.WriteLineAsync($"level {level}...");
    var recoveries = await Page.RunAsync(chromium.Browser, server.Address, "recoveries", new { level, times, awaySeconds });
    table.Add($"level {level}, after {awaySeconds} s or more", level, recoveries);
}

if (peer is not null)
{
    await Console.Error.WriteLineAsync($"{peer}...");
    table.Add("a new connection to the other server, while live", 3, await Page.RunAsync(chromium.Browser, peer, "connections", new { times }));
}

return 0;
