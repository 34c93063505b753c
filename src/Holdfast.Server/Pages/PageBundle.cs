using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Server.Pages;

/// <summary>Some bytes to be served: as they are, and packed when somebody asks for that.</summary>
/// <remarks>
/// The smallest form takes tenths of a second. It is made in the background once the server has started (<see cref="Pack"/>); whoever comes before that gets
/// one that takes some milliseconds.
/// </remarks>
internal sealed class PackedFile
{
    private const int FirstQuality = 8;
    private const int BestQuality = 11;
    private const int BrotliWindow = 22;

    private readonly byte[] _plain;
    private readonly Lazy<byte[]> _gzip;
    private readonly Lazy<byte[]> _firstBrotli;
    private byte[]? _brotli;

    public PackedFile(string content, string contentType, IReadOnlyCollection<string>? scripts = null)
    {
        ContentType = contentType;
        Scripts = scripts ?? [];
        _plain = Encoding.UTF8.GetBytes(content);
        Tag = Convert.ToHexStringLower(SHA256.HashData(_plain).AsSpan(0, 8));
        _gzip = new Lazy<byte[]>(ToGzip);
        _firstBrotli = new Lazy<byte[]>(() => ToBrotli(FirstQuality));
    }

    public string ContentType { get; }

    /// <summary>The hashes of the scripts in it, as a Content-Security-Policy names them.</summary>
    public IReadOnlyCollection<string> Scripts { get; }

    /// <summary>Names the content.</summary>
    public string Tag { get; }

    /// <summary>The smallest form that a client takes, and what it is called in <c>Content-Encoding</c>; null: as it is.</summary>
    public (byte[] Content, string? Encoding) For(string acceptEncoding)
    {
        bool Takes(string encoding) => acceptEncoding
            .Split(',', StringSplitOptions.TrimEntries)
            .Any(item => item.Split(';', StringSplitOptions.TrimEntries) is [var name, .. var rest]
                && string.Equals(name, encoding, StringComparison.OrdinalIgnoreCase)
                && !rest.Any(static quality => quality.Replace(" ", "", StringComparison.Ordinal) is "q=0" or "q=0.0" or "q=0.00" or "q=0.000"));

        return Takes("br") && Brotli() is { Length: > 0 } brotli ? (brotli, "br") : Takes("gzip") ? (_gzip.Value, "gzip") : (_plain, null);
    }

    private byte[] Brotli() => Volatile.Read(ref _brotli) ?? _firstBrotli.Value;

    /// <summary>Makes the smallest form, on the caller's thread.</summary>
    public void Pack() => Volatile.Write(ref _brotli, ToBrotli(BestQuality));

    private byte[] ToGzip()
    {
        using var gzip = new MemoryStream();
        using (var stream = new GZipStream(gzip, CompressionLevel.Optimal))
        {
            stream.Write(_plain);
        }

        return gzip.ToArray();
    }

    /// <summary>Empty where it cannot be packed: it is not served then.</summary>
    private byte[] ToBrotli(int quality)
    {
        var brotli = new byte[BrotliEncoder.GetMaxCompressedLength(_plain.Length)];
        return BrotliEncoder.TryCompress(_plain, brotli, out var length, quality, BrotliWindow) ? brotli[..length] : [];
    }
}

/// <summary>
/// The pages as they are delivered: each with one script and one stylesheet, whose names change with what is in them. The sources stay as they are.
/// </summary>
internal sealed class PageBundle
{
    /// <summary>The folder of the joined files: as deep as those that they are made from, so that relative URLs in them stay right.</summary>
    public const string Folder = "assets";

    private const string Script = "text/javascript; charset=utf-8";

    /// <summary>How <c>boot.js</c> calls the languages, and the files with their texts.</summary>
    private static readonly (string Tag, string File)[] Languages = [("zh-CN", "/chinese.js"), ("en", "/english.js")];

    private PageBundle(IReadOnlyDictionary<string, PackedFile> pages, IReadOnlyDictionary<string, PackedFile> assets) => (Pages, Assets) = (pages, assets);

    /// <summary>By path, such as <c>index.html</c>.</summary>
    public IReadOnlyDictionary<string, PackedFile> Pages { get; }

    /// <summary>By file name.</summary>
    public IReadOnlyDictionary<string, PackedFile> Assets { get; }

    /// <summary>Makes the smallest form of everything: the pages, which are small, and then the scripts of the one that most people open.</summary>
    public void Pack()
    {
        foreach (var file in Pages.Values.Concat(Assets.OrderBy(static asset => asset.Key.StartsWith("index-", StringComparison.Ordinal) ? 0 : 1).Select(static asset => asset.Value)))
        {
            file.Pack();
        }
    }

    /// <param name="pages">The names of the pages.</param>
    /// <param name="read">A file's text by its path below the site; null where there is none.</param>
    /// <exception cref="InvalidDataException">A script is of a form that cannot be joined.</exception>
    public static PageBundle Make(IEnumerable<string> pages, Func<string, string?> read)
    {
        var made = new Dictionary<string, PackedFile>(StringComparer.OrdinalIgnoreCase);
        var assets = new Dictionary<string, PackedFile>(StringComparer.Ordinal);
        foreach (var page in pages)
        {
            var name = Path.GetFileNameWithoutExtension(page);
            var scripts = new List<string>();
            var html = PageTags.Join(
                Find(page),
                script => Scripts(name, script),
                sheets => Add(name + ".css", StyleText.Strip(string.Join('\n', sheets.Select(Find))), "text/css; charset=utf-8"),
                Find,
                script => scripts.Add("sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)))));
            made.Add(page, new PackedFile(html, "text/html; charset=utf-8", scripts));
        }

        return new PageBundle(made, assets);

        // One script for each language, without the texts of the others, which come when somebody chooses them; one for all where they come never.
        IReadOnlyList<(string Language, string Url)> Scripts(string name, string entry) =>
        [
            .. Languages.Select(language => (
                    language.Tag,
                    Url: Add(name + ".js", ModuleLinker.Link(entry, $"{Folder}/{name}.js", read, path => Languages.Any(other => other != language && path.EndsWith(other.File, StringComparison.Ordinal)), Later), Script)))
                .DistinctBy(static script => script.Url, StringComparer.Ordinal),
        ];

        string Later(string path, string text) => Add(Path.GetFileName(path), text, Script)[(Folder.Length + 1)..];

        string Find(string path) => read(path) ?? throw new InvalidDataException($"There is no file {path}.");

        string Add(string name, string content, string contentType)
        {
            var file = new PackedFile(string.Equals(contentType, Script, StringComparison.Ordinal) ? PrivateNames.Shorten(content) : content, contentType);
            var hashed = $"{Path.GetFileNameWithoutExtension(name)}-{file.Tag}{Path.GetExtension(name)}";
            assets[hashed] = file;
            return $"{Folder}/{hashed}";
        }
    }
}
