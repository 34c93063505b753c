using System.Diagnostics;
using System.Globalization;
using Holdfast.Lab.Servers;

namespace Holdfast.Browser.Kit;

/// <summary>A server that is stopped or killed and started again: at the same port, with the same store.</summary>
/// <param name="settings">Beside where it is and what it keeps.</param>
internal sealed class KeptServer(params string[] settings) : IAsyncDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "holdfast-tests-" + Guid.NewGuid().ToString("N"));
    private readonly int _port = FreePort.Next();

    /// <summary>A browser calls a connection "disconnected" when it has heard nothing for about 5 s; asked too seldom to be counted to the tenth.</summary>
    private static readonly TimeSpan BrowsersPatience = TimeSpan.FromSeconds(4.5);

    private TimeSpan _longestAway;

    /// <summary>The process that runs, or that ran last.</summary>
    public ServerProcess Now { get; private set; } = null!;

    /// <summary>Starts it, for the first time or again.</summary>
    public async Task StartAsync() => Now = await NewAsync();

    /// <summary>Stops it as an operator does, and starts it again.</summary>
    /// <param name="afterStop">What happens while nobody serves.</param>
    public async Task RestartAsync(Func<Task> afterStop)
    {
        var since = Stopwatch.GetTimestamp();
        await Now.StopPolitelyAsync();
        await afterStop();
        await Now.DisposeAsync();
        await StartAgainAsync(since);
    }

    /// <summary>Ends it as a crash or a power cut does (SIGKILL), and starts it again.</summary>
    public async Task CrashAsync()
    {
        var since = Stopwatch.GetTimestamp();
        await Now.KillAsync();
        await Now.DisposeAsync();
        await StartAgainAsync(since);
    }

    /// <summary>Starts another one beside it, which takes over, where its settings say so: the older one gives it all that it has, and ends.</summary>
    public async Task TakeOverAsync()
    {
        var older = Now;
        Now = await NewAsync();
        await older.DisposeAsync();
    }

    /// <summary>
    /// The browser had one connection all the time, and never called it lost; where nobody served for longer than a browser waits
    /// (a machine that starts a process so slowly), it may have said "disconnected", and nothing worse.
    /// </summary>
    /// <param name="peers">A line for each connection of the browser, with its states in turn.</param>
    public void AssertOneConnection(string peers, string story)
    {
        var states = peers.Split(' ');
        if (_longestAway >= BrowsersPatience)
        {
            states = [.. states.Where(static (state, i) => state is not "disconnected" && (state is not "connected" || i == 1))];
        }

        Assert.True(
            states is ["connecting", "connected"],
            $"Another connection, or one that was lost, in {_longestAway.TotalSeconds:0.0} s without a server:\n{peers}\n{story}");
    }

    public async ValueTask DisposeAsync()
    {
        await Now.DisposeAsync();
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    private Task<ServerProcess> NewAsync()
    {
        var port = _port.ToString(CultureInfo.InvariantCulture);
        return ServerProcess.StartAsync(["--urls", $"http://127.0.0.1:{port}", $"--Holdfast:Rtc:Port={port}", "--Holdfast:Store:Directory", _directory, .. settings]);
    }

    private async Task StartAgainAsync(long since)
    {
        await StartAsync();
        var away = Stopwatch.GetElapsedTime(since);
        _longestAway = away > _longestAway ? away : _longestAway;
    }
}
