using System.Diagnostics;
using System.Globalization;
using Holdfast.AspNetCore.Http;
using Holdfast.AspNetCore.Recording;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.LiveTalking.Http;

/// <summary>Recording a session, and fetching what was recorded last.</summary>
internal static class RecordingEndpoints
{
    public static void MapRecordings(this RouteGroupBuilder routes)
    {
        routes.MapPost("/record", SessionCall.Of(RecordAsync));
        routes.MapGet("/record/{id}", DownloadAsync);
    }

    private static Failure NothingRecorded { get; } = new(StatusCodes.Status404NotFound, "没有录制文件", "Nothing was recorded in this session.");

    private static Failure StillRecording { get; } = new(StatusCodes.Status409Conflict, "录制尚未结束，请先停止录制", "The recording is under way. Stop it first.");

    /// <summary>A recording that is begun twice is one, and one that is stopped twice was stopped.</summary>
    private static async Task<IResult> RecordAsync(HttpContext http, RequestMembers members, Session session)
    {
        var recordings = http.RequestServices.GetRequiredService<RecordingStore>();
        switch (members.Text("type"))
        {
            case "start_record":
                return recordings.Start(session) switch
                {
                    StartRecordingResult.Started => Answer.Ok,
                    StartRecordingResult.NotHere => Failure.NotHere("本服务器没有开启录制功能", "This server does not record."),
                    StartRecordingResult.DiskFull => new Failure(StatusCodes.Status507InsufficientStorage, "磁盘空间不足，无法录制", "There is no room on the disk for a recording."),
                    StartRecordingResult.NotPossible(var state) => Failure.NotConnected(state),
                    _ => throw new UnreachableException(),
                };
            case "end_record":
                await recordings.StopAsync(session).ConfigureAwait(false);
                return Answer.Ok;
            default:
                return Failure.Bad("type 必须是 start_record 或 end_record", "The member type must be start_record or end_record.");
        }
    }

    /// <summary>The newest recording: MP4, or WebM where there is no ffmpeg.</summary>
    private static async Task<IResult> DownloadAsync(string id, HttpContext http, SessionFinder finder, RecordingStore recordings, Mp4Maker mp4)
    {
        SessionId? known = SessionId.TryParse(id, CultureInfo.InvariantCulture, out var parsed) ? parsed : null;
        var (session, failure) = await finder.FindAsync(http, known);

        // What was recorded outlives its session, for whoever knows the id.
        if (session is null && failure!.Status != StatusCodes.Status404NotFound)
        {
            return failure;
        }

        var newest = known is { } mine ? recordings.Of(mine.Value).LastOrDefault(recording => session is not null || recording.Record.AnswersToId) : null;
        if (newest is null)
        {
            return session is null ? failure! : NothingRecorded;
        }

        if (newest.IsUnderWay)
        {
            return StillRecording;
        }

        return await Holdfast.AspNetCore.Http.RecordingEndpoints.FileOfAsync(newest, mp4, http).ConfigureAwait(false)
            ?? await Holdfast.AspNetCore.Http.RecordingEndpoints.FileOfAsync(newest, mp4: null, http).ConfigureAwait(false)
            ?? (IResult)NothingRecorded;
    }
}
