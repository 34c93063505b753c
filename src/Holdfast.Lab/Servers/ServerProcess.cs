using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Holdfast.Lab.Sessions;

namespace Holdfast.Lab.Servers;

/// <summary>A server of the lab's own, in a process of its own: started, asked to end as an operator does, or killed as a crash does, and started again.</summary>
/// <param name="command">The program and its arguments.</param>
/// <param name="address">Where it answers then.</param>
/// <param name="networkNamespace">The network that it runs in, as <c>ip netns</c> knows it; null: this process's own.</param>
/// <param name="time">For waiting.</param>
internal sealed partial class ServerProcess(IReadOnlyList<string> command, Uri address, string? networkNamespace, TimeProvider time) : IAsyncDisposable
{
    private const int MostOutput = 256 * 1024;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private readonly StringBuilder _output = new();
    private Process? _process;

    /// <summary>Where it answers.</summary>
    public Uri Address => address;

    /// <summary>The process; null where there is none.</summary>
    public int? Id => _process is { HasExited: false } process ? process.Id : null;

    /// <summary>The end of what it wrote, over all its lives, for a message.</summary>
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

    /// <summary>Starts it and waits until it answers.</summary>
    /// <exception cref="ServerException">It did not come up.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Start();
        await WaitUntilItAnswersAsync(cancellationToken);
    }

    /// <summary>Starts it and waits for nothing.</summary>
    /// <exception cref="ServerException">There is no such program.</exception>
    public void Start()
    {
        string[] all = networkNamespace is null ? [.. command] : ["ip", "netns", "exec", networkNamespace, .. command];
        var start = new ProcessStartInfo(all[0], all[1..])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";
        try
        {
            _process = Process.Start(start) ?? throw new ServerException(ServerFailure.Unreachable, "The server did not start.");
        }
        catch (Win32Exception e)
        {
            throw new ServerException(ServerFailure.Unreachable, $"The server did not start: {e.Message}", inner: e);
        }

        _process.StandardInput.Close();
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Waits until it says that it is well.</summary>
    /// <exception cref="ServerException">It ended, or did not answer in time.</exception>
    public async Task WaitUntilItAnswersAsync(CancellationToken cancellationToken)
    {
        var process = _process ?? throw new InvalidOperationException("It is not started.");
        var begun = time.GetTimestamp();
        using var http = HoldfastApi.CreateClient(address, networkNamespace);
        var api = new HoldfastApi(http);
        while (true)
        {
            if (process.HasExited)
            {
                throw new ServerException(ServerFailure.Unreachable, $"The server ended with exit code {process.ExitCode}. It wrote:\n{Output}");
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
                throw new ServerException(ServerFailure.Unreachable, $"The server did not answer within {StartLimit.TotalSeconds:F0} s. It wrote:\n{Output}");
            }

            await Task.Delay(Poll, time, cancellationToken);
        }
    }

    /// <summary>SIGKILL: it says nothing to anybody and writes nothing more. Returns when it is gone.</summary>
    public Task KillAsync()
    {
        const int Kill = 9;
        return SignalAsync(Kill, CancellationToken.None);
    }

    /// <summary>SIGTERM, as a deployment does. Returns when it has ended.</summary>
    /// <exception cref="ServerException">It did not end.</exception>
    public Task StopPolitelyAsync(CancellationToken cancellationToken)
    {
        const int Terminate = 15;
        return SignalAsync(Terminate, cancellationToken);
    }

    /// <summary>Waits until it has ended by itself.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        if (_process is { } process)
        {
            await process.WaitForExitAsync(cancellationToken).WaitAsync(StartLimit, time, cancellationToken);
        }
    }

    /// <summary>Starts a newer one beside it, which takes over; returns when the older one has ended.</summary>
    /// <returns>The older one's exit code.</returns>
    /// <exception cref="ServerException">The newer one did not come up, or the older one did not end.</exception>
    public async Task<int> TakeOverAsync(CancellationToken cancellationToken)
    {
        var older = _process ?? throw new InvalidOperationException("It is not started.");
        try
        {
            Start();
            await older.WaitForExitAsync(cancellationToken).WaitAsync(StartLimit, time, cancellationToken);
            return older.ExitCode;
        }
        catch (TimeoutException e)
        {
            older.Kill(entireProcessTree: true);
            throw new ServerException(ServerFailure.Refused, $"Nobody took over within {StartLimit.TotalSeconds:F0} s. They wrote:\n{Output}", inner: e);
        }
        finally
        {
            older.Dispose();
        }
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
            _process = null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Signal(int process, int signal);

    private async Task SignalAsync(int signal, CancellationToken cancellationToken)
    {
        if (_process is not { } process)
        {
            return;
        }

        if (!process.HasExited)
        {
            _ = Signal(process.Id, signal);
        }

        try
        {
            await process.WaitForExitAsync(cancellationToken).WaitAsync(StopLimit, time, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new ServerException(ServerFailure.Refused, $"The server did not end within {StopLimit.TotalSeconds:F0} s of being asked to.", inner: e);
        }

        process.Dispose();
        _process = null;
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
