using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Holdfast.Server.Tests.Operating;

/// <summary>What is shipped for Prometheus, judged by Prometheus' own tool.</summary>
public sealed partial class PrometheusFileTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "deploy", "prometheus");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The last one runs the alerts over made-up series: each speaks when it should, and is silent when it should not.</summary>
    [Theory]
    [InlineData("check", "config", "prometheus.yaml")]
    [InlineData("check", "rules", "alerts.yaml")]
    [InlineData("test", "rules", "alerts.test.yaml")]
    public async Task Prometheus_own_tool_finds_nothing_wrong(params string[] arguments)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo("promtool", arguments)
            {
                WorkingDirectory = Folder,
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.False(File.Exists("/usr/bin/apt-get") && Environment.GetEnvironmentVariable("CI") is "true", "./test installs promtool where there is apt, and it is not here.");
            Assert.Skip("promtool is not installed (Debian: apt-get install prometheus).");
            return;
        }

        using (process)
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(Cancel), process.StandardError.ReadToEndAsync(Cancel));
            var said = await output + await errors;
            await process.WaitForExitAsync(Cancel);
            Assert.True(process.ExitCode == 0, said);
            Assert.Contains("SUCCESS", said, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_alert_is_seen_to_speak_and_to_be_silent()
    {
        string[] alerts = [.. Alert().Matches(Read("alerts.yaml")).Select(static match => match.Groups["name"].Value)];
        var cases = Case().Matches(Read("alerts.test.yaml")).ToLookup(
            static match => match.Groups["name"].Value, static match => !match.Groups["silent"].Success, StringComparer.Ordinal);
        Assert.True(alerts.Length > 5, "There are no alerts.");
        Assert.Equal(alerts.Order(StringComparer.Ordinal), cases.Select(static alert => alert.Key).Order(StringComparer.Ordinal));
        Assert.All(alerts, name =>
        {
            Assert.Contains(true, cases[name]);
            Assert.Contains(false, cases[name]);
        });
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(Folder, file));

    [GeneratedRegex(@"^ +- alert: (?<name>\w+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Alert();

    [GeneratedRegex(@"alertname: (?<name>\w+)(, eval_time: \d+m, (?<silent>exp_alerts: \[\]))?", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Case();
}
