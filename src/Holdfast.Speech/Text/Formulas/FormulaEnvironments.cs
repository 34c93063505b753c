using System.Collections.Immutable;

namespace Holdfast.Speech;

/// <summary>The environments of LaTeX that hold a formula, each with the text that begins and ends it: "\begin{equation}" and "\end{equation}".</summary>
internal static class FormulaEnvironments
{
    private static readonly ImmutableArray<(string Opens, string Closes)> s_all =
    [
        .. ((string[])
        [
            "equation", "align", "gather", "multline", "displaymath", "math", "eqnarray", "aligned", "split", "cases", "array",
            "matrix", "pmatrix", "bmatrix", "vmatrix", "smallmatrix",
        ])
        .SelectMany(static name => (string[])[name, name + "*"])
        .Select(static name => ($@"\begin{{{name}}}", $@"\end{{{name}}}")),
    ];

    /// <summary>What ends the environment that begins here; null where none does.</summary>
    public static string? ClosesAt(ReadOnlySpan<char> text, int at, out int length)
    {
        if (text[at..].StartsWith(@"\begin{", StringComparison.Ordinal))
        {
            foreach (var (opens, closes) in s_all)
            {
                if (text[at..].StartsWith(opens, StringComparison.Ordinal))
                {
                    length = opens.Length;
                    return closes;
                }
            }
        }

        length = 0;
        return null;
    }
}
