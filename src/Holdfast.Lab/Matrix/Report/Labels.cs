namespace Holdfast.Lab.Matrix.Report;

/// <summary>A text beside its mark.</summary>
/// <param name="At">Where its mark stands, 0 to 100.</param>
/// <param name="Text">What is written.</param>
/// <param name="Row">Counted downwards.</param>
/// <param name="OnlyWide">Whether it has room on a wide page only.</param>
internal sealed record Label(double At, string Text, int Row, bool OnlyWide)
{
    /// <summary>start, middle or end, so that it stays within its drawing.</summary>
    public string Anchor => At < 6 ? "start" : At > 94 ? "end" : "middle";
}

/// <summary>Finds room for texts. A drawing is as wide as its page, its letters are not; so each is placed for two widths.</summary>
internal static class Labels
{
    /// <summary>The width of a drawing on a desk and on a phone, in pixels.</summary>
    private const double Wide = 780;
    private const double Narrow = 300;
    private const double Gap = 6;

    /// <summary>What is placed of these, in order of their places; what has no room is left out, its mark still tells it.</summary>
    /// <param name="texts">Where each belongs, 0 to 100, and what it says; in order.</param>
    /// <param name="rows">How many rows there are.</param>
    public static IEnumerable<Label> Place(IEnumerable<(double At, string Text)> texts, int rows)
    {
        var wide = new double[rows];
        var narrow = new double[rows];
        Array.Fill(wide, double.MinValue);
        Array.Fill(narrow, double.MinValue);
        foreach (var (at, text) in texts)
        {
            var row = Array.FindIndex(wide, end => Start(at, text, Wide) > end + Gap);
            if (row < 0)
            {
                continue;
            }

            var isNarrow = Start(at, text, Narrow) > narrow[row] + Gap;
            wide[row] = Start(at, text, Wide) + Measure(text);
            if (isNarrow)
            {
                narrow[row] = Start(at, text, Narrow) + Measure(text);
            }

            yield return new Label(at, text, row, !isNarrow);
        }
    }

    /// <summary>Whether a text fits into so much of a drawing, 0 to 100; first on a desk, then on a phone.</summary>
    public static (bool Wide, bool Narrow) Fits(string text, double width) =>
        (Measure(text) + 10 < width / 100 * Wide, Measure(text) + 10 < width / 100 * Narrow);

    /// <summary>About how long a text is in small letters, in pixels.</summary>
    private static double Measure(string text)
    {
        var length = 0.0;
        foreach (var rune in text.EnumerateRunes())
        {
            length += rune.Value >= 0x1100 ? 11.5 : 6.3;
        }

        return length;
    }

    private static double Start(double at, string text, double width) => (at / 100 * width) - new Label(at, text, 0, OnlyWide: false).Anchor switch
    {
        "start" => 0,
        "end" => Measure(text),
        _ => Measure(text) / 2,
    };
}
