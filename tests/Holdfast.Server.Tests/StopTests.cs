using System.Diagnostics;
using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Holdfast.AspNetCore;
using Holdfast.Lab.Peer;
using Holdfast.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Holdfast.Server.Tests;

/// <summary>A stop whose store cannot be written: nobody is promised anything, and everybody is told at once that it is over.</summary>
public sealed class StopTests : IAsyncLifetime
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "holdfast-tests-" + Guid.NewGuid().ToString("N"));
    private readonly PeerHost _peers = new(TimeProvider.System);
    private bool _isMounted;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_directory);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _peers.DisposeAsync();
        if (_isMounted)
        {
            while (await RunAsync("umount", "-l", _directory) == 0)
            {
                // There may be several, one over the other.
            }
        }

        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task On_a_full_disk_nothing_is_promised_and_everybody_is_told_that_it_is_over()
    {
        await MountAsync("size=16k");
        await using var server = await StartAsync();
        var person = await ConnectAsync(server);
        using var said = await server.SendAsync(HttpMethod.Post, person.Path + "/say", person.Token, new { text = new string('a', 3_900) + " end." });
        Assert.Equal(HttpStatusCode.Accepted, said.StatusCode);
        await File.WriteAllBytesAsync(Path.Combine(_directory, "filler"), new byte[12 * 1024], Cancel);
        await StopAndExpectTheEndAsync(server, person);
        Assert.Empty(Directory.EnumerateFiles(_directory, "*.tmp"));
        Assert.False(File.Exists(Path.Combine(_directory, "sessions")));
    }

    [Fact]
    public async Task In_a_directory_that_has_become_read_only_it_is_the_same()
    {
        await MountAsync("size=1m");
        await using var server = await StartAsync();
        var person = await ConnectAsync(server);

        // The same directory again, over itself and read-only: what is open already stays as it is.
        Assert.Equal(0, await RunAsync("mount", "--bind", _directory, _directory));
        Assert.Equal(0, await RunAsync("mount", "-o", "remount,bind,ro", _directory));
        await StopAndExpectTheEndAsync(server, person);
    }

    [Fact]
    public async Task Where_it_was_known_at_the_start_that_nothing_can_be_kept_it_is_the_same()
    {
        await using var server = await StartAsync("--Holdfast:Store:Enabled=false");
        var person = await ConnectAsync(server);
        var events = await OpenAsync(server, person);
        var file = Path.Combine(_directory, "a file, and no directory");
        await File.WriteAllTextAsync(file, "", Cancel);
        using var store = new FileSessionStore(Path.Combine(file, "sessions"), protection: null, NullLogger<FileSessionStore>.Instance);
        await using var keeper = new SessionKeeper(
            server.Services.GetRequiredService<SessionDirectory>(), store, TimeProvider.System, NullLogger<SessionKeeper>.Instance);
        await keeper.TakeUpAsync(Cancel);
        keeper.OnStarted();
        await keeper.StopAsync();
        Assert.Equal(("closed", "serverStopping"), await LastStateAsync(events));
        await person.Line.DisposeAsync();
    }

    [Fact]
    public async Task Where_keeping_is_off_it_is_the_same()
    {
        await using var server = await StartAsync("--Holdfast:Store:Enabled=false");
        await StopAndExpectTheEndAsync(server, await ConnectAsync(server));
    }

    [Fact]
    public async Task A_store_that_never_answers_holds_up_nobody()
    {
        await using var server = await StartAsync("--Holdfast:Store:Enabled=false");
        var person = await ConnectAsync(server);
        var events = await OpenAsync(server, person);
        var (time, store) = (new FakeTimeProvider(), new ScriptedStore(static _ => new TaskCompletionSource<IReadOnlyCollection<SessionId>>().Task));
        var keeper = new SessionKeeper(server.Services.GetRequiredService<SessionDirectory>(), store, time, NullLogger<SessionKeeper>.Instance);
        keeper.OnStarted();
        var stop = keeper.StopAsync();
        await store.WasAsked.WaitAsync(Cancel);
        using var meanwhile = await server.SendAsync(HttpMethod.Get, person.Path, person.Token);
        await SessionApiTests.AssertProblem(meanwhile, "stopping");
        time.Advance(TimeSpan.FromSeconds(2));
        await stop.WaitAsync(Cancel);
        Assert.Equal(("closed", "serverStopping"), await LastStateAsync(events));
        await person.Line.DisposeAsync();
    }

    [Fact]
    public async Task Of_sessions_of_which_only_some_could_be_kept_each_is_told_its_own_truth()
    {
        await using var server = await StartAsync("--Holdfast:Store:Enabled=false");
        var (lucky, unlucky) = (await ConnectAsync(server), await ConnectAsync(server));
        var (first, second) = (await OpenAsync(server, lucky), await OpenAsync(server, unlucky));
        var store = new ScriptedStore(sessions => Task.FromResult<IReadOnlyCollection<SessionId>>(
            [.. sessions.Select(static one => one.Id).Where(id => lucky.Path.EndsWith($"/{id}", StringComparison.Ordinal))]));
        var keeper = new SessionKeeper(server.Services.GetRequiredService<SessionDirectory>(), store, TimeProvider.System, NullLogger<SessionKeeper>.Instance);
        keeper.OnStarted();
        await keeper.StopAsync();
        Assert.Equal(("held", "serverStopping"), await LastStateAsync(first));
        Assert.Equal(("closed", "serverStopping"), await LastStateAsync(second));
        using var gone = await server.SendAsync(HttpMethod.Get, unlucky.Path, unlucky.Token);
        await SessionApiTests.AssertProblem(gone, "session-ended");
        using var kept = await server.SendAsync(HttpMethod.Get, lucky.Path, lucky.Token);
        await SessionApiTests.AssertProblem(kept, "stopping");
        await lucky.Line.DisposeAsync();
        await unlucky.Line.DisposeAsync();
    }

    private static async Task StopAndExpectTheEndAsync(RunningServer server, Person person)
    {
        var events = await OpenAsync(server, person);
        await server.StopAsync();
        Assert.Equal(("closed", "serverStopping"), await LastStateAsync(events));
        await person.Line.DisposeAsync();
    }

    private static async Task<Stream> OpenAsync(RunningServer server, Person person)
    {
        var response = await server.OpenEventsAsync(person.Path + "/events", person.Token);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStreamAsync(Cancel);
    }

    /// <summary>Reads to the end of the stream.</summary>
    private static async Task<(string? To, string? Reason)> LastStateAsync(Stream stream)
    {
        (string?, string?) last = default;
        await foreach (var item in SseParser.Create(stream, static (kind, data) => (kind, Data: JsonElement.Parse(data))).EnumerateAsync(Cancel))
        {
            if (item.Data.kind is "state")
            {
                last = (item.Data.Data.GetProperty("to").GetString(), item.Data.Data.GetProperty("reason").GetString());
            }
        }

        return last;
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        await process.WaitForExitAsync(Cancel);
        return process.ExitCode;
    }

    private async Task MountAsync(string options)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "A file system of its own needs root.");
        Assert.SkipUnless(await RunAsync("mount", "-t", "tmpfs", "-o", options, "tmpfs", _directory) == 0, "No file system can be mounted here.");
        _isMounted = true;
    }

    private Task<RunningServer> StartAsync(params string[] arguments) =>
        RunningServer.StartAsync(["--Holdfast:Store:Directory", _directory, "--Holdfast:Avatar:PictureSize=128", .. arguments]);

    private Task<Person> ConnectAsync(RunningServer server) => Person.ConnectAsync(server, _peers);

    private sealed class ScriptedStore(Func<IReadOnlyCollection<KeptSession>, Task<IReadOnlyCollection<SessionId>>> keep) : ISessionStore
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task WasAsked => _asked.Task;

        public Task<IReadOnlyCollection<SessionId>> KeepAsync(IReadOnlyCollection<KeptSession> sessions, CancellationToken cancellationToken)
        {
            _asked.TrySetResult();
            return keep(sessions);
        }

        public Task<IReadOnlyList<KeptSession>> TakeAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<KeptSession>>([]);

        public Task RetainTakenAsync(IReadOnlyCollection<SessionId> needed, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task SetAsideAsync(IReadOnlyCollection<KeptSession> sessions, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
