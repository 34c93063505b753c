using System.Net;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Holdfast.Docs;

namespace Holdfast.Server.Tests.Documents;

/// <summary>The documents as a site: every page of it leads somewhere.</summary>
public sealed partial class DocsSiteTests
{
    [Fact]
    public void Every_link_and_picture_of_the_site_is_there()
    {
        var folder = Directory.CreateTempSubdirectory("holdfast-docs").FullName;
        try
        {
            var site = new Site(Repository.Root, folder);
            site.Write();
            Assert.True(site.Faults.Count == 0, string.Join('\n', site.Faults));

            // As a browser sees it, whatever the generator believes.
            var pages = Directory.EnumerateFiles(folder, "*.html", SearchOption.AllDirectories).ToDictionary(static path => path, File.ReadAllText, StringComparer.Ordinal);
            var missing = new List<string>();
            foreach (var (path, html) in pages)
            {
                foreach (var link in Link.Matches(html).Select(static match => WebUtility.HtmlDecode(match.Groups["to"].Value)).Where(static link => !link.Contains(':', StringComparison.Ordinal)))
                {
                    var (file, heading) = link.Split('#') is [var before, var after] ? (before, Uri.UnescapeDataString(after)) : (link, "");
                    var target = file.Length == 0 ? path : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, Uri.UnescapeDataString(file)));
                    var isThere = File.Exists(target) && (heading.Length == 0 || (pages.TryGetValue(target, out var there) && there.Contains($"id=\"{heading}\"", StringComparison.Ordinal)));
                    if (!isThere)
                    {
                        missing.Add($"{Path.GetRelativePath(folder, path)}: {link}");
                    }
                }
            }

            Assert.True(missing.Count == 0, string.Join('\n', missing));
            foreach (var document in Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories))
            {
                Assert.Contains(Path.Combine(folder, Site.AddressOf(Path.GetRelativePath(Repository.Root, document))), pages.Keys, StringComparer.Ordinal);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_changelogs_newest_version_is_the_one_that_is_built()
    {
        var built = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("Version").Single().Value;
        var newest = Version.Match(File.ReadAllText(Path.Combine(Repository.Root, "CHANGELOG.md"))).Groups["version"].Value;
        Assert.Equal(built, newest);
    }

    [GeneratedRegex("(href|src)=\"(?<to>[^\"]*)\"", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Link { get; }

    [GeneratedRegex(@"^## \[(?<version>\d[^\]]*)\]", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Version { get; }
}
