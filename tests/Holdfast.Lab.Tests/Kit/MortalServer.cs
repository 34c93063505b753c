using System.Globalization;
using Holdfast.Lab.Peer;
using Holdfast.Lab.Servers;
using Holdfast.Lab.Sessions;

namespace Holdfast.Lab.Tests.Kit;

/// <summary>The real server in a process of its own, with a store and ports of its own that it has again after it was killed; and a host for peers.</summary>
internal sealed class MortalServer : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("holdfast-tests-");
    private readonly HttpClient _http;
    private readonly Uri _address;
    private readonly int _port;

    public MortalServer(params string[] settings)
    {
        var port = FreePort.Next();
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
        _address = address;
        _port = port;
        Process = Another(settings);
        _http = HoldfastApi.CreateClient(address);
        Service = new HoldfastService(new HoldfastApi(_http));
    }

    /// <summary>Of HTTP and of media.</summary>
    public int Port => _port;

    public ServerProcess Process { get; }

    public HoldfastService Service { get; }

    public PeerHost Peers { get; } = new(TimeProvider.System);

    /// <summary>Another one with the same store and ports, not started.</summary>
    public ServerProcess Another(params string[] settings) => new(Command(settings), _address, networkNamespace: null, TimeProvider.System);

    /// <summary>The same, whose media port somebody keeps open.</summary>
    public ServerProcess Another(HeldPort port) => new(port.Before(Command([])), _address, networkNamespace: null, TimeProvider.System);

    private string[] Command(string[] settings) =>
    [
        "dotnet", Path.Combine(AppContext.BaseDirectory, "Holdfast.Server.dll"), "--urls", _address.ToString().TrimEnd('/'),
        string.Create(CultureInfo.InvariantCulture, $"--Holdfast:Rtc:Port={_port}"), $"--Holdfast:Store:Directory={_directory.FullName}",
        "--Holdfast:Avatar:PictureSize=128", .. settings,
    ];

    public async ValueTask DisposeAsync()
    {
        await Peers.DisposeAsync();
        await Process.DisposeAsync();
        _http.Dispose();
        _directory.Delete(recursive: true);
    }
}
