namespace Holdfast.Docs;

/// <summary>A page before its frame.</summary>
/// <param name="Source">What it is made of, from the repository's root.</param>
/// <param name="Title">For people.</param>
/// <param name="Body">HTML.</param>
/// <param name="Headings">The names of all its headings, for links.</param>
/// <param name="Sections">Name and text of those that stand in the list beside it.</param>
/// <param name="Links">Where it leads, within the repository.</param>
internal sealed record Page(
    string Source, string Title, string Body, IReadOnlySet<string> Headings, IReadOnlyList<(string Name, string Text)> Sections, IReadOnlyList<PageLink> Links)
{
    public string Address => Site.AddressOf(Source);

    public bool IsChinese => Source.StartsWith("docs/zh/", StringComparison.Ordinal);

    /// <summary>The same in the other language, if there is such a page.</summary>
    public string Counterpart => IsChinese
        ? string.Concat("docs/", Source.AsSpan("docs/zh/".Length))
        : Source.StartsWith("docs/", StringComparison.Ordinal) ? string.Concat("docs/zh/", Source.AsSpan("docs/".Length)) : "docs/zh/glossary.md";

    /// <summary>The way from this page to an address from the site's root.</summary>
    public string To(string address) =>
        string.Concat(string.Concat(Enumerable.Repeat("../", Address.Count(static letter => letter == '/'))), address);
}

/// <summary>A link within the repository.</summary>
/// <param name="Source">A file or folder, from its root.</param>
/// <param name="Heading">A heading's name there, or nothing.</param>
internal readonly record struct PageLink(string Source, string Heading);
