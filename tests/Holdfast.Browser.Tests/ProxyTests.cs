using System.Collections.Concurrent;
using System.Text.Json;
using Holdfast.Browser.Kit;
using Holdfast.Server.Tests.Http;
using Microsoft.Playwright;

namespace Holdfast.Browser.Tests;

/// <summary>The page through a real nginx with a prefix, which answers in the server's place for a while, restarts, and buffers.</summary>
public sealed class ProxyTests(Stage stage)
{
    private const string Player = "document.querySelector('holdfast-player')";

    /// <summary>The words under each line of the person's, in order.</summary>
    private const string Lines = "[...document.querySelectorAll('.line')]";

    [Fact]
    public async Task Whatever_a_proxy_answers_for_a_while_the_session_plays_and_what_was_typed_is_said_afterwards_once_and_in_order()
    {
        await using var nginx = await Nginx.StartAsync(stage.Server.Address);
        await using var visit = await Visit.OpenAsync(stage, address: nginx.Address);
        await visit.ConnectAsync();
        var id = await visit.SessionIdAsync();
        var kept = await TokenAsync(visit);
        var typed = new List<string>();
        foreach (var (name, number) in Nginx.Answers.Keys.Select(static (name, place) => (name, place + 1)))
        {
            await nginx.BehaveAsync(name);
            await visit.SayAsync($"Number {number}.");
            typed.Add($"Number {number}.");

            // The text says why it waits; three heartbeats are answered by somebody else.
            var line = visit.Page.Locator(".line").Nth(number - 1);
            await Assertions.Expect(line).ToHaveAttributeAsync("data-status", "waiting");
            await Assertions.Expect(line.Locator(".fate")).ToContainTextAsync("会自动再发");
            await visit.WithinAsync(20, $"probe.until(async () => {{ await {Player}.session.reconnect().catch(() => {{}}); return {Player}.session.state.missed >= 3; }})");
            await visit.SceneAsync("unreachable");

            // It plays all the same.
            await visit.WithinAsync(20, "probe.plays()");
            Assert.Equal("connected", await visit.Page.EvaluateAsync<string>($"() => {Player}.session.state.status"));
            Assert.Equal(id, await visit.SessionIdAsync());
            Assert.Equal(kept, await TokenAsync(visit));

            // The server itself again: nobody has to do anything.
            await nginx.BehaveAsync(Nginx.Honest);
            await visit.WithinAsync(30, $"probe.until(() => {Player}.session.outbox.items.every(item => item.status === 'accepted'))");
            await visit.WithinAsync(10, $"probe.until(async () => {{ await {Player}.session.reconnect().catch(() => {{}}); return {Player}.session.state.missed === 0; }})");
            await visit.SceneAsync("call");
        }

        await visit.WithinAsync(40, $"probe.until(() => {Lines}.every(line => line.dataset.status === 'said'))");
        var said = await visit.Page.EvaluateAsync<string[]>($"() => {Lines}.map(line => line.querySelector('.bubble').textContent)");
        Assert.Equal(typed, said, StringComparer.Ordinal);
        Assert.Equal(id, await visit.SessionIdAsync());
    }

    [Fact]
    public async Task A_proxy_that_restarts_breaks_nothing_and_the_journal_goes_on_where_it_was()
    {
        await using var nginx = await Nginx.StartAsync(stage.Server.Address);
        await using var visit = await Visit.OpenAsync(stage, "en-GB", address: nginx.Address);
        await visit.ConnectAsync();
        var id = await visit.SessionIdAsync();
        await visit.Page.EvaluateAsync(
            $"() => {{ globalThis.entries = []; {Player}.session.addEventListener('journal', event => entries.push(event.entry)); }}");
        await visit.SayAsync("One, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve.");

        // Words come through a proxy that buffers, while they are said.
        await visit.WithinAsync(30, "probe.until(() => entries.filter(entry => entry.kind === 'word').length >= 2)");
        Assert.DoesNotContain("finished", await visit.Page.EvaluateAsync<string[]>("() => entries.map(entry => entry.kind)"), StringComparer.Ordinal);
        await nginx.StopAsync();
        await visit.SayAsync("And this was typed while nobody answered.");
        await Assertions.Expect(visit.Page.Locator(".line").Last.Locator(".fate")).ToContainTextAsync("the server does not answer); sent again");
        await visit.SceneAsync("call");
        await nginx.StartAsync();

        await visit.WithinAsync(60, $"probe.until(() => {Lines}.length === 2 && {Lines}.every(line => line.dataset.status === 'said'))");
        Assert.Equal(id, await visit.SessionIdAsync());
        var numbers = await visit.Page.EvaluateAsync<int[]>("() => entries.map(entry => entry.number)");
        Assert.Equal(numbers.Distinct().Order(), numbers);
        await visit.SceneAsync("call");
    }

