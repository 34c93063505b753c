using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using Holdfast.Media;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.AspNetCore.Http;

/// <summary>The avatar plays one of its actions: <c>POST /api/sessions/{id}/actions</c>.</summary>
internal static class ActionEndpoint
{
    public static void MapActionEndpoint(this RouteGroupBuilder owned) => owned.MapPost("/actions", Act)
        .WithName("PlayAction")
        .WithSummary("Puts one of the avatar's actions at the end of what it is to say.")
        .WithBody<ActionBody>()
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status429TooManyRequests);

    private static Results<Accepted<SayAccepted>, ProblemHttpResult> Act(HttpContext http)
    {
        var (session, name) = (OwnerFilter.Of(http), RequestBody.Of<ActionBody>(http).Name!);
        var shows = http.RequestServices.GetRequiredService<IShowFactory>();
        var known = shows.ActionsOf(session.ShowName);
        if (!known.Any(action => string.Equals(action.Name, name, StringComparison.Ordinal)))
        {
            return Problems.UnknownAction(name, known.Select(static action => action.Name));
        }

        if (shows.FaultOfAction(session.ShowName, name) is not null)
        {
            return Problems.ActionUnusable(name);
        }

        return session.Act(name) switch
        {
            SayOutcome.Accepted(var utteranceId) => TypedResults.Accepted((string?)null, new SayAccepted(utteranceId)),
            SayOutcome.NotConnected(var state) => Problems.NotPossible(session, state),
            SayOutcome.Stopping => Problems.Stopping(http),
            SayOutcome.TooMuch => Problems.TooMuchToSay(),
            SayOutcome.NothingToSay => Problems.UnknownAction(name, []),
            _ => throw new UnreachableException(),
        };
    }
}

/// <summary>An action to play.</summary>
internal sealed record ActionBody(
    [property: Required, StringLength(BodyLimits.Name, MinimumLength = 1), Description("One of the avatar's actions, as GET /api/avatars lists them.")] string? Name);
