using System.Text;
using Holdfast.Lab.Report;

namespace Holdfast.Lab.Matrix.Report;

/// <summary>A column of the matrix.</summary>
internal sealed record Column(string Browser, string Policy);

/// <summary>A report laid out: which rows and columns there are, and which cells stand where.</summary>
internal sealed class Sheet
{
    private static readonly string[] _policies = ["manual", "assisted", "auto"];
    private readonly ILookup<(string, string, string), CellFacts> _cells;

    public Sheet(MatrixReport report)
    {
        Report = report;

        // A cell whose outage nobody described is shown all the same.
        var known = report.Rows.Select(static row => row.Key).ToHashSet(StringComparer.Ordinal);
        var unknown = report.Cells.Select(static cell => cell.Outage).Distinct(StringComparer.Ordinal).Where(key => !known.Contains(key));
        Rows = [.. report.Rows.DistinctBy(static row => row.Key, StringComparer.Ordinal), .. unknown.Select(static key => new MatrixRow(key, key, string.Empty))];
        Browsers = [.. report.Cells.Select(static cell => cell.Browser).Distinct(StringComparer.Ordinal)];
        Columns =
        [
            .. from browser in Browsers
               from policy in report.Cells.Select(static cell => cell.Policy).Distinct(StringComparer.Ordinal).OrderBy(Order)
               where report.Cells.Any(cell => Is(cell.Browser, browser) && Is(cell.Policy, policy))
               select new Column(browser, policy),
        ];

        var rows = Rows.ToDictionary(static row => row.Key, StringComparer.Ordinal);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        Cells = [.. report.Cells.Select(cell => new CellFacts(cell, rows[cell.Outage], Id(cell, taken)))];
        _cells = Cells.ToLookup(static facts => (facts.Cell.Outage, facts.Cell.Browser, facts.Cell.Policy));
    }

    public MatrixReport Report { get; }

    public IReadOnlyList<MatrixRow> Rows { get; }

    public IReadOnlyList<string> Browsers { get; }

    public IReadOnlyList<Column> Columns { get; }

    public IReadOnlyList<CellFacts> Cells { get; }

    /// <summary>What the rows and columns promise and nobody ran.</summary>
    public int NotRun => Rows.Sum(row => Columns.Count(column => At(row, column).Count == 0));

    /// <summary>Usually one; none where it was not run.</summary>
    public IReadOnlyList<CellFacts> At(MatrixRow row, Column column) => [.. _cells[(row.Key, column.Browser, column.Policy)]];

    private static bool Is(string left, string right) => string.Equals(left, right, StringComparison.Ordinal);

    private static int Order(string policy) => Array.IndexOf(_policies, policy) is >= 0 and var at ? at : _policies.Length;

    private static string Id(MatrixCell cell, HashSet<string> taken)
    {
        var id = new StringBuilder();
        foreach (var letter in $"{cell.Outage}-{cell.Browser}-{cell.Policy}".ToLowerInvariant().Take(80))
        {
            id.Append(char.IsAsciiLetterOrDigit(letter) ? letter : '-');
        }

        var name = id.ToString();
        for (var again = 2; !taken.Add(name); again++)
        {
            name = Wording.Text($"{id}-{again}");
        }

        return name;
    }
}
