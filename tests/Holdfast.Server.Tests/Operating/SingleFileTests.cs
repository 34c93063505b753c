using System.Diagnostics;
using System.Net;
using Holdfast.Lab.Peer;

namespace Holdfast.Server.Tests.Operating;

/// <summary>The server as one program that brings .NET along, started where nothing else is.</summary>
public sealed class SingleFileTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("holdfast-single-");
    private readonly PeerHost _peers = new(TimeProvider.System);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _peers.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task Published_as_a_single_file_it_speaks_from_an_empty_folder_without_a_NET_of_the_machine()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && System.Runtime.InteropServices.RuntimeInformation.OSArchitecture is System.Runtime.InteropServices.Architecture.X64, "The profile is for Linux on x64.");

        // To compile it ahead takes a minute and changes nothing of what is looked at here.
        var published = Path.Combine(_folder.FullName, "published");
        var said = await PublishAsync(published);
        Assert.SkipWhen(said.Contains("NU1101", StringComparison.Ordinal) || said.Contains("NU1102", StringComparison.Ordinal), "The package source has no runtime pack of this .NET.");
        Assert.True(File.Exists(Path.Combine(published, "Holdfast.Server")), said);
        Assert.Empty(Directory.GetFiles(published, "*.dll"));
        Assert.Equal(
            ["libSkiaSharp.so", "libe_sqlite3.so", "libonnxruntime.so", "libonnxruntime_providers_shared.so"],
            Directory.GetFiles(published, "*.so").Select(static file => Path.GetFileName(file)).Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
        Assert.True(File.Exists(Path.Combine(published, "runtimes", "linux-x64", "libwhisper.so")));
        Assert.Contains("Microsoft.NETCore.App.Runtime.linux-x64", await File.ReadAllTextAsync(Path.Combine(published, "NOTICE"), Cancel), StringComparison.Ordinal);

        var empty = Directory.CreateDirectory(Path.Combine(_folder.FullName, "empty"));
        await using var server = await RunningProgram.StartAsync(
            "/usr/bin/env",
            [
                "-C", empty.FullName, "-i", $"HOME={empty.FullName}", "PATH=/usr/bin:/bin", Path.Combine(published, "Holdfast.Server"),
                "--urls", "http://127.0.0.1:0", "--Holdfast:Rtc:Port=0", $"--Holdfast:Store:Directory={Path.Combine(_folder.FullName, "store")}",
                "--Holdfast:Avatar:PictureSize=128",
            ]);
        using var health = await server.Http.GetAsync("/healthz", Cancel);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.Contains("<holdfast-player", await server.Http.GetStringAsync("/", Cancel), StringComparison.Ordinal);
        using var player = await server.Http.GetAsync("/holdfast/player.js", Cancel);
        Assert.Equal(HttpStatusCode.OK, player.StatusCode);

        // What it brings along in native code works: Skia draws, SQLite keeps the session, and the machine's codecs and voice are found.
        await using var guest = await Guest.ConnectAsync(server.Http, _peers);
        await guest.HearAsync("Hello there.");
    }

    private static async Task<string> PublishAsync(string folder)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            ["publish", Path.Combine(Repository.Root, "src", "Holdfast.Server"), "-p:PublishProfile=single-file", "-p:PublishReadyToRun=false", "-p:RunAnalyzers=false", "-v", "quiet", "--nologo", "-o", folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(Limit);
        using var process = Process.Start(start)!;
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            var all = await output + await errors;
            await process.WaitForExitAsync(limit.Token);
            return all;
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
