using Holdfast.Lab.Converse;
using Holdfast.Lab.Servers;
using Holdfast.Lab.Tests.Kit;

namespace Holdfast.Lab.Tests.Converse;

/// <summary>People of the lab who talk with a real server.</summary>
[Trait("Speed", "Slow")]
public sealed class ConverseTests
{
    [Fact]
    public async Task Spoken_turns_are_measured_stage_by_stage_and_broken_off_in_both_ways()
    {
        var port = FreePort.Next();
        await using var instant = InstantService.Start(port);
        var service = $"http://127.0.0.1:{port}/v1";
        await using var server = await RealServer.StartAsync(
            $"--Holdfast:Listening:BaseUrl={service}", $"--Holdfast:Dialogue:Models:instant:BaseUrl={service}", "--Holdfast:Dialogue:Models:instant:Model=instant");
        var sentence = await Sentence.LoadAsync(path: null, TestContext.Current.CancellationToken);

        // Each has three turns at least: the first is broken off by a command, the second by the third.
        var options = new ConverseOptions { Sessions = 2, Duration = TimeSpan.FromSeconds(8) };
        var report = await new ConverseRun(server.Peers, server.Service, sentence, options).RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, report.Failed);
        Assert.InRange(report.Turns, 2, 20);
        Assert.All(report.Stages.Take(5), stage => Assert.Equal(report.Turns, stage.Figures?.Count));
        Assert.True(report.Stages[5].Figures?.Count >= 1, "the command to stop was measured");
        Assert.True(report.Stages[4].Figures!.P50 >= 500, "the silence that ends a turn is in it");
    }
}
