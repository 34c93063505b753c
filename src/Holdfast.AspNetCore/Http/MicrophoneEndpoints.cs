using System.ComponentModel;
using System.Diagnostics;
using Holdfast.AspNetCore.Talking;
using Holdfast.Media;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.AspNetCore.Http;

/// <summary>How the person is heard: <c>/api/sessions/{id}/microphone</c>.</summary>
internal static class MicrophoneEndpoints
{
    /// <summary>A minute of the finest Opus, and twice as much.</summary>
    public const long MaxBytes = 2 * 1024 * 1024;

    /// <summary>The longest recording.</summary>
    public const int MaxSeconds = 60;

    /// <summary>The longest time ago that a recording may have begun.</summary>
    private const int MaxFromMilliseconds = 600_000;

    public static void MapMicrophoneEndpoints(this RouteGroupBuilder owned)
    {
        owned.MapPut("/microphone", Set)
            .WithName("SetMicrophone")
            .WithSummary("Says whether the person is heard when they speak, or only while they hold a button.")
            .WithBody<MicrophoneBody>()
            .ProducesProblem(StatusCodes.Status501NotImplemented);
        owned.MapPost("/microphone/recording", (Delegate)TakeAsync)
            .WithName("SendRecording")
            .WithSummary("What the person said while the connection was lost, as the page recorded it: Opus in WebM or Ogg, or WAV.")
            .WithMetadata(new RequestSizeLimitAttribute(MaxBytes))
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status501NotImplemented);
    }

    public static ListeningView ViewOf(SessionConversation talk) => new(Available: false, "noRecogniser", "handsFree");

    private static Results<NoContent, ProblemHttpResult> Set(HttpContext http)
    {
        var body = RequestBody.Of<MicrophoneBody>(http);
        if (OwnerFilter.Of(http).Companion is not SessionConversation talk)
        {
            return Problems.NoConversation();
        }

        if (body.Mode is not ("handsFree" or "pushToTalk"))
        {
            return Problems.BadRequest("'mode' must be \"handsFree\" or \"pushToTalk\".");
        }

        return Problems.NotListening();
    }

    private static async Task<Results<Accepted<RecordingAccepted>, Ok<RecordingAccepted>, ProblemHttpResult>> TakeAsync(
        HttpContext http,
        [FromQuery, Description("How many milliseconds before this request was sent the recording begins, 0 to 600,000; left out where that is not known.")] string? from,
        [FromQuery, Description("The client's own name for this recording, 1 to 64 characters: sent again under the same key, it is not heard again.")] string? key)
    {
        if (OwnerFilter.Of(http).Companion is not SessionConversation talk)
        {
            return Problems.NoConversation();
        }

        return Problems.NotListening();
    }
}
