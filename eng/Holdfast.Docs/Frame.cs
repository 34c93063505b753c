using System.Globalization;
using System.Net;
using System.Text;

namespace Holdfast.Docs;

/// <summary>What is around each page: head, contents, the sections of the page, the way to the other language.</summary>
internal static class Frame
{
    public static string Around(Page page, IReadOnlyDictionary<string, Page> pages)
    {
        var html = new StringBuilder();
        var isChinese = page.IsChinese;
        html.Append(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="{(isChinese ? "zh-CN" : "en")}">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{WebUtility.HtmlEncode(page.Source is "README.md" ? page.Title : page.Title + " · Holdfast")}</title>
            <link rel="icon" href="{page.To("holdfast.svg")}">
            <link rel="stylesheet" href="{page.To("style.css")}">
            <a class="skip" href="#content">{(isChinese ? "跳到正文" : "Skip to the text")}</a>
            <header>
              <a class="brand" href="{page.To("index.html")}"><img src="{page.To("holdfast.svg")}" alt="" width="30" height="30">Holdfast</a>
              {Other(page, pages)}
            </header>
            <div class="columns">
            <nav class="contents" aria-label="{(isChinese ? "目录" : "Contents")}">
            <details><summary>{(isChinese ? "目录" : "Contents")}</summary>{List(page)}</details>
            <div class="always">{List(page)}</div>
            </nav>
            <main id="content">
            {page.Body}
            </main>
            {Sections(page)}
            </div>
            </html>

            """);
        return html.ToString();
    }

    private static string Other(Page page, IReadOnlyDictionary<string, Page> pages)
    {
        var other = pages.GetValueOrDefault(page.Counterpart) ?? pages["docs/zh/glossary.md"];
        return page.IsChinese
            ? $"<a class=\"other\" lang=\"en\" href=\"{page.To(other.Address)}\">English</a>"
            : $"<a class=\"other\" lang=\"zh-CN\" href=\"{page.To(other.Address)}\">中文</a>";
    }

    private static string List(Page page)
    {
        var list = new StringBuilder();
        foreach (var chapter in page.IsChinese ? Contents.Chinese : Contents.English)
        {
            list.Append(CultureInfo.InvariantCulture, $"\n<h2>{chapter.Title}</h2>\n<ul>\n");
            foreach (var line in chapter.Lines)
            {
                var here = string.Equals(line.Source, page.Source, StringComparison.Ordinal) ? " aria-current=\"page\"" : "";
                list.Append(CultureInfo.InvariantCulture, $"<li><a href=\"{page.To(Site.AddressOf(line.Source))}\"{here}>{line.Title}</a></li>\n");
            }

            list.Append("</ul>");
        }

        return list.ToString();
    }

    private static string Sections(Page page)
    {
        if (page.Sections.Count < 2)
        {
            return "";
        }

        var list = new StringBuilder($"<nav class=\"sections\" aria-label=\"{(page.IsChinese ? "本页" : "On this page")}\">\n<h2>{(page.IsChinese ? "本页" : "On this page")}</h2>\n<ul>\n");
        foreach (var (name, text) in page.Sections)
        {
            list.Append(CultureInfo.InvariantCulture, $"<li><a href=\"#{name}\">{WebUtility.HtmlEncode(text)}</a></li>\n");
        }

        return list.Append("</ul>\n</nav>").ToString();
    }
}
