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

    /// <summary>Recordings that are read and decoded at a time, of all sessions: each takes its bytes and its sound, 24 MB together at the most.</summary>
    private const int AtOnce = 4;

    internal static readonly SemaphoreSlim Reading = new(AtOnce);

    public static void MapAudioEndpoint(this RouteGroupBuilder owned) => owned.MapPost("/audio", (Delegate)PlayAsync)
        .WithName("PlayAudio")
        .WithSummary("Puts a recording at the end of what the avatar is to say: WAV, MP3, or Opus in Ogg or WebM. What it is is found in its bytes.")
        .WithMetadata(new RequestSizeLimitAttribute(MaxBytes))
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
        .ProducesProblem(StatusCodes.Status429TooManyRequests);

    private static async Task<Results<Accepted<SayAccepted>, ProblemHttpResult>> PlayAsync(HttpContext http)
    {
        var session = OwnerFilter.Of(http);
        await Reading.WaitAsync(http.RequestAborted);
        try
        {
            if (await ReadAsync(http, MaxBytes) is not { } file)
            {
                return Problems.TooLarge(MaxBytes);
            }

            // Some hundred milliseconds of work: not on the threads that answer everybody.
            var result = await Task.Run(() => SoundFile.Decode(file, TimeSpan.FromSeconds(MaxSeconds)), http.RequestAborted);
            return result switch
            {
                SoundFileResult.Decoded(var sound) => Play(session, sound, http),
                SoundFileResult.TooLong => Problems.TooLong(MaxSeconds),
                SoundFileResult.Refused(var sentence) => Problems.NotSound(sentence),
                _ => throw new UnreachableException(),
            };
        }
        finally
        {
            Reading.Release();
        }
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

    /// <summary>The whole body; null where it is too large.</summary>
    public static async Task<byte[]?> ReadAsync(HttpContext http, long most)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = most;
        }

        if (http.Request.ContentLength > most)
        {
            return null;
        }

        using var file = new MemoryStream((int)(http.Request.ContentLength ?? 0));
        var piece = new byte[64 * 1024];
        try
        {
            int read;
            while ((read = await http.Request.Body.ReadAsync(piece, http.RequestAborted)) > 0)
            {
                if (file.Length + read > most)
                {
                    return null;
                }

                file.Write(piece, 0, read);
            }
        }
        catch (BadHttpRequestException refused) when (refused.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return null;
        }

        return file.ToArray();
    }
}
