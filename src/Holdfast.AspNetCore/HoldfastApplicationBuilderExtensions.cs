using Holdfast.AspNetCore.Http;
using Microsoft.AspNetCore.Builder;

namespace Holdfast.AspNetCore;

/// <summary>What stands before Holdfast's endpoints.</summary>
public static class HoldfastApplicationBuilderExtensions
{
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
}
