namespace Holdfast.Server;

/// <summary>The headers that keep a page to itself: nothing inline but what is known by its hash, nothing from elsewhere, in nobody's frame.</summary>
internal static class PageSecurity
{
    private const string Policy =
        "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; connect-src 'self'; style-src 'self'; "
        + "script-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

    /// <summary>What a browser shows by itself, and what may bring scripts of its own: the policy says nothing about anything else.</summary>
    private static readonly string[] Documents = ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "application/xml"];

    /// <summary>The policy of a page with scripts in its HTML: these, and no others.</summary>
    /// <param name="hashes">Of each script, such as <c>sha256-...</c>.</param>
    public static string With(IReadOnlyCollection<string> hashes) => hashes.Count == 0
        ? Policy
        : Policy.Replace("script-src 'self'", $"script-src 'self' {string.Join(' ', hashes.Select(static hash => $"'{hash}'"))}", StringComparison.Ordinal);

    public static void UsePageSecurity(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";

        // The API's browsable description brings its own scripts; it is there in Development only.
        if (!context.Request.Path.StartsWithSegments("/docs", StringComparison.Ordinal))
        {
            headers.ContentSecurityPolicy = Policy;
            context.Response.OnStarting(static state =>
            {
                // 200 bytes of each answer, which a first visit waits for. An answer of an unknown kind keeps it.
                var response = (HttpResponse)state;
                if (response.ContentType is { Length: > 0 } type && !Documents.Any(document => type.StartsWith(document, StringComparison.OrdinalIgnoreCase)))
                {
                    response.Headers.Remove("Content-Security-Policy");
                }

                return Task.CompletedTask;
            }, context.Response);
        }

        return next(context);
    });
}

/// <summary>How the page's own files are served: always asked for again, mostly answered "not modified".</summary>
internal static class PageFiles
{
    public static StaticFileOptions Options { get; } = new()
    {
        OnPrepareResponse = static served => served.Context.Response.Headers.CacheControl = "no-cache",
    };
}
