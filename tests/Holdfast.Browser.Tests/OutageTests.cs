using System.Text.Json;
using Holdfast.Browser.Kit;

namespace Holdfast.Browser.Tests;

/// <summary>A session in a real browser whose packets are lost for a while, without the page's own client.</summary>
public sealed class OutageTests(Stage stage)
{
    private const string GenerationOne =
        "probe.until(async () => (await (await probe.call(one.session, 'POST', '/heartbeat')).json()).generation === 1)";

    [Fact]
    public async Task A_held_session_heals_by_itself_when_the_path_comes_back()
    {
        await using var visit = await Visit.OpenAsync(stage);
        await visit.ConnectPeerAsync("one");
        await PullThePlugAsync(visit, seconds: 12);

        await visit.WithinAsync(5, "probe.becomes(one.session, 'interrupted')");
        await visit.WithinAsync(15, "probe.becomes(one.session, 'held')");
        var back = await visit.WithinAsync<JsonElement>(20, "probe.becomes(one.session, 'connected')");

        Assert.Equal(0, back.GetProperty("generation").GetInt32());
        await AssertPicturesAsync(visit);
    }

    [Fact]
    public async Task A_self_made_answer_brings_a_held_session_back_on_the_same_connection()
    {
        await using var visit = await Visit.OpenAsync(stage);
        await visit.ConnectPeerAsync("one");
        await PullThePlugAsync(visit, seconds: 14);

        await visit.WithinAsync(15, "probe.becomes(one.session, 'held')");
        await visit.WithinAsync(5, "probe.restart(one, 1)");
        await visit.WithinAsync(20, GenerationOne);

        await visit.WithinAsync(5, "probe.becomes(one.session, 'connected')");
        await AssertPicturesAsync(visit);
    }

    [Fact]
    public async Task A_path_that_works_can_be_restarted_without_losing_a_picture()
    {
        await using var visit = await Visit.OpenAsync(stage);
        await visit.ConnectPeerAsync("one");

        await visit.WithinAsync(5, "probe.restart(one, 1)");
        await visit.WithinAsync(10, GenerationOne);

        await AssertPicturesAsync(visit);
        Assert.Equal("connected", await visit.Page.EvaluateAsync<string>("() => one.peer.connectionState"));
    }

    [Fact]
    public async Task Speech_that_is_cut_off_goes_on_before_the_first_unheard_word_and_nothing_is_lost()
    {
        await using var visit = await Visit.OpenAsync(stage);
        await visit.ConnectPeerAsync("one");
        const string Text = "One, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, fourteen, fifteen, sixteen.";
        Assert.Equal(202, await visit.Page.EvaluateAsync<int>(
            $"async () => (await probe.call(one.session, 'POST', '/say', {{ text: '{Text}' }})).status"));
        await visit.WithinAsync(15, Until("now.speaking"));

        // So much was heard; that nothing was said twice meanwhile is for the simulation to show, where nobody else uses the machine.
        await visit.WithinAsync(10, "probe.pictures(2500, one.peer)");
        await PullThePlugAsync(visit, seconds: 3);
        await visit.WithinAsync(5, "probe.becomes(one.session, 'interrupted')");
        await visit.WithinAsync(10, "probe.becomes(one.session, 'connected')");
        await visit.WithinAsync(10, Until("now.playout.lastResumption?.awaySeconds > 0"));
        await visit.WithinAsync(40, Until("now.queued === 0 && !now.speaking"));

        var playout = await visit.Page.EvaluateAsync<JsonElement>(
            "async () => (await (await probe.call(one.session, 'GET', '')).json()).playout");
        Assert.Equal(0, playout.GetProperty("lostSeconds").GetDouble());
        Assert.Equal("u1", playout.GetProperty("lastResumption").GetProperty("utteranceId").GetString());
        Assert.InRange(playout.GetProperty("lastResumption").GetProperty("repeatedSeconds").GetDouble(), 0, 1.5);

        static string Until(string condition) =>
            $"probe.until(async () => {{ const now = await (await probe.call(one.session, 'GET', '')).json(); return {condition}; }})";
    }

    private static async Task PullThePlugAsync(Visit visit, int seconds)
    {
        var status = await visit.Page.EvaluateAsync<int>(
            $"async () => (await probe.call(one.session, 'POST', '/outage', {{ seconds: {seconds} }})).status");
        Assert.Equal(204, status);
    }

    private static Task AssertPicturesAsync(Visit visit) => visit.WithinAsync(20, "probe.plays(30, one.peer)");
}
