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
    private readonly ILogger<HoldfastHost> _logger;

    public HoldfastHost(IShowFactory shows, RtcEndpoint endpoint, SessionDirectory sessions, ILogger<HoldfastHost> logger)
    {
        _shows = shows;
        _endpoint = endpoint;
        _sessions = sessions;
        _logger = logger;
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        NativeCodecs.EnsureAvailable();
        _endpoint.Start();
        await Task.WhenAll(_shows.PrepareAsync(cancellationToken), _endpoint.WarmUpAsync());
        LogListening(_endpoint.Port, string.Join(", ", _endpoint.Candidates.Select(candidate => candidate.Address)));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _sessions.CloseAllAsync(SessionReason.ServerStopping);
        await _endpoint.DisposeAsync();
    }

    [LoggerMessage(1, LogLevel.Information, "Media on UDP port {Port}, announced at {Addresses}")]
    private partial void LogListening(int port, string addresses);
}
