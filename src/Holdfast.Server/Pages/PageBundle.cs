using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Server.Pages;

/// <summary>Some bytes to be served, once as they are and once in each way that browsers unpack.</summary>
internal sealed record PackedFile(string ContentType, string Tag, byte[] Plain, byte[] Gzip, byte[] Brotli)
{
    /// <summary>The smallest. It takes half a second, once, which nobody waits for.</summary>
    private const int BrotliQuality = 11;

    private const int BrotliWindow = 22;

    public static PackedFile Of(string content, string contentType)
    {
        var plain = Encoding.UTF8.GetBytes(content);
        using var gzip = new MemoryStream();
        using (var stream = new GZipStream(gzip, CompressionLevel.Optimal))
        {
            stream.Write(plain);
        }

        var brotli = new byte[BrotliEncoder.GetMaxCompressedLength(plain.Length)];
        if (!BrotliEncoder.TryCompress(plain, brotli, out var length, BrotliQuality, BrotliWindow))
        {
            length = 0; // not served
        }

        return new PackedFile(contentType, Convert.ToHexStringLower(SHA256.HashData(plain).AsSpan(0, 8)), plain, gzip.ToArray(), brotli[..length]);
    }

    /// <summary>The smallest form that a client takes, and what it is called in <c>Content-Encoding</c>; null: as it is.</summary>
    public (byte[] Content, string? Encoding) For(string acceptEncoding)
    {
        bool Takes(string encoding) => acceptEncoding
            .Split(',', StringSplitOptions.TrimEntries)
            .Any(item => item.Split(';', StringSplitOptions.TrimEntries) is [var name, .. var rest]
                && string.Equals(name, encoding, StringComparison.OrdinalIgnoreCase)
                && !rest.Any(static quality => quality.Replace(" ", "", StringComparison.Ordinal) is "q=0" or "q=0.0" or "q=0.00" or "q=0.000"));

        return Brotli.Length > 0 && Takes("br") ? (Brotli, "br") : Takes("gzip") ? (Gzip, "gzip") : (Plain, null);
    }
}

/// <summary>
/// The pages as they are delivered: each with one script and one stylesheet, whose names change with what is in them. The sources stay as they are.
/// </summary>
internal sealed class PageBundle
{
    /// <summary>The folder of the joined files: as deep as those that they are made from, so that relative URLs in them stay right.</summary>
    public const string Folder = "assets";

    private PageBundle(IReadOnlyDictionary<string, PackedFile> pages, IReadOnlyDictionary<string, PackedFile> assets) => (Pages, Assets) = (pages, assets);

    /// <summary>By path, such as <c>index.html</c>.</summary>
    public IReadOnlyDictionary<string, PackedFile> Pages { get; }

    /// <summary>By file name.</summary>
    public IReadOnlyDictionary<string, PackedFile> Assets { get; }

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
            var html = PageTags.Join(
                read(page) ?? throw new InvalidDataException($"There is no page {page}."),
                script => Add(name + ".js", ModuleLinker.Link(script, $"{Folder}/{name}.js", read), "text/javascript; charset=utf-8"),
                sheets => Add(name + ".css", string.Join('\n', sheets.Select(sheet => read(sheet) ?? throw new InvalidDataException($"There is no stylesheet {sheet}."))), "text/css; charset=utf-8"));
            made.Add(page, PackedFile.Of(html, "text/html; charset=utf-8"));
        }

        return new PageBundle(made, assets);

        string Add(string name, string content, string contentType)
        {
            var file = PackedFile.Of(content, contentType);
            var hashed = $"{Path.GetFileNameWithoutExtension(name)}-{file.Tag}{Path.GetExtension(name)}";
            assets[hashed] = file;
            return $"{Folder}/{hashed}";
        }
    }
}
