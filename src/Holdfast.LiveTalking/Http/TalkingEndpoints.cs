using System.Diagnostics;
using System.Globalization;
using Holdfast.AspNetCore;
using Holdfast.AspNetCore.Http;
using Holdfast.AspNetCore.Talking;
using Holdfast.Media;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Holdfast.LiveTalking.Http;

/// <summary>Saying, asking, stopping, and hearing of it.</summary>
internal static class TalkingEndpoints
{
    /// <summary>Together a second, which is more than a server needs, and less than a person notices before they are told.</summary>
    private const int MostTries = 25;

    private static readonly TimeSpan TryEvery = TimeSpan.FromMilliseconds(40);

    public static void MapTalking(this RouteGroupBuilder routes)
    {
        routes.MapPost("/human", SessionCall.Of(HumanAsync));
        routes.MapPost("/interrupt_talk", SessionCall.Of(static (_, _, session) =>
        {
            session.Interrupt();
            return Answer.Ok;
        }));
        routes.MapPost("/is_speaking", SessionCall.Of(static (_, _, session) => Answer.Json(new { code = 0, data = session.Snapshot().Speaking })));
        routes.MapGet("/sse", FollowSentencesAsync).WithMetadata(Untraced.Requests);
        routes.MapPost("/set_audiotype", SessionCall.Of(CustomActions.Play));
    }

    /// <summary>Asks the session's model. The answer is streamed to whoever wants to read it; in any case it is heard.</summary>
    /// <param name="session">The session.</param>
    /// <param name="text">What is asked.</param>
    /// <param name="interrupts">Whether the answer that is being given is stopped for it.</param>
    /// <param name="asked">What was recognised, told before the answer; null where the question was typed.</param>
    /// <param name="isStreamed">Whether the answer is written into the response.</param>
    public static async Task<IResult> AskAsync(Session session, string text, bool interrupts, string? asked, bool isStreamed)
    {
        if (session.Companion is not SessionConversation conversation)
        {
            return Failure.NoConversation;
        }

        var stream = isStreamed ? new AnswerStream(asked) : null;
        var outcome = await OnceConnectedAsync(() => conversation.AskAsync(text, key: null, interrupts, stream)).ConfigureAwait(false);
        return outcome is SayOutcome.Accepted ? (IResult?)stream ?? Answer.Ok : Told(outcome);
    }

    /// <summary>
    /// Says or asks something in a session that may be about to be connected: a page that talks as soon as its own side stands is some
    /// milliseconds ahead of the server, and a page written for LiveTalking does not ask twice.
    /// </summary>
    /// <param name="say">Says it; where the session is not connected yet, it did nothing.</param>
    public static async Task<SayOutcome> OnceConnectedAsync(Func<Task<SayOutcome>> say)
    {
        for (var tries = 0; ; tries++)
        {
            var outcome = await say().ConfigureAwait(false);
            if (outcome is not SayOutcome.NotConnected(SessionState.Negotiating) || tries == MostTries)
            {
                return outcome;
            }

            await Task.Delay(TryEvery).ConfigureAwait(false);
        }
    }

    public static IResult Told(SayOutcome outcome) => outcome switch
    {
        SayOutcome.Accepted => Answer.Ok,
        SayOutcome.NotConnected(var state) => Failure.NotConnected(state),
        SayOutcome.Stopping => Failure.Stopping,
        SayOutcome.TooMuch => Failure.TooMuchToSay,
        SayOutcome.NothingToSay => Failure.Bad("没有可以播报的内容", "There is nothing in this that could be said."),
        _ => throw new UnreachableException(),
    };

    private static async Task<IResult> HumanAsync(HttpContext http, RequestMembers members, Session session)
    {
        var text = members.Text("text");
        var limit = http.RequestServices.GetRequiredService<IOptions<HoldfastOptions>>().Value.MaxTextLength;
        if (string.IsNullOrWhiteSpace(text) || text.Length > limit)
        {
            return Failure.Bad(
                string.Create(CultureInfo.InvariantCulture, $"text 必须是 1 到 {limit} 个字符的文字"),
                string.Create(CultureInfo.InvariantCulture, $"The member text must be a text of 1 to {limit} characters."));
        }

        var type = members.Text("type") ?? "chat";
        if (type is not ("echo" or "chat"))
        {
            return Failure.Bad("type 必须是 echo 或 chat", "The member type must be echo or chat.");
        }

        // Who wants to be heard by an unknown voice is still heard: by the one there is.
        if ((members.TextIn("tts", "voice") ?? members.TextIn("tts_options", "voice")) is { Length: > 0 } voice)
        {
            session.Adjust(new ShowAdjustment { Voice = voice });
        }

        ReferenceVoice.Choose(
            http.RequestServices.GetRequiredService<SessionDirectory>(),
            session,
            members.TextIn("tts", "ref_file") ?? members.TextIn("tts_options", "ref_file"),
            members.TextIn("tts", "emotion") ?? members.TextIn("tts_options", "emotion"));

        var interrupts = members.Flag("interrupt");
        IResult result;
        if (type is "chat")
        {
            result = await AskAsync(session, text, interrupts, asked: null, IsFork(http.Request, members));
        }
        else
        {
            if (interrupts)
            {
                session.Interrupt();
            }

            result = Told(await OnceConnectedAsync(() => Task.FromResult(session.Say(text))));
        }

        // What is answered for survives a crash of the server.
        await http.RequestServices.GetRequiredService<SessionKeeper>().KeepAsync(session);
        return result;
    }

    /// <summary>The fork's pages read the answer as it comes; everybody else takes one JSON for the whole response.</summary>
    private static bool IsFork(HttpRequest request, RequestMembers members) =>
        members.Has("tts_options") || members.Has("use_rag") || members.Has("kb_name")
        || request.GetTypedHeaders().Accept.Any(static accepted => accepted.MediaType.Equals("application/x-ndjson", StringComparison.OrdinalIgnoreCase));

    private static async Task<IResult> FollowSentencesAsync(HttpContext http, SessionFinder finder, EventStreamSlots slots, StopDeadline stop, TimeProvider time)
    {
        var (session, failure) = await finder.FindAsync(
            http, SessionId.TryParse(http.Request.Query["sessionid"].ToString(), CultureInfo.InvariantCulture, out var id) ? id : null);
        return session is null ? failure!
            : slots.TryTake() is { } slot ? new SentenceStream(session, slot, time, stop.Token)
            : new Failure(StatusCodes.Status429TooManyRequests, "事件流过多，请稍后再试", "All event streams of this server are taken. Try again in a moment.") { RetryAfter = 5 };
    }
}
