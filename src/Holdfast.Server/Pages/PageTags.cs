using System.Text.RegularExpressions;

namespace Holdfast.Server.Pages;

/// <summary>The tags in a page's head that load its scripts and stylesheets.</summary>
internal static partial class PageTags
{
    /// <summary>Puts one script in the place of each module, and one stylesheet in the place of all.</summary>
    /// <param name="html">The page.</param>
    /// <param name="script">Joins a module with its imports; gives the URL of the result.</param>
    /// <param name="sheets">Joins stylesheets; gives the URL of the result.</param>
    public static string Join(string html, Func<string, string> script, Func<IReadOnlyList<string>, string> sheets)
    {
        var hrefs = Sheet().Matches(html).Select(static match => match.Groups["href"].Value).ToArray();
        var isFirst = true;
        var joined = Sheet().Replace(html, match =>
        {
            if (!isFirst)
            {
                return "";
            }

            isFirst = false;
            return $"  <link rel=\"stylesheet\" href=\"{sheets(hrefs)}\">\n";
        });
        joined = Preload().Replace(joined, "");
        return Script().Replace(joined, match => $"<script type=\"module\" src=\"{script(match.Groups["src"].Value)}\"></script>");
    }

    [GeneratedRegex("""^[ ]*<link rel="stylesheet" href="(?<href>[\w./-]+)">\n""", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex Sheet();

    [GeneratedRegex("""^[ ]*<link rel="modulepreload" href="[\w./-]+">\n""", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex Preload();

    [GeneratedRegex("""<script type="module" src="(?<src>[\w./-]+)"></script>""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex Script();
}
