using Holdfast.Lab.Matrix;

namespace Holdfast.Lab.Tests.Matrix;

/// <summary>What a cell is said to be, from what was noted while it ran.</summary>
public sealed class CellJudgeTests
{
    private static readonly Outage Long = Named("long");

    private static readonly CellNotes Fine = new()
    {
        Begin = 5,
        End = 45,
        Clicks = [45.2],
        States = [new(0, "connected", null), new(6.1, "interrupted", null), new(15, "held", null), new(45.25, "reconnecting", null), new(45.4, "connected", 1)],
        Pictures = [0.1, 45.35],
        Said = 1,
        Spoken = 60,
        SessionBefore = "7",
        SessionAfter = "7",
    };

    [Fact]
    public void One_click_under_manual_brings_the_same_session_back()
    {
        var cell = CellJudge.Judge(Long, "manual", Fine);

        Assert.Null(cell.Problem);
        Assert.Equal(1.1, cell.DetectedAfter!.Value, 3);
        Assert.Equal(1, cell.Level);
        Assert.Equal(1, cell.Clicks);
        Assert.True(cell.IsFromClick);
        Assert.Equal(0.15, cell.RecoveredAfter!.Value, 3);
        Assert.True(cell.IsSameSession);
        Assert.Equal(["said", "outage-begins", "outage-ends", "click", "picture"], cell.Timeline.Select(static one => one.Kind).Where(static kind => kind is not ("state" or "spoken")).Skip(1), StringComparer.Ordinal);
    }

    [Fact]
    public void Without_a_click_it_counts_from_where_the_path_was_back()
    {
        var cell = CellJudge.Judge(Long, "auto", Fine with { Clicks = [] });

        Assert.Null(cell.Problem);
        Assert.False(cell.IsFromClick);
        Assert.Equal(0.35, cell.RecoveredAfter!.Value, 3);
    }

    [Fact]
    public void A_click_is_one_too_many_under_auto_and_two_are_under_manual()
    {
        Assert.Contains("1 clicks", CellJudge.Judge(Long, "auto", Fine).Problem, StringComparison.Ordinal);
        Assert.Contains("2 clicks", CellJudge.Judge(Long, "manual", Fine with { Clicks = [45.1, 45.2] }).Problem, StringComparison.Ordinal);
        Assert.Null(CellJudge.Judge(Named("second-tab"), "auto", Fine).Problem);
    }

    [Fact]
    public void What_is_not_as_it_should_be_is_said_in_a_sentence()
    {
        Assert.StartsWith("It did not come back", CellJudge.Judge(Long, "manual", Fine with { States = [.. Fine.States, new(50, "held", null)] }).Problem, StringComparison.Ordinal);
        Assert.StartsWith("It did not come back", CellJudge.Judge(Long, "manual", Fine with { States = [] }).Problem, StringComparison.Ordinal);
        Assert.StartsWith("It came back as another session, 8", CellJudge.Judge(Long, "manual", Fine with { SessionAfter = "8" }).Problem, StringComparison.Ordinal);
        Assert.StartsWith("The passage was not spoken", CellJudge.Judge(Long, "manual", Fine with { Spoken = null }).Problem, StringComparison.Ordinal);
        Assert.Equal("Lost: alpha, golf.", CellJudge.Judge(Long, "manual", Fine with { WordsLost = ["alpha", "golf"] }).Problem);
    }

    [Fact]
    public void A_browser_that_was_stopped_is_timed_from_its_waking_and_what_the_person_does_needs_no_detection()
    {
        var asleep = CellJudge.Judge(Named("sleep"), "manual", Fine with { States = [new(0, "connected", null), new(45.1, "held", null), new(45.4, "connected", 0)] });
        Assert.Equal(0.1, asleep.DetectedAfter!.Value, 3);

        Assert.Null(CellJudge.Judge(Named("reload"), "manual", Fine).DetectedAfter);
    }

    [Fact]
    public void Where_the_picture_never_stopped_nothing_was_recovered()
    {
        var cell = CellJudge.Judge(Named("http"), "manual", Fine with { Clicks = [], States = [new(0, "connected", null)], Pictures = [0.1] });

        Assert.Null(cell.Problem);
        Assert.Null(cell.RecoveredAfter);
        Assert.Null(cell.Level);
        Assert.Null(cell.DetectedAfter);
    }

    [Fact]
    public void Every_outage_has_a_name_of_its_own_and_a_sentence()
    {
        Assert.Equal(Outages.All.Count, Outages.All.Select(static outage => outage.Row.Key).Distinct(StringComparer.Ordinal).Count());
        Assert.All(Outages.All, static outage => Assert.EndsWith(".", outage.Row.Text, StringComparison.Ordinal));
        Assert.InRange(Outages.All.Count(static outage => outage.IsQuick), 3, 6);
    }

    private static Outage Named(string key) => Outages.All.Single(outage => string.Equals(outage.Row.Key, key, StringComparison.Ordinal));
}
