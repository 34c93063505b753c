using System.Diagnostics;
using System.Reflection;

namespace Holdfast.Docs;

/// <summary>
/// Writes the repository's documents as pages. What they link to comes along: pictures as they are, other files and folders as pages that show them.
/// </summary>
internal sealed class Site
{
    private static readonly string[] CopiedAsTheyAre = [".svg", ".png", ".webp", ".html"];

    private readonly Queue<string> _waiting = new();
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Page> _pages = new(StringComparer.Ordinal);
    private readonly List<string> _faults = [];
    private readonly string _root;
    private readonly string _folder;
    private HashSet<string>? _kept;

    /// <param name="root">Of the repository.</param>
    /// <param name="folder">Where the pages go; made where it is missing.</param>
    public Site(string root, string folder)
    {
        _root = root;
        _folder = folder;
    }

    /// <summary>Links that lead nowhere, each with its page.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>How many pages there are.</summary>
    public int Pages => _pages.Count;

    /// <summary>The repository that a folder lies in; null where there is none.</summary>
    public static string? RootAbove(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Holdfast.slnx")))
            {
                return at.FullName;
            }
        }

        return null;
    }

    /// <summary>Writes all pages, and what they need.</summary>
    public void Write()
    {
        foreach (var line in Contents.English.Concat(Contents.Chinese).SelectMany(static chapter => chapter.Lines))
        {
            Want(line.Source);
        }

        while (_waiting.TryDequeue(out var source))
        {
            Take(source);
        }

        foreach (var page in _pages.Values)
        {
            Check(page);
            Save(page.Address, System.Text.Encoding.UTF8.GetBytes(Frame.Around(page, _pages)));
        }

        using var style = Assembly.GetExecutingAssembly().GetManifestResourceStream("style.css")!;
        using var bytes = new MemoryStream();
        style.CopyTo(bytes);
        Save("style.css", bytes.ToArray());
        Save("holdfast.svg", File.ReadAllBytes(Path.Combine(_root, "src/Holdfast.Server/wwwroot/icons/holdfast.svg")));
    }

    /// <summary>Where a file of the repository is found on the site, from the site's root.</summary>
    public static string AddressOf(string source) => source switch
    {
        "README.md" => "index.html",
        _ when source.EndsWith("/README.md", StringComparison.Ordinal) => source[..^"README.md".Length] + "index.html",
        _ when source.EndsWith(".md", StringComparison.Ordinal) => source[..^".md".Length] + ".html",
        _ when CopiedAsTheyAre.Contains(Path.GetExtension(source), StringComparer.Ordinal) => source,
        _ => source.Replace('@', '-') + ".html",
    };

    private void Want(string source)
    {
        if (_known.Add(source))
        {
            _waiting.Enqueue(source);
        }
    }

    /// <summary>Whether git keeps a file; where there is no git, all that is there was given.</summary>
    private bool IsOurs(string file)
    {
        _kept ??= Kept(_root);
        return _kept.Count == 0 || _kept.Contains(Path.GetRelativePath(_root, file));
    }

    private static HashSet<string> Kept(string root)
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["-C", root, "ls-files", "-z"]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
            _ = git.StandardError.ReadToEndAsync();
            return git.StandardOutput.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return [];
        }
    }

    private void Take(string source)
    {
        var path = Path.Combine(_root, source);
        var page = source switch
        {
            _ when Directory.Exists(path) && File.Exists(Path.Combine(path, "README.md")) => null,
            _ when Directory.Exists(path) => Shown.Folder(source, path, IsOurs),
            _ when !File.Exists(path) => null,
            _ when source.EndsWith(".md", StringComparison.Ordinal) => Document.Read(source, File.ReadAllText(path)),
            _ when CopiedAsTheyAre.Contains(Path.GetExtension(source), StringComparer.Ordinal) => null,
            _ => Shown.File(source, File.ReadAllText(path)),
        };
        if (page is not null)
        {
            _pages.Add(source, page);
            foreach (var link in page.Links)
            {
                Want(link.Source);
            }
        }
        else if (Directory.Exists(path))
        {
            Want(source + "/README.md");
        }
        else if (File.Exists(path))
        {
            Save(source, File.ReadAllBytes(path));
        }
    }

    private void Check(Page page)
    {
        foreach (var link in page.Links)
        {
            var target = _pages.GetValueOrDefault(link.Source) ?? _pages.GetValueOrDefault(link.Source + "/README.md");
            if (target is null && !File.Exists(Path.Combine(_folder, link.Source)))
            {
                _faults.Add($"{page.Source}: nothing is at {link.Source}");
            }
            else if (link.Heading.Length > 0 && target is not null && !target.Headings.Contains(link.Heading))
            {
                _faults.Add($"{page.Source}: {link.Source} has no heading {link.Heading}");
            }
        }
    }

    private void Save(string address, byte[] bytes)
    {
        var path = Path.Combine(_folder, address);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }
}
