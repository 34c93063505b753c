using Holdfast.AspNetCore;
using Holdfast.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps Holdfast's endpoints.</summary>
public static class HoldfastEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps the session API, the list of avatars, the browser client under <c>/holdfast/</c>, and health.
    /// </summary>
    /// <returns>Puts conventions, such as authorization, on the session API, or on the start of sessions alone.</returns>
    public static HoldfastEndpoints MapHoldfast(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        MissingPiece.Check<HoldfastBuilder>(routes.ServiceProvider, "MapHoldfast", "builder.Services.AddHoldfast()");
        HoldfastHost.GetReady(routes.ServiceProvider);
        routes.MapAvatarEndpoints();
        routes.MapServerEndpoint();
        routes.MapModelEndpoint();
        routes.MapRecordingFiles();
        routes.MapClientFiles();
        routes.MapHealth();
        var (sessions, start) = routes.MapSessionEndpoints();
        return new HoldfastEndpoints(routes, sessions, start);
    }
}
