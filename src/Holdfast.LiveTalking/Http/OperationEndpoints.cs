using System.Buffers;
using System.Globalization;
using System.Reflection;
using Holdfast.AspNetCore;
using Holdfast.AspNetCore.Http;
using Holdfast.AspNetCore.Recording;
using Holdfast.Media;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Holdfast.LiveTalking.Http;

/// <summary>What whoever runs the server looks at, and may do to any session.</summary>
internal static class OperationEndpoints
{
    private const int EntriesAtATime = 64;

    public static IEndpointConventionBuilder MapOperation(this RouteGroupBuilder routes)
    {
        var admin = routes.MapGroup("/api/admin");
        admin.MapGet("/sessions", Sessions);
        admin.MapGet("/config", Config);
        admin.MapGet("/events", Follow).WithMetadata(Untraced.Requests);
        admin.MapGet("/sessions/{id}/events", TimelineAsync);
        admin.MapPost("/sessions/{id}/close", static (string id, HttpContext http, SessionWhereabouts whereabouts) =>
            DoneAsync(id, http, whereabouts, static session => session.Close(SessionReason.ClosedByOwner)));
        admin.MapPost("/sessions/{id}/hold", static (string id, HttpContext http, SessionWhereabouts whereabouts) =>
            DoneAsync(id, http, whereabouts, static session => session.Hold()));
        admin.MapPost("/sessions/{id}/say", SayAsync);
        return admin;
    }

    /// <summary>All sessions, those in trouble first.</summary>
    internal static SessionFigures[] FiguresOf(SessionDirectory directory, RecordingStore recordings) =>
        [.. directory.Live.Select(session => FiguresOf(session, recordings)).OrderByDescending(static figures => figures.trouble).ThenBy(static figures => figures.created_at)];

    private static IResult Sessions(SessionDirectory directory, RecordingStore recordings)
    {
        // Upstream's tools look into data, the fork's at the top.
        var sessions = FiguresOf(directory, recordings);
        return Answer.Json(new { code = 0, msg = "ok", sessions, data = new { sessions } });
    }

