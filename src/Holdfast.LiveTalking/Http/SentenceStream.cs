using System.Text;
using System.Text.Json;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Holdfast.LiveTalking.Http;

/// <summary>Tells of each sentence when it begins to be heard and when it was played out, until the session is over or the reader goes.</summary>
internal sealed class SentenceStream(Session session, IDisposable slot, TimeProvider time, CancellationToken stop) : IResult
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stop);
        using var taken = slot;
        var from = session.Journal.Last;
        using var reader = session.Follow(after: 0);
        try
        {
            var response = httpContext.Response;
            response.ContentType = "text/event-stream";
            response.Headers.CacheControl = "no-store";
            response.Headers["X-Accel-Buffering"] = "no";
            httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            await WriteAsync(response, ":\n\n", gone.Token).ConfigureAwait(false);
            await FollowAsync(response, reader, from, gone.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            httpContext.Abort();
        }
    }

    private async Task FollowAsync(HttpResponse response, JournalReader reader, long from, CancellationToken gone)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var entries = new JournalEntry[64];
        using var timer = new PeriodicTimer(KeepAlive, time);
        var tick = timer.WaitForNextTickAsync(gone).AsTask();
        while (true)
        {
            var count = reader.Read(entries, out _, out var isEnd);
            for (var i = 0; i < count; i++)
            {
                // What was before is only read for the texts that are still to be said.
                if (LineOf(entries[i].Event, texts) is { } line && entries[i].Number > from)
                {
                    await WriteAsync(response, line, gone).ConfigureAwait(false);
                }
            }

            if (isEnd)
            {
                return;
            }

            if (count > 0)
            {
                continue;
            }

            await Task.WhenAny(reader.WaitAsync(), tick).ConfigureAwait(false);
            if (tick.IsCompleted)
            {
                await tick.ConfigureAwait(false);
                await WriteAsync(response, ":\n\n", gone).ConfigureAwait(false);
                tick = timer.WaitForNextTickAsync(gone).AsTask();
            }
        }
    }

    private static string? LineOf(SessionEvent happened, Dictionary<string, string> texts)
    {
        switch (happened)
        {
            case SessionEvent.UtteranceAccepted accepted:
                texts[accepted.UtteranceId] = accepted.Text;
                return null;
            case SessionEvent.UtteranceStarted started:
                return Line("start", texts.GetValueOrDefault(started.UtteranceId, ""), how: null);
            case SessionEvent.UtteranceFinished finished:
                return End(finished.UtteranceId, how: null, texts);
            case SessionEvent.UtteranceInterrupted interrupted:
                return End(interrupted.UtteranceId, "interrupted", texts);
            case SessionEvent.UtteranceDropped dropped:
                return End(dropped.UtteranceId, "dropped", texts);
            case SessionEvent.UtteranceFailed failed:
                return End(failed.UtteranceId, "failed", texts);
            default:
                return null;
        }
    }

    private static string End(string utteranceId, string? how, Dictionary<string, string> texts)
    {
        texts.Remove(utteranceId, out var text);
        return Line("end", text ?? "", how);
    }

    /// <param name="how">Of a sentence that was not heard to its end.</param>
    private static string Line(string status, string text, string? how) => "data: " + (how is null
        ? JsonSerializer.Serialize(new { status, text }, Answer.Options)
        : JsonSerializer.Serialize(new { status, text, how }, Answer.Options)) + "\n\n";

    private static async Task WriteAsync(HttpResponse response, string text, CancellationToken gone)
    {
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), gone).ConfigureAwait(false);
        await response.Body.FlushAsync(gone).ConfigureAwait(false);
    }
}
