using Holdfast.AspNetCore;
using Holdfast.AspNetCore.Access;
using Holdfast.AspNetCore.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Builder;

/// <summary>What stands before Holdfast's endpoints.</summary>
public static class HoldfastApplicationBuilderExtensions
{
    /// <summary>
    /// Takes the word of the proxies that <c>Holdfast:Proxy</c> trusts for who the client is and what it asked for, and serves under
    /// <c>Holdfast:PathBase</c>. Call it first of all, and <c>UseRouting</c> after it.
    /// </summary>
    public static IApplicationBuilder UseHoldfastProxy(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var options = app.ApplicationServices.GetRequiredService<IOptions<HoldfastOptions>>().Value;
        app.UseForwardedHeaders(options.Proxy.ToForwardedHeaders());
        return options.PathBase.Length == 0 ? app : app.UseMiddleware<PathBaseMiddleware>(new PathString(options.PathBase));
    }

    /// <summary>
    /// Answers every failure that no endpoint answered for (an exception, an unknown path, a wrong method or content type) with one of the
    /// problem details that docs/http-api.md lists, and puts <c>Holdfast-Api: 1</c> on every answer under <c>/api</c>. Call it before
    /// anything that can fail. An app that has other pages may want it for Holdfast's paths only (<c>UseWhen</c>).
    /// </summary>
    public static IApplicationBuilder UseHoldfastProblems(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        return app.UseMiddleware<ProblemMiddleware>();
    }

    /// <summary>Recognises callers, and keeps to limits and origins. Call it after <c>UseRouting</c>. Needs <c>AddAccess</c>.</summary>
    public static IApplicationBuilder UseAccess(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        MissingPiece.Check<AccessKeys>(app.ApplicationServices, "UseAccess", "builder.Services.AddHoldfast().AddAccess()");
        return app.UseCors().UseAuthentication().UseAuthorization().UseRateLimiter();
    }
}