    private static IResult Config(IOptions<HoldfastOptions> options, SessionDirectory directory) => Answer.Json(new
    {
        code = 0,
        msg = "ok",
        data = new
        {
            config = new
            {
                max_session = options.Value.MaxSessions,
                grace_seconds = options.Value.GraceSeconds,
                avatars = directory.Shows.Select(static show => show.Name).ToArray(),
                version = typeof(OperationEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
            },
        },
    });

    private static IResult Follow(SessionDirectory directory, RecordingStore recordings, EventStreamSlots slots, StopDeadline stop, TimeProvider time) =>
        slots.TryTake() is { } slot ? new OperatorStream(directory, recordings, slot, time, stop.Token)
        : new Failure(StatusCodes.Status429TooManyRequests, "事件流过多，请稍后再试", "All event streams of this server are taken. Try again in a moment.") { RetryAfter = 5 };

    /// <summary>What happened in a session so far, in the words of its own event stream; words apart. Also of one that has ended.</summary>
    private static async Task<IResult> TimelineAsync(string id, HttpContext http, SessionWhereabouts whereabouts)
    {
        var found = await FindAsync(id, http, whereabouts).ConfigureAwait(false);
        if (found is SessionLookup.Elsewhere(var address))
        {
            return Failure.Elsewhere(address, http.Request);
        }

        using var reader = found switch
        {
            SessionLookup.Live(var session) => session.Follow(after: 0),
            SessionLookup.Ended(var ended) => ended.Journal.Open(after: 0),
            _ => null,
        };
        if (reader is null)
        {
            return Failure.NoSession;
        }

        var text = new ArrayBufferWriter<byte>();
        using var writer = new EventWriter(text, Sentences.LanguageOf(http.Request));
        var entries = new JournalEntry[EntriesAtATime];
        int count;
        while ((count = reader.Read(entries, out _, out _)) > 0)
        {
            foreach (var entry in entries.AsSpan(0, count))
            {
                if (entry.Event is not SessionEvent.WordReached)
                {
                    writer.Write(entry);
                }
            }
        }

        http.Response.Headers.CacheControl = "no-store";
        return Results.Bytes(text.WrittenMemory.ToArray(), "text/event-stream");
    }

    private static Task<IResult> DoneAsync(string id, HttpContext http, SessionWhereabouts whereabouts, Action<Session> act) =>
        WithAsync(id, http, whereabouts, session =>
        {
            act(session);
            return Answer.Ok;
        });

    private static async Task<IResult> WithAsync(string id, HttpContext http, SessionWhereabouts whereabouts, Func<Session, IResult> act) =>
        await FindAsync(id, http, whereabouts).ConfigureAwait(false) switch
        {
            SessionLookup.Live(var session) => act(session),
            SessionLookup.Elsewhere(var address) => Failure.Elsewhere(address, http.Request),
            _ => Failure.NoSession,
        };

    private static async Task<IResult> SayAsync(string id, HttpContext http, SessionWhereabouts whereabouts)
    {
        var (members, failure) = await RequestMembers.ReadAsync(http).ConfigureAwait(false);
        if (members is null)
        {
            return failure!;
        }

        var limit = http.RequestServices.GetRequiredService<IOptions<HoldfastOptions>>().Value.MaxTextLength;
        return members.Text("text") is not { } text || string.IsNullOrWhiteSpace(text) || text.Length > limit
            ? Failure.Bad($"text 必须是 1 到 {limit} 个字符的文字", $"The member text must be a text of 1 to {limit} characters.")
            : await WithAsync(id, http, whereabouts, session => TalkingEndpoints.Told(session.Say(text))).ConfigureAwait(false);
    }

    private static async ValueTask<SessionLookup?> FindAsync(string id, HttpContext http, SessionWhereabouts whereabouts) =>
        SessionId.TryParse(id, CultureInfo.InvariantCulture, out var known) ? await whereabouts.FindAsync(known, http.RequestAborted).ConfigureAwait(false) : null;

    private static SessionFigures FiguresOf(Session session, RecordingStore recordings)
    {
        var now = session.Snapshot();

        // What was known of a line that is gone says nothing of now.
        var reached = now.State is SessionState.Connected or SessionState.Interrupted ? now.Connection : null;
        var line = reached?.Line;
        return new SessionFigures
        {
            sessionid = session.Id.Value,
            avatar_id = session.ShowName,
            user = session.Labels.User,
            tags = session.Labels.Tags,
            speaking = now.Speaking,
            recording = recordings.Current(session) is not null,
            state = Words.Of(now.State),
            state_seconds = Math.Round(now.InState.TotalSeconds, 1),
            unattended = session.IsUnattended,
            outputs = session.Outputs,
            generation = now.Generation,
            queued = now.Queued,
            created_at = session.CreatedAt,
            expires_in = now.State == SessionState.Held && !session.StaysAlive ? (int)now.ExpiresIn.TotalSeconds : null,
            round_trip_ms = reached?.RoundTrip?.TotalMilliseconds,
            loss_percent = line is { } measured ? Math.Round(measured.Loss * 100, 1) : null,
            line_kbps = line?.Estimate / 1000,
            bytes_sent = reached?.BytesSent,
            pictures = reached is { } connection ? Words.Of(connection.Pictures) : null,
            packets_sent = reached?.PacketsSent,
            packets_retransmitted = reached?.PacketsRetransmitted,
            video_bitrate = reached?.VideoBitrate,
            trouble = TroubleOf(session, now),
        };
    }

    /// <summary>2: nobody is reached who was there; 1: what arrives is not what it should be; 0: nothing to look at.</summary>
    private static int TroubleOf(Session session, SessionSnapshot now) => now.State switch
    {
        SessionState.Interrupted => 2,
        SessionState.Held => session.IsUnattended ? 0 : 2,
        SessionState.Connected when now.Connection is { } connection
            && (connection.Line is { Loss: > 0.05 } || connection.RoundTrip > TimeSpan.FromMilliseconds(400) || connection.Pictures != PictureQuality.Full) => 1,
        _ => 0,
    };
}

#pragma warning disable IDE1006 // The names are those of the API that old tools call.
/// <summary>How a session is, as operators' tools read it.</summary>
internal sealed record SessionFigures
{
    public required long sessionid { get; init; }

    public required string avatar_id { get; init; }

    public required string? user { get; init; }

    public required IReadOnlyList<string> tags { get; init; }

    public required bool speaking { get; init; }

    public required bool recording { get; init; }

    public required string state { get; init; }

    public required double state_seconds { get; init; }

    public required bool unattended { get; init; }

    public required int outputs { get; init; }

    public required int generation { get; init; }

    public required int queued { get; init; }

    public required DateTimeOffset created_at { get; init; }

    public required int? expires_in { get; init; }

    public required double? round_trip_ms { get; init; }

    public required double? loss_percent { get; init; }

    public required int? line_kbps { get; init; }

    /// <summary>On the connection there is.</summary>
    public required long? bytes_sent { get; init; }

    /// <summary>What was really sent since the figures before; only in the stream, and null where there are none before.</summary>
    public int? sent_kbps { get; init; }

    public required string? pictures { get; init; }

    public required long? packets_sent { get; init; }

    public required long? packets_retransmitted { get; init; }

    public required int? video_bitrate { get; init; }

    public required int trouble { get; init; }
}
#pragma warning restore IDE1006
