using Holdfast.Lab.Kill;
using Holdfast.Lab.Tests.Kit;

namespace Holdfast.Lab.Tests.Kill;

public sealed class KillRunTests
{
    [Trait("Speed", "Slow")]
    [Fact]
    public async Task A_server_that_is_killed_again_and_again_loses_no_word_and_uses_no_number_twice()
    {
        await using var server = new MortalServer();
        var options = new KillOptions { Kills = 6, Sessions = 2, DuringStart = 0.5, LongestLife = TimeSpan.FromSeconds(4), Seed = 17 };

        var report = await new KillRun(server.Peers, server.Service, server.Process, options).RunAsync(TestContext.Current.CancellationToken);

        TestContext.Current.TestOutputHelper!.WriteLine($"{report}\n{string.Join('\n', report.Words.LostWords)}\n{server.Process.Output}");
        Assert.Equal(6, report.Kills);
        Assert.Equal(0, report.NotBack);
        Assert.Equal(0, report.NumbersReused);
        Assert.Equal(0, report.Refused);
        Assert.Empty(report.Problems);
        Assert.Empty(report.Words.LostWords);
        Assert.Equal(0, report.Words.NotFinished);
        Assert.NotEqual(0, report.Words.Passages);
        Assert.True(report.PacketsSeen > 500, $"{report.PacketsSeen} packets came.");

        // Numbers were left out, and never so many that a receiver loses count.
        Assert.InRange(report.LongestJump, 2, 32_767);
    }
}
