using System.Net;
using System.Text;

namespace Holdfast.Docs;

/// <summary>Shows files and folders of the repository that a document speaks of.</summary>
internal static class Shown
{
    private static readonly HashSet<string> Made = new(["bin", "obj", "node_modules"], StringComparer.Ordinal);

    public static Page File(string source, string text) => Of(
        source, $"<h1><code>{WebUtility.HtmlEncode(source)}</code></h1>\n<pre><code>{WebUtility.HtmlEncode(text)}</code></pre>", []);

    /// <param name="source">Its place in the repository.</param>
    /// <param name="path">Where it is.</param>
    /// <param name="known">Whether a file belongs to the repository: what lies beside it, such as a file of passwords, is nobody's to read.</param>
    public static Page Folder(string source, string path, Func<string, bool> known)
    {
        var links = new List<PageLink>();
        var list = new StringBuilder($"<h1><code>{WebUtility.HtmlEncode(source)}</code></h1>\n<ul class=\"files\">\n");
        foreach (var file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var name = Path.GetRelativePath(path, file);
            if (name.Split('/').Any(static part => Made.Contains(part) || part.StartsWith('.')) || !known(file))
            {
                continue;
            }

            var link = new PageLink($"{source}/{name}", "");
            links.Add(link);
            var way = Path.GetRelativePath(source, Site.AddressOf(link.Source));
            list.Append(System.Globalization.CultureInfo.InvariantCulture, $"<li><a href=\"{WebUtility.HtmlEncode(way)}\"><code>{WebUtility.HtmlEncode(name)}</code></a></li>\n");
        }

        return Of(source + "/README.md", list.Append("</ul>").ToString(), links) with { Title = source };
    }

    private static Page Of(string source, string body, IReadOnlyList<PageLink> links) =>
        new(source, source, body, new HashSet<string>(StringComparer.Ordinal), [], links);
}
