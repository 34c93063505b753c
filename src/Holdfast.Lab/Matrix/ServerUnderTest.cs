using System.Globalization;
using Holdfast.Lab.Network.Isolated;
using Holdfast.Lab.Servers;
using Holdfast.Lab.Sessions;

namespace Holdfast.Lab.Matrix;

/// <summary>A server of the lab's own, in a network namespace, which can be stopped as an operator stops it, or killed, and started again.</summary>
internal sealed class ServerUnderTest : IAsyncDisposable
{
    private const int Port = 8010;

    private readonly string _store;
    private readonly ServerProcess _process;

    /// <param name="command">The program and its arguments; the lab adds the addresses.</param>
    /// <param name="network">Where it runs.</param>
    /// <param name="time">For waiting.</param>
    public ServerUnderTest(IReadOnlyList<string> command, IsolatedNetwork network, TimeProvider time)
    {
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://{network.ServerAddress}:{Port}/"));
        _store = Path.Combine(Path.GetTempPath(), $"{network.Server}-store");
        string[] whole =
        [
            .. command,
            "--urls", Address.ToString().TrimEnd('/'),
            string.Create(CultureInfo.InvariantCulture, $"--Holdfast:Rtc:Port={Port}"),

            // Where it keeps its sessions over a restart: a place of its own, as its network is.
            $"--Holdfast:Store:Directory={_store}",
            "--Holdfast:Speech:English=espeak", // whose words are told apart best
        ];
        _process = new ServerProcess(whole, Address, network.Server, time);
    }

    /// <summary>As the person's device reaches it.</summary>
    public Uri Address { get; }

    /// <summary>The same by name.</summary>
    public Uri NamedAddress { get; } = new(string.Create(CultureInfo.InvariantCulture, $"http://{IsolatedNetwork.ServerName}:{Port}/"));

    /// <summary>The end of what it wrote, for the message of a cell that failed.</summary>
    public string Output => _process.Output;

    /// <exception cref="IsolationException">It did not come up.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => InNetworkAsync(_process.StartAsync(cancellationToken));

    /// <summary>Asks it to end, as a deployment does (SIGTERM), and waits until it has.</summary>
    /// <exception cref="IsolationException">It did not end.</exception>
    public Task StopPolitelyAsync(CancellationToken cancellationToken) => InNetworkAsync(_process.StopPolitelyAsync(cancellationToken));

    /// <summary>Kills it (SIGKILL).</summary>
    public Task KillAsync() => _process.KillAsync();

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        if (Directory.Exists(_store))
        {
            Directory.Delete(_store, recursive: true);
        }
    }

    private static async Task InNetworkAsync(Task done)
    {
        try
        {
            await done;
        }
        catch (ServerException e)
        {
            throw new IsolationException(e.Message, e);
        }
    }
}
