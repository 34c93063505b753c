using Holdfast.AspNetCore;
using Holdfast.AspNetCore.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Holdfast.LiveTalking.Http;

/// <summary>
/// Turns pages of other sites away, unless they are allowed: these calls carry no secret of their own, and a browser sends the simple ones wherever a page
/// wants them sent.
/// </summary>
internal sealed class OriginFilter(IOptions<AccessOptions> access) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        return request.Headers.Origin.ToString() is { Length: > 0 } origin && !IsOwn(origin, request) && !IsAllowed(origin)
            ? new Failure(StatusCodes.Status403Forbidden, "不允许其他网站的页面访问", "Pages of other sites may not call this server; its operator can allow them.")
            : await next(context).ConfigureAwait(false);
    }

    private static bool IsOwn(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && string.Equals(request.Host.Value, uri.Authority, StringComparison.OrdinalIgnoreCase);

    private bool IsAllowed(string origin) =>
        access.Value.Origins.Contains("*", StringComparer.Ordinal) || access.Value.Origins.Contains(origin, StringComparer.OrdinalIgnoreCase);
}
