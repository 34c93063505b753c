using System.Diagnostics;
using Holdfast.Media;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.AspNetCore.Http;

/// <summary>The avatar speaks a recording: <c>POST /api/sessions/{id}/audio</c>.</summary>
internal static class AudioEndpoint
{
    /// <summary>A minute of stereo WAV at 48 kHz.</summary>
    public const long MaxBytes = 12 * 1024 * 1024;

    /// <summary>The longest recording.</summary>
    public const int MaxSeconds = 120;

    public static void MapAudioEndpoint(this RouteGroupBuilder owned) => owned.MapPost("/audio", (Delegate)PlayAsync)
        .WithName("PlayAudio")
        .WithSummary("Puts a recording at the end of what the avatar is to say: WAV, MP3, or Opus in Ogg or WebM. What it is is found in its bytes.")
        .WithMetadata(new RequestSizeLimitAttribute(MaxBytes))
        .ProducesProblem(StatusCodes.Status408RequestTimeout)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
        .ProducesProblem(StatusCodes.Status429TooManyRequests);

    private static async Task<Results<Accepted<SayAccepted>, ProblemHttpResult>> PlayAsync(HttpContext http)
    {
        var session = OwnerFilter.Of(http);
        return await Uploads.HearAsync(http, MaxBytes, TimeSpan.FromSeconds(MaxSeconds)) switch
        {
            null => Problems.TooLarge(MaxBytes),
            SoundFileResult.Decoded(var sound) => Play(session, sound, http),
            SoundFileResult.TooLong => Problems.TooLong(MaxSeconds),
            SoundFileResult.Refused(var sentence) => Problems.NotSound(sentence),
            _ => throw new UnreachableException(),
        };
    }

    private static Results<Accepted<SayAccepted>, ProblemHttpResult> Play(Session session, ReadOnlyMemory<short> sound, HttpContext http) => session.Play(sound) switch
    {
        SayOutcome.Accepted(var utteranceId) => TypedResults.Accepted((string?)null, new SayAccepted(utteranceId)),
        SayOutcome.NotConnected(var state) => Problems.NotPossible(session, state),
        SayOutcome.Stopping => Problems.Stopping(http),
        SayOutcome.TooMuch => Problems.TooMuchToSay(),
        SayOutcome.NothingToSay => Problems.NotSound("There is nothing to hear in this."),
        _ => throw new UnreachableException(),
    };
}
