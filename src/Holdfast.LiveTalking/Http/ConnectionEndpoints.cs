using System.Diagnostics;
using System.Globalization;
using Holdfast.AspNetCore;
using Holdfast.AspNetCore.Http;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Holdfast.LiveTalking.Http;

/// <summary>Starting, coming back, staying and leaving.</summary>
internal static class ConnectionEndpoints
{
    /// <summary>All callers are the same client: whoever comes back last is meant.</summary>
    private const string AnyClient = "livetalking";

    /// <returns>The start.</returns>
    public static IEndpointConventionBuilder MapConnections(this RouteGroupBuilder routes)
    {
        routes.MapPost("/reconnect", SessionCall.Of(Reconnect)).WithMetadata(new FailureDialect(namesSession: true));
        routes.MapPost("/session/heartbeat", SessionCall.Of(Heartbeat)).WithMetadata(Untraced.Requests);
        routes.MapPost("/session/close", CloseAsync);
        return routes.MapPost("/offer", StartAsync).WithMetadata(new FailureDialect(namesSession: true));
    }

    private static async Task<IResult> StartAsync(HttpContext http, SessionDirectory sessions, IOptions<HoldfastOptions> options)
    {
        var (members, failure) = await RequestMembers.ReadAsync(http);
        return members is null ? failure! : Start(http, members, sessions, options.Value);
    }

    private static IResult Start(HttpContext http, RequestMembers members, SessionDirectory sessions, HoldfastOptions options)
    {
        if (OfferIn(members) is not { } offer)
        {
            return NoOffer;
        }

        var request = new SessionRequest(offer, members.TextOrNumber("avatar"))
        {
            AnswersToId = true,
            ReachedAt = http.Connection.LocalIpAddress,
            ClientAddress = http.Connection.RemoteIpAddress,
        };
        switch (sessions.Create(request))
        {
            case CreateSessionResult.Created(var session, var token, var answer):
                SessionFinder.Mark(http, session, token);
                ReferenceVoice.Choose(sessions, session, members.Text("refaudio"));
                CustomActions.Choose(sessions, session, members);
                return Answered(session, answer);
            case CreateSessionResult.BadOffer(var sentence):
                return Failure.Bad("无法应答该 offer：" + sentence, "This offer cannot be answered: " + sentence);
            case CreateSessionResult.UnknownShow(var name):
                return Failure.Bad($"没有名为 {name} 的形象", $"There is no avatar called {name}.");
            case CreateSessionResult.Full:
                return new Failure(
                    StatusCodes.Status429TooManyRequests,
                    string.Create(CultureInfo.InvariantCulture, $"已达到最大会话数限制 ({options.MaxSessions})"),
                    string.Create(CultureInfo.InvariantCulture, $"There are as many sessions as may be ({options.MaxSessions})."))
                { RetryAfter = 5 };
            case CreateSessionResult.Stopping:
                return Failure.Stopping;
            default:
                throw new UnreachableException();
        }
    }

    private static IResult Reconnect(HttpContext http, RequestMembers members, Session session)
    {
        if (OfferIn(members) is not { } offer)
        {
            return NoOffer;
        }

        switch (session.ComeBack(offer, AnyClient, http.Connection.LocalIpAddress))
        {
            case ReconnectResult.Answered(var answer, var token):
                SessionFinder.Mark(http, session, token);
                return Answered(session, answer);
            case ReconnectResult.Restarted(var answer):
                SessionFinder.Prolong(http, session);
                return Answered(session, answer);
            case ReconnectResult.BadOffer(var sentence):
                return Failure.Bad("无法应答该 offer：" + sentence, "This offer cannot be answered: " + sentence);
            case ReconnectResult.AnotherIsReconnecting:
                return new Failure(StatusCodes.Status409Conflict, "另一个页面正在重连", "Another client is coming back with this session at this moment.");
            case ReconnectResult.NotPossible(var state):
                return Failure.NotConnected(state);
            default:
                throw new UnreachableException();
        }
    }

    private static IResult Heartbeat(HttpContext http, RequestMembers members, Session session)
    {
        var now = session.Heartbeat();
        if (session.EndReason is not null)
        {
            return Failure.NoSession;
        }

        SessionFinder.Prolong(http, session);
        return Answer.Json(new { code = 0, msg = "ok", ttl = (int)Math.Ceiling(now.ExpiresIn.TotalSeconds) });
    }

    /// <summary>Closing what is not there is what was wanted.</summary>
    private static async Task<IResult> CloseAsync(HttpContext http, SessionFinder finder)
    {
        var (members, failure) = await RequestMembers.ReadAsync(http);
        if (members is null)
        {
            return failure!;
        }

        var (session, missing) = await finder.FindAsync(http, members.Session);
        if (session is null && missing!.Status != StatusCodes.Status404NotFound)
        {
            return missing;
        }

        session?.Close(SessionReason.ClosedByOwner);
        SessionFinder.Unmark(http, members.Session!.Value);
        return Answer.Json(new { code = 0, msg = "会话已关闭" });
    }

    private static Failure NoOffer { get; } = Failure.Bad("需要 sdp 和 type: \"offer\"", "The members sdp and type (\"offer\") are needed.");

    private static string? OfferIn(RequestMembers members) =>
        members.Text("type") is null or "offer" && members.Text("sdp") is { } sdp && !string.IsNullOrWhiteSpace(sdp) ? sdp : null;

    private static IResult Answered(Session session, ConnectionAnswer answer) =>
        Answer.Json(new { sdp = answer.Sdp, type = "answer", sessionid = session.Id.Value });
}
