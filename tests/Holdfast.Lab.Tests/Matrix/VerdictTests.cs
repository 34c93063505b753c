using Holdfast.Lab.Matrix;
using Holdfast.Lab.Matrix.Report;

namespace Holdfast.Lab.Tests.Matrix;

public sealed class VerdictTests
{
    private static readonly MatrixCell _back = new()
    {
        Outage = "short",
        Policy = "manual",
        Browser = "chromium",
        BrowserVersion = "Chromium 1",
        IsSameSession = true,
        Level = 1,
        RecoveredAfter = 0.1,
    };

    [Fact]
    public void All_is_fine()
    {
        var verdict = Verdict.Of(new Sheet(MadeUpReports.Full(isFine: true)));

        Assert.Equal(new Verdict(true, "72 of 72 cells came back in the same session with no word lost.", null, "6 of the 72 were never away: the outage passed unnoticed."), verdict);
    }

    [Fact]
    public void What_is_not_fine_is_counted_once_for_the_worst_of_it()
    {
        var verdict = Verdict.Of(new Sheet(MadeUpReports.Full(isFine: false)));

        Assert.False(verdict.IsFine);
        Assert.Equal("67 of 71 cells came back in the same session with no word lost;", verdict.Sentence);
        Assert.Equal("4 did not.", verdict.Exception);
        Assert.Equal("Of the 4, 1 lost the session, 2 lost words and 1 has another problem. 7 of the 67 were never away: the outage passed unnoticed. 1 combination was not run.", verdict.Remark);
    }

    [Fact]
    public void A_lost_word_is_told_also_where_the_lab_found_no_fault()
    {
        var verdict = Of(_back, _back with { Policy = "auto", WordsLost = ["golf"] });

        Assert.Equal(new Verdict(false, "1 of 2 cells came back in the same session with no word lost;", "1 did not.", null), verdict);
    }

    [Fact]
    public void Another_session_is_no_recovery()
    {
        Assert.Equal(new Verdict(false, "0 of 1 cell came back in the same session with no word lost;", "1 did not.", null), Of(_back with { IsSameSession = false }));
    }

    [Fact]
    public void What_never_was_away_is_not_called_a_recovery_without_saying_so()
    {
        var verdict = Of(_back with { Level = null, RecoveredAfter = null });

        Assert.True(verdict.IsFine);
        Assert.Equal("It was never away: the outage passed unnoticed.", verdict.Remark);
    }

    [Fact]
    public void A_cell_whose_outage_nobody_described_is_shown_and_two_of_a_kind_as_well()
    {
        var sheet = new Sheet(MadeUpReports.Empty with { Cells = [_back, _back, _back with { Outage = "unheard of" }] });

        Assert.Equal(["short", "unheard of"], sheet.Rows.Select(static row => row.Key), StringComparer.Ordinal);
        Assert.Equal(2, sheet.At(sheet.Rows[0], sheet.Columns[0]).Count);
        Assert.Equal(["short-chromium-manual", "short-chromium-manual-2", "unheard-of-chromium-manual"], sheet.Cells.Select(static facts => facts.Id), StringComparer.Ordinal);
    }

    [Fact]
    public void Policies_stand_in_the_order_of_how_much_the_page_does_by_itself()
    {
        var sheet = new Sheet(MadeUpReports.Empty with { Cells = [_back with { Policy = "auto" }, _back with { Policy = "other" }, _back with { Policy = "assisted" }, _back] });

        Assert.Equal(["manual", "assisted", "auto", "other"], sheet.Columns.Select(static column => column.Policy), StringComparer.Ordinal);
    }

    private static Verdict Of(params MatrixCell[] cells) =>
        Verdict.Of(new Sheet(MadeUpReports.Empty with { Rows = [new MatrixRow("short", "Short", "Short.")], Cells = cells }));
}
