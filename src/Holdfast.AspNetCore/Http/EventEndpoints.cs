using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.AspNetCore.Http;

/// <summary>What happened in a session, as it happens and afterwards: <c>/api/sessions/{id}/events</c>.</summary>
internal static class EventEndpoints
{
    private const int RetryAfterSeconds = 5;

    public static void MapEventEndpoints(this RouteGroupBuilder sessions) => sessions.MapGet("/{id}/events", Read)
        .WithMetadata(Untraced.Requests)
        .AddEndpointFilter<JournalFilter>()
        .WithMetadata(new OwnerOnly())
        .WithName("ReadEvents")
        .WithSummary("What happened in a session, as server-sent events; also after its end.")
        .WithDescription(
            "Each event has a number (id), a kind (event) and one JSON object (data). The stream begins after the number given, goes on as "
            + "long as the session does, and ends with its last event. When events are gone because the journal keeps only so much, "
            + "'missed' tells how many. Kinds: state, said, accepted, started, word, finished, interrupted, dropped, failed, resumed, "
            + "problem, missed, replaced, displaced; docs/http-api.md describes the data of each.")
        .Produces<string>(StatusCodes.Status200OK, "text/event-stream")
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status401Unauthorized)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status410Gone)
        .ProducesProblem(StatusCodes.Status421MisdirectedRequest)
        .ProducesProblem(StatusCodes.Status429TooManyRequests)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static IResult Read(
        [FromHeader(Name = "Last-Event-ID"), Description("The number of the last event that was read: a whole number, 0 for none.")] string? lastEventId,
        [FromQuery, Description("The same, for clients that cannot set the header; the header counts when there are both.")] string? after,
        HttpContext http,
        EventStreamSlots slots,
        StopDeadline stop,
        TimeProvider time)
    {
        var owned = JournalFilter.Of(http);
        if (!TryParse(string.IsNullOrEmpty(lastEventId) ? after : lastEventId, out var number) || number > owned.Journal.Last)
        {
            return Problems.BadRequest("'Last-Event-ID' must be the number of an event of this session, or 0.");
        }

        if (owned.Ended is { } ended && number == owned.Journal.Last)
        {
            // Its reader has heard how it ended, and need not come back.
            return Problems.Ended(ended.Reason);
        }

        if (slots.TryTake() is not { } slot)
        {
            http.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
            return Problems.TooManyStreams(slots.Capacity);
        }

        return new EventStream(owned, owned.Journal.Open(number), slot, time, stop.Token, Sentences.LanguageOf(http.Request));
    }

    private static bool TryParse(string? text, out long number)
    {
        number = 0;
        return string.IsNullOrEmpty(text)
            || long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
