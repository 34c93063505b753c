using Holdfast.Sessions;
using Microsoft.Extensions.Logging;

namespace Holdfast.AspNetCore;

/// <summary>Brings sessions over a polite stop: into the store when the server stops, and out of it before the first request.</summary>
/// <remarks>
/// What was taken is forgotten in the store only when the server has really started. A start that fails, because a port is taken or a certificate is
/// missing, puts it back for the next one.
/// </remarks>
internal sealed partial class SessionKeeper : IAsyncDisposable
{
    /// <summary>Longer than any disk takes, and shorter than the patience of those who stop servers.</summary>
    private static readonly TimeSpan MaxKeeping = TimeSpan.FromSeconds(10);

    private readonly SessionDirectory _sessions;
    private readonly ISessionStore? _store;
    private readonly TimeProvider _time;
    private readonly ILogger<SessionKeeper> _logger;
    private readonly Lock _gate = new();
    private Task? _stop;
    private bool _mayPutBack;

    /// <param name="sessions">All sessions.</param>
    /// <param name="store">Null: sessions end with the server.</param>
    /// <param name="time">The clock of the time that keeping may take.</param>
    /// <param name="logger">Is told what became of them.</param>
    public SessionKeeper(SessionDirectory sessions, ISessionStore? store, TimeProvider time, ILogger<SessionKeeper> logger)
    {
        _sessions = sessions;
        _store = store;
        _time = time;
        _logger = logger;
    }

    /// <summary>Takes up what a server before this one kept. Before the first request: who asks for a session that is not there yet is told that it is gone.</summary>
    public async Task TakeUpAsync(CancellationToken cancellationToken)
    {
        if (_store is null)
        {
            LogNotKept();
            return;
        }

        try
        {
            if (_store is FileSessionStore file)
            {
                file.EnsureWritable();
            }

            var kept = await _store.TakeAsync(cancellationToken).ConfigureAwait(false);
            _mayPutBack = true;
            if (kept.Count > 0)
            {
                var (live, expired, unreadable) = _sessions.TakeUp(kept);
                LogTakenUp(live, expired, unreadable);
            }
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or OperationCanceledException))
        {
            LogCannotKeep(exception.Message);
        }
    }

    /// <summary>The server has started: what was taken lives here now.</summary>
    public void OnStarted()
    {
        if (_mayPutBack)
        {
            _mayPutBack = false;
            _ = ForgetTakenAsync();
        }
    }

    /// <summary>The server stops. However often this is called, it is done once.</summary>
    public Task StopAsync()
    {
        lock (_gate)
        {
            return _stop ??= PutAsideAsync();
        }
    }

    /// <summary>A start that failed leaves everything as it was.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_mayPutBack && _store is not null)
        {
            _mayPutBack = false;
            await _store.PutBackAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task PutAsideAsync()
    {
        if (_mayPutBack || _store is null)
        {
            // Nobody could reach what was taken up yet, and it is put back as it was.
            await _sessions.CloseAllAsync(SessionReason.ServerStopping).ConfigureAwait(false);
            return;
        }

        var kept = await _sessions.PutAsideAllAsync().ConfigureAwait(false);
        using var late = new CancellationTokenSource(MaxKeeping, _time);
        try
        {
            await _store.KeepAsync(kept, late.Token).ConfigureAwait(false);
            LogKept(kept.Count);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogLost(kept.Count, exception);
        }
    }

    private async Task ForgetTakenAsync()
    {
        try
        {
            if (_store is not null)
            {
                await _store.ForgetTakenAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogNotForgotten(exception);
        }
    }

    [LoggerMessage(10, LogLevel.Information, "Sessions are not kept when the server stops: it takes any free port, or Holdfast:Store:Enabled is off")]
    private partial void LogNotKept();

    [LoggerMessage(11, LogLevel.Information, "Sessions from before the restart: {Live} go on, {Expired} expired meanwhile, {Unreadable} could not be read")]
    private partial void LogTakenUp(int live, int expired, int unreadable);

    [LoggerMessage(12, LogLevel.Warning, "Sessions will not survive a stop of this server; name a directory in Holdfast:Store:Directory. {Reason}")]
    private partial void LogCannotKeep(string reason);

    [LoggerMessage(13, LogLevel.Information, "The server stops and keeps {Count} sessions")]
    private partial void LogKept(int count);

    [LoggerMessage(14, LogLevel.Error, "The server stops, and {Count} sessions are lost: they could not be kept")]
    private partial void LogLost(int count, Exception exception);

    [LoggerMessage(15, LogLevel.Warning, "What was taken up could not be deleted from the store")]
    private partial void LogNotForgotten(Exception exception);
}
