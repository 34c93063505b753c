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
public sealed class MatrixTests
{
    [Fact]
    public async Task Chromium_comes_back_with_every_word() =>
        await RunAsync(BrowserKind.Chromium, [.. Outages.All.Where(static outage => outage.IsQuick)]);

    [Fact]
    public async Task Firefox_comes_back_with_every_word()
    {
        Assert.SkipUnless(((string[])["firefox-esr", "firefox"]).Any(IsInstalled), "Firefox is not installed.");
        await RunAsync(BrowserKind.Firefox, [.. Outages.All.Where(static outage => outage.Row.Key is "short")]);
    }

    private static async Task RunAsync(BrowserKind browser, IReadOnlyList<Outage> outages)
    {
        Assert.SkipWhen(IsolatedNetwork.Obstacle is not null, IsolatedNetwork.Obstacle ?? "");
        var options = new MatrixOptions
        {
            Server = ["dotnet", Repository.Server, "--Logging:LogLevel:Default=Warning"],
            Browsers = [browser],
            Policies = ["manual"],
            Outages = outages,
            Passage = Passages.Alphabet[..2],
        };

        var report = await new MatrixRun(options, TimeProvider.System).RunAsync(Tell, TestContext.Current.CancellationToken);

        Assert.Equal(outages.Count, report.Cells.Count);
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
