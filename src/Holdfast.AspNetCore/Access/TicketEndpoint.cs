using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Holdfast.AspNetCore.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Holdfast.AspNetCore.Access;

/// <summary>A wish for a ticket.</summary>
/// <param name="User">Whose sessions it starts.</param>
/// <param name="Seconds">How long it is good for.</param>
internal sealed record TicketBody(
    [property: StringLength(BodyLimits.Name, MinimumLength = 1), Description("Whose sessions it starts; left out, nobody's in particular.")] string? User,
    [property: Range(5, 86_400), Description("Seconds it is good for; the server's default when left out.")] int? Seconds);

/// <summary>A ticket.</summary>
/// <param name="Ticket">For <c>Authorization: Bearer</c> of POST /api/sessions, or <c>?ticket=</c> of the page.</param>
internal sealed record TicketMade(string Ticket, DateTimeOffset ExpiresAt);

/// <summary><c>POST /api/tickets</c>: for the site that a page belongs to, which holds a key.</summary>
internal static class TicketEndpoint
{
    public static void MapTicketEndpoint(this IEndpointRouteBuilder routes) => routes.MapPost("/api/tickets", Make)
        .WithTags("Access")
        .WithName("MakeTicket")
        .WithSummary("Makes a ticket with which a page may start sessions for a short time.")
        .WithBody<TicketBody>(isOptional: true)
        .ProducesProblem(StatusCodes.Status401Unauthorized)
        .ProducesProblem(StatusCodes.Status403Forbidden)
        .RequireAuthorization(AccessPolicies.MakeTickets);

    private static Created<TicketMade> Make(HttpContext http, Tickets tickets, IOptions<AccessOptions> options)
    {
        var body = RequestBody.OfOptional<TicketBody>(http);
        var (ticket, expiresAt) = tickets.Make(body?.User, TimeSpan.FromSeconds(body?.Seconds ?? options.Value.Tickets.Seconds));
        return TypedResults.Created((string?)null, new TicketMade(ticket, expiresAt));
    }
}
