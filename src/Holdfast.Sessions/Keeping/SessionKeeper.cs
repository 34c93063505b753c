using Holdfast.Rtc;
using Microsoft.Extensions.Logging;

namespace Holdfast.Sessions;

/// <summary>
/// Keeps sessions over the end of their process, however it ends: writes down what changes while they go on, and brings them back in the next one.
/// </summary>
/// <remarks>
/// <para>
/// Everything is written by one loop, many sessions at a time, and never by a media thread. What somebody was promised is asked for with
/// <see cref="KeepAsync"/>, and is in the very next write; all else waits for the second.
/// </para>
/// <para>
/// A store that is slow, full or locked makes <see cref="Problem"/> say so and holds up nobody: numbers of packets that are reserved last for a minute at least, and when
/// that is over nobody would go on with what is stored, so that they may be used freely (<see cref="RtcEndpoint.KeptUntil"/>).
/// </para>
/// <para>
/// A process that finds that another one has taken the store sends nothing more (<see cref="RtcEndpoint.Fence"/>).
/// </para>
/// </remarks>
public sealed partial class SessionKeeper : IAsyncDisposable
{
    /// <summary>How often what has changed is written.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>So long after a write another process would go on with the connections that are in it.</summary>
    private static readonly TimeSpan Term = TimeSpan.FromSeconds(60);

    /// <summary>After a polite stop nothing more is sent here, so that there is no hurry.</summary>
    private static readonly TimeSpan TermAfterStop = TimeSpan.FromMinutes(30);

    /// <summary>Nobody waits longer for a promise to be safe, and a stop for all that is kept.</summary>
    private static readonly TimeSpan MaxWaiting = TimeSpan.FromSeconds(2);

    /// <summary>For so long at the most one process plays on what another one has already, and then to the next pause.</summary>
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(1);

    private const string DoesNotAnswer = "the store has not answered for 2 s";

    private readonly SessionDirectory _sessions;
    private readonly RtcEndpoint _endpoint;
    private readonly ISessionStore? _store;
    private readonly ISessionProtection? _protection;
    private readonly StoreCodec _codec;
    private readonly bool _keepsConnections;
    private readonly TimeProvider _time;
    private readonly ILogger<SessionKeeper> _logger;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Dictionary<long, Written> _written = [];
    private List<Promise> _promises = [];
    private IReadOnlyList<StoredSession> _found = [];
    private PriorProcess? _prior;
    private RtcTime _durableUntil;
    private bool _isOpen;
    private bool _isTickDue;
    private volatile bool _isStopping;
    private bool _isRestored;
    private Task _first = Task.CompletedTask;
    private volatile string? _problem;
    private ITimer? _timer;
    private Task _loop = Task.CompletedTask;
    private Task? _stop;

    /// <param name="sessions">All sessions.</param>
    /// <param name="endpoint">Their connections.</param>
    /// <param name="store">Null: sessions end with the process.</param>
    /// <param name="protection">Encrypts what is kept; null keeps it as it is.</param>
    /// <param name="keepsConnections">Whether the keys of connections are kept too. Without, people come back after a crash by a new connection.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told what became of sessions.</param>
    public SessionKeeper(
        SessionDirectory sessions,
        RtcEndpoint endpoint,
        ISessionStore? store,
        ISessionProtection? protection,
        bool keepsConnections,
        TimeProvider time,
        ILogger<SessionKeeper> logger)
    {
        _sessions = sessions;
        _endpoint = endpoint;
        _store = store;
        (_protection, _codec) = (protection, new StoreCodec(protection));
        _keepsConnections = keepsConnections;
        _time = time;
        _logger = logger;
    }

    /// <summary>What is wrong with keeping, in a sentence for the one who runs the server; null while all is well, or where nothing is to be kept.</summary>
    public string? Problem => _problem;

    /// <summary>Is called once when another process has taken the store: this one has nothing left to do.</summary>
    public Action? Lost { get; set; }

    /// <summary>
    /// Gives a session of nobody away and takes it up again, on a store of its own, as two servers do: so that those who wait for it later wait neither for the
    /// compiler, nor for keys, nor for a voice that is still to be loaded. Takes a second or two of a processor; nothing of it is counted, and nothing is sent to anybody.
    /// </summary>
    /// <param name="open">Makes a store, each time the same one.</param>
    /// <param name="cancellationToken">It is not worth waiting for any more.</param>
    /// <returns>Whether all of it went as it should; false never does any harm.</returns>
    public Task<bool> RehearseAsync(Func<ISessionStore> open, CancellationToken cancellationToken) =>
        new TakeoverRehearsal(_sessions, _protection, _time, open).RunAsync(cancellationToken);

