using Holdfast.Browser.Kit;
using Holdfast.Lab.Browsers;
using Holdfast.Lab.Matrix;
using Holdfast.Lab.Network.Isolated;
using Holdfast.Lab.Words;

namespace Holdfast.Browser.Tests;

/// <summary>
/// The quick part of the outage matrix: packets are really lost, interfaces really go down, the page is the product's own, and what a real browser plays is
/// compared word by word with what was said. The whole is <c>bench/matrix</c>.
/// </summary>
[Collection(nameof(Alone))]
public sealed class MatrixTests
{
    /// <summary>Two at a time: most of a cell is waiting.</summary>
    private const int Lanes = 2;

    private static bool HasFirefox => ((string[])["firefox-esr", "firefox"]).Any(IsInstalled);

    [Fact]
    public async Task Every_word_is_heard_over_every_quick_outage()
    {
        Assert.SkipWhen(IsolatedNetwork.Obstacle is not null, IsolatedNetwork.Obstacle ?? "");

        // A server that is killed is CrashTests' and FirefoxCrashTests', with more kills than one.
        Outage[] quick = [.. Outages.All.Where(static outage => outage.IsQuick && outage.Row.Key is not "server-crash")];
        var options = new MatrixOptions
        {
            Server = ["dotnet", Repository.Server, "--Logging:LogLevel:Default=Warning"],
            Browsers = HasFirefox ? [BrowserKind.Chromium, BrowserKind.Firefox] : [BrowserKind.Chromium],
            Policies = ["manual"],
            Outages = quick,
            IsWanted = static (browser, outage) => browser == BrowserKind.Chromium || outage.Row.Key is "short",
            Lanes = Lanes,
            Passage = Passages.Alphabet[..2],
        };

        var report = await new MatrixRun(options, TimeProvider.System).RunAsync(Tell, TestContext.Current.CancellationToken);

        Assert.Equal(quick.Length + (HasFirefox ? 1 : 0), report.Cells.Count);
        Assert.True(report.IsFine, string.Join('\n', report.Cells.Where(static cell => cell.Problem is not null).Select(Describe)));
    }

    private static void Tell(MatrixCell cell) => TestContext.Current.TestOutputHelper!.WriteLine(Describe(cell));

    private static string Describe(MatrixCell cell) =>
        $"""
        {cell.Outage} in {cell.BrowserVersion}: {cell.Problem ?? "fine"}; noticed after {cell.DetectedAfter} s, back {cell.RecoveredAfter} s after {(cell.IsFromClick ? "the click" : "the path")} by level {cell.Level}, {cell.SecondsRepeated} s said again, {cell.SecondsMadeUp} s made up, attempt {cell.Attempts}
        {cell.Heard}
        """;

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
