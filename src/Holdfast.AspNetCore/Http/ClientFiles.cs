using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace Holdfast.AspNetCore.Http;

/// <summary>
/// The browser client, served under <c>/holdfast/</c> as its files are: a page imports <c>/holdfast/index.js</c> and the
/// client always fits the server.
/// </summary>
internal static class ClientFiles
{
    private const string Folder = "client";

    private static readonly FrozenDictionary<string, ClientFile> Files = Load();

    public static RouteHandlerBuilder MapClientFiles(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/holdfast/{**path}", Get).ExcludeFromDescription();

    /// <summary>What is in a file; null where there is none of this path.</summary>
    public static byte[]? Find(string path) => Files.TryGetValue(path, out var file) ? file.Content : null;

    private static Results<FileContentHttpResult, ProblemHttpResult> Get(string path, HttpContext http)
    {
        if (!Files.TryGetValue(path, out var file))
        {
            return Problems.NotFound();
        }

        // A new server brings a new client: the browser asks each time, and mostly hears "not modified".
        http.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Bytes(file.Content, file.ContentType, entityTag: file.Tag);
    }

    private static FrozenDictionary<string, ClientFile> Load()
    {
        var provider = new ManifestEmbeddedFileProvider(Assembly.GetExecutingAssembly(), Folder);
        var files = new Dictionary<string, ClientFile>(StringComparer.Ordinal);
        Collect(provider, string.Empty, files);
        return files.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static void Collect(ManifestEmbeddedFileProvider provider, string folder, Dictionary<string, ClientFile> files)
    {
        foreach (var entry in provider.GetDirectoryContents("/" + folder))
        {
            var path = folder.Length == 0 ? entry.Name : $"{folder}/{entry.Name}";
            if (entry.IsDirectory)
            {
                Collect(provider, path, files);
                continue;
            }

            using var stream = entry.CreateReadStream();
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            var type = path.EndsWith(".css", StringComparison.Ordinal) ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8";
            var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8))}\"");
            files.Add(path, new ClientFile(content, type, tag));
        }
    }

    private sealed record ClientFile(byte[] Content, string ContentType, EntityTagHeaderValue Tag);
}
