using System.Net.Sockets;
using Holdfast.AspNetCore.Recording;
using Holdfast.Media;
using Holdfast.Rtc;
using Holdfast.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Holdfast.AspNetCore;

/// <summary>Starts what must run before the first request, and puts sessions aside before the server goes.</summary>
internal sealed partial class HoldfastHost : IHostedLifecycleService
{
    /// <summary>A newer server is ready within a tenth of a second, on a busy machine within half of one, and a browser beside it takes more. Requests wait so long.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromMilliseconds(800);

    private static readonly TimeSpan MaxLettingGo = TimeSpan.FromSeconds(1);

    /// <summary>What a server does first after its start is for those who came back to it.</summary>
    private static readonly TimeSpan BeforeRehearsal = TimeSpan.FromSeconds(10);

    private readonly IShowFactory _shows;
    private readonly RtcEndpoint _endpoint;
    private readonly SessionDirectory _sessions;
    private readonly SessionKeeper _keeper;
    private readonly HoldfastOptions _options;
    private readonly Takeover _takeover;
    private readonly TakeoverGate _gate;
    private readonly SharedPorts _ports;
    private readonly TimeProvider _time;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ILogger<HoldfastHost> _logger;
    private readonly IServiceProvider _services;
    private readonly CancellationTokenSource _stopping = new();
    private Predecessor? _predecessor;

    public HoldfastHost(
        IServiceProvider services,
        RtcEndpoint endpoint,
        SessionDirectory sessions,
        SessionKeeper keeper,
        Takeover takeover,
        TakeoverGate gate,
        SharedPorts ports,
        IOptions<HoldfastOptions> options,
        IHostApplicationLifetime lifetime,
        TimeProvider time,
        ILogger<HoldfastHost> logger)
    {
        (_keeper, _services) = (keeper, services);
        (_takeover, _gate, _ports) = (takeover, gate, ports);
        _options = options.Value;
        _time = time;
        _lifetime = lifetime;
        _shows = HoldfastServiceCollectionExtensions.ShowsOf(services);
        _endpoint = endpoint;
        _sessions = sessions;
        _logger = logger;
    }

    /// <summary>
    /// Begins with what takes long of a start and needs nothing but the settings, while the app is still being put together: people wait for it where the
    /// server before was killed, or is to be taken over. Never fails: what is wrong is told when the server starts.
    /// </summary>
    public static void GetReady(IServiceProvider services) => _ = Task.Run(async () =>
    {
        try
        {
            await (services.GetRequiredService<StoreOfSessions>().Store?.PrepareAsync(CancellationToken.None) ?? Task.CompletedTask);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The start asks for the same.
        }
    });

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        NativeCodecs.EnsureAvailable();
        foreach (var (setting, meant) in AvatarNames.Unknown(_services, _shows))
        {
            LogForNobody(setting, meant);
        }

        // HTTP stops first and waits for its requests: event streams among them, which end when their sessions are put aside.
        _lifetime.ApplicationStopping.Register(() => _ = _keeper.StopAsync());
        _predecessor = await _takeover.FindAsync(cancellationToken);
        if (_predecessor is null)
        {
            await GoOnAsync(cancellationToken);

            // Nobody has to wait for these: who comes earlier is served too, only at a higher price.
            _ = MakeReadyAsync(_endpoint.WarmUpAsync(), "The first handshake");
            _ = MakeReadyAsync(PrepareAsync(), "What sessions share");
            return;
        }

