using Holdfast.Lab.Report;

namespace Holdfast.Lab.Matrix.Report;

/// <summary>The report in a sentence.</summary>
/// <param name="IsFine">Whether all is as it should be, and something was run at all.</param>
/// <param name="Sentence">How many are as they should be.</param>
/// <param name="Exception">The rest of the sentence, where some are not; null: all are.</param>
/// <param name="Remark">What must be known with it; null: nothing.</param>
internal sealed record Verdict(bool IsFine, string Sentence, string? Exception, string? Remark)
{
    public static Verdict Of(Sheet sheet)
    {
        var all = sheet.Cells.Count;
        if (all == 0)
        {
            return new Verdict(false, "Nothing was run, so nothing is proven.", null, null);
        }

        var whole = sheet.Cells.Count(static facts => facts.IsWhole);
        var cells = all == 1 ? "cell" : "cells";
        var never = sheet.Cells.Count(static facts => facts.Outcome is Outcome.NeverAway);
        var remarks = new List<string>();
        if (all - whole > 1)
        {
            remarks.Add(Wording.Text($"Of the {all - whole}, {Faults(sheet)}."));
        }

        if (never > 0)
        {
            var which = all == 1 ? "It was" : Wording.Text($"{never} of the {whole} {(never == 1 ? "was" : "were")}");
            remarks.Add(which + " never away: the outage passed unnoticed.");
        }

        if (sheet.NotRun is > 0 and var notRun)
        {
            remarks.Add(Wording.Text($"{notRun} {(notRun == 1 ? "combination was" : "combinations were")} not run."));
        }

        var sentence = Wording.Text($"{whole} of {all} {cells} came back in the same session with no word lost");
        return new Verdict(
            whole == all,
            whole == all ? sentence + "." : sentence + ";",
            whole == all ? null : Wording.Text($"{all - whole} did not."),
            remarks.Count == 0 ? null : string.Join(' ', remarks));
    }

    /// <summary>Each cell that is not whole is counted once, for the worst of it.</summary>
    private static string Faults(Sheet sheet)
    {
        var bad = sheet.Cells.Where(static facts => !facts.IsWhole).ToList();
        var elsewhere = bad.Count(static facts => !facts.Cell.IsSameSession);
        var lost = bad.Count(static facts => facts.Cell.IsSameSession && facts.Cell.WordsLost.Count > 0);
        var parts = new List<string>();
        if (elsewhere > 0)
        {
            parts.Add(Wording.Text($"{elsewhere} lost the session"));
        }

        if (lost > 0)
        {
            parts.Add(Wording.Text($"{lost} lost words"));
        }

        if (bad.Count - elsewhere - lost is > 0 and var others)
        {
            parts.Add(Wording.Text($"{others} {(others == 1 ? "has" : "have")} another problem"));
        }

        return Wording.List(parts);
    }
}