    [Fact]
    public async Task Where_no_server_is_behind_the_address_the_first_start_says_so_and_not_that_a_session_is_gone()
    {
        await using var nginx = await Nginx.StartAsync(stage.Server.Address, "404");
        await using var visit = await Visit.OpenAsync(stage, address: nginx.Address);
        await visit.Start.ClickAsync();

        await visit.SaysAsync(visit.Page.Locator("#lobby-text"), "在这个地址没有找到 Holdfast 服务器", "There is no Holdfast server at this address");
        await nginx.BehaveAsync("502");
        await visit.Start.ClickAsync();
        await visit.SaysAsync(visit.Page.Locator("#lobby-text"), "代理可以访问，但它后面的服务器没有回应", "A proxy answers, but not the server behind it");
        await nginx.BehaveAsync(Nginx.Honest);
        await visit.ConnectAsync();
        await visit.SceneAsync("call");
    }

    [Fact]
    public async Task Behind_the_shipped_nginx_with_TLS_and_a_prefix_there_are_a_picture_and_speech_and_a_new_connection_when_the_network_broke()
    {
        await using var nginx = await ShippedProxy.StartAsync(
            "nginx", stage.Server.Address, Path.Combine(Repository.Root, "deploy"), TestContext.Current.CancellationToken);
        await using var visit = await Visit.OpenAsync(stage, "en-GB", address: nginx.Address);
        var through = new ConcurrentQueue<string>();
        visit.Page.Response += (_, response) => through.Enqueue($"{response.Request.Method} {response.Status} {response.Url}");
        await visit.ConnectAsync();
        var id = await visit.SessionIdAsync();

        // Only such a page may have the microphone.
        Assert.True(await visit.Page.EvaluateAsync<bool>("() => isSecureContext && location.protocol === 'https:'"));
        await visit.SayAsync("One, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve.");
        await visit.WithinAsync(15, $"probe.loud({Visit.LoudText})");

        // The old path stays dead until the page asks for a new connection, which only HTTP can bring it.
        await visit.Page.EvaluateAsync($"() => {Player}.session.outage(60)");
        await visit.SceneAsync("interrupted");
        await visit.Reconnect.ClickAsync();
        await visit.WithinAsync(15, $"probe.until(() => {Player}.session.state.level === 3)");
        await visit.Page.EvaluateAsync($"() => {Player}.session.outage(1)");
        await visit.SceneAsync("call", seconds: 15);

        Assert.Equal(3, await visit.LevelAsync());
        Assert.Equal(id, await visit.SessionIdAsync());
        Assert.Contains($"POST 201 {nginx.Address}api/sessions/{id}/connections", through, StringComparer.Ordinal);
        Assert.All(through, answer => Assert.Contains($" {nginx.Address}", answer, StringComparison.Ordinal));
        await visit.WithinAsync(20, "probe.plays()");
        await visit.WithinAsync(15, $"probe.loud({Visit.LoudText})");
        await visit.NothingWentWrongAsync();
    }

    /// <summary>What the tab keeps of its session, under the name of the prefix.</summary>
    private static Task<string> TokenAsync(Visit visit) =>
        visit.Page.EvaluateAsync<string>("() => JSON.parse(sessionStorage.getItem('holdfast:session:/talk')).resumeToken");
}
