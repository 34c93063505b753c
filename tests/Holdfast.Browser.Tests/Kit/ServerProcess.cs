using System.Diagnostics;
using System.Globalization;

namespace Holdfast.Browser.Kit;

/// <summary>The real server as a person starts it: a process of its own, on free ports.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly ListeningProgram _program;

    private ServerProcess(ListeningProgram program) => _program = program;

    /// <summary>Where it serves HTTP, with a slash at the end.</summary>
    public Uri Address => _program.Address;

    /// <summary>
    /// The processor time it has used until now, over all cores; on Linux with that of the programs it started and that
    /// have ended (espeak-ng).
    /// </summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            var stat = $"/proc/{Process.Id}/stat";
            if (File.Exists(stat))
            {
                // proc(5): the fields after the name in brackets begin with the third; 14 to 17 are utime, stime, cutime, cstime.
                var text = File.ReadAllText(stat);
                var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
                var used = fields.AsSpan(11, 4).ToArray().Sum(ticks => long.Parse(ticks, CultureInfo.InvariantCulture));
                return TimeSpan.FromMilliseconds(used * 10); // USER_HZ is 100 on every Linux that .NET runs on
            }

            Process.Refresh();
            return Process.TotalProcessorTime;
        }
    }

    /// <summary>The memory it holds now, in bytes.</summary>
    public long WorkingSet
    {
        get
        {
            Process.Refresh();
            return Process.WorkingSet64;
        }
    }

    /// <summary>What it wrote until now, for the message of a test that failed.</summary>
    public string Output => _program.Output;

    private Process Process => _program.Process;

    /// <summary>Throws, with what it wrote last, when it has ended although nobody stopped it.</summary>
    public void MustRun()
    {
        if (Process.HasExited)
        {
            throw new InvalidOperationException($"The server ended with exit code {Process.ExitCode}. It wrote:\n{Output}");
        }
    }

    public static Task<ServerProcess> StartAsync(params string[] arguments) => StartAsync("dotnet", [], arguments);

    /// <summary>The same in a network namespace, as <c>ip netns</c> knows it.</summary>
    public static Task<ServerProcess> StartInAsync(string networkNamespace, params string[] arguments) =>
        StartAsync("ip", ["netns", "exec", networkNamespace, "dotnet"], arguments);

    /// <summary>Stops it as a person or an operator does: SIGTERM. Ends when the process has.</summary>
    public Task StopPolitelyAsync() => _program.StopPolitelyAsync();

    /// <summary>Ends it as a crash or a power cut does: it says nothing to anybody.</summary>
    public Task KillAsync() => _program.KillAsync();

    public ValueTask DisposeAsync() => _program.DisposeAsync();

    private static async Task<ServerProcess> StartAsync(string program, string[] before, string[] arguments) => new(await ListeningProgram.StartAsync(
        program,
        [
            .. before,
            Repository.Server,
            "--urls", "http://127.0.0.1:0",
            "--Holdfast:Rtc:Port=0",
            $"--Holdfast:Avatar:LoopCache={Path.Combine(Repository.Root, "artifacts", "loops")}",
            "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Information",

            // Larger pictures cost four times as much to draw, pack and show; StageSizeTests are about them.
            "--Holdfast:Avatar:MaxPictureSize=512",
            .. arguments,
        ]));
}
