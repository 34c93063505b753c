using Holdfast.Lab.Peer;
using Holdfast.Lab.Sessions;
using Holdfast.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Lab.Tests.Kit;

/// <summary>The real server on free ports, on the real network of this machine, and a host for peers.</summary>
public sealed class RealServer : IAsyncLifetime
{
    private WebApplication? _app;

    internal HoldfastService Service { get; private set; } = null!;

    internal PeerHost Peers { get; private set; } = null!;

    internal Uri Address => Service.Address;

    public ValueTask InitializeAsync() => InitializeAsync([]);

    /// <summary>One with settings of its own.</summary>
    internal static async Task<RealServer> StartAsync(params string[] settings)
    {
        var server = new RealServer();
        await server.InitializeAsync(settings);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await Peers.DisposeAsync();
        await _app!.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private async ValueTask InitializeAsync(string[] settings)
    {
        _app = HoldfastServer.Build(
        [
            "--urls", "http://127.0.0.1:0", "--Holdfast:Rtc:Port=0", "--Holdfast:Avatar:PictureSize=128", "--Logging:LogLevel:Default=Warning",
            .. settings,
        ]);
        await _app.StartAsync(TestContext.Current.CancellationToken);
        var address = _app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
        Service = new HoldfastService(new HoldfastApi(HoldfastApi.CreateClient(new Uri(address))));
        Peers = new PeerHost(TimeProvider.System);
    }
}
