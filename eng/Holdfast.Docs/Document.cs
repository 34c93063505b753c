using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Holdfast.Docs;

/// <summary>Reads a Markdown document. Its headings get the names that the well-known hosts give them.</summary>
internal static class Document
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables().UseAutoLinks().UseAutoIdentifiers(AutoIdentifierOptions.GitHub).Build();

    public static Page Read(string source, string text)
    {
        var document = Markdown.Parse(text, Pipeline);
        var links = new List<PageLink>();
        var page = new Page(source, source, "", new HashSet<string>(StringComparer.Ordinal), [], links);
        foreach (var link in document.Descendants<LinkInline>())
        {
            if (link.Url is { Length: > 0 } url && !url.Contains(':', StringComparison.Ordinal))
            {
                var to = Resolve(source, url);
                links.Add(to);
                var address = Directory(to.Source) ?? Site.AddressOf(to.Source);
                link.Url = page.To(address) + (to.Heading.Length > 0 ? "#" + to.Heading : "");
            }
        }

        var headings = document.Descendants<HeadingBlock>().Select(static heading => (heading.Level, Name: heading.GetAttributes().Id ?? "", Text: TextOf(heading))).ToList();
        return page with
        {
            Title = headings.FirstOrDefault(static heading => heading.Level == 1).Text ?? source,
            Body = document.ToHtml(Pipeline).Replace("<table>", "<div class=\"wide\"><table>", StringComparison.Ordinal).Replace("</table>", "</table></div>", StringComparison.Ordinal),
            Headings = headings.Select(static heading => heading.Name).ToHashSet(StringComparer.Ordinal),
            Sections = [.. headings.Where(static heading => heading.Level == 2).Select(static heading => (heading.Name, heading.Text))],
        };
    }

    /// <summary>A folder is found by its own page.</summary>
    private static string? Directory(string source) =>
        Path.HasExtension(source) || source is "LICENSE" ? null : source.TrimEnd('/') + "/index.html";

    private static PageLink Resolve(string source, string url)
    {
        var (path, heading) = url.Split('#', 2) is [var before, var after] ? (before, Uri.UnescapeDataString(after)) : (url, "");
        if (path.Length == 0)
        {
            return new PageLink(source, heading);
        }

        var folder = Path.GetDirectoryName(source)!;
        var whole = Path.GetFullPath(Path.Combine("/", folder, Uri.UnescapeDataString(path)));
        return new PageLink(whole.TrimStart('/').TrimEnd('/'), heading);
    }

    private static string TextOf(HeadingBlock heading) => string.Concat(heading.Inline!.Descendants().Select(static inline => inline switch
    {
        LiteralInline literal => literal.Content.ToString(),
        CodeInline code => code.Content,
        _ => "",
    }));
}
