using Holdfast.Sessions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Holdfast.AspNetCore;

/// <summary>Tells the app's listeners what happens, each at its own pace.</summary>
internal sealed partial class SessionListeners : BackgroundService
{
    private static readonly TimeSpan MaxLastWords = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly ISessionListener[] _listeners;
    private readonly IAsyncEnumerable<SessionNews>[] _feeds;
    private readonly ILogger<SessionListeners> _logger;

    public SessionListeners(IEnumerable<ISessionListener> listeners, SessionDirectory sessions, TimeProvider time, ILogger<SessionListeners> logger)
    {
        _time = time;
        _listeners = [.. listeners];
        _logger = logger;

        // From now on, so that no session comes before them.
        _feeds = [.. _listeners.Select(_ => sessions.Feed.ReadAllAsync())];
    }

    /// <summary>They are told how sessions ended, too, as far as they are quick about it.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        if (ExecuteTask is { } telling)
        {
            await Task.WhenAny(telling, Task.Delay(MaxLastWords, _time, cancellationToken));
        }

        await base.StopAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_listeners.Select((listener, i) => TellAsync(listener, _feeds[i], stoppingToken)));

    private async Task TellAsync(ISessionListener listener, IAsyncEnumerable<SessionNews> feed, CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var news in feed.WithCancellation(stoppingToken))
            {
                try
                {
                    await listener.OnNewsAsync(news, stoppingToken);
                }
                catch (Exception exception) when (exception is not OutOfMemoryException && !stoppingToken.IsCancellationRequested)
                {
                    LogFailed(exception, listener.GetType().Name, news.Session.Id);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    [LoggerMessage(1, LogLevel.Error, "{Listener} failed with an event of session {SessionId}; the next one is told all the same")]
    private partial void LogFailed(Exception exception, string listener, SessionId sessionId);
}
