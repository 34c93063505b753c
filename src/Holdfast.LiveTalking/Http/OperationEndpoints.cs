using System.Reflection;
using Holdfast.AspNetCore;
using Holdfast.AspNetCore.Recording;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Holdfast.LiveTalking.Http;

/// <summary>What whoever runs the server looks at.</summary>
internal static class OperationEndpoints
{
    public static IEndpointConventionBuilder MapOperation(this RouteGroupBuilder routes)
    {
        var admin = routes.MapGroup("/api/admin");
        admin.MapGet("/sessions", Sessions);
        admin.MapGet("/config", Config);
        return admin;
    }

    private static IResult Sessions(SessionDirectory directory, RecordingStore recordings)
    {
        // Upstream's tools look into data, the fork's at the top.
        var sessions = directory.Live.OrderBy(static session => session.CreatedAt).Select(session => View(session, recordings)).ToArray();
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

    private static object View(Session session, RecordingStore recordings)
    {
        var now = session.Snapshot();
        return new
        {
            sessionid = session.Id.Value,
            avatar_id = session.ShowName,
            speaking = now.Speaking,
            recording = recordings.Current(session) is not null,
            state = now.State.ToString().ToLowerInvariant(),
            generation = now.Generation,
            queued = now.Queued,
            created_at = session.CreatedAt,
            expires_in = now.State == SessionState.Held ? (int?)now.ExpiresIn.TotalSeconds : null,
            round_trip_ms = now.Connection?.RoundTrip?.TotalMilliseconds,
            packets_sent = now.Connection?.PacketsSent,
            packets_retransmitted = now.Connection?.PacketsRetransmitted,
            video_bitrate = now.Connection?.VideoBitrate,
        };
    }
}
