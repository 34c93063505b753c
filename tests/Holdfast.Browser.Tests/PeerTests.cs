using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Holdfast.Browser.Kit;

namespace Holdfast.Browser.Tests;

/// <summary>A real browser's connection without the page's own client: what any program may do over the HTTP API.</summary>
public sealed class PeerTests(Stage stage)
{
    [Fact(DisableParallelization = true)]
    public async Task A_microphone_is_received()
    {
        await using var visit = await Visit.OpenAsync(stage);
        await visit.ConnectPeerAsync("one", "{ microphone: true }");

        var heard = await visit.WithinAsync<JsonElement>(
            20,
            """
            probe.until(async () => {
                const { microphone } = await (await probe.call(one.session, 'GET')).json();
                return microphone?.packetsReceived >= 100 && microphone;
            })
            """);
        var report = await visit.WithinAsync<JsonElement>(20, "probe.until(() => probe.reported('audio', one.peer))");

        Assert.InRange(heard.GetProperty("packetsLost").GetInt32(), 0, 5);
        Assert.InRange(report.GetProperty("lost").GetInt32(), 0, 5); // the browser is told the same
        await visit.NothingWentWrongAsync();
    }

    [Fact]
    public async Task Two_sessions_show_two_avatars_at_once()
    {
        await using var visit = await Visit.OpenAsync(stage);
        var avatars = await visit.Page.EvaluateAsync<string[]>(
            "async () => (await (await fetch('/api/avatars')).json()).avatars.map(avatar => avatar.name)");
        Assert.True(avatars.Length >= 2);

        await visit.ConnectPeerAsync("first", $"{{ avatar: '{avatars[0]}' }}");
        await visit.ConnectPeerAsync("second", $"{{ avatar: '{avatars[1]}' }}");
        await visit.WithinAsync(20, "Promise.all([first, second].map(one => probe.plays(30, one.peer)))");
        var difference = await visit.Page.EvaluateAsync<double>(
            "() => probe.difference(...[first, second].map(one => probe.picture(one.video)))");

        Assert.True(difference > 8, $"the two pictures differ by {difference:F1} of 255 on average");
        await visit.NothingWentWrongAsync();
    }

    [Fact]
    public async Task One_sessions_words_are_not_heard_in_another()
    {
        await using var visit = await Visit.OpenAsync(stage);
        await visit.ConnectPeerAsync("first");
        await visit.ConnectPeerAsync("second");
        await visit.WithinAsync(15, $"Promise.all([first, second].map(one => probe.quiet({Visit.QuietText}, one.peer)))");

        var status = await visit.Page.EvaluateAsync<int>(
            "async () => (await probe.call(first.session, 'POST', '/say', { text: 'Only the first one says this sentence, and goes on for a while: one, two, three, four, five, six, seven.', mode: 'echo' })).status");
        await visit.WithinAsync(15, $"probe.loud({Visit.LoudText}, first.peer)");
        var power = await visit.WithinAsync<double[]>(15, "Promise.all([first, second].map(one => probe.power(1000, one.peer)))");

        Assert.Equal(202, status);
        Assert.True(power[0] > Visit.Loud, $"{power[0]}");
        Assert.True(power[1] < Visit.Quiet, $"{power[1]}");
    }

    [Fact]
    public async Task An_interruption_ends_the_speech_at_once()
    {
        await using var visit = await Visit.OpenAsync(stage);
        await visit.ConnectPeerAsync("one");
        await visit.Page.EvaluateAsync(
            "() => probe.call(one.session, 'POST', '/say', { text: 'This is a long speech. '.repeat(20), mode: 'echo' })");
        await visit.WithinAsync(15, $"probe.loud({Visit.LoudText}, one.peer)");

        var stopped = await visit.Page.EvaluateAsync<JsonElement>(
            "async () => (await probe.call(one.session, 'POST', '/interrupt')).json()");

        Assert.True(stopped.GetProperty("stopped").GetInt32() > 0);
        await visit.WithinAsync(4, $"probe.quiet({Visit.QuietText}, one.peer)"); // of which one second is listened to
    }

    [Theory]
    [InlineData("this is no SDP")]
    [InlineData("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n")]
    public async Task An_offer_that_cannot_be_answered_is_refused_with_a_sentence(string sdp)
    {
        using var client = new HttpClient { BaseAddress = stage.Server.Address };

        using var response = await client.PostAsJsonAsync("api/sessions", new { sdp, type = "offer" }, TestContext.Current.CancellationToken);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType, ignoreCase: true);
        Assert.Equal(400, problem.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrWhiteSpace(problem.GetProperty("detail").GetString()));
    }
}
