using System.ComponentModel;
using System.Globalization;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.AspNetCore.Http;

/// <summary>A session as an operator sees it among others.</summary>
internal sealed record SessionLine(
    long SessionId,
    string State,
    string Avatar,
    string? User,
    IReadOnlyList<string> Tags,
    DateTimeOffset CreatedAt,
    int Generation,
    double ExpiresInSeconds,
    bool Speaking,
    int Queued);

/// <summary>Some of the sessions there are.</summary>
/// <param name="Sessions">In the order of their ids.</param>
/// <param name="Total">How many there are that were asked for, on all pages.</param>
/// <param name="Next">For <c>after</c>, where there are more.</param>
internal sealed record SessionList(IReadOnlyList<SessionLine> Sessions, int Total, long? Next);

/// <summary><c>GET /api/sessions</c>: the sessions of this server, for operators.</summary>
internal static class SessionListEndpoint
{
    private const int UsualLimit = 100;
    private const int MostAtOnce = 1_000;

    private static readonly SessionState[] Living = [SessionState.Negotiating, SessionState.Connected, SessionState.Interrupted, SessionState.Held];

    public static void MapSessionList(this IEndpointRouteBuilder routes) => routes.MapGet("/api/sessions", List)
        .WithTags("Sessions")
        .WithName("ListSessions")
        .WithSummary("Lists the sessions there are, for operators: all, or those of a user, with a tag, in a state.")
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status401Unauthorized)
        .ProducesProblem(StatusCodes.Status403Forbidden)
        .RequireAuthorization(AccessPolicies.Operate);

    private static Results<Ok<SessionList>, ProblemHttpResult> List(
        SessionDirectory sessions,
        HttpContext http,
        [FromQuery, Description("Only those in this state: negotiating, connected, interrupted or held.")] string[]? state,
        [FromQuery, Description("Only those of this user.")] string[]? user,
        [FromQuery, Description("Only those that have this tag.")] string[]? tag,
        [FromQuery, Description("How many at the most, 1 to 1000; 100 when left out.")] string[]? limit,
        [FromQuery, Description("Only those behind this id: what the page before told as next.")] string[]? after)
    {
        foreach (var (name, value) in ((string, string[]?)[])[("state", state), ("user", user), ("tag", tag), ("limit", limit), ("after", after)])
        {
            if (value is not (null or [] or [{ Length: > 0 and <= BodyLimits.Name }]))
            {
                return Problems.BadRequest($"'{name}' must be given once, with 1 to {BodyLimits.Name} characters, or not at all.");
            }
        }

        if (state is [var inState] && !Array.Exists(Living, known => string.Equals(Words.Of(known), inState, StringComparison.Ordinal)))
        {
            return Problems.BadRequest("'state' must be \"negotiating\", \"connected\", \"interrupted\" or \"held\".");
        }

        var most = UsualLimit;
        if (limit is [var number] && (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out most) || most is < 1 or > MostAtOnce))
        {
            return Problems.BadRequest($"'limit' must be a whole number from 1 to {MostAtOnce}.");
        }

        SessionId behind = default;
        if (after is [var id] && !SessionId.TryParse(id, CultureInfo.InvariantCulture, out behind))
        {
            return Problems.BadRequest("'after' must be the id of a session.");
        }

        var found = sessions.Live
            .Where(session => state is not [var wanted] || string.Equals(Words.Of(session.State), wanted, StringComparison.Ordinal))
            .Where(session => user is not [var whose] || string.Equals(session.Labels.User, whose, StringComparison.Ordinal))
            .Where(session => tag is not [var which] || session.Labels.Tags.Contains(which, StringComparer.Ordinal))
            .OrderBy(static session => session.Id.Value)
            .ToList();
        var page = found.Where(session => session.Id.Value > behind.Value).Take(most).ToList();
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new SessionList(
            page.ConvertAll(LineOf), found.Count, page.Count > 0 && page[^1].Id != found[^1].Id ? page[^1].Id.Value : null));
    }

    private static SessionLine LineOf(Session session)
    {
        var now = session.Snapshot();
        return new SessionLine(
            session.Id.Value,
            Words.Of(now.State),
            session.ShowName,
            session.Labels.User,
            session.Labels.Tags,
            session.CreatedAt,
            now.Generation,
            SessionEndpoints.Seconds(now.ExpiresIn),
            now.Speaking,
            now.Queued);
    }
}
