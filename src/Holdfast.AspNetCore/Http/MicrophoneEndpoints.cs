using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Holdfast.AspNetCore.Talking;
using Holdfast.Dialogue;
using Holdfast.Media;
using Holdfast.Speech;
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

    private const string HandsFree = "handsFree";
    private const string PushToTalk = "pushToTalk";

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
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status408RequestTimeout)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status501NotImplemented);
    }

    public static ListeningView ViewOf(SessionConversation talk) => talk.Listener is { Mode: var mode }
        ? new(Available: true, Reason: null, mode == ListeningMode.PushToTalk ? PushToTalk : HandsFree)
        : new(Available: false, "noRecogniser", HandsFree);

    private static Results<NoContent, ProblemHttpResult> Set(HttpContext http)
    {
        var body = RequestBody.Of<MicrophoneBody>(http);
        if (OwnerFilter.Of(http).Companion is not SessionConversation talk)
        {
            return Problems.NoConversation();
        }

        if (body.Mode is not (HandsFree or PushToTalk))
        {
            return Problems.BadRequest("'mode' must be \"handsFree\" or \"pushToTalk\".");
        }

        if (talk.Listener is not { } listener)
        {
            return Problems.NotListening();
        }

        listener.Set(body.Mode is PushToTalk ? ListeningMode.PushToTalk : ListeningMode.HandsFree, body.Talking is true);
        return TypedResults.NoContent();
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

        if (talk.Listener is not { } listener)
        {
            return Problems.NotListening();
        }

        var ago = 0;
        if (from is not null && !(int.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out ago) && ago <= MaxFromMilliseconds))
        {
            return Problems.BadRequest("'from' must be a whole number from 0 to 600000: how many milliseconds ago the recording began.");
        }

        if (key is { Length: 0 or > BodyLimits.Name })
        {
            return Problems.BadRequest("'key' must be 1 to 64 characters.");
        }

        return await Uploads.HearAsync(http, MaxBytes, TimeSpan.FromSeconds(MaxSeconds)) switch
        {
            null => Problems.TooLarge(MaxBytes),
            SoundFileResult.Decoded(var sound) => await HandOnAsync(listener, sound, from is null ? null : TimeSpan.FromMilliseconds(ago), key),
            SoundFileResult.TooLong => Problems.TooLong(MaxSeconds),
            SoundFileResult.Refused(var sentence) => Problems.NotSound(sentence),
            _ => throw new UnreachableException(),
        };
    }

    private static async Task<Results<Accepted<RecordingAccepted>, Ok<RecordingAccepted>, ProblemHttpResult>> HandOnAsync(
        Listener listener, ReadOnlyMemory<short> sound, TimeSpan? ago, string? key)
    {
        var answer = new RecordingAccepted(Math.Round((double)sound.Length / SoundFormat.SampleRate, 3));
        return await listener.TakeAsync(HearingFormat.From(sound.Span), ago, key) ? TypedResults.Accepted((string?)null, answer) : TypedResults.Ok(answer);
    }
}
