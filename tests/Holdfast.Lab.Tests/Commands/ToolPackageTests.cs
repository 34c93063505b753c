using System.Diagnostics;

namespace Holdfast.Lab.Tests.Commands;

/// <summary>What operators get: packed, installed and run as a .NET tool, away from the repository.</summary>
public sealed class ToolPackageTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("holdfast-tool-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task The_packed_tool_installs_and_runs()
    {
        // What was built for these tests is packed as it is.
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        await RunAsync("dotnet", ["pack", Path.Combine(Root(), "src", "Holdfast.Lab"), "--no-build", "-c", configuration, "-o", In("packages")]);
        await RunAsync("dotnet", ["tool", "install", "Holdfast.Lab", "--tool-path", In("tools"), "--source", In("packages")]);

        var tool = In("tools", "holdfast-lab");
        var (code, output) = await RunAsync(tool, ["--help"]);
        Assert.Equal(0, code);
        Assert.Contains("holdfast-lab validate", output, StringComparison.Ordinal);

        // What it needs besides itself comes with it: a peer, its certificate and the console's tables.
        (code, output) = await RunAsync(tool, ["validate", "http://127.0.0.1:9"], mayFail: true);
        Assert.Equal(3, code);
        Assert.Contains("There is no server at http://127.0.0.1:9/", output, StringComparison.Ordinal);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Holdfast.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("These tests do not run within the repository.");
        }

        return folder.FullName;
    }

    private string In(params string[] parts) => Path.Combine([_folder.FullName, .. parts]);

    private async Task<(int Code, string Output)> RunAsync(string program, string[] arguments, bool mayFail = false)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // An earlier package of the same version must not be taken from the cache.
        start.Environment["NUGET_PACKAGES"] = In("cache");
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        using var process = Process.Start(start)!;
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            var all = await output + await errors;
            await process.WaitForExitAsync(limit.Token);
            Assert.True(mayFail || process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}\n{all}");
            return (process.ExitCode, all);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
