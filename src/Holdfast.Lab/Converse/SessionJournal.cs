using System.Text.Json;
using Holdfast.Lab.Peer;
using Holdfast.Lab.Sessions;
using Holdfast.Rtc;

namespace Holdfast.Lab.Converse;

/// <summary>Something that a session's journal told, and when it arrived here.</summary>
internal sealed record Told(string Kind, JsonElement Data, RtcTime At);

/// <summary>Reads a session's journal while it is written.</summary>
internal sealed class SessionJournal : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<Told> _told = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly LabClock _clock;
    private readonly Task _reading;
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SessionJournal(HoldfastApi api, SessionTicket ticket, LabClock clock)
    {
        _clock = clock;
        _reading = ReadAsync(api, ticket);
    }

    /// <summary>Waits for the first entry of a kind that arrived after an instant; null where none does within the limit.</summary>
    public async Task<Told?> AfterAsync(RtcTime instant, TimeSpan limit, Func<Told, bool> isIt, CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        var until = _clock.Now + limit;
        while (true)
        {
            Task news;
            lock (_gate)
            {
                if (_told.Find(told => told.At > instant && isIt(told)) is { } found)
                {
                    return found;
                }

                news = _news.Task;
            }

            var left = until - _clock.Now;
            if (left <= TimeSpan.Zero)
            {
                return null;
            }

            await Task.WhenAny(news, _clock.Delay(left, late.Token));
            late.Token.ThrowIfCancellationRequested();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _reading;
        _stopping.Dispose();
    }

    private async Task ReadAsync(HoldfastApi api, SessionTicket ticket)
    {
        try
        {
            await foreach (var (kind, data) in api.EventsAsync(ticket, _stopping.Token))
            {
                TaskCompletionSource news;
                lock (_gate)
                {
                    _told.Add(new Told(kind, data, _clock.Now));
                    (news, _news) = (_news, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                }

                news.SetResult();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException or ServerException)
        {
            // Who waits for an entry is told that none came.
        }
    }
}
