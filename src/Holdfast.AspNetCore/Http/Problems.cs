using Holdfast.AspNetCore.Access;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Holdfast.AspNetCore.Http;

/// <summary>Every refusal of the API, as RFC 9457 problem details: one kind and one sentence for a person.</summary>
internal static class Problems
{
    /// <summary>Seconds: a restart takes about as long.</summary>
    private const string RetryWhenStopping = "5";

    public static ProblemHttpResult BadRequest(string detail) => Create(ProblemKind.BadRequest, detail);

    public static ProblemHttpResult BadOffer(string detail) => Create(ProblemKind.BadOffer, detail);

    public static ProblemHttpResult UnknownAvatar(string name, IEnumerable<string> known) =>
        Create(ProblemKind.UnknownAvatar, $"There is no avatar '{Quote(name)}'; there are: {string.Join(", ", known)}.");

    public static ProblemHttpResult UnknownVoice(string id) =>
        Create(ProblemKind.UnknownVoice, $"There is no voice '{Quote(id)}'; GET /api/voices lists those there are.");

    public static ProblemHttpResult NotAdjustable() =>
        Create(ProblemKind.NotAdjustable, "What this session shows cannot be changed while it runs. Start another session.");

    /// <param name="detail">What it is, or what is wrong with it.</param>
    public static ProblemHttpResult NotSound(string detail) =>
        Create(ProblemKind.NotSound, detail + " WAV, MP3, and Opus in Ogg or WebM can be played.");

    public static ProblemHttpResult TooLong(int seconds) =>
        Create(ProblemKind.TooLarge, $"The sound may last at most {seconds} seconds.");

    public static ProblemHttpResult UnknownModel(string name, IEnumerable<string> known) =>
        Create(ProblemKind.UnknownModel, $"There is no model '{Quote(name)}'; there are: {string.Join(", ", known)}.");

    public static ProblemHttpResult NoConversation() =>
        Create(ProblemKind.NoConversation, "This server holds no conversations: its app has not added them. Use 'mode': \"echo\".");

    public static ProblemHttpResult NoRecording() => Create(
        ProblemKind.NoRecording, "Recordings are off here, or have no place: set Holdfast:Recording:Directory.");

    public static ProblemHttpResult NotRecording() =>
        Create(ProblemKind.NotRecording, "Nothing of this session is being recorded. POST .../recordings begins.");

    public static ProblemHttpResult StillRecording() =>
        Create(ProblemKind.StillRecording, "The recording is under way. Stop it first: POST /api/sessions/{id}/recordings/stop.");

    public static ProblemHttpResult UnknownTarget(string name) =>
        Create(ProblemKind.UnknownTarget, $"There is no target '{Quote(name)}'. The server's settings name those there are: Holdfast:Push:Targets.");

    public static ProblemHttpResult UnknownAction(string name, IEnumerable<string> known) =>
        Create(ProblemKind.UnknownAction, $"The avatar has no action '{Quote(name)}'; it has: {string.Join(", ", known.DefaultIfEmpty("none"))}.");

    public static ProblemHttpResult ActionUnusable(string name) =>
        Create(ProblemKind.ActionUnusable, $"The action '{Quote(name)}' cannot be played: its pictures or its sound are not there, or cannot be read. The server's log says more.");

    public static ProblemHttpResult NotPushing(string name) =>
        Create(ProblemKind.NotPushing, $"The session is not streamed to '{Quote(name)}'.");

    public static ProblemHttpResult UnknownRecording() =>
        Create(ProblemKind.UnknownRecording, "There is no recording of this id, or it was deleted.");

    public static ProblemHttpResult NoConversion() =>
        Create(ProblemKind.NoConversion, "MP4 is made by ffmpeg, which is not installed here or failed. The recording itself is WebM: ask without 'format'.");

    public static ProblemHttpResult DiskFull() =>
        Create(ProblemKind.DiskFull, "The disk for recordings is full. Delete some, or make room.");

    public static ProblemHttpResult NotListening() =>
        Create(ProblemKind.NotListening, "This server has nothing that recognises speech. Set Holdfast:Listening, or type.");

    public static ProblemHttpResult NotOwner() =>
        Create(ProblemKind.NotOwner, "Send the session's resume token as 'Authorization: Bearer <resumeToken>'.");

    /// <param name="detail">Why, where that is known.</param>
    public static ProblemHttpResult SignIn(string? detail) =>
        Create(ProblemKind.SignIn, detail ?? "Send an API key, a ticket or a token as 'Authorization: Bearer ...'.");

    public static ProblemHttpResult NotAllowed(string? detail) =>
        Create(ProblemKind.NotAllowed, detail ?? "The key, ticket or token is valid, and does not give the right to do this.");

    public static ProblemHttpResult TooManyStarts() =>
        Create(ProblemKind.TooManyStarts, "You started as many sessions as may be started in a minute. Try again in a moment.");

    public static ProblemHttpResult UnknownSession() =>
        Create(ProblemKind.UnknownSession, "There is no session of this id, or it ended a while ago.");

    /// <summary>A client asks there, with the same call; the address is one that the settings name.</summary>
    public static ProblemHttpResult Elsewhere(Uri address) => Create(
        ProblemKind.Elsewhere,
        "Another server of this installation has the session. Send the same call to 'address'.",
        [new("address", SessionWhereabouts.KeyOf(address))]);

