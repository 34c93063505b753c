using Holdfast.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Holdfast.AspNetCore.Http;

/// <summary>Every refusal of the API, as RFC 9457 problem details: one kind, one status, one sentence for a person.</summary>
internal static class Problems
{
    /// <summary>Seconds: a restart takes about as long.</summary>
    private const string RetryWhenStopping = "5";

    public static ProblemHttpResult BadRequest(string detail) =>
        Create(StatusCodes.Status400BadRequest, "bad-request", "The request cannot be understood", detail);

    public static ProblemHttpResult BadOffer(string detail) =>
        Create(StatusCodes.Status400BadRequest, "bad-offer", "The offer cannot be answered", detail);

    public static ProblemHttpResult UnknownAvatar(string name, IEnumerable<string> known) =>
        Create(
            StatusCodes.Status400BadRequest,
            "unknown-avatar",
            "There is no such avatar",
            $"There is no avatar '{Shorten(name)}'; there are: {string.Join(", ", known)}.");

    public static ProblemHttpResult NotOwner() =>
        Create(
            StatusCodes.Status401Unauthorized,
            "not-owner",
            "The resume token is missing or wrong",
            "Send the session's resume token as 'Authorization: Bearer <resumeToken>'.");

    public static ProblemHttpResult UnknownSession() =>
        Create(
            StatusCodes.Status404NotFound,
            "unknown-session",
            "There is no such session",
            "There is no session of this id, or it ended a while ago.");

    /// <summary>Told with a stable word beside the sentence: a program decides by the word.</summary>
    public static ProblemHttpResult Ended(SessionReason reason) =>
        Create(
            StatusCodes.Status410Gone,
            "session-ended",
            "The session has ended",
            $"The session has ended: {Words.Of(reason)}.",
            [new("reason", Words.Stable(reason))]);

    /// <summary>For a call that found its session over, or without what it needs: the first is told as any later call would be.</summary>
    public static ProblemHttpResult NotPossible(Session session, SessionState state) =>
        session.EndReason is { } reason ? Ended(reason) : NotConnected(Words.Of(state));

    private static ProblemHttpResult NotConnected(string state) =>
        Create(
            StatusCodes.Status409Conflict,
            "not-connected",
            "The session has no connection",
            $"The session is {state}; nothing can be said until it is connected.");

    public static ProblemHttpResult Replaced() =>
        Create(
            StatusCodes.Status409Conflict,
            "replaced",
            "Another client took the session over",
            "The session goes on at another client, which came back with it later.");

    public static ProblemHttpResult AnotherIsReconnecting() =>
        Create(
            StatusCodes.Status409Conflict,
            "another-is-reconnecting",
            "Another client is coming back with the session",
            "Another client is coming back with this session at this moment. Try again in a few seconds if it fails.");

    public static ProblemHttpResult ConnectionGone() =>
        Create(
            StatusCodes.Status409Conflict,
            "connection-gone",
            "There is no connection to restart",
            "The connection is gone, so its path cannot be restarted. Come back with a new one: POST .../connections.");

    public static ProblemHttpResult KeyTaken() =>
        Create(
            StatusCodes.Status409Conflict,
            "key-taken",
            "Another text was sent under this key",
            "Another text was sent under this 'key' before. Give each text a key of its own.");

    public static ProblemHttpResult TooManyStreams(int maximum) =>
        Create(
            StatusCodes.Status429TooManyRequests,
            "too-many-streams",
            "Too many event streams are open",
            $"All {maximum} event streams of this server are taken. Try again in a moment.");

    public static ProblemHttpResult TooMuchToSay() =>
        Create(
            StatusCodes.Status429TooManyRequests,
            "too-much-to-say",
            "Too much is waiting to be said",
            "So much is waiting to be said that this was refused. Wait for some of it, or interrupt.");

    public static ProblemHttpResult Full(int maxSessions) =>
        Create(
            StatusCodes.Status503ServiceUnavailable,
            "full",
            "The server is full",
            $"All {maxSessions} sessions of this server are taken. Try again in a moment.");

    /// <summary>For everybody, while the server stops: whoever has a session finds it again when the server is back.</summary>
    public static ProblemHttpResult Stopping(HttpContext http)
    {
        http.Response.Headers.RetryAfter = RetryWhenStopping;
        return Create(
            StatusCodes.Status503ServiceUnavailable,
            "stopping",
            "The server is restarting",
            "The server is stopping. Sessions are kept; ask again when it is back.");
    }

    private static ProblemHttpResult Create(
        int status, string kind, string title, string detail, IEnumerable<KeyValuePair<string, object?>>? members = null) =>
        TypedResults.Problem(detail, statusCode: status, title: title, type: $"urn:holdfast:problem:{kind}", extensions: members);

    /// <summary>What a stranger sent is repeated only as far as it helps.</summary>
    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