    /// <summary>Reads what a process before this one left, and takes its certificate. Before the endpoint starts.</summary>
    /// <exception cref="SessionStoreException">The server must not start: another one has the store, or it is damaged and must not be written to.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (_store is null)
        {
            LogNotKept();
            return;
        }

        try
        {
            Read(await _store.OpenAsync(cancellationToken).ConfigureAwait(false));
            _isOpen = true;
        }
        catch (SessionStoreException exception) when (exception.Fault == SessionStoreFault.Unavailable)
        {
            _problem = exception.Message;
            LogCannotKeep(exception.Message);
        }
    }

    /// <summary>
    /// Brings back what was read: connections answer from now on, and, as soon as numbers are reserved, what was being said goes on. After the endpoint was
    /// opened, before the first request.
    /// </summary>
    /// <param name="receive">Begins to receive, when connections are there: what comes for one that is not is lost.</param>
    public async Task RestoreAsync(Action? receive = null)
    {
        if (!_isOpen)
        {
            receive?.Invoke();
            return;
        }

        var (live, goesOn, expired) = _prior is null ? (0, 0, 0) : _sessions.Restore(_found, _prior);
        receive?.Invoke();
        if (_found.Count > 0)
        {
            LogRestored(live, goesOn, expired);
        }

        (_found, _isRestored) = ([], true);
        var reserving = WriteAsync(isAll: true);
        _first = GoOnAsync(reserving);
        if (!await EndsInTimeAsync(reserving).ConfigureAwait(false))
        {
            // What was being said goes on as soon as it does.
            Fail(DoesNotAnswer);
            return;
        }

        await _first.ConfigureAwait(false);
    }

    /// <summary>Begins to write down what changes.</summary>
    public void Run()
    {
        if (_isOpen)
        {
            _sessions.OnConnected = KeepSoon;
            _timer = _time.CreateTimer(static self => ((SessionKeeper)self!).Wake(isTick: true), this, Interval, Interval);
            _loop = Task.Run(LoopAsync);
        }
    }

    /// <summary>
    /// Makes sure that what a session is now survives this process, also that it is over. Called before somebody is told of it. Where the store does not
    /// answer, nobody waits for it longer than 2 s, nor at all once that is known.
    /// </summary>
    public async Task KeepAsync(Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (!_isOpen || _problem is not null || _isStopping)
        {
            return;
        }

        var promise = Add(session);
        try
        {
            await promise.Done.Task.WaitAsync(MaxWaiting, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Fail(DoesNotAnswer);
        }
    }

    /// <summary>
    /// A session has another connection: whoever sees it must not lose it to a crash of the very same second. Nobody waits for it.
    /// </summary>
    private void KeepSoon(Session session)
    {
        if (!_isStopping)
        {
            Add(session);
        }
    }

    private Promise Add(Session session)
    {
        var promise = new Promise(session);
        lock (_gate)
        {
            _promises.Add(promise);
        }

        Wake(isTick: false);
        return promise;
    }

    /// <summary>The server stops. However often this is called, it is done once; it never fails.</summary>
    public Task StopAsync() => StopAsync(TimeSpan.Zero);

    /// <summary>
    /// As <see cref="StopAsync()"/>, for another server that goes on at once: what is played to people is played on meanwhile, and the other one begins when that
    /// is over. The media port is not to be closed before.
    /// </summary>
    /// <param name="farewell">For how long at the least, 1 s at the most; a little longer where a word is not over.</param>
    public Task LendAsync(TimeSpan farewell)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(farewell, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(farewell, LongestFarewell);
        return StopAsync(farewell);
    }

    /// <summary>Completes when nothing more is sent of what <see cref="LendAsync"/> plays on: from then on the media port is another's alone.</summary>
    public Task PlayedOn => _sessions.PlayedOn;

    private Task StopAsync(TimeSpan farewell)
    {
        lock (_gate)
        {
            return _stop ??= StopOnceAsync(farewell);
        }
    }

    /// <summary>Lets another process have what is kept.</summary>
    public async ValueTask DisposeAsync()
    {
        _isStopping = true;
        Wake(isTick: false);
        if (_timer is not null)
        {
            await _timer.DisposeAsync().ConfigureAwait(false);
        }

        if (_store is not null)
        {
            await _store.DisposeAsync().ConfigureAwait(false);
        }

        _wake.Dispose();
    }

    private async Task StopOnceAsync(TimeSpan farewell)
    {
        _isStopping = true;
        try
        {
            Wake(isTick: false);
            if (_timer is not null)
            {
                await _timer.DisposeAsync().ConfigureAwait(false);
            }

            // A write that hangs must not hold up the stop; where it does, nothing can be kept.
            var isFree = await EndsInTimeAsync(Task.WhenAll(_first, _loop)).ConfigureAwait(false);
            if (_isRestored && isFree && !_isLost)
            {
                await _endpoint.LeaveUnreadAsync().ConfigureAwait(false);
                await GiveAwayAsync(farewell).ConfigureAwait(false);
            }
            else
            {
                // Of a start that failed before they were brought back, sessions stay in the store as they are.
                _ = _sessions.CloseAllAsync(SessionReason.ServerStopping);
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogStopFailed(exception);
        }
        finally
        {
            if (_store is not null)
            {
                // The next server may begin.
                await EndsInTimeAsync(_store.DisposeAsync().AsTask()).ConfigureAwait(false);
            }
        }
    }

    private async Task<bool> EndsInTimeAsync(Task task)
    {
        try
        {
            await task.WaitAsync(MaxWaiting, _time).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return false;
        }
    }

    private void Wake(bool isTick)
    {
        lock (_gate)
        {
            _isTickDue |= isTick;
        }

        try
        {
            _wake.Release();
        }
        catch (ObjectDisposedException)
        {
            // It has ended.
        }
    }

    private async Task GoOnAsync(Task reserving)
    {
        await reserving.ConfigureAwait(false);
        _sessions.GetReadyToGoOn();
        await _sessions.GoOnAsync().ConfigureAwait(false);
    }

    private async Task LoopAsync()
    {
        await _first.ConfigureAwait(false);
        while (!_isStopping)
        {
            await _wake.WaitAsync().ConfigureAwait(false);
            bool isTick;
            lock (_gate)
            {
                (isTick, _isTickDue) = (_isTickDue, false);
                if (!isTick && _promises.Count == 0)
                {
                    continue;
                }
            }

            await WriteAsync(isTick).ConfigureAwait(false);
        }
    }

    private void Fail(string problem)
    {
        if (_problem is null)
        {
            LogFailing(problem);
        }

        _problem = problem;
    }

    /// <summary>Somebody waits for what is true of a session to be safe.</summary>
    private sealed record Promise(Session Session)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [LoggerMessage(10, LogLevel.Information, "Sessions are not kept: the server takes any free port, or Holdfast:Store:Enabled is off")]
    private partial void LogNotKept();

    [LoggerMessage(11, LogLevel.Information, "Sessions of the process before: {Live} go on, {GoesOn} of them on the connection they had; {Expired} expired meanwhile")]
    private partial void LogRestored(int live, int goesOn, int expired);

    [LoggerMessage(12, LogLevel.Warning, "Sessions will not survive this process; name a directory in Holdfast:Store:Directory. {Reason}")]
    private partial void LogCannotKeep(string reason);

    [LoggerMessage(13, LogLevel.Information, "The server stops and keeps {Count} sessions")]
    private partial void LogKept(int count);

    [LoggerMessage(14, LogLevel.Error, "The server stops, and {Count} sessions are lost: they could not be kept")]
    private partial void LogNotGivenAway(int count, Exception exception);

    [LoggerMessage(15, LogLevel.Warning, "What sessions are now is not safe at the moment: {Problem}. They go on; a crash would take back what happened since")]
    private partial void LogFailing(string problem);

    [LoggerMessage(16, LogLevel.Error, "Sessions could not be kept or ended as they should; the server stops all the same")]
    private partial void LogStopFailed(Exception exception);

    [LoggerMessage(17, LogLevel.Information, "What sessions are is safe again")]
    private partial void LogRecovered();

    [LoggerMessage(18, LogLevel.Critical, "Another process has taken the store: {Reason} This one sends nothing more and ends")]
    private partial void LogLost(string reason);

    [LoggerMessage(19, LogLevel.Error, "Session {SessionId} was kept and cannot be read: {Fault}; it stays in the store")]
    private partial void LogUnreadable(long sessionId, string fault);

    [LoggerMessage(20, LogLevel.Error, "Session {SessionId} could not be written down")]
    private partial void LogNotWritten(SessionId sessionId, Exception exception);
}
