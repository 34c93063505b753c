using Holdfast.AspNetCore.Access;
using Holdfast.AspNetCore.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.AspNetCore;

/// <summary>
/// The endpoints that <c>MapHoldfast</c> mapped, in two parts. <see cref="Start"/> is for whoever the app says; every other call is for the owner
/// of a session, who shows its resume token. Conventions put on the whole are put on both: an app's own login then also guards every call of
/// an owner, who sends the resume token in its own header, <c>Holdfast-Resume-Token</c>.
/// </summary>
public sealed class HoldfastEndpoints : IEndpointConventionBuilder
{
    private readonly IEndpointRouteBuilder _routes;
    private readonly IEndpointConventionBuilder _all;

    internal HoldfastEndpoints(IEndpointRouteBuilder routes, IEndpointConventionBuilder all, IEndpointConventionBuilder start)
    {
        _routes = routes;
        _all = all;
        Start = start;
    }

    /// <summary>The one call that starts a session, <c>POST /api/sessions</c>: <c>app.MapHoldfast().Start.RequireAuthorization("my-policy")</c>.</summary>
    public IEndpointConventionBuilder Start { get; }

    /// <summary>
    /// Starts sessions only for those whom <c>Holdfast:Access</c> lets in, so many in a minute, and maps <c>POST /api/tickets</c> and, for operators, <c>GET /api/sessions</c>. Needs
    /// <see cref="AccessBuilderExtensions.AddAccess"/> and <see cref="HoldfastApplicationBuilderExtensions.UseAccess"/>.
    /// </summary>
    public HoldfastEndpoints RequireAccess()
    {
        MissingPiece.Check<AccessKeys>(_routes.ServiceProvider, "RequireAccess", "builder.Services.AddHoldfast().AddAccess()");
        Start.RequireAuthorization(AccessPolicies.StartSessions).RequireRateLimiting(AccessPolicies.Starts);
        _routes.MapTicketEndpoint();
        _routes.MapSessionList();
        return this;
    }

    /// <inheritdoc/>
    public void Add(Action<EndpointBuilder> convention) => _all.Add(convention);

    /// <inheritdoc/>
    public void Finally(Action<EndpointBuilder> finallyConvention) => _all.Finally(finallyConvention);
}
