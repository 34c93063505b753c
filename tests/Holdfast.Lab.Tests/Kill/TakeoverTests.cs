using Holdfast.Lab.Kill;
using Holdfast.Lab.Tests.Kit;

namespace Holdfast.Lab.Tests.Kill;

/// <summary>Two real processes on one store: the newer one takes over from the older one, which ends.</summary>
[Trait("Speed", "Slow")]
public sealed class TakeoverTests
{
    private const string On = "--Holdfast:Store:TakeOver=true";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task A_newer_server_takes_over_in_the_middle_of_a_sentence_and_no_number_is_used_twice()
    {
        await using var server = new MortalServer(On);
        var options = new KillOptions { By = Ending.TakeOver, Kills = 2, Sessions = 2, LongestLife = TimeSpan.FromSeconds(5), Seed = 3 };

        var report = await new KillRun(server.Peers, server.Service, server.Process, options).RunAsync(Cancelled);

        TestContext.Current.TestOutputHelper!.WriteLine($"{report}\n{string.Join('\n', report.Words.LostWords)}\n{server.Process.Output}");
        Assert.Empty(report.Problems);
        Assert.Equal(0, report.NotBack);
        Assert.Equal(0, report.NumbersReused);
        Assert.Equal(0, report.Refused);
        Assert.Empty(report.Words.LostWords);
        Assert.NotEqual(0, report.Words.Passages);

        // The older one has 512 of each stream to play on with, and uses few; of reports, which are rare, perhaps none at two takeovers.
        Assert.InRange(report.LongestJump, 1, 1_200);
    }

    [Fact]
    public async Task A_newer_server_that_cannot_start_leaves_the_older_one_as_it_is()
    {
        await using var server = new MortalServer(On);
        await server.Process.StartAsync(Cancelled);
        await using var newer = server.Another(On, "--Holdfast:Avatar:PictureSize=-1");

        newer.Start();
        await newer.EndAsync(Cancelled);

        Assert.Contains("PictureSize", newer.Output, StringComparison.Ordinal);
        Assert.Equal("ok", await server.Service.Api.HealthAsync(Cancelled));
        Assert.DoesNotContain("takes over", server.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nobody_asked_for_it_a_second_server_is_refused_and_told_who_has_the_store()
    {
        await using var server = new MortalServer(On);
        await server.Process.StartAsync(Cancelled);
        await using var second = server.Another();

        second.Start();
        await second.EndAsync(Cancelled);

        Assert.Contains($"process {server.Process.Id} on", second.Output, StringComparison.Ordinal);
        Assert.Equal("ok", await server.Service.Api.HealthAsync(Cancelled));
    }
}
