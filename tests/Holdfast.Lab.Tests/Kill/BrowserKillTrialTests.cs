using Holdfast.Lab.Kill;
using Holdfast.Lab.Kill.Browsing;

namespace Holdfast.Lab.Tests.Kill;

/// <summary>What counts as nobody having noticed more than a pause.</summary>
public sealed class BrowserKillTrialTests
{
    private static readonly BrowserKillTrial Fine = new()
    {
        Browser = "firefox",
        GapMilliseconds = 1_700,
        IsSameSession = true,
        Connections = [["new", "connecting", "connected"]],
        Words = 18,
    };

    [Fact]
    public void Same_session_same_connection_always_connected_and_no_word_lost()
    {
        Assert.Null(Fine.Problem);
        Assert.Equal("nothing was played any more", (Fine with { GapMilliseconds = null }).Problem);
        Assert.Equal("another session", (Fine with { IsSameSession = false }).Problem);
        Assert.Equal("2 connections", (Fine with { Connections = [.. Fine.Connections, .. Fine.Connections] }).Problem);
        Assert.Equal("0 connections", (Fine with { Connections = [] }).Problem);
        Assert.Equal("lost alpha golf", (Fine with { WordsLost = ["alpha", "golf"] }).Problem);
        Assert.Equal("it did not start", (Fine with { Failure = "it did not start" }).Problem);
    }

    [Theory]
    [InlineData(4_999, "disconnected", false)]
    [InlineData(5_000, "disconnected", true)]
    [InlineData(5_000, "failed", false)]
    [InlineData(300, "connecting", false)]
    public void A_browser_may_call_a_connection_disconnected_only_where_it_heard_nothing_for_5_s(double gap, string state, bool isFine)
    {
        var trial = Fine with { GapMilliseconds = gap, Connections = [["new", "connecting", "connected", state, "connected"]] };
        Assert.Equal(isFine ? null : $"the connection was {state}", trial.Problem);
    }

    [Fact]
    public void The_gaps_are_told_by_browser_and_one_trial_that_failed_is_not_fine()
    {
        var report = new BrowserKillReport(
            default, Ending.Kill, Seed: 1, [Fine, Fine with { GapMilliseconds = 1_900 }, Fine with { Browser = "chromium", GapMilliseconds = null }]);
        Assert.Equal((2, 1_700, 1_900), (report.Gaps["firefox"]!.Count, report.Gaps["firefox"]!.P50, report.Gaps["firefox"]!.P95));
        Assert.Null(report.Gaps["chromium"]);
        Assert.False(report.IsFine);
        Assert.True((report with { Trials = [Fine] }).IsFine);
        Assert.False((report with { Trials = [] }).IsFine);
    }
}
