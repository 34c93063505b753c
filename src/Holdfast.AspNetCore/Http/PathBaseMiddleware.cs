using Microsoft.AspNetCore.Http;

namespace Holdfast.AspNetCore.Http;

/// <summary>Makes a request look as the client sent it, whatever stood between.</summary>
internal sealed class PathBaseMiddleware
{
    private readonly RequestDelegate _next;
    private readonly PathString _pathBase;

    public PathBaseMiddleware(RequestDelegate next, PathString pathBase)
    {
        _next = next;
        _pathBase = pathBase;
    }

    /// <summary>
    /// Some proxies hand a path on with the prefix, others take it off: both are served, and what is given out has it. A proxy that says
    /// its prefix itself (<c>X-Forwarded-Prefix</c>) is believed.
    /// </summary>
    public Task InvokeAsync(HttpContext http)
    {
        var request = http.Request;
        if (request.Path.StartsWithSegments(_pathBase, StringComparison.OrdinalIgnoreCase, out var rest))
        {
            request.Path = rest;
        }

        if (!request.PathBase.HasValue)
        {
            request.PathBase = _pathBase;
        }

        return _next(http);
    }
}
