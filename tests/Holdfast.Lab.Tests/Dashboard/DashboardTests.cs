using System.Net;
using System.Text;
using System.Web;
using System.Xml.Linq;
using Holdfast.Lab.Commands;
using Holdfast.Lab.Dashboard;
using Holdfast.Lab.Report;
using Holdfast.Lab.Sessions;

namespace Holdfast.Lab.Tests.Dashboard;

/// <summary>The dashboard that is shipped, asked of a Prometheus that answers what it is told to.</summary>
public sealed class DashboardTests
{
    private const string Nothing = """{"status":"success","data":{"resultType":"matrix","result":[]}}""";

    private const string Two = """
        {"status":"success","data":{"resultType":"matrix","result":[
          {"metric":{"holdfast_state":"held","holdfast_reason":"grace_over"},"values":[[1000,"0"],[1002,"NaN"],[1004,"4"],[1030,"+Inf"],[1050,"5"]]},
          {"metric":{"holdfast_state":"connected","holdfast_reason":"closed_by_owner"},"values":[[1000,"1"],[1002,"2"],[1004,"3"]]}]}}
        """;

    private static readonly TimeSpanAsked When = new(1000, 1060, 2);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string File => Path.Combine(Root(), "deploy", "grafana", "holdfast.json");

    [Fact]
    public async Task Every_panel_asks_with_its_variables_filled_in_and_is_drawn_with_its_labels()
    {
        var asked = new List<string>();
        var answer = await AskAsync(query =>
        {
            asked.Add(query);
            return Two;
        });
        Assert.True(asked.Count > 30, "Hardly anything was asked.");
        Assert.All(asked, static query => Assert.DoesNotContain('$', query));
        Assert.Contains(asked, static query => query.Contains("[20s]", StringComparison.Ordinal));
        Assert.Empty(answer.Empty);
        var states = answer.Panels.Single(static panel => panel.Panel.Title is "Sessions by state");
        Assert.Equal(["connected", "held", "limit", "limit"], states.Lines.Select(static line => line.Name), StringComparer.Ordinal);
        Assert.Equal([0, 4, 5], states.Lines[1].Points.Select(static point => point.Value));

        var page = DashboardPage.Build(answer);
        Assert.Equal(
            answer.Panels.Where(static panel => !panel.Panel.IsHeading).Select(static panel => panel.Panel.Title),
            page.Descendants(Markup.Xhtml + "section").Select(static panel => panel.Element(Markup.Xhtml + "h3")!.Value),
            StringComparer.Ordinal);

        // A gap stays open: the line of five points has two beginnings.
        var held = page.Descendants(Markup.Xhtml + "section").Single(static panel => panel.Element(Markup.Xhtml + "h3")!.Value is "Sessions by state")
            .Descendants(Markup.Drawing + "path").Where(static path => path.Attribute("class")!.Value.StartsWith("line", StringComparison.Ordinal)).ElementAt(1);
        Assert.Equal(2, held.Attribute("d")!.Value.Count(static letter => letter is 'M'));
        using var text = new StringWriter();
        DashboardPage.Write(answer, text);
        Assert.NotNull(XDocument.Parse(text.ToString().Replace("<!DOCTYPE html>", "", StringComparison.Ordinal)).Root);
    }

    [Fact]
    public async Task A_panel_that_is_answered_with_nothing_is_named_with_its_question()
    {
        var answer = await AskAsync(static query => query.Contains("handshake", StringComparison.Ordinal) ? Nothing : Two);
        var empty = Assert.Single(answer.Empty);
        Assert.Equal("DTLS handshake", empty.Panel.Title);
        Assert.Equal(2, empty.Silent.Count);
        Assert.Contains(DashboardPage.Build(answer).Descendants(Markup.Xhtml + "p"), static text => text.Value is "nothing");
    }

    [Fact]
    public async Task What_Prometheus_refuses_and_what_is_no_Prometheus_is_said()
    {
        var refused = await Assert.ThrowsAsync<ServerException>(() => AskAsync(static _ => """{"status":"error","error":"unknown function"}"""));
        Assert.Equal(ServerFailure.Refused, refused.Failure);
        Assert.Contains("unknown function", refused.Message, StringComparison.Ordinal);
        var other = await Assert.ThrowsAsync<ServerException>(() => AskAsync(static _ => "<html>"));
        Assert.Equal(ServerFailure.NotUnderstood, other.Failure);
        var none = await Assert.ThrowsAsync<ServerException>(() => AskAsync(static _ => throw new HttpRequestException("refused")));
        Assert.Equal(ServerFailure.Unreachable, none.Failure);
    }

    [Theory]
    [InlineData(0, "short", "0")]
    [InlineData(75, "short", "75")]
    [InlineData(1_840, "ops", "1.84\u202fk/s")]
    [InlineData(0.0123, "s", "12.3\u202fms")]
    [InlineData(56.04, "s", "56\u202fs")]
    [InlineData(0.625, "percentunit", "62.5\u202f%")]
    [InlineData(29_800_000, "bps", "29.8\u202fMbit/s")]
    [InlineData(629_145_600, "bytes", "600\u202fMiB")]
    [InlineData(12, "bytes", "12\u202fB")]
    public void Values_are_written_in_their_unit(double value, string unit, string written) => Assert.Equal(written, DashboardUnit.Write(value, unit));

    [Theory]
    [InlineData("{")]
    [InlineData("""{ "title": "no panels" }""")]
    [InlineData("""{ "title": "odd", "panels": [ { "type": "stat" } ] }""")]
    public async Task A_file_that_is_no_dashboard_is_refused_with_a_sentence(string json)
    {
        var path = Path.GetTempFileName();
        try
        {
            await System.IO.File.WriteAllTextAsync(path, json, Cancel);
            var e = await Assert.ThrowsAsync<UsageException>(() => GrafanaDashboard.ReadAsync(path, Cancel));
            Assert.StartsWith("--dashboard: ", e.Message, StringComparison.Ordinal);
        }
        finally
        {
            System.IO.File.Delete(path);
        }
    }

    private static async Task<DashboardAnswer> AskAsync(Func<string, string> answers)
    {
        using var prometheus = new Prometheus(answers);
        using var http = new HttpClient(prometheus) { BaseAddress = new Uri("http://prometheus.test/") };
        return await DashboardRun.RunAsync(await GrafanaDashboard.ReadAsync(File, Cancel), new PrometheusApi(http), When, TimeSpan.FromSeconds(20), Cancel);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!System.IO.File.Exists(Path.Combine(folder.FullName, "Holdfast.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run within the repository.");
        }

        return folder.FullName;
    }

    private sealed class Prometheus(Func<string, string> answers) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Assert.Equal("/api/v1/query_range", request.RequestUri!.AbsolutePath);
            var query = HttpUtility.ParseQueryString(request.RequestUri.Query)["query"]!;
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(answers(query), Encoding.UTF8, "application/json") });
        }
    }
}
