using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Holdfast.Browser.Kit;
using Holdfast.Lab.Network;
using Holdfast.Lab.Peer;
using Microsoft.Playwright;

namespace Holdfast.Browser.Tests;

/// <summary>Chromium behind a line that is thin, or loses packets: our relay stands between it and the server.</summary>
public sealed partial class NarrowLineTests(Stage stage) : IAsyncLifetime
{
    private const string Text = "One two three four five six seven eight nine ten, and once more: one two three four five six seven eight nine ten.";

    private UdpRelay? _relay;

    [Fact]
    public async Task The_page_says_that_the_line_is_narrow_and_says_nothing_when_it_is_wide_again()
    {
        await using var visit = await OpenAsync(new LinkConditions { Bandwidth = 150_000 });
        var sign = visit.Page.Locator("#signal");
        await visit.ConnectAsync();

        await Assertions.Expect(sign).ToBeVisibleAsync();
        Assert.Contains(await sign.TextContentAsync(), (string[])["网络较窄，画面已简化", "网络很窄，只保留声音"], StringComparer.Ordinal);
        await visit.PictureAsync("narrow");

        _relay!.Change(LinkConditions.Perfect, LinkConditions.Perfect);
        await Assertions.Expect(sign).ToBeHiddenAsync();
        await visit.NothingWentWrongAsync();
    }

    [Fact]
    public async Task Over_a_line_that_loses_packets_Chromium_takes_copies_of_the_sound()
    {
        // Bursts of three packets on average, 6 % of all.
        await using var visit = await OpenAsync(new LinkConditions { Burst = new BurstLoss(0.02, 1 / 3.0) });
        await visit.ConnectAsync();

        await visit.SayAsync(Text);
        await visit.WithinAsync(20, $"probe.loud({Visit.LoudText})");

        // A copy of what had come counts as discarded; of what was lost, and came as a copy, nothing is made up. (fecPacketsReceived is of in-band FEC alone.)
        // Counted from here: what a browser that is only starting makes up is nobody's loss.
        var heard = await visit.WithinAsync<long[]>(
            40,
            """
            probe.inbound('audio').then(async before => {
                let told;
                await probe.until(async () => {
                    const now = await probe.inbound('audio');
                    told = ['packetsLost', 'packetsDiscarded', 'concealedSamples'].map(name => now[name] - before[name]);
                    return told[0] >= 60;
                });
                return told;
            })
            """);

        // Of 960 samples a packet a quarter is made up with copies, as some bursts are longer than they reach; without any three quarters.
        TestContext.Current.TestOutputHelper?.WriteLine($"{heard[0]} lost, {heard[1]} discarded, {heard[2]} samples made up");
        Assert.True(heard[1] >= 200 && heard[2] <= 600 * heard[0], $"{heard[0]} lost, {heard[1]} discarded, {heard[2]} samples made up");
        Assert.True(_relay!.Count(PacketFate.LostInBurst) > 0);
    }

    [Fact]
    public async Task What_is_lost_of_Chromiums_microphone_is_asked_for_and_comes()
    {
        var line = new LinkConditions { Delay = TimeSpan.FromMilliseconds(20) };
        await using var visit = await OpenAsync(line, line with { Loss = 0.08 });
        await visit.ConnectAsync();

        // 20 s at the most: one packet of twelve is lost on its way to the server.
        var heard = await visit.WithinAsync<long[]>(
            40,
            """
            (async () => {
                const { session } = document.querySelector('holdfast-player');
                const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
                await session.setMicrophone(stream.getAudioTracks()[0]);
                let microphone;
                await probe.until(async () => {
                    ({ microphone } = await session.describe());
                    return microphone?.packetsReceived >= 500;
                });
                return [microphone.packetsReceived, microphone.packetsLost, microphone.packetsRecovered];
            })()
            """);

        Assert.InRange(heard[2], 15, 100);
        Assert.InRange(heard[1], 0, heard[2] / 3);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _relay?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>The page, whose media goes over a line: the port in the server's answers becomes the relay's.</summary>
    private async Task<Visit> OpenAsync(LinkConditions toClient, LinkConditions? toServer = null)
    {
        var visit = await Visit.OpenAsync(stage);

        // What is answered with candidates: a session's beginning, and each renegotiation.
        await visit.Page.RouteAsync("**/api/sessions", ThroughAsync);
        await visit.Page.RouteAsync("**/api/sessions/*/connection", ThroughAsync);
        return visit;

        async Task ThroughAsync(IRoute route)
        {
            var response = await route.FetchAsync();
            var answer = await response.TextAsync();
            var port = Candidate().Match(answer).Groups["port"].Value;
            _relay ??= new UdpRelay(
                new LabClock(TimeProvider.System),
                new IPEndPoint(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture)),
                new IPEndPoint(IPAddress.Loopback, 0),
                toServer ?? LinkConditions.Perfect,
                toClient,
                seed: 1);
            await route.FulfillAsync(new RouteFulfillOptions
            {
                Response = response,
                Body = answer.Replace($" {port} typ host", $" {_relay.Address.Port} typ host", StringComparison.Ordinal),
            });
        }
    }

    [GeneratedRegex(@" 127\.0\.0\.1 (?<port>\d+) typ host", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Candidate();
}
