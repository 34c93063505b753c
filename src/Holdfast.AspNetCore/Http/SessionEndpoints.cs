using System.Buffers.Text;
using System.Diagnostics;
using Holdfast.AspNetCore.Access;
using Holdfast.Media;
using Holdfast.Rtc;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Holdfast.AspNetCore.Http;

/// <summary>The HTTP session API: <c>/api/sessions</c>.</summary>
internal static class SessionEndpoints
{
    public static (IEndpointConventionBuilder All, IEndpointConventionBuilder Start) MapSessionEndpoints(this IEndpointRouteBuilder routes)
    {
        var sessions = routes.MapGroup("/api/sessions").WithTags("Sessions").WithMetadata(new RequestSizeLimitAttribute(RequestBody.UsualLimit));
        var start = sessions.MapPost("/", Create)
            .WithName("CreateSession")
            .WithSummary("Starts a session: answers a WebRTC offer. Without one the session begins without a viewer.")
            .WithBody<CreateSessionBody>()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

        var owned = sessions.MapGroup("/{id}")
            .AddEndpointFilter<OwnerFilter>()
            .WithMetadata(new OwnerOnly())
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status421MisdirectedRequest)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status410Gone, typeof(SessionEndedProblem), ["application/problem+json"]));
        owned.MapGet("/", Get).WithName("GetSession").WithSummary("Tells what a session is doing.");
        owned.MapPatch("/", Adjust)
            .WithName("AdjustSession")
            .WithSummary("Changes who is seen from the next picture on, or heard from the next sentence on.")
            .WithBody<AdjustBody>()
            .ProducesProblem(StatusCodes.Status409Conflict);
        owned.MapDelete("/", Close).WithName("CloseSession").WithSummary("Ends a session at once and frees its slot.");
        owned.MapPost("/heartbeat", Heartbeat)
            .WithMetadata(Untraced.Requests)
            .WithName("Heartbeat")
            .WithSummary("Gives a sign of life, and tells how long the session is kept.")
            .WithBody<HeartbeatBody>(isOptional: true);
        owned.MapPatch("/connection", Restart)
            .WithName("RestartPath")
            .WithSummary("Answers a further offer for the connection there is, whose keys are kept: a restarted path, or a change of what flows.")
            .WithBody<ConnectionBody>()
            .ProducesProblem(StatusCodes.Status409Conflict);
        owned.MapPost("/connections", Reconnect)
            .WithName("Reconnect")
            .WithSummary("Comes back with a new connection to the same session.")
            .WithBody<ConnectionBody>()
            .ProducesProblem(StatusCodes.Status409Conflict);
        owned.MapPost("/say", Say)
            .WithName("Say")
            .WithSummary("Puts a text at the end of what the avatar is to say, or asks the model.")
            .WithBody<SayBody>()
            .ProducesProblem(StatusCodes.Status501NotImplemented)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        owned.MapAudioEndpoint();
        owned.MapActionEndpoint();
        owned.MapRecordings();
        owned.MapPushes();
        owned.MapMicrophoneEndpoints();
        owned.MapPost("/interrupt", Interrupt)
            .WithName("Interrupt")
            .WithSummary("Stops what is being said and forgets what was to be said.");
        owned.MapPut("/stage", FitStage)
            .WithName("FitStage")
            .WithSummary("Tells how large the pictures are seen: the server sends the smallest size that covers it, where there is room.")
            .WithBody<StageBody>();
        owned.MapPut("/model", TalkEndpoints.ChooseModel)
            .WithName("ChooseModel")
            .WithSummary("Chooses the model that is asked from the next question on.")
            .WithBody<ModelBody>()
            .ProducesProblem(StatusCodes.Status501NotImplemented);
        if (routes.ServiceProvider.CanPullThePlug())
        {
            owned.MapPost("/outage", PullThePlug)
                .WithName("PullThePlug")
                .WithSummary("Loses this session's packets for a while, to show what then happens. In Development only.")
                .WithBody<OutageBody>();
        }

        sessions.MapEventEndpoints();
        return (sessions, start);
    }

    private static async Task<Results<Created<SessionCreated>, ProblemHttpResult>> Create(
        SessionDirectory sessions, SessionKeeper keeper, IOptions<HoldfastOptions> options, HttpContext http)
    {
        var body = RequestBody.Of<CreateSessionBody>(http);

        // Who forgot the offer is told so: a session without a viewer is one that says what is to be seen, or for how long.
        var isWatched = body is not { Type: null, Sdp: null } || (body.Avatar is null && body.StaysAlive is null);
        if (isWatched && OfferIn(body.Type, body.Sdp) is { } refusal)
        {
            return refusal;
        }

        if (isWatched && body.StaysAlive is true)
        {
            return Problems.BadRequest("'staysAlive' is for sessions without an offer: a viewer's session lives by its viewer.");
        }

        if (Words.GapPolicyOf(body.GapPolicy) is not { } gapPolicy)
        {
            return Problems.BadRequest("'gapPolicy' must be \"pause\", \"finish\" or \"drop\".");
        }

        if (LabelsOf(http, body.Tags) is not { } labels)
        {
            return Problems.BadRequest("'tags' must be at most 8 words or names of at most 64 characters each, separated by commas.");
        }

        TimeSpan? grace = body.GraceSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        switch (sessions.Create(new SessionRequest(body.Sdp, body.Avatar, grace, gapPolicy)
        {
            AnswersToId = body.AnswersToId is true,
            StaysAlive = body.StaysAlive is true,
            ReachedAt = http.Connection.LocalIpAddress,
            ClientAddress = http.Connection.RemoteIpAddress,
            Labels = labels,
        }))
        {
            case CreateSessionResult.Created(var session, var token, var answer):
                return Created(http, session, token, answer, options.Value);
            case CreateSessionResult.Begun(var session, var token):
                // It is not connected first: nobody would write it down otherwise before something happens.
                await keeper.KeepAsync(session);
                return Created(http, session, token, answer: null, options.Value);
            case CreateSessionResult.BadOffer(var sentence):
                return Problems.BadOffer(sentence);
            case CreateSessionResult.UnknownShow(var name):
                return Problems.UnknownAvatar(name, sessions.Shows.Select(show => show.Name));
            case CreateSessionResult.Full(var limit):
                return Refusals.Of(http, limit, options.Value);
            case CreateSessionResult.Stopping:
                return Problems.Stopping(http);
            default:
                throw new UnreachableException();
        }
    }

    private static Created<SessionCreated> Created(HttpContext http, Session session, ResumeToken token, ConnectionAnswer? answer, HoldfastOptions options)
    {
        var created = new SessionCreated(
            session.Id.Value,
            token.Value,
            answer?.Generation ?? 0,
            answer is null ? null : DescriptionOf(answer),
            answer is null ? null : SecretsOf(answer),
            Words.Of(session.State),
            (int)session.Grace.TotalSeconds,
            options.HeartbeatSeconds);
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created(http.UrlOf($"/api/sessions/{session.Id}"), created);
    }

    /// <summary>Whose it is, as the app's authentication says, and the client's own tags; null where these are not what they may be.</summary>
    private static SessionLabels? LabelsOf(HttpContext http, string? tags)
    {
        string[] list = tags?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (list.Length > SessionLabels.MaxTags || Array.Exists(list, static tag => tag.Length > SessionLabels.MaxLength))
        {
            return null;
        }

        var user = AccessClaims.UserOf(http.User);
        return user is null && list.Length == 0
            ? SessionLabels.None
            : new SessionLabels(user is { Length: > SessionLabels.MaxLength } ? user[..SessionLabels.MaxLength] : user, list);
    }

    private static async Task<Results<Created<ConnectionCreated>, ProblemHttpResult>> Reconnect(SessionKeeper keeper, HttpContext http)
    {
        var body = RequestBody.Of<ConnectionBody>(http);
        if (OfferIn(body.Type, body.Sdp) is { } refusal)
        {
            return refusal;
        }

        var session = OwnerFilter.Of(http);
        switch (session.Reconnect(body.Sdp!, body.Client, PlayedIn(body.Played), http.Connection.LocalIpAddress))
        {
            case ReconnectResult.Answered(var answer, var token):
                // A token that is told survives a crash.
                await keeper.KeepAsync(session);
                http.Response.Headers.CacheControl = "no-store";
                return TypedResults.Created(
                    http.UrlOf($"/api/sessions/{session.Id}"),
                    new ConnectionCreated(answer.Generation, token.Value, DescriptionOf(answer), SecretsOf(answer)));
            case ReconnectResult.BadOffer(var sentence):
                return Problems.BadOffer(sentence);
            case ReconnectResult.AnotherIsReconnecting:
                return Problems.AnotherIsReconnecting();
            case ReconnectResult.NotPossible(var state):
                return Problems.NotPossible(session, state);
            default:
                throw new UnreachableException();
        }
    }

    private static Results<Ok<PathRestarted>, ProblemHttpResult> Restart(HttpContext http)
    {
        var body = RequestBody.Of<ConnectionBody>(http);
        if (OfferIn(body.Type, body.Sdp) is { } refusal)
        {
            return refusal;
        }

        var session = OwnerFilter.Of(http);
        return session.Restart(body.Sdp!, PlayedIn(body.Played), http.Connection.LocalIpAddress) switch
        {
            RestartResult.Answered(var answer) => TypedResults.Ok(new PathRestarted(answer.Generation, DescriptionOf(answer))),
            RestartResult.BadOffer(var sentence) => Problems.BadOffer(sentence),
            RestartResult.ConnectionGone => Problems.ConnectionGone(),
            RestartResult.NotPossible(var state) => Problems.NotPossible(session, state),
            _ => throw new UnreachableException(),
        };
    }

    private static Results<Ok<HeartbeatAnswer>, ProblemHttpResult> Heartbeat(HttpContext http)
    {
        var session = OwnerFilter.Of(http);
        var now = session.Heartbeat(PlayedIn(RequestBody.OfOptional<HeartbeatBody>(http)?.Played));
        if (session.EndReason is { } reason)
        {
            return Problems.Ended(reason);
        }

        return TypedResults.Ok(new HeartbeatAnswer(Words.Of(now.State), now.Generation, Seconds(now.ExpiresIn)));
    }

    private static Results<Ok<SessionView>, ProblemHttpResult> Get(HttpContext http)
    {
        var session = OwnerFilter.Of(http);
        var view = ViewOf(session);
        return session.EndReason is { } reason ? Problems.Ended(reason) : TypedResults.Ok(view);
    }

    private static Results<Ok<SessionView>, ProblemHttpResult> Adjust(SessionDirectory sessions, HttpContext http)
    {
        var body = RequestBody.Of<AdjustBody>(http);
        if (body is { Avatar: null, Voice: null, Speed: null, Pitch: null })
        {
            return Problems.BadRequest("'avatar', 'voice', 'speed' or 'pitch' must be given.");
        }

        var session = OwnerFilter.Of(http);
        return session.Adjust(new ShowAdjustment { Name = body.Avatar, Voice = body.Voice, Speed = (float?)body.Speed, Pitch = (float?)body.Pitch }) switch
        {
            AdjustOutcome.Adjusted => TypedResults.Ok(ViewOf(session)),
            AdjustOutcome.UnknownShow => Problems.UnknownAvatar(body.Avatar!, sessions.Shows.Select(show => show.Name)),
            AdjustOutcome.UnknownVoice => Problems.UnknownVoice(body.Voice!),
            AdjustOutcome.NotAdjustable => Problems.NotAdjustable(),
        };
    }

    private static NoContent FitStage(HttpContext http)
    {
        var body = RequestBody.Of<StageBody>(http);
        OwnerFilter.Of(http).FitStage(new StageSize(body.Width!.Value, body.Height!.Value));
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> Close(SessionKeeper keeper, HttpContext http)
    {
        var session = OwnerFilter.Of(http);
        session.Close(SessionReason.ClosedByOwner);
        await keeper.KeepAsync(session);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Accepted<SayAccepted>, Ok<SayAccepted>, Accepted<QuestionAccepted>, Ok<QuestionAccepted>, ProblemHttpResult>> Say(
        HttpContext http, IOptions<HoldfastOptions> options, SessionKeeper keeper)
    {
        var body = RequestBody.Of<SayBody>(http);
        if (body.Mode is not (null or "echo" or "chat"))
        {
            return Problems.BadRequest("'mode' must be \"echo\" or \"chat\".");
        }

        if (string.IsNullOrWhiteSpace(body.Text))
        {
            return Problems.BadRequest("'text' must be a text to say.");
        }

        if (body.Text.Length > options.Value.MaxTextLength)
        {
            return Problems.BadRequest($"'text' may have at most {options.Value.MaxTextLength} characters; this has {body.Text.Length}.");
        }

        var session = OwnerFilter.Of(http);
        if (body.Mode is "chat")
        {
            return await TalkEndpoints.AskAsync(http, keeper, session, body);
        }

        var outcome = session.Say(body.Text, body.Key);
        if (outcome is SayOutcome.Accepted or SayOutcome.Repeated)
        {
            await keeper.KeepAsync(session);
        }

        return outcome switch
        {
            SayOutcome.Accepted(var utteranceId) => TypedResults.Accepted((string?)null, new SayAccepted(utteranceId)),
            SayOutcome.Repeated(var utteranceId) => TypedResults.Ok(new SayAccepted(utteranceId)),
            SayOutcome.KeyTaken => Problems.KeyTaken(),
            SayOutcome.NotConnected(var state) => Problems.NotPossible(session, state),
            SayOutcome.Stopping => Problems.Stopping(http),
            SayOutcome.TooMuch => Problems.TooMuchToSay(),
            SayOutcome.NothingToSay => Problems.NothingToSay(),
            _ => throw new UnreachableException(),
        };
    }

    private static Ok<Interrupted> Interrupt(HttpContext http) =>
        TypedResults.Ok(new Interrupted(OwnerFilter.Of(http).Interrupt()));

    /// <summary>Why there is no offer in a body, or null where there is one.</summary>
    private static ProblemHttpResult? OfferIn(string? type, string? sdp) => type is not "offer"
        ? Problems.BadRequest("'type' must be \"offer\".")
        : string.IsNullOrWhiteSpace(sdp) ? Problems.BadRequest("'sdp' must be the SDP of an offer.") : null;

    /// <summary>What a client says it played.</summary>
    private static uint? PlayedIn(PlayedBody? body) => (uint?)body?.RtpTimestamp;

    private static SessionDescription DescriptionOf(ConnectionAnswer answer) => new("answer", answer.Sdp);

    private static IceSecrets SecretsOf(ConnectionAnswer answer) =>
        new(Base64Url.EncodeToString(answer.IceSecret.Span), answer.Tag);

    /// <summary>As times are told: to a tenth.</summary>
    public static double Seconds(TimeSpan span) => Math.Round(span.TotalSeconds, 1);

    private static NoContent PullThePlug(HttpContext http)
    {
        OwnerFilter.Of(http).PullThePlug(TimeSpan.FromSeconds(RequestBody.Of<OutageBody>(http).Seconds!.Value));
        return TypedResults.NoContent();
    }

    private static SessionView ViewOf(Session session)
    {
        var snapshot = session.Snapshot();
        return new SessionView(
            session.Id.Value,
            Words.Of(snapshot.State),
            session.ShowName,
            session.Voice,
            Math.Round(session.Speed, 2),
            Math.Round(session.Pitch, 2),
            snapshot.Generation,
            Seconds(snapshot.ExpiresIn),
            snapshot.Speaking,
            snapshot.Queued,
            snapshot.IsTurnAwaited,
            session.CreatedAt,
            session.Labels.User,
            session.Labels.Tags,
            snapshot.Connection is { } connection
                ? new ConnectionView(
                    connection.RoundTrip?.TotalMilliseconds,
                    connection.PacketsSent,
                    connection.PacketsRetransmitted,
                    connection.VideoBitrate,
                    connection.PicturesEncoded,
                    connection.PicturesShared,
                    connection.PictureSize is { } size ? new PictureView(size.Width, size.Height) : null,
                    connection.Line is { } line ? ViewOf(line, connection.Pictures) : null)
                : null,
            snapshot.Microphone is { } microphone ? new MicrophoneView(microphone.PacketsReceived, microphone.PacketsLost, microphone.PacketsRecovered) : null,
            Words.Of(session.GapPolicy),
            snapshot.Playout is { } playout ? ViewOf(playout) : null,
            TalkEndpoints.ViewOf(session));
    }

    private static LineView ViewOf(in RtcSendingState line, PictureQuality pictures) => new(
        Math.Round(line.Estimate / 1e3, 1),
        Math.Round(line.Available / 1e3, 1),
        Math.Round(line.Queue.TotalMilliseconds, 1),
        Math.Round(line.Backlog.TotalMilliseconds, 1),
        Math.Round(line.Loss * 100, 1),
        line.SoundCopies,
        Words.Of(pictures),
        line.IsMeasured);

    private static PlayoutView ViewOf(PlayoutSnapshot playout) => new(
        playout.Repeated.TotalSeconds,
        playout.Lost.TotalSeconds,
        playout.LastResumption is { } last
            ? new ResumptionView(last.UtteranceId, last.Offset.TotalSeconds, last.Repeated.TotalSeconds, Seconds(last.Away))
            : null);
}

/// <summary>Marks an endpoint that needs a session's resume token, for the API's description.</summary>
internal sealed record OwnerOnly;
