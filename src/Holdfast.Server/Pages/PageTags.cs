using System.Text;
using System.Text.RegularExpressions;

namespace Holdfast.Server.Pages;

/// <summary>The tags in a page's head that load its scripts and stylesheets.</summary>
internal static partial class PageTags
{
    /// <summary>Puts one script in the place of each module, and one stylesheet in the place of all.</summary>
    /// <param name="html">The page.</param>
    /// <param name="script">Joins a module with its imports; gives the URL of the result: one for each language that it speaks, where these differ.</param>
    /// <param name="sheets">Joins stylesheets; gives the URL of the result.</param>
    /// <param name="read">The text of a file: of an icon and of a script that runs before the page is painted, which become a part of the page.</param>
    /// <param name="inline">Told the text of each script that became a part of the page.</param>
    public static string Join(string html, Func<string, IReadOnlyList<(string Language, string Url)>> script, Func<IReadOnlyList<string>, string> sheets, Func<string, string> read, Action<string> inline)
    {
        var scripts = Script().Matches(html).Select(match => script(match.Groups["src"].Value)).ToArray();
        var choice = scripts.Length == 1 && scripts[0].Count > 1 ? scripts[0] : [];
        html = Icon().Replace(html, match => $"href=\"data:image/svg+xml,{DataOf(read(match.Groups["href"].Value))}");
        var early = new StringBuilder();
        html = Early().Replace(html, match =>
        {
            var text = ScriptText.Strip(read(match.Groups["src"].Value)).Text.Trim();
            if (choice.Count > 0)
            {
                // The language is known by now: its script is asked for at once, and run when the page is there.
                text += "\n" + Ask(choice);
            }

            inline(text);
            early.Append("  <script>").Append(text).Append("</script>\n");
            return "";
        });
        var hrefs = Sheet().Matches(html).Select(static match => match.Groups["href"].Value).ToArray();
        var isFirst = true;
        var joined = Sheet().Replace(html, match =>
        {
            if (!isFirst)
            {
                return "";
            }

            isFirst = false;

            // Before the stylesheet: a script behind it would wait for it.
            return $"{early}  <link rel=\"stylesheet\" href=\"{sheets(hrefs)}\">\n";
        });
        joined = Preload().Replace(joined, "");
        if (choice.Count > 0)
        {
            const string Run = "import(document.querySelector('link[rel=modulepreload]').href)";
            inline(Run);
            return Script().Replace(joined, $"<script type=\"module\">{Run}</script>");
        }

        var next = 0;
        return Script().Replace(joined, _ => $"<script type=\"module\" src=\"{scripts[next++][0].Url}\"></script>");
    }

    private static string Ask(IReadOnlyList<(string Language, string Url)> scripts) =>
        "document.head.append(Object.assign(document.createElement('link'),{rel:'modulepreload',href:({"
        + string.Join(',', scripts.Select(static script => $"'{script.Language}':'{script.Url}'")) + "})[document.documentElement.lang]}))";

    /// <summary>A picture as a part of a URL, and of an attribute: what neither may hold is written as its code.</summary>
    private static string DataOf(string svg) => string.Concat(svg.Trim().Select(static c => c switch
    {
        '"' => "'",
        '%' or '#' or '<' or '>' or '&' => $"%{(int)c:X2}",
        '\n' => " ",
        _ => c.ToString(),
    }));

    [GeneratedRegex("""(?<=<link rel="icon" )href="(?<href>[\w./-]+\.svg)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex Icon();

    [GeneratedRegex("""^[ ]*<script src="(?<src>[\w./-]+)"></script>\n""", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex Early();

    [GeneratedRegex("""^[ ]*<link rel="stylesheet" href="(?<href>[\w./-]+)">\n""", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex Sheet();

    [GeneratedRegex("""^[ ]*<link rel="modulepreload" href="[\w./-]+">\n""", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex Preload();

    [GeneratedRegex("""<script type="module" src="(?<src>[\w./-]+)"></script>""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex Script();
}