    public static ProblemHttpResult NotFound() =>
        Create(ProblemKind.NotFound, "There is nothing at this address. Look at its path, or at /openapi/v1.json for those there are.");

    /// <param name="allowed">The methods there are, as in the header <c>Allow</c>.</param>
    public static ProblemHttpResult MethodNotAllowed(string allowed) =>
        Create(ProblemKind.MethodNotAllowed, $"This address takes {(allowed.Length == 0 ? "other methods" : allowed)}.");

    public static ProblemHttpResult TooSlow() =>
        Create(ProblemKind.TooSlow, "The request came so slowly that it was given up. Send it again.");

    /// <summary>Told with a stable word beside the sentence: a program decides by the word.</summary>
    public static ProblemHttpResult Ended(SessionReason reason) =>
        Create(ProblemKind.SessionEnded, $"The session has ended: {Words.Of(reason)}.", [new("reason", Words.Stable(reason))]);

    /// <summary>For a call that found its session over, or without what it needs: the first is told as any later call would be.</summary>
    public static ProblemHttpResult NotPossible(Session session, SessionState state) => session.EndReason is { } reason
        ? Ended(reason)
        : Create(ProblemKind.NotConnected, $"The session is {Words.Of(state)}; nothing can be said until it is connected.");

    public static ProblemHttpResult Replaced() =>
        Create(ProblemKind.Replaced, "The session goes on at another client, which came back with it later.");

    public static ProblemHttpResult AnotherIsReconnecting() => Create(
        ProblemKind.AnotherIsReconnecting,
        "Another client is coming back with this session at this moment. Try again in a few seconds if it fails.");

    public static ProblemHttpResult ConnectionGone() => Create(
        ProblemKind.ConnectionGone,
        "The connection is gone, so its path cannot be restarted. Come back with a new one: POST .../connections.");

    public static ProblemHttpResult KeyTaken() =>
        Create(ProblemKind.KeyTaken, "Another text was sent under this 'key' before. Give each text a key of its own.");

    public static ProblemHttpResult TooLarge(long? maximum) => Create(
        ProblemKind.TooLarge,
        maximum is { } bytes ? $"The body of this request may have at most {bytes} bytes." : "The body of this request is too large.");

    public static ProblemHttpResult NotJson() =>
        Create(ProblemKind.NotJson, "Send the body as 'Content-Type: application/json', in UTF-8 and not compressed.");

    public static ProblemHttpResult TooManyStreams(int maximum) =>
        Create(ProblemKind.TooManyStreams, $"All {maximum} event streams of this server are taken. Try again in a moment.");

    public static ProblemHttpResult NothingToSay() => Create(
        ProblemKind.NothingToSay,
        "There is nothing in 'text' that could be said aloud: no letter, no number. An emoji or a line is shown and not said.");

    public static ProblemHttpResult TooMuchToSay() => Create(
        ProblemKind.TooMuchToSay,
        "So much is waiting to be said that this was refused. Wait for some of it, or interrupt.");

    public static ProblemHttpResult Internal() => Create(
        ProblemKind.Internal,
        "Something went wrong in the server that nobody foresaw. Its log says what, under the 'traceId' of this answer.");

    /// <summary>For everybody, while the server stops: whoever has a session finds it again when the server is back.</summary>
    public static ProblemHttpResult Stopping(HttpContext http)
    {
        http.Response.Headers.RetryAfter = RetryWhenStopping;
        return Create(ProblemKind.Stopping, "The server is stopping. Ask again when it is back.");
    }

    /// <summary>
    /// The problem for a status that something in front of the endpoints set, such as routing or the web server; null where it is
    /// not one that Holdfast has a sentence for.
    /// </summary>
    public static ProblemHttpResult? Of(int status, HttpContext http) => status switch
    {
        StatusCodes.Status400BadRequest => BadRequest("The request is not one that HTTP knows, or it broke off."),
        StatusCodes.Status401Unauthorized => SignIn(Refusal.Of(http)),
        StatusCodes.Status403Forbidden => NotAllowed(Refusal.Of(http)),
        StatusCodes.Status404NotFound => NotFound(),
        StatusCodes.Status405MethodNotAllowed => MethodNotAllowed(http.Response.Headers.Allow.ToString()),
        StatusCodes.Status408RequestTimeout => TooSlow(),
        StatusCodes.Status413PayloadTooLarge => TooLarge(maximum: null),
        StatusCodes.Status415UnsupportedMediaType => NotJson(),
        StatusCodes.Status429TooManyRequests => TooManyStarts(),
        StatusCodes.Status500InternalServerError => Internal(),
        _ => null,
    };

    /// <summary>What a stranger sent, as far as it helps: one short line, and no half of a character.</summary>
    public static string Quote(string text)
    {
        const int Most = 40;
        var cut = text.Length <= Most ? text.Length : char.IsHighSurrogate(text[Most - 1]) ? Most - 1 : Most;
        var line = string.Create(cut, text, static (to, from) =>
        {
            for (var i = 0; i < to.Length; i++)
            {
                to[i] = char.IsControl(from[i]) || from[i] is '\u2028' or '\u2029' ? ' ' : from[i];
            }
        });
        return cut == text.Length ? line : line + "…";
    }

    internal static ProblemHttpResult Create(ProblemKind kind, string detail, IEnumerable<KeyValuePair<string, object?>>? members = null) =>
        TypedResults.Problem(detail, statusCode: kind.Status, title: kind.Title, type: kind.Type, extensions: members);
}
