using System.Net;
using Holdfast.Lab.Load;
using Holdfast.Lab.Network;
using Holdfast.Lab.Sessions;
using Holdfast.Lab.Tests.Kit;

namespace Holdfast.Lab.Tests.Load;

[Trait("Speed", "Slow")]
public sealed class LoadRunTests(RealServer server) : IClassFixture<RealServer>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task A_load_with_outages_on_a_bad_network_is_reported_and_leaves_nothing_behind()
    {
        var options = new LoadOptions
        {
            Sessions = 3,
            Speaking = 0.34,
            JudgesWords = false,
            OutagesPerSecond = 1,
            OutageLeast = TimeSpan.FromMilliseconds(300),
            OutageMost = TimeSpan.FromMilliseconds(800),
            Levels = [1, 2, 3],
            Network = new LinkConditions { Delay = TimeSpan.FromMilliseconds(5), Loss = 0.02 },
            Duration = TimeSpan.FromSeconds(8),
        };
        await using var run = new LoadRun(server.Peers, server.Service, options, meter: null);

        var report = await run.RunAsync(Cancelled);

        Assert.Equal(3, report.SessionsStarted);
        Assert.Equal(3, report.FirstPicture!.Count);
        Assert.Equal(3, report.SessionsAtTheEnd);
        Assert.True(report.Outages > 0);
        Assert.True(report.Pictures > 0);
        Assert.True(report.PacketsReceived > report.Pictures);
        Assert.True(report.PacketsLost > 0);
        Assert.Null(report.ServerCores);
        Assert.NotEmpty(report.Recovery);
        Assert.All(report.Recovery.Values, figures => Assert.InRange(figures.Count, 1, report.Outages));
        Assert.Equal(0, run.Counters.Live);
        Assert.DoesNotContain(report.Problems, problem => problem.StartsWith("end:", StringComparison.Ordinal));
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task No_word_is_lost_to_outages_and_what_is_said_again_is_counted()
    {
        var options = new LoadOptions
        {
            // So many that not all their outages fall between two words, where nothing is said again.
            Sessions = 3,
            StartsPerSecond = 100,
            Speaking = 1,
            OutagesPerSecond = 0.6,
            OutageLeast = TimeSpan.FromSeconds(1),
            OutageMost = TimeSpan.FromSeconds(1.6),
            Levels = [1, 3],
            Duration = TimeSpan.FromSeconds(10),
            Seed = 3,
        };
        await using var run = new LoadRun(server.Peers, server.Service, options, meter: null);

        var report = await run.RunAsync(Cancelled);

        var words = report.Words!;
        TestContext.Current.TestOutputHelper?.WriteLine($"{report.Outages} outages, {words.Said} words, {words.RepeatedSeconds} s said again");
        Assert.Null(words.Problem);
        Assert.True(words.Said >= 18, $"{words.Said} said");
        Assert.True(words.Lost == 0, string.Join('\n', words.LostWords));
        Assert.True(words.RepeatedSeconds > 0, "Nothing was said again, although the network was away.");
    }

    [Fact]
    public async Task Signs_of_life_that_are_not_answered_are_counted()
    {
        var deaf = new BrokenServer(request => BrokenServer.Is(request, HttpMethod.Post, "/heartbeat") ? BrokenServer.Json(HttpStatusCode.ServiceUnavailable, "{}") : null)
        {
            Answer = request => BrokenServer.Is(request, HttpMethod.Post, "/api/sessions") ? body => body["heartbeatSeconds"] = 1 : null,
        };
        using var http = new HttpClient(deaf) { BaseAddress = server.Address, Timeout = TimeSpan.FromSeconds(20) };
        var options = new LoadOptions { Sessions = 2, Speaking = 0, StartsPerSecond = 100, Duration = TimeSpan.FromSeconds(3) };
        await using var run = new LoadRun(server.Peers, new HoldfastService(new HoldfastApi(http)), options, meter: null);

        var report = await run.RunAsync(Cancelled);

        Assert.InRange(report.HeartbeatsMissed, 2, 8);
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task A_server_without_a_place_is_said_to_be_full()
    {
        var full = await RealServer.StartAsync("--Holdfast:MaxSessions=1");
        await using var _ = full;
        await using var run = new LoadRun(full.Peers, full.Service, new LoadOptions { Sessions = 2, Duration = TimeSpan.FromSeconds(2), StartsPerSecond = 0.5 }, meter: null);

        var report = await run.RunAsync(Cancelled);

        Assert.Equal(1, report.SessionsStarted);
        Assert.Equal(1, report.SessionsAtTheEnd);
        Assert.True(report.Pictures > 0);
        Assert.False(report.IsFine);
        Assert.Contains(report.Problems, problem => problem.StartsWith("start: All 1 sessions", StringComparison.Ordinal));

        var (holder, times) = await LabSession.StartAsync(full.Peers, full.Service, new LabSessionOptions(), Cancelled);
        await using var __ = holder;
        await using var refused = new LoadRun(full.Peers, full.Service, new LoadOptions { Sessions = 1 }, meter: null);
        var e = await Assert.ThrowsAsync<ServerException>(() => refused.RunAsync(Cancelled));
        Assert.Equal(ServerFailure.Full, e.Failure);
        Assert.True(times.FirstPicture > TimeSpan.Zero);
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task Who_is_patient_comes_again_when_the_server_says_and_is_let_in_once_there_is_a_place()
    {
        await using var full = await RealServer.StartAsync("--Holdfast:MaxSessions=1");
        var (holder, _) = await LabSession.StartAsync(full.Peers, full.Service, new LabSessionOptions(), Cancelled);
        await using var __ = holder;
        var options = new LoadOptions { Sessions = 1, Patience = TimeSpan.FromMinutes(5), Duration = TimeSpan.FromMilliseconds(200) };
        await using var run = new LoadRun(full.Peers, full.Service, options, meter: null);

        var running = run.RunAsync(Cancelled);
        while (run.Counters.AskedLater == 0)
        {
            await Task.WhenAny(running, Task.Delay(20, Cancelled));
            Assert.False(running.IsCompleted, "Nobody was asked to come again.");
        }

        await holder.CloseAsync(Cancelled);
        var report = await running;

        Assert.Equal((1, 1), (report.SessionsStarted, report.SessionsAtTheEnd));
        Assert.True(report.CameAgain > 0);
        Assert.Empty(report.Problems);
    }
}
