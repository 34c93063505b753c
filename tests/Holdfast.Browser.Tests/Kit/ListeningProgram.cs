using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Holdfast.Browser.Kit;

/// <summary>A process that says where it listens, as ASP.NET Core's programs do.</summary>
internal sealed class ListeningProgram : IAsyncDisposable
{
    private const string ListeningMark = "Now listening on: ";

    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(30);

    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int _isDisposed;

    private ListeningProgram(Process process) => Process = process;

    public Process Process { get; }

    /// <summary>Where it serves HTTP, with a slash at the end.</summary>
    public Uri Address { get; private set; } = null!;

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

    public static async Task<ListeningProgram> StartAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
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

        var running = new ListeningProgram(Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start."));
        running.Process.StandardInput.Close();
        running.Process.OutputDataReceived += (_, line) => running.Read(line.Data);
        running.Process.ErrorDataReceived += (_, line) => running.Read(line.Data);
        running.Process.BeginOutputReadLine();
        running.Process.BeginErrorReadLine();
        var ended = running.Process.WaitForExitAsync();
        if (await Task.WhenAny(running._listening.Task, ended, Task.Delay(LongestStart)) != running._listening.Task)
        {
            await running.DisposeAsync();
            throw new InvalidOperationException($"{program} did not come up:\n{running.Output}");
        }

        running.Address = await running._listening.Task;
        return running;
    }

    /// <summary>Stops it as an operator does: SIGTERM. Ends when the process has.</summary>
    public async Task StopPolitelyAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", Process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        await Process.WaitForExitAsync().WaitAsync(LongestStop);
    }

    /// <summary>Ends it as a crash or a power cut does: it says nothing to anybody.</summary>
    public async Task KillAsync()
    {
        if (!Process.HasExited)
        {
            Process.Kill(entireProcessTree: true);
        }

        await Process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        // Who did not come up was disposed where that was found; a second time says nothing of why.
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            await KillAsync();
            Process.Dispose();
        }
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

        // In JSON the address ends with a quote.
        var mark = line.IndexOf(ListeningMark, StringComparison.Ordinal);
        if (mark >= 0)
        {
            _listening.TrySetResult(new Uri(line[(mark + ListeningMark.Length)..].Trim().Split('"')[0] + "/"));
        }
    }
}
