using System.Text;
using System.Text.Json;
using Holdfast.AspNetCore.Recording;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Holdfast.LiveTalking.Http;

/// <summary>Tells an operator once a second how the server and all its sessions are, until the reader goes.</summary>
internal sealed class OperatorStream(SessionDirectory directory, RecordingStore recordings, IDisposable slot, TimeProvider time, CancellationToken stop) : IResult
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stop);
        using var taken = slot;
        using var timer = new PeriodicTimer(Interval, time);
        var response = httpContext.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var rates = new SendingRates();
        var (cpu, at) = (Environment.CpuUsage.TotalTime, time.GetTimestamp());
        try
        {
            do
            {
                var (before, since) = (cpu, at);
                (cpu, at) = (Environment.CpuUsage.TotalTime, time.GetTimestamp());
                var elapsed = time.GetElapsedTime(since, at);
                var sessions = rates.Of(OperationEndpoints.FiguresOf(directory, recordings), elapsed);
                var server = new
                {
                    at = time.GetUtcNow(),
                    sessions = sessions.Length,
                    limit = directory.Capacity,
                    speaking = sessions.Count(static one => one.speaking),
                    trouble = sessions.Count(static one => one.trouble > 0),
                    recording = sessions.Count(static one => one.recording),

                    // Of all processors together.
                    cpu_percent = elapsed > TimeSpan.Zero ? Math.Round((cpu - before) / elapsed / Environment.ProcessorCount * 100, 1) : 0,
                    memory_mb = Environment.WorkingSet / (1024 * 1024),
                };
                await WriteAsync(response, "server", server, gone.Token).ConfigureAwait(false);
                await WriteAsync(response, "sessions", new { sessions }, gone.Token).ConfigureAwait(false);
                await response.Body.FlushAsync(gone.Token).ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(gone.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            httpContext.Abort();
        }
    }

    /// <summary>What sessions were really sent, from one telling to the next.</summary>
    private sealed class SendingRates
    {
        private Dictionary<long, long> _before = [];

        public SessionFigures[] Of(SessionFigures[] now, TimeSpan elapsed)
        {
            SessionFigures[] told = [.. now.Select(one => one with { sent_kbps = RateOf(one, elapsed) })];
            _before = now.Where(static one => one.bytes_sent is not null).ToDictionary(static one => one.sessionid, static one => one.bytes_sent!.Value);
            return told;
        }

        private int? RateOf(SessionFigures one, TimeSpan elapsed) =>
            elapsed > TimeSpan.Zero && one.bytes_sent is { } bytes && _before.TryGetValue(one.sessionid, out var before) && bytes >= before
                ? (int)((bytes - before) * 8 / elapsed.TotalMilliseconds)
                : null;
    }

    private static async Task WriteAsync(HttpResponse response, string kind, object data, CancellationToken gone) =>
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes($"event: {kind}\ndata: {JsonSerializer.Serialize(data)}\n\n"), gone).ConfigureAwait(false);
}
