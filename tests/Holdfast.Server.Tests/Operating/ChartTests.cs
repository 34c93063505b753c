using System.Net;
using System.Text.RegularExpressions;

namespace Holdfast.Server.Tests.Operating;

/// <summary>The Helm chart, held against the server.</summary>
public sealed partial class ChartTests
{
    private static readonly string Chart = Path.Combine(Repository.Root, "deploy", "helm", "holdfast");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_chart_asks_and_sets_is_what_the_server_has()
    {
        var pod = await File.ReadAllTextAsync(Path.Combine(Chart, "templates", "statefulset.yaml"), Cancel);
        var settings = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "configuration.md"), Cancel);
        string[] names = [.. Setting().Matches(pod).Select(static match => match.Groups["name"].Value.Replace("__", ":", StringComparison.Ordinal))];
        Assert.Equal(4, names.Length);
        Assert.All(names, name => Assert.Contains($"`{name}`", settings, StringComparison.Ordinal));
        await using var server = await RunningServer.StartAsync();
        string[] probes = [.. Probe().Matches(pod).Select(static match => match.Groups["path"].Value)];
        Assert.Equal(["/readyz", "/readyz", "/livez"], probes);
        foreach (var probe in probes.Distinct(StringComparer.Ordinal))
        {
            using var answer = await server.Http.GetAsync(probe, Cancel);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Every_value_that_a_template_asks_for_has_a_default()
    {
        var values = await File.ReadAllTextAsync(Path.Combine(Chart, "values.yaml"), Cancel);
        string[] asked = [.. Directory.GetFiles(Path.Combine(Chart, "templates")).SelectMany(static file => Value().Matches(File.ReadAllText(file))).Select(static match => match.Groups["name"].Value).Distinct(StringComparer.Ordinal)];
        Assert.True(asked.Length > 10, "Nothing is asked for.");
        Assert.All(asked, name =>
        {
            var parts = name.Split('.');
            Assert.Matches($"(?m)^{parts[0]}:", values);
            if (parts.Length > 1)
            {
                Assert.Matches($"(?m)^{parts[0]}:\\n(  .*\\n)*  {parts[1]}:", values);
            }
        });
    }

    [GeneratedRegex(@"- name: (?<name>Holdfast__[A-Za-z]+__[A-Za-z]+)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Setting();

    [GeneratedRegex("httpGet: { path: (?<path>/[a-z]+), port: http }", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Probe();

    [GeneratedRegex(@"\.Values\.(?<name>[a-zA-Z.]+)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Value();
}
