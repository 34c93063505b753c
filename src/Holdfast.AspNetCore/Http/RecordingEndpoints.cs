using System.Diagnostics;
using System.Globalization;
using Holdfast.AspNetCore.Recording;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.AspNetCore.Http;

/// <summary>Recordings: begun, stopped and listed by the owner of the session; fetched and deleted by whoever knows their id.</summary>
internal static class RecordingEndpoints
{
    public static void MapRecordings(this RouteGroupBuilder owned)
    {
        owned.MapPost("/recordings", Start)
            .WithName("StartRecording")
            .WithSummary("Begins to record the session; where it is being recorded already, tells of that.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status501NotImplemented)
            .ProducesProblem(StatusCodes.Status507InsufficientStorage);
        owned.MapGet("/recordings", List).WithName("ListRecordings").WithSummary("The recordings of the session, the oldest first.");
        owned.MapPost("/recordings/stop", StopAsync)
            .WithName("StopRecording")
            .WithSummary("Ends the recording that is under way, and waits until its file is whole.")
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    public static void MapRecordingFiles(this IEndpointRouteBuilder routes)
    {
        var files = routes.MapGroup("/api/recordings").WithTags("Recordings").ProducesProblem(StatusCodes.Status404NotFound);
        files.MapGet("/{recordingId}", (Delegate)DownloadAsync)
            .WithName("GetRecording")
            .WithSummary("The recording as a file, in parts where asked for (Range). The id is the only credential: 128 random bits.")
            .Produces(StatusCodes.Status200OK, contentType: "video/webm")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status501NotImplemented);
        files.MapDelete("/{recordingId}", DeleteAsync).WithName("DeleteRecording").WithSummary("Deletes the recording and its files.");
    }

    /// <summary>The file of a recording, as WebM or MP4.</summary>
    /// <param name="recording">Which.</param>
    /// <param name="mp4">Makes MP4; null for WebM.</param>
    /// <param name="http">The request.</param>
    /// <returns>Null where there is no MP4 and none can be made.</returns>
    internal static async Task<PhysicalFileHttpResult?> FileOfAsync(StoredRecording recording, Mp4Maker? mp4, HttpContext http)
    {
        // One that was cut off with its server is being made whole at the start of the next.
        await recording.Completion.WaitAsync(http.RequestAborted);
        var path = mp4 is null ? recording.WebM : await mp4.MakeAsync(recording, http.RequestAborted);
        if (path is null)
        {
            return null;
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"holdfast-{recording.Record.StartedAt.UtcDateTime:yyyyMMdd-HHmmss}{Path.GetExtension(path)}");
        http.Response.Headers.CacheControl = "private, no-store";
        return TypedResults.PhysicalFile(path, mp4 is null ? "video/webm" : "video/mp4", name, enableRangeProcessing: true);
    }

    private static Results<Created<RecordingView>, Ok<RecordingView>, ProblemHttpResult> Start(RecordingStore recordings, HttpContext http)
    {
        var session = OwnerFilter.Of(http);
        return recordings.Start(session) switch
        {
            StartRecordingResult.Started(var recording, IsNew: true) => TypedResults.Created(http.UrlOf($"/api/recordings/{recording.Record.Id}"), ViewOf(recording, http)),
            StartRecordingResult.Started(var recording, _) => TypedResults.Ok(ViewOf(recording, http)),
            StartRecordingResult.NotHere => Problems.NoRecording(),
            StartRecordingResult.DiskFull => Problems.DiskFull(),
            StartRecordingResult.NotPossible(var state) => Problems.NotPossible(session, state),
            _ => throw new UnreachableException(),
        };
    }

    private static Ok<RecordingList> List(RecordingStore recordings, HttpContext http) =>
        TypedResults.Ok(new RecordingList([.. recordings.Of(OwnerFilter.Of(http).Id.Value).Select(recording => ViewOf(recording, http))]));

    private static async Task<Results<Ok<RecordingView>, ProblemHttpResult>> StopAsync(RecordingStore recordings, HttpContext http) =>
        await recordings.StopAsync(OwnerFilter.Of(http)) is { } stopped ? TypedResults.Ok(ViewOf(stopped, http)) : Problems.NotRecording();

    private static async Task<Results<PhysicalFileHttpResult, ProblemHttpResult>> DownloadAsync(
        string recordingId, string? format, RecordingStore recordings, Mp4Maker mp4, HttpContext http)
    {
        if (format is not (null or "webm" or "mp4"))
        {
            return Problems.BadRequest("'format' must be \"webm\" or \"mp4\".");
        }

        if (recordings.Find(recordingId) is not { } recording)
        {
            return Problems.UnknownRecording();
        }

        if (recording.IsUnderWay)
        {
            return Problems.StillRecording();
        }

        return await FileOfAsync(recording, format is "mp4" ? mp4 : null, http) is { } file ? file : Problems.NoConversion();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(string recordingId, RecordingStore recordings)
    {
        if (recordings.Find(recordingId) is not { } recording)
        {
            return Problems.UnknownRecording();
        }

        await recordings.DeleteAsync(recording);
        return TypedResults.NoContent();
    }

    private static RecordingView ViewOf(StoredRecording recording, HttpContext http) => new(
        recording.Record.Id,
        recording.IsUnderWay ? "recording" : "ended",
        recording.Record.End is { } end ? RecordingStore.StableOf(end) : null,
        recording.Record.StartedAt,
        Math.Round(recording.Seconds, 2),
        recording.Bytes,
        http.UrlOf($"/api/recordings/{recording.Record.Id}"));
}

/// <summary>The recordings of a session.</summary>
internal sealed record RecordingList(IReadOnlyList<RecordingView> Recordings);

/// <summary>A recording.</summary>
/// <param name="RecordingId">Names it, and lets whoever knows it fetch and delete it.</param>
/// <param name="State">"recording" or "ended".</param>
/// <param name="Reason">Why it ended: stopped, sessionEnded, serverStopped, diskFull, tooLong or failed; null while it is under way.</param>
/// <param name="Seconds">How long it is.</param>
/// <param name="Bytes">Of its file.</param>
/// <param name="Url">Where the file is.</param>
internal sealed record RecordingView(string RecordingId, string State, string? Reason, DateTimeOffset StartedAt, double Seconds, long Bytes, string Url);
