using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Holdfast.Browser.Kit;

/// <summary>A server that is stopped or killed and started again: at the same port, with the same store.</summary>
internal sealed class KeptServer : IAsyncDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "holdfast-tests-" + Guid.NewGuid().ToString("N"));
    private readonly int _port = FreePort();

    /// <summary>The process that runs, or that ran last.</summary>
    public ServerProcess Now { get; private set; } = null!;

    /// <summary>Starts it, for the first time or again.</summary>
    public async Task StartAsync()
    {
        var port = _port.ToString(CultureInfo.InvariantCulture);
        Now = await ServerProcess.StartAsync("--urls", $"http://127.0.0.1:{port}", $"--Holdfast:Rtc:Port={port}", "--Holdfast:Store:Directory", _directory);
    }

    /// <summary>Stops it as an operator does, and starts it again.</summary>
    /// <param name="afterStop">What happens while nobody serves.</param>
    public async Task RestartAsync(Func<Task> afterStop)
    {
        await Now.StopPolitelyAsync();
        await afterStop();
        await Now.DisposeAsync();
        await StartAsync();
    }

    /// <summary>Ends it as a crash or a power cut does (SIGKILL), and starts it again.</summary>
    public async Task CrashAsync()
    {
        await Now.KillAsync();
        await Now.DisposeAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Now.DisposeAsync();
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    /// <summary>Both kinds at once: the next to ask for any free port is given another one.</summary>
    private static int FreePort()
    {
        using var udp = new Socket(SocketType.Dgram, ProtocolType.Udp);
        udp.Bind(new IPEndPoint(IPAddress.Any, 0));
        return ((IPEndPoint)udp.LocalEndPoint!).Port;
    }
}
