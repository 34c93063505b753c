using System.Diagnostics;
using System.Globalization;
using Holdfast.Benches;
using Holdfast.HeldBench;
using Holdfast.Media;
using Holdfast.Rtc;
using Holdfast.Server;
using Holdfast.Sessions;
using Microsoft.Extensions.DependencyInjection;

var count = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1_000;
var seconds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 60;
var text = args.Length > 2 && string.Equals(args[2], "speaking", StringComparison.Ordinal) ? LongText() : null;
if (count < 1 || seconds < 1 || args.Length > (text is null ? 2 : 3))
{
    Console.Error.WriteLine("usage: Holdfast.HeldBench [sessions = 1000] [seconds of each CPU measurement = 60] [speaking]");
    return 2;
}

// The wire waits 10 s for feedback before it gives back what it sent last, and a deadline of 15 s keeps what it was for until then.
var settling = TimeSpan.FromSeconds(17);

await using var app = HoldfastServer.Build(
    ["--urls", "http://127.0.0.1:0", "--Holdfast:Rtc:Port=0", $"--Holdfast:MaxSessions={count}", "--Holdfast:UnspokenGraceSeconds=3600", "--Logging:LogLevel:Default=Error"]);
await app.StartAsync();
var endpoint = app.Services.GetRequiredService<RtcEndpoint>();
var directory = app.Services.GetRequiredService<SessionDirectory>();
await app.Services.GetRequiredService<IShowFactory>().PrepareAsync(CancellationToken.None);

// What the first ones cost once and for all (code, pools, what all avatars share) is no session's own.
var first = new Crowd(directory, endpoint, text);
first.Visit(Math.Min(count, 40));
await first.AllHeldAsync();
first.Close();
await Task.Delay(settling);
Console.Error.WriteLine("the empty server...");
var (memoryBefore, residentBefore) = Memory();
var emptyShare = await ProcessorAsync();

var crowd = new Crowd(directory, endpoint, text);
crowd.Visit(count);
await crowd.AllHeldAsync();
await Task.Delay(settling);
Console.Error.WriteLine($"{crowd.Held} held...");
var (memoryHeld, residentHeld) = Memory();
var (packets, pictures) = (endpoint.GetStatistics().DatagramsSent, crowd.Pictures);
var heldShare = await ProcessorAsync();
packets = endpoint.GetStatistics().DatagramsSent - packets;
pictures = crowd.Pictures - pictures;
var (stillHeld, speaking) = (crowd.Held, crowd.Speaking);
var (files, fileBytes) = PutAside();
crowd.Close();
await app.StopAsync();

Console.WriteLine(Machine.Describe() + ".");
Console.WriteLine();
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {stillHeld} held sessions | result |"));
Console.WriteLine("|---|---|");
if (text is not null)
{
    Row($"of which were left in the middle of the first sentence of a text of {text.Length} characters", $"{speaking}");
    Row($"sound of each that waits in a file ({files} files)", $"{fileBytes / 1024.0 / count:F0} KiB");
}

Row($"managed memory of each", $"{(memoryHeld - memoryBefore) / 1024.0 / count:F1} KiB");
Row($"resident memory of each, all of the process counted", $"{(residentHeld - residentBefore) / 1024.0 / count:F1} KiB");
Row($"processor time a minute, the empty server's {emptyShare * 60:F2} s taken off", $"{(heldShare - emptyShare) * 60:F2} s");
Row($"datagrams sent in {seconds} s", $"{packets}");
Row($"pictures drawn, encoded or sent in {seconds} s", $"{pictures}");
return 0;

static (long Managed, long Resident) Memory()
{
    for (var i = 0; i < 3; i++)
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
    }

    using var process = Process.GetCurrentProcess();
    return (GC.GetTotalMemory(forceFullCollection: true), process.WorkingSet64);
}

// What the process uses as it is now, in cores.
async Task<double> ProcessorAsync()
{
    using var process = Process.GetCurrentProcess();
    var start = Stopwatch.GetTimestamp();
    var before = process.TotalProcessorTime;
    await Task.Delay(TimeSpan.FromSeconds(seconds));
    process.Refresh();
    return (process.TotalProcessorTime - before) / Stopwatch.GetElapsedTime(start);
}

// The first sentence lasts some 15 s, and is left after one or two.
static string LongText() =>
    "This is the first sentence of a long answer, and whoever asked for it walks out of the building while it is being said, "
    + "into a lift without any network at all, so that most of what it says is still to be heard when somebody comes back. "
    + "After it there is another sentence, which nobody has begun to make. And then there is the last one.";

// The files have no names any more; the process still holds them open (Linux).
static (int Files, long Bytes) PutAside()
{
    var (files, bytes) = (0, 0L);
    foreach (var link in Directory.Exists("/proc/self/fd") ? Directory.GetFiles("/proc/self/fd") : [])
    {
        if (new FileInfo(link).LinkTarget?.Contains("holdfast-speech-", StringComparison.Ordinal) == true)
        {
            using var file = File.OpenHandle(link, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            (files, bytes) = (files + 1, bytes + RandomAccess.GetLength(file));
        }
    }

    return (files, bytes);
}

static void Row(FormattableString what, FormattableString result) =>
    Console.WriteLine(FormattableString.Invariant($"| {FormattableString.Invariant(what)} | {FormattableString.Invariant(result)} |"));
