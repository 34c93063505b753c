namespace Holdfast.Sessions.Tests.Kit;

/// <summary>
/// What somebody makes of the places of a numbered show that reached him: a word is heard where it is heard in one go, from its beginning to its end.
/// </summary>
/// <param name="show">What was said.</param>
/// <param name="places">What reached him, in the order in which it was played.</param>
internal sealed class HeardWords(NumberedShow show, IReadOnlyList<long> places)
{
    /// <summary>The most that was said again in one go, from how far it had been heard back to where it went on: 20 ms each.</summary>
    public int LongestRepeat
    {
        get
        {
            var (longest, furthest, last) = (0L, 0L, 0L);
            foreach (var place in places)
            {
                longest = place <= last ? Math.Max(longest, furthest + 1 - place) : longest;
                (furthest, last) = (Math.Max(furthest, place), place);
            }

            return (int)longest;
        }
    }

    /// <summary>The words that were never heard whole, gaps of up to so many 20 ms filled in.</summary>
    public IReadOnlyList<string> Lost(int filledIn)
    {
        var runs = Runs(filledIn);
        return [.. show.Words.Where(word => !runs.Exists(run => Sounding(word.First, run.From) <= filledIn && Sounding(run.To + 1, word.Last + 1) <= filledIn
            && run.From <= word.Last && run.To >= word.First)).Select(static word => word.Name)];
    }

    /// <summary>What reached him, each run of places with its beginning and end, for a person who looks into a failure.</summary>
    public override string ToString() =>
        string.Join(", ", Runs(filledIn: 0).Select(static run => $"{run.From} to {run.To}")) + $"; words {string.Join(' ', show.Words.Select(word => $"{word.Name}:{word.First}-{word.Last}"))}";

    private List<(long From, long To)> Runs(int filledIn)
    {
        var runs = new List<(long From, long To)>();
        foreach (var place in places)
        {
            if (runs.Count > 0 && place > runs[^1].To && Sounding(runs[^1].To + 1, place) <= filledIn)
            {
                runs[^1] = runs[^1] with { To = place };
            }
            else
            {
                runs.Add((place, place));
            }
        }

        return runs;
    }

    private int Sounding(long from, long to)
    {
        var count = 0;
        for (var place = from; place < to; place++)
        {
            count += show.IsSilent(place) ? 0 : 1;
        }

        return count;
    }
}