        // While the older server serves there is time for all that can be done without its sessions.
        LogTakesOver();
        _gate.Close();
        _ports.IsTakingOver = true;
        await MakeReadyAsync(Task.WhenAll(_endpoint.WarmUpAsync(), _shows.PrepareAsync(cancellationToken)), "What sessions need");
        await MakeReadyAsync(RehearseAsync(cancellationToken), "A takeover");
    }

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (_predecessor is not null)
        {
            var begun = _time.GetTimestamp();
            if (!await _predecessor.AskAsync(cancellationToken))
            {
                LogNotGiven();
            }

            await GoOnAsync(cancellationToken);
            _gate.Open();
            await _predecessor.ReleaseAsync(cancellationToken);
            LogTakenOver(_time.GetElapsedTime(begun).TotalMilliseconds);
        }

        _takeover.Listen(GiveAsync, LendAsync, _lifetime.StopApplication);
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        _predecessor?.Dispose();
        await _takeover.DisposeAsync();
        await _keeper.StopAsync();
        try
        {
            // What sessions showed is given back; one that does not let go must not hold up the end.
            await _sessions.CloseAllAsync(SessionReason.ServerStopping).WaitAsync(MaxLettingGo, _time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            LogNotLetGo();
        }

        await _endpoint.DisposeAsync();
    }

    private async Task GoOnAsync(CancellationToken cancellationToken)
    {
        // What the process before left is read while nobody can come yet: its certificate is this one's.
        await _keeper.OpenAsync(cancellationToken);
        Listen();

        // Connections answer from here on, long before all else is ready; what this machine's addresses are is asked of it later.
        await _keeper.RestoreAsync(_endpoint.Receive);
        LogListening(_endpoint.Port, string.Join(", ", _endpoint.Candidates.Select(candidate => candidate.Address)));
        _keeper.Lost = _lifetime.StopApplication;
        _keeper.Run();

        // What was being recorded when a server was killed is made whole now, not when somebody wants it.
        _ = _services.GetRequiredService<RecordingStore>();
    }

    /// <summary>Everything that a newer server needs: sessions are in the store, which is free, as is the port.</summary>
    private async Task GiveAsync()
    {
        await _stopping.CancelAsync();
        await _keeper.StopAsync();
        await _endpoint.DisposeAsync();
    }

    /// <summary>The same, but that what people see and hear is played on meanwhile, and the media port is shared so long.</summary>
    private async Task LendAsync()
    {
        await _stopping.CancelAsync();
        await _keeper.LendAsync(Farewell);
        _ = LetGoAsync();
    }

    /// <summary>From the moment when it has nothing more to send, what arrives is all the other server's: a check that nobody answers alarms a browser.</summary>
    private async Task LetGoAsync()
    {
        await _keeper.PlayedOn;
        await _endpoint.DisposeAsync();
    }

    /// <summary>Later a newer server may want the sessions, and nobody should wait because it is the first time.</summary>
    private async Task PrepareAsync()
    {
        await _shows.PrepareAsync(_stopping.Token);
        if (_takeover.IsPossible)
        {
            await Task.Delay(BeforeRehearsal, _time, _stopping.Token);
            await RehearseAsync(_stopping.Token);
        }
    }

    private Task RehearseAsync(CancellationToken cancellationToken) =>
        SqliteSessionStore.WithOneOfNobodyAsync(open => _keeper.RehearseAsync(open, cancellationToken));

    private void Listen()
    {
        if (HeldSocket.Take(_options.Rtc.Port) is { } held)
        {
            LogHeld();
            _endpoint.Open(held);
            return;
        }

        try
        {
            _endpoint.Open(!_options.Store.TakeOver ? PortUse.Alone : _predecessor is { IsLending: true } ? PortUse.Borrowed : PortUse.Lendable);
        }
        catch (SocketException exception)
        {
            throw new MediaPortException(_options.Rtc, exception);
        }
    }

    private async Task MakeReadyAsync(Task preparation, string what)
    {
        try
        {
            await preparation;
        }
        catch (OperationCanceledException)
        {
            // The server stopped first.
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogNotReady(exception, what);
        }
    }

    [LoggerMessage(8, LogLevel.Information, "The media port was handed over by who started this server, and has what arrived meanwhile")]
    private partial void LogHeld();

    [LoggerMessage(7, LogLevel.Warning, "{Setting} is for an avatar that is not here and has no effect; did you mean {Meant}?")]
    private partial void LogForNobody(string setting, string meant);

    [LoggerMessage(2, LogLevel.Error, "{What} could not be made ready; sessions work, and cost more")]
    private partial void LogNotReady(Exception exception, string what);

    [LoggerMessage(3, LogLevel.Warning, "Not every session let go of what it showed in time; the server stops without waiting for it")]
    private partial void LogNotLetGo();

    [LoggerMessage(4, LogLevel.Information, "Another server runs on this store; this one takes over from it when it is ready")]
    private partial void LogTakesOver();

    [LoggerMessage(5, LogLevel.Information, "Taken over within {Milliseconds:0} ms")]
    private partial void LogTakenOver(double milliseconds);

    [LoggerMessage(6, LogLevel.Warning, "The server before did not say that it gave its sessions; what is in the store is taken")]
    private partial void LogNotGiven();

    [LoggerMessage(1, LogLevel.Information, "Media on UDP port {Port}, announced at {Addresses}")]
    private partial void LogListening(int port, string addresses);
}
