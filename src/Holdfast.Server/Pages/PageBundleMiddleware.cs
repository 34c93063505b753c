using Holdfast.AspNetCore;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace Holdfast.Server.Pages;

/// <summary>
/// Serves the pages with their scripts and styles joined, packed and kept for good by browsers. In Development, and where the files are of a form
/// that cannot be joined, it hands everything on, and they are served as they are.
/// </summary>
internal sealed partial class PageBundleMiddleware
{
    private const string Index = "index.html";
    private const string Client = "holdfast/";

    private readonly RequestDelegate _next;
    private readonly ILogger<PageBundleMiddleware> _logger;
    private readonly IFileProvider _files;
    private readonly Task<PageBundle?> _bundle;

    public PageBundleMiddleware(RequestDelegate next, IWebHostEnvironment environment, IHostApplicationLifetime lifetime, ILogger<PageBundleMiddleware> logger)
    {
        _next = next;
        _logger = logger;
        _files = environment.WebRootFileProvider;

        // Some tenths of a second, which the start need not wait for.
        _bundle = environment.IsDevelopment() ? Task.FromResult<PageBundle?>(null) : Task.Run(Make);

        // After a crash sessions come back first, and pages are packed then: mostly before anybody asks for them.
        lifetime.ApplicationStarted.Register(() => _ = PackAsync());
    }

    public async Task InvokeAsync(HttpContext http)
    {
        // Without its last slash a prefix is redirected to where it has one: the page's relative URLs would lead elsewhere.
        var path = http.Request.Path.Value switch
        {
            "/" => Index,
            { Length: > 1 } given => given[1..],
            _ => "",
        };
        var isAsset = path.StartsWith(PageBundle.Folder + "/", StringComparison.Ordinal);
        if ((!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
            || (!isAsset && !path.EndsWith(".html", StringComparison.OrdinalIgnoreCase))
            || await _bundle is not { } bundle)
        {
            await _next(http);
            return;
        }

        var found = isAsset
            ? bundle.Assets.GetValueOrDefault(path[(PageBundle.Folder.Length + 1)..])
            : bundle.Pages.GetValueOrDefault(path);
        await (found is null ? _next(http) : SendAsync(http, found, isAsset));
    }

    private static async Task SendAsync(HttpContext http, PackedFile file, bool isAsset)
    {
        var (content, encoding) = file.For(http.Request.Headers.AcceptEncoding.ToString());
        var headers = http.Response.Headers;
        var tag = new EntityTagHeaderValue($"\"{file.Tag}{(encoding is null ? "" : "-" + encoding)}\"");
        headers.Vary = HeaderNames.AcceptEncoding;
        headers.ETag = tag.ToString();
        if (file.Scripts.Count > 0)
        {
            headers.ContentSecurityPolicy = PageSecurity.With(file.Scripts);
        }

        // What is in an asset decides its name, so it never changes; a page is always asked for again, and mostly heard to be the same.
        headers.CacheControl = isAsset ? "public, max-age=31536000, immutable" : "no-cache";
        if (http.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false)))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        http.Response.ContentType = file.ContentType;
        http.Response.ContentLength = content.Length;
        if (encoding is not null)
        {
            headers.ContentEncoding = encoding;
        }

        if (HttpMethods.IsGet(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(content, http.RequestAborted);
        }
    }

    private async Task PackAsync()
    {
        if (await _bundle is { } bundle)
        {
            await Task.Run(bundle.Pack);
        }
    }

    private PageBundle? Make()
    {
        try
        {
            var pages = _files.GetDirectoryContents("").Where(static file => file.Name.EndsWith(".html", StringComparison.OrdinalIgnoreCase));
            return PageBundle.Make(pages.Select(static page => page.Name), Read);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            LogNotJoined(exception.Message);
            return null;
        }
    }

    private string? Read(string path)
    {
        if (path.StartsWith(Client, StringComparison.Ordinal))
        {
            return HoldfastClient.Read(path[Client.Length..]);
        }

        var file = _files.GetFileInfo(path);
        if (!file.Exists)
        {
            return null;
        }

        using var reader = new StreamReader(file.CreateReadStream());
        return reader.ReadToEnd();
    }

    [LoggerMessage(1, LogLevel.Warning, "The pages are served file by file, which takes longer to load: {Reason}")]
    private partial void LogNotJoined(string reason);
}
