using Holdfast.Media;
using Holdfast.Rtc;
using Holdfast.Sessions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Holdfast.AspNetCore;

/// <summary>Starts what must run before the first request, and ends sessions before the server goes.</summary>
internal sealed partial class HoldfastHost : IHostedService
{
    private readonly IShowFactory _shows;
    private readonly RtcEndpoint _endpoint;
    private readonly SessionDirectory _sessions;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ILogger<HoldfastHost> _logger;

    public HoldfastHost(
        IShowFactory shows, RtcEndpoint endpoint, SessionDirectory sessions, IHostApplicationLifetime lifetime, ILogger<HoldfastHost> logger)
    {
        _lifetime = lifetime;
        _shows = shows;
        _endpoint = endpoint;
        _sessions = sessions;
        _logger = logger;
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        NativeCodecs.EnsureAvailable();
        _endpoint.Start();
        LogListening(_endpoint.Port, string.Join(", ", _endpoint.Candidates.Select(candidate => candidate.Address)));

        // HTTP stops first and waits for its requests: event streams among them, which last as long as their sessions.
        _lifetime.ApplicationStopping.Register(() => _ = _sessions.CloseAllAsync(SessionReason.ServerStopping));

        // Nobody has to wait for these: who comes earlier is served too, only at a higher price.
        _ = MakeReadyAsync(_endpoint.WarmUpAsync(), "The first handshake");
        _ = MakeReadyAsync(_shows.PrepareAsync(CancellationToken.None), "What sessions share");
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _sessions.CloseAllAsync(SessionReason.ServerStopping);
        await _endpoint.DisposeAsync();
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

    [LoggerMessage(2, LogLevel.Error, "{What} could not be made ready; sessions work, and cost more")]
    private partial void LogNotReady(Exception exception, string what);

    [LoggerMessage(1, LogLevel.Information, "Media on UDP port {Port}, announced at {Addresses}")]
    private partial void LogListening(int port, string addresses);
}
