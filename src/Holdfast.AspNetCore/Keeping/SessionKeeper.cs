using Holdfast.Sessions;
using Microsoft.Extensions.Logging;

namespace Holdfast.AspNetCore;

/// <summary>Brings sessions over a polite stop: into the store when the server stops, and out of it before the first request.</summary>
/// <remarks>
/// <para>
/// Nobody is told that a conversation is kept before it is. Where it cannot be, its owner is told at once that it is over.
/// </para>
/// <para>
/// What was taken stays in the store until its owner is back, it is kept again, or it has ended by itself. So a start that fails, or is killed at
/// any moment, leaves it to the next.
/// </para>
/// </remarks>
internal sealed partial class SessionKeeper : IAsyncDisposable
{
    /// <summary>Longer than a sound disk takes; and with what else a stop does, within the five seconds that it may take.</summary>
    private static readonly TimeSpan MaxKeeping = TimeSpan.FromSeconds(2);

    /// <summary>How often what is over is taken out of what was taken.</summary>
    private static readonly TimeSpan RetainInterval = TimeSpan.FromSeconds(5);

    private readonly SessionDirectory _sessions;
    private readonly ISessionStore? _store;
    private readonly TimeProvider _time;
    private readonly ILogger<SessionKeeper> _logger;
    private readonly Lock _gate = new();
    private Task? _stop;
    private bool _hasStarted;
    private ITimer? _timer;
    private int _retained;
    private int _isRetaining;

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
            (_store as FileSessionStore)?.EnsureWritable();
            var kept = await _store.TakeAsync(cancellationToken).ConfigureAwait(false);
            if (kept.Count > 0)
            {
                var unusable = new List<KeptSession>();
                var (live, expired, unreadable) = _sessions.TakeUp(kept, unusable);
                LogTakenUp(live, expired, unreadable);
                await _store.SetAsideAsync(unusable, cancellationToken).ConfigureAwait(false);
            }

            _retained = kept.Count;
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or OperationCanceledException))
        {
            LogCannotKeep(exception.Message);
        }
    }

    /// <summary>The server has started: what was taken lives here now, and what is over need not be kept.</summary>
    public void OnStarted()
    {
        lock (_gate)
        {
            _hasStarted = true;
            if (_store is not null && _retained > 0)
            {
                _timer = _time.CreateTimer(static self => _ = ((SessionKeeper)self!).RetainAsync(), this, RetainInterval, RetainInterval);
            }
        }
    }

    /// <summary>The server stops. However often this is called, it is done once; it never fails.</summary>
    public Task StopAsync()
    {
        lock (_gate)
        {
            return _stop ??= StopOnceAsync();
        }
    }

    /// <summary>Lets another server have what is kept.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_timer is not null)
        {
            await _timer.DisposeAsync().ConfigureAwait(false);
        }

        (_store as FileSessionStore)?.Dispose();
    }

    /// <summary>Takes out of the store what was taken and is over. Never throws: it is called by a timer.</summary>
    internal async Task RetainAsync()
    {
        if (Interlocked.Exchange(ref _isRetaining, 1) != 0)
        {
            return;
        }

        try
        {
            var needed = _sessions.AsTaken;
            if (needed.Count < _retained && _stop is null)
            {
                await _store!.RetainTakenAsync(needed, CancellationToken.None).ConfigureAwait(false);
                _retained = needed.Count;
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogNotForgotten(exception);
        }
        finally
        {
            Volatile.Write(ref _isRetaining, 0);
        }
    }

    private async Task StopOnceAsync()
    {
        try
        {
            if (_timer is not null)
            {
                await _timer.DisposeAsync().ConfigureAwait(false);
            }

            if (_hasStarted && _store is not null && await CanKeepAsync(_store).ConfigureAwait(false))
            {
                await PutAsideAsync(_store).ConfigureAwait(false);
            }
            else
            {
                // Of a start that failed nobody knows yet: what was taken stays in the store as it is.
                _ = _sessions.CloseAllAsync(SessionReason.ServerStopping);
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogStopFailed(exception);
        }
        finally
        {
            // Nothing more is written: the next server may begin.
            (_store as FileSessionStore)?.Dispose();
        }
    }

    /// <summary>Asked before anything is put aside: where nothing can be kept, people are told at once.</summary>
    private async Task<bool> CanKeepAsync(ISessionStore store)
    {
        if (store is not FileSessionStore file)
        {
            return true;
        }

        try
        {
            // A disk that hangs must not hold up the stop.
            await Task.Run(file.EnsureWritable).WaitAsync(MaxKeeping, _time).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (exception is SessionStoreException or TimeoutException)
        {
            LogLost(_sessions.Count, exception);
            return false;
        }
    }

    private async Task PutAsideAsync(ISessionStore store)
    {
        var aside = await _sessions.PutAsideAllAsync().ConfigureAwait(false);
        IReadOnlyCollection<SessionId> kept = [];
        using var late = new CancellationTokenSource(MaxKeeping, _time);
        try
        {
            kept = await store.KeepAsync(aside, late.Token).WaitAsync(late.Token).ConfigureAwait(false);
            LogKept(kept.Count);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogLost(aside.Count, exception);
        }

        _sessions.TellKept(kept);
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

    [LoggerMessage(16, LogLevel.Error, "Sessions could not be put aside or ended as they should; the server stops all the same")]
    private partial void LogStopFailed(Exception exception);
}
