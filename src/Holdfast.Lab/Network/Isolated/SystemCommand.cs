using System.ComponentModel;
using System.Diagnostics;

namespace Holdfast.Lab.Network.Isolated;

/// <summary>What the kernel was asked for and refused, or a program that is not installed; the message is a sentence for a person.</summary>
internal sealed class IsolationException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Runs a program of the system and waits for its end.</summary>
internal static class SystemCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <returns>What it wrote to its standard output.</returns>
    /// <exception cref="IsolationException">The program is not there, took too long, or ended with another exit code than 0.</exception>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, string? input = null)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // Debian keeps these programs where an ordinary person's PATH does not lead.
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";
        try
        {
            using var process = Process.Start(start) ?? throw new IsolationException($"{program} did not start.");
            using var limit = new CancellationTokenSource(Limit);
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            try
            {
                await process.StandardInput.WriteAsync((input ?? "").AsMemory(), limit.Token);
                process.StandardInput.Close();
                await process.WaitForExitAsync(limit.Token);
                return process.ExitCode == 0 ? await output : throw new IsolationException($"{Line(start)}: {(await error).Trim()}");
            }
            catch (OperationCanceledException e)
            {
                process.Kill(entireProcessTree: true);
                throw new IsolationException($"{Line(start)} took more than {Limit.TotalSeconds:F0} s.", e);
            }
            catch (IOException e)
            {
                throw new IsolationException($"{Line(start)}: {e.Message}", e);
            }
        }
        catch (Win32Exception e)
        {
            throw new IsolationException($"{program} cannot be started ({e.Message}). Debian: apt-get install iproute2 nftables conntrack", e);
        }
    }

    private static string Line(ProcessStartInfo start) => $"{start.FileName} {string.Join(' ', start.ArgumentList)}";
}
