using System.Diagnostics;
using Holdfast.Lab.Network.Isolated;
using Holdfast.Lab.Sessions;
using Holdfast.Lab.Tests.Kit;

namespace Holdfast.Lab.Tests.Kill;

/// <summary>A real server on a disk of its own that is full, or cannot be written to (a tmpfs, which needs root), and is killed.</summary>
[Trait("Speed", "Slow")]
public sealed class KillAndDiskTests : IAsyncLifetime
{
    private const string Filler = "filler";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _disk = Directory.CreateTempSubdirectory("holdfast-disk-");
    private bool _isMounted;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess)
        {
            _isMounted = await IsDoneAsync("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", _disk.FullName);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_isMounted)
        {
            await IsDoneAsync("umount", "-l", _disk.FullName);
        }

        _disk.Delete(recursive: true);
    }

    [Fact]
    public async Task A_full_disk_ends_no_session_and_what_was_on_it_is_there_when_it_has_room_again()
    {
        Assert.SkipUnless(_isMounted, "Only root may mount a disk.");
        await using var server = new MortalServer($"--Holdfast:Store:Directory={_disk.FullName}");
        await server.Process.StartAsync(Cancelled);
        await using var session = await EnterAsync(server);
        await server.Service.SayAsync(session.Ticket, "One, two, three.", key: null, Cancelled);
        Fill();

        // It is noticed by what is written each second, and said; nobody waits for it.
        await server.Service.SayAsync(session.Ticket, "Four, five, six.", key: null, Cancelled);
        await WaitForHealthAsync(server, "degraded");
        var media = session.Line.With(static (peer, _) => peer.Media!.LastMediaAt!.Value);
        Assert.True(await session.Line.WaitAsync((peer, _) => peer.Media!.LastMediaAt > media, Limit, Cancelled));

        // Killed with a full disk, the next one serves new people, and leaves alone what it cannot write to.
        await server.Process.KillAsync();
        await server.Process.StartAsync(Cancelled);
        await WaitForHealthAsync(server, "degraded");
        await using (var stranger = await EnterAsync(server))
        {
            Assert.Equal("connected", (await server.Service.LookAsync(stranger.Ticket, Cancelled)).State);
        }

        File.Delete(Path.Combine(_disk.FullName, Filler));
        await server.Process.KillAsync();
        await server.Process.StartAsync(Cancelled);

        Assert.Equal("ok", await server.Service.Api.HealthAsync(Cancelled));
        var recovery = await session.RecoverAsync(1, Cancelled);
        Assert.True(recovery.Succeeded, $"{recovery.Problem}\n{server.Process.Output}");
    }

    [Fact]
    public async Task A_disk_that_cannot_be_written_to_is_named_in_one_line_and_left_as_it_is()
    {
        Assert.SkipUnless(_isMounted, "Only root may mount a disk.");
        await using var server = new MortalServer($"--Holdfast:Store:Directory={_disk.FullName}");
        await server.Process.StartAsync(Cancelled);
        await using var session = await EnterAsync(server);
        await server.Service.SayAsync(session.Ticket, "One, two, three.", key: null, Cancelled);
        await server.Process.KillAsync();
        Assert.True(await IsDoneAsync("mount", "-o", "remount,ro", _disk.FullName));

        var before = server.Process.Output.Length;
        await Assert.ThrowsAsync<ServerException>(() => server.Process.StartAsync(Cancelled));
        var line = Assert.Single(server.Process.Output[before..].Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(_disk.FullName, line, StringComparison.Ordinal);

        Assert.True(await IsDoneAsync("mount", "-o", "remount,rw", _disk.FullName));
        await server.Process.StartAsync(Cancelled);
        Assert.True((await session.RecoverAsync(1, Cancelled)).Succeeded, server.Process.Output);
    }

    private void Fill()
    {
        using var file = File.Create(Path.Combine(_disk.FullName, Filler));
        try
        {
            var block = new byte[4096];
            while (true)
            {
                file.Write(block);
                file.Flush();
            }
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    private static async Task<LabSession> EnterAsync(MortalServer server) =>
        (await LabSession.StartAsync(server.Peers, server.Service, new LabSessionOptions { Heartbeats = false }, Cancelled)).Session;

    private static async Task WaitForHealthAsync(MortalServer server, string health)
    {
        var begun = server.Peers.Clock.Now;
        while (await server.Service.Api.HealthAsync(Cancelled) is var now && !string.Equals(now, health, StringComparison.Ordinal))
        {
            Assert.True(server.Peers.Clock.Now - begun < Limit, $"It was {now}.\n{server.Process.Output}");
            await server.Peers.Clock.Delay(TimeSpan.FromMilliseconds(100), Cancelled);
        }
    }

    private static async Task<bool> IsDoneAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        await process.WaitForExitAsync(Cancelled);
        return process.ExitCode == 0;
    }
}
