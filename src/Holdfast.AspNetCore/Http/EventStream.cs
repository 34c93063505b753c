using System.IO.Pipelines;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Holdfast.AspNetCore.Http;

/// <summary>
/// The answer that lasts: a session's events from a number on, as they come, until the session is over, the reader goes, or another
/// takes its place.
/// </summary>
internal sealed class EventStream : IResult
{
    /// <summary>How often something is written even when nothing happens.</summary>
    public static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    private const int BatchSize = 32;

    /// <summary>As much as is written before it is waited for the reader to take it.</summary>
    private const int MaxUnflushedBytes = 32 * 1024;

    private readonly OwnedJournal _journal;
    private readonly JournalReader _reader;
    private readonly TimeProvider _time;
    private readonly IDisposable _slot;
    private readonly CancellationToken _stop;
    private readonly Language _language;

    /// <param name="journal">What is read.</param>
    /// <param name="reader">The place in it; disposed of at the end.</param>
    /// <param name="slot">Given back at the end.</param>
    /// <param name="time">The clock of the keep-alive.</param>
    /// <param name="stop">The server cannot wait any longer for the reader.</param>
    /// <param name="language">Of the sentences for a person in it.</param>
    public EventStream(
        OwnedJournal journal,
        JournalReader reader,
        IDisposable slot,
        TimeProvider time,
        CancellationToken stop = default,
        Language language = Language.English)
    {
        _language = language;
        _stop = stop;
        _journal = journal;
        _reader = reader;
        _slot = slot;
        _time = time;
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, _stop);
        try
        {
            var response = httpContext.Response;
            response.ContentType = "text/event-stream";
            response.Headers.CacheControl = "no-store";
            response.Headers.ContentLanguage = _language == Language.Chinese ? "zh-CN" : "en";

            // Some proxies collect an answer before they hand it on, unless they are told.
            response.Headers["X-Accel-Buffering"] = "no";
            httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            await response.StartAsync(gone.Token);
            await WriteAsync(response.BodyWriter, gone.Token);
        }
        catch (OperationCanceledException)
        {
            // The reader is gone, or does not read; it will come back with the number of what it read last.
            httpContext.Abort();
        }
        finally
        {
            _reader.Dispose();
            _slot.Dispose();
        }
    }

    /// <summary>Writes until there is nothing more to come. A reader that does not take it holds up nobody but itself.</summary>
    internal async Task WriteAsync(PipeWriter output, CancellationToken gone)
    {
        var entries = new JournalEntry[BatchSize];
        using var writer = new EventWriter(output, _language);
        using var timer = new PeriodicTimer(KeepAlive, _time);
        var tick = timer.WaitForNextTickAsync(gone).AsTask();

        // So that the reader knows at once that it is connected.
        writer.WriteKeepAlive();
        while (true)
        {
            var farewell = Farewell();
            var isEnd = farewell is not null;
            var count = 0;
            if (farewell is not null)
            {
                writer.WriteFarewell(farewell);
            }
            else
            {
                var before = _reader.Position;
                count = _reader.Read(entries, out var missed, out isEnd);
                if (missed > 0)
                {
                    writer.WriteMissed(missed, before + missed);
                }

                for (var i = 0; i < count; i++)
                {
                    writer.Write(entries[i]);
                    if (output.CanGetUnflushedBytes && output.UnflushedBytes > MaxUnflushedBytes)
                    {
                        await output.FlushAsync(gone);
                    }
                }
            }

            var flushed = await output.FlushAsync(gone);
            if (isEnd || flushed.IsCompleted || flushed.IsCanceled)
            {
                return;
            }

            if (count > 0)
            {
                continue;
            }

            await Task.WhenAny(_reader.WaitAsync(), tick);
            if (tick.IsCompleted)
            {
                await tick;
                writer.WriteKeepAlive();
                tick = timer.WaitForNextTickAsync(gone).AsTask();
            }
        }
    }

    /// <summary>Why the stream ends although the session goes on; null where it does not.</summary>
    private string? Farewell() =>
        _reader.IsDisplaced ? "displaced" : _journal.Ownership() == Ownership.Owner ? null : "replaced";
}
