using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Holdfast.Browser.Kit;

/// <summary>The real server as a person starts it: a process of its own, on free ports.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const string ListeningMark = "Now listening on: ";

    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;

    private ServerProcess(Process process) => _process = process;

    /// <summary>Where it serves HTTP, with a slash at the end.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>
    /// The processor time it has used until now, over all cores; on Linux with that of the programs it started and that
    /// have ended (espeak-ng).
    /// </summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            var stat = $"/proc/{_process.Id}/stat";
            if (File.Exists(stat))
            {
                // proc(5): the fields after the name in brackets begin with the third; 14 to 17 are utime, stime, cutime, cstime.
                var text = File.ReadAllText(stat);
                var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
                var used = fields.AsSpan(11, 4).ToArray().Sum(ticks => long.Parse(ticks, CultureInfo.InvariantCulture));
                return TimeSpan.FromMilliseconds(used * 10); // USER_HZ is 100 on every Linux that .NET runs on
            }

            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>The memory it holds now, in bytes.</summary>
    public long WorkingSet
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>What it wrote until now, for the message of a test that failed.</summary>
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

    /// <summary>Throws, with what it wrote last, when it has ended although nobody stopped it.</summary>
    public void MustRun()
    {
        if (_process.HasExited)
        {
            throw new InvalidOperationException($"The server ended with exit code {_process.ExitCode}. It wrote:\n{Output}");
        }
    }

    public static Task<ServerProcess> StartAsync(params string[] arguments) => StartAsync("dotnet", [], arguments);

    /// <summary>The same in a network namespace, as <c>ip netns</c> knows it.</summary>
    public static Task<ServerProcess> StartInAsync(string networkNamespace, params string[] arguments) =>
        StartAsync("ip", ["netns", "exec", networkNamespace, "dotnet"], arguments);

    private static async Task<ServerProcess> StartAsync(string program, string[] before, string[] arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        string[] own =
        [
            Repository.Server,
            "--urls", "http://127.0.0.1:0",
            "--Holdfast:Rtc:Port=0",
            "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Information",
        ];
        foreach (var argument in before.Concat(own).Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        process.StandardInput.Close();
        var server = new ServerProcess(process);
        process.OutputDataReceived += (_, line) => server.Read(line.Data);
        process.ErrorDataReceived += (_, line) => server.Read(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        var ended = process.WaitForExitAsync();
        var first = await Task.WhenAny(server._listening.Task, ended, Task.Delay(TimeSpan.FromSeconds(60)));
        if (first != server._listening.Task)
        {
            await server.DisposeAsync();
            throw new InvalidOperationException("The server did not come up:\n" + server.Output);
        }

        server.Address = await server._listening.Task;
        return server;
    }

    /// <summary>Stops it as a person or an operator does: SIGTERM. Ends when the process has.</summary>
    public async Task StopPolitelyAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Ends it as a crash or a power cut does: it says nothing to anybody.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        var mark = line.IndexOf(ListeningMark, StringComparison.Ordinal);
        if (mark >= 0)
        {
            _listening.TrySetResult(new Uri(line[(mark + ListeningMark.Length)..].Trim() + "/"));
        }
    }
}
