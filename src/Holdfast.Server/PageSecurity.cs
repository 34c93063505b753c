namespace Holdfast.Server;

/// <summary>The headers that keep a page to itself: nothing inline, nothing from elsewhere, in nobody's frame.</summary>
internal static class PageSecurity
{
    private const string Policy =
        "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; connect-src 'self'; style-src 'self'; "
        + "script-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

    public static void UsePageSecurity(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";

        // The API's browsable description brings its own scripts; it is there in Development only.
        if (!context.Request.Path.StartsWithSegments("/docs", StringComparison.Ordinal))
        {
            headers.ContentSecurityPolicy = Policy;
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
