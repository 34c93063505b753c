using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Holdfast.AspNetCore.Http;

/// <summary>What a page wants to know of a server before it has a session: <c>/api/server</c>.</summary>
internal static class ServerEndpoints
{
    private static readonly string Version = ReadVersion();

    public static void MapServerEndpoint(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/server", Get).WithTags("Server").WithName("GetServer").WithSummary("What this server is like.");

    /// <summary>Whether sessions can be shown what an outage is like.</summary>
    public static bool CanPullThePlug(this IServiceProvider services) => services.GetRequiredService<IHostEnvironment>().IsDevelopment();

    private static Ok<ServerView> Get(IOptions<HoldfastOptions> options, HttpContext http) => TypedResults.Ok(
        new ServerView(Version, options.Value.GraceSeconds, options.Value.HeartbeatSeconds, http.RequestServices.CanPullThePlug()));

    private static string ReadVersion()
    {
        var full = typeof(ServerEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
        var build = full.IndexOf('+', StringComparison.Ordinal);
        return build < 0 ? full : full[..build];
    }
}
