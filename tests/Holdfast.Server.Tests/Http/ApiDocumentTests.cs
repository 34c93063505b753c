using System.Globalization;
using System.Text.RegularExpressions;

namespace Holdfast.Server.Tests.Http;

/// <summary>Holds docs/http-api.md against the code.</summary>
public sealed partial class ApiDocumentTests
{
    [Fact]
    public void Every_kind_of_problem_is_in_the_document_with_its_status_and_no_other_is()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "http-api.md"));
        var documented = Row().Matches(text)
            .Select(static row => (Status: int.Parse(row.Groups["status"].ValueSpan, CultureInfo.InvariantCulture), Name: row.Groups["name"].Value))
            .OrderBy(static row => row.Name, StringComparer.Ordinal);
        var coded = ApiErrorTests.Kinds.Values
            .Select(static kind => (kind.Status, kind.Name))
            .OrderBy(static kind => kind.Name, StringComparer.Ordinal);
        Assert.Equal(coded, documented);
    }

    [GeneratedRegex(@"^\| (?<status>\d{3}) \| `(?<name>[a-z-]+)` \| \S.* \|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Row();
}
