using System.Globalization;
using Holdfast.Lab.Kill;
using Holdfast.Lab.Servers;
using Holdfast.Lab.Tests.Kit;

namespace Holdfast.Lab.Tests.Kill;

/// <summary>Who starts the server keeps its media port open, as systemd's socket units do.</summary>
[Trait("Speed", "Slow")]
public sealed class HeldPortTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(nameof(Ending.Kill))]
    [InlineData(nameof(Ending.Stop))]
    public async Task A_server_that_is_started_again_has_the_port_that_was_held_for_it(string by)
    {
        await using var server = new MortalServer();
        using var port = new HeldPort(server.Port);
        await using var held = server.Another(port);
        var options = new KillOptions { By = Enum.Parse<Ending>(by), Kills = 1, Sessions = 1, DuringStart = 0, LongestLife = TimeSpan.FromSeconds(3), Seed = 18 };

        var report = await new KillRun(server.Peers, server.Service, held, options).RunAsync(Cancelled);

        TestContext.Current.TestOutputHelper!.WriteLine($"{report}\n{string.Join('\n', report.Words.LostWords)}\n{held.Output}");
        Assert.Equal(1, report.Kills);
        Assert.Equal(0, report.NotBack);
        Assert.Equal(0, report.NumbersReused);
        Assert.Empty(report.Problems);
        Assert.Empty(report.Words.LostWords);
        Assert.Equal(2, held.Output.Split("was handed over by who started this server").Length - 1);
    }

    [Fact]
    public async Task A_port_that_is_not_the_one_that_is_set_is_told_in_one_sentence()
    {
        await using var server = new MortalServer();
        var other = FreePort.Next();
        using var port = new HeldPort(other);
        await using var held = server.Another(port);

        held.Start();
        await held.EndAsync(Cancelled);

        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"UDP port {other} was handed over (LISTEN_FDS), and {server.Port} is set"), held.Output, StringComparison.Ordinal);
    }
}
