using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Holdfast.AspNetCore.Recording;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.AspNetCore.Http;

/// <summary>Streaming a session to a target that the server's settings name.</summary>
internal static class PushEndpoints
{
    public static void MapPushes(this RouteGroupBuilder owned)
    {
        owned.MapPost("/pushes", Start)
            .WithName("StartPush")
            .WithSummary("Begins to stream the session to a target that the server's settings name; where it does already, tells of that.")
            .WithBody<PushBody>()
            .ProducesProblem(StatusCodes.Status409Conflict);
        owned.MapGet("/pushes", List).WithName("ListPushes").WithSummary("Where the session is being streamed to.");
        owned.MapPost("/pushes/stop", StopAsync)
            .WithName("StopPush")
            .WithSummary("Ends the stream to a target.")
            .WithBody<PushBody>()
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static Results<Created<PushView>, ProblemHttpResult> Start(PushStore pushes, HttpContext http)
    {
        var (session, target) = (OwnerFilter.Of(http), RequestBody.Of<PushBody>(http).Target!);
        return !pushes.Knows(target) ? Problems.UnknownTarget(target)
            : pushes.Start(session, target) is { } push ? TypedResults.Created(http.UrlOf($"/api/sessions/{session.Id}/pushes"), ViewOf(push))
            : Problems.NotPossible(session, session.State);
    }

    private static Ok<PushList> List(PushStore pushes, HttpContext http) => TypedResults.Ok(new PushList([.. pushes.Of(OwnerFilter.Of(http)).Select(ViewOf)]));

    private static async Task<Results<NoContent, ProblemHttpResult>> StopAsync(PushStore pushes, HttpContext http)
    {
        var (session, target) = (OwnerFilter.Of(http), RequestBody.Of<PushBody>(http).Target!);
        if (pushes.Of(session).FirstOrDefault(push => string.Equals(push.Target, target, StringComparison.Ordinal)) is not { } running)
        {
            return Problems.NotPushing(target);
        }

        await pushes.StopAsync(running);
        return TypedResults.NoContent();
    }

    private static PushView ViewOf(SessionPush push) => new(push.Target, JsonNamingPolicy.CamelCase.ConvertName(push.State.ToString()), push.Attempts, push.Why);
}

/// <summary>A target to stream to.</summary>
internal sealed record PushBody(
    [property: Required, StringLength(BodyLimits.Name, MinimumLength = 1), Description("One of the names under Holdfast:Push:Targets.")] string? Target);

/// <summary>Where a session is being streamed to.</summary>
internal sealed record PushList(IReadOnlyList<PushView> Pushes);

/// <summary>A stream.</summary>
/// <param name="Target">Its name.</param>
/// <param name="State">"connecting", "streaming", or "waiting" to begin again.</param>
/// <param name="Attempts">How often it was begun.</param>
/// <param name="Why">Why the last attempt ended, a sentence; null where none did.</param>
internal sealed record PushView(string Target, string State, int Attempts, string? Why);
