using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Holdfast.Server.Tests.Operating;

/// <summary>A server in a process of its own, as an operator starts it: what it measures and writes is of nobody else.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private const string ListeningMark = "Now listening on: ";

    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;

    private RunningProgram(Process process) => _process = process;

    public HttpClient Http { get; } = new();

    /// <summary>What it wrote until now.</summary>
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

    /// <summary>The server itself, on free ports.</summary>
    public static Task<RunningProgram> StartServerAsync(params string[] arguments) => StartAsync(
        "dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "Holdfast.Server.dll"), "--urls", "http://127.0.0.1:0", "--Holdfast:Rtc:Port=0",
            "--Holdfast:Avatar:PictureSize=128", .. arguments,
        ]);

    /// <summary>Any program that says where it listens, as ASP.NET Core's do.</summary>
    public static async Task<RunningProgram> StartAsync(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.StandardInput.Close();
        var running = new RunningProgram(process);
        process.OutputDataReceived += (_, line) => running.Read(line.Data);
        process.ErrorDataReceived += (_, line) => running.Read(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var ended = process.WaitForExitAsync();
        if (await Task.WhenAny(running._listening.Task, ended).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken) == ended)
        {
            var output = running.Output;
            await running.DisposeAsync();
            throw new InvalidOperationException($"{program} did not come up:\n{output}");
        }

        running.Http.BaseAddress = await running._listening.Task;
        return running;
    }

    /// <summary>As an operator stops it.</summary>
    public async Task StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
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
            _listening.TrySetResult(new Uri(line[(mark + ListeningMark.Length)..].Trim().Split('"')[0] + "/"));
        }
    }
}
