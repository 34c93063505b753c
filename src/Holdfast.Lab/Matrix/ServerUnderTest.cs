using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Holdfast.Lab.Network.Isolated;
using Holdfast.Lab.Sessions;

namespace Holdfast.Lab.Matrix;

/// <summary>A server of the lab's own, in a network namespace, which can be stopped as an operator stops it and started again.</summary>
/// <param name="command">The program and its arguments; the lab adds the addresses.</param>
/// <param name="network">Where it runs.</param>
/// <param name="time">For waiting.</param>
internal sealed partial class ServerUnderTest(IReadOnlyList<string> command, IsolatedNetwork network, TimeProvider time) : IAsyncDisposable
{
    private const int Port = 8010;
    private const int MostOutput = 256 * 1024;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private readonly StringBuilder _output = new();
    private readonly string _store = Path.Combine(Path.GetTempPath(), $"{network.Server}-store");
    private Process? _process;

    /// <summary>As the person's device reaches it.</summary>
    public Uri Address { get; } = new(string.Create(CultureInfo.InvariantCulture, $"http://{network.ServerAddress}:{Port}/"));

    /// <summary>The same by name.</summary>
    public Uri NamedAddress { get; } = new(string.Create(CultureInfo.InvariantCulture, $"http://{IsolatedNetwork.ServerName}:{Port}/"));

    /// <summary>The end of what it wrote, for the message of a cell that failed.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <exception cref="IsolationException">It did not come up.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("ip")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments =
        [
            "netns", "exec", network.Server, .. command,
            "--urls", Address.ToString().TrimEnd('/'),
            string.Create(CultureInfo.InvariantCulture, $"--Holdfast:Rtc:Port={Port}"),

            // Where it keeps its sessions over a restart: a place of its own, as its network is.
            $"--Holdfast:Store:Directory={_store}",
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";
        Process process;
        try
        {
            process = Process.Start(start) ?? throw new IsolationException("The server did not start.");
        }
        catch (Win32Exception e)
        {
            throw new IsolationException($"The server did not start: {e.Message}", e);
        }

        _process = process;
        process.StandardInput.Close();
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await WaitUntilItAnswersAsync(process, cancellationToken);
    }

    /// <summary>Asks it to end, as a deployment does (SIGTERM), and waits until it has.</summary>
    /// <exception cref="IsolationException">It did not end.</exception>
    public async Task StopPolitelyAsync(CancellationToken cancellationToken)
    {
        if (_process is not { HasExited: false } process)
        {
            return;
        }

        const int Terminate = 15;
        _ = Kill(process.Id, Terminate);
        try
        {
            await process.WaitForExitAsync(cancellationToken).WaitAsync(StopLimit, time, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new IsolationException($"The server did not end within {StopLimit.TotalSeconds:F0} s of being asked to.", e);
        }

        process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }

            await process.WaitForExitAsync();
            process.Dispose();
        }

        if (Directory.Exists(_store))
        {
            Directory.Delete(_store, recursive: true);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);

    private async Task WaitUntilItAnswersAsync(Process process, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        using var http = HoldfastApi.CreateClient(Address, network.Server);
        var api = new HoldfastApi(http);
        while (true)
        {
            if (process.HasExited)
            {
                throw new IsolationException($"The server ended with exit code {process.ExitCode}. It wrote:\n{Output}");
            }

            try
            {
                await api.HealthAsync(cancellationToken);
                return;
            }
            catch (ServerException)
            {
                // Not yet.
            }

            if (time.GetElapsedTime(begun) > StartLimit)
            {
                throw new IsolationException($"The server did not answer within {StartLimit.TotalSeconds:F0} s. It wrote:\n{Output}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancellationToken);
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
            if (_output.Length > MostOutput)
            {
                _output.Remove(0, _output.Length - MostOutput / 2);
            }
        }
    }
}
