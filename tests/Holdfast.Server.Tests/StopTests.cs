using System.Diagnostics;
using System.Net;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
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
    public async Task On_a_full_disk_it_serves_on_says_so_and_at_a_stop_promises_nothing()
    {
        await MountAsync("size=1m");
        await using var server = await StartAsync();
        var person = await ConnectAsync(server);
        await File.WriteAllBytesAsync(Path.Combine(_directory, "filler"), new byte[64], Cancel);
        await FillAsync();
        for (var i = 0; i < 20; i++)
        {
            using var said = await server.SendAsync(HttpMethod.Post, person.Path + "/say", person.Token, new { text = new string('a', 3_900) + " end.", key = $"{i}" });
            Assert.True(said.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.TooManyRequests);
        }

        using var health = await server.Http.GetAsync(new Uri("/healthz", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.Equal("degraded", (await SessionApiTests.JsonOf(health)).GetProperty("status").GetString());
        await StopAndExpectTheEndAsync(server, person);
    }

    [Fact]
    public async Task Where_keeping_is_off_it_is_the_same()
    {
        await using var server = await StartAsync("--Holdfast:Store:Enabled=false");
        await StopAndExpectTheEndAsync(server, await ConnectAsync(server));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_store_that_never_answers_holds_up_nobody(bool failsAtGivingUp)
    {
        await using var server = await StartAsync("--Holdfast:Store:Enabled=false");
        var person = await ConnectAsync(server);
        var events = await OpenAsync(server, person);
        var (time, store) = (new FakeTimeProvider(), new HangingStore { FailsAtGivingUp = failsAtGivingUp });
        await using var keeper = new SessionKeeper(
            server.Services.GetRequiredService<SessionDirectory>(),
            server.Services.GetRequiredService<Rtc.RtcEndpoint>(),
            store,
            protection: null,
            keepsConnections: false,
            time,
            NullLogger<SessionKeeper>.Instance);
        await keeper.OpenAsync(Cancel);
        await keeper.RestoreAsync();
        store.Hangs = true;
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
    public async Task A_held_port_is_read_no_more_when_the_sessions_are_given()
    {
        await using var server = await StartAsync("--Holdfast:Store:Enabled=false");
        var held = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        held.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var endpoint = new Rtc.RtcEndpoint(new Rtc.RtcEndpointOptions(), TimeProvider.System, NullLogger<Rtc.RtcEndpoint>.Instance);
        endpoint.Open(held);
        await using var keeper = new SessionKeeper(
            server.Services.GetRequiredService<SessionDirectory>(),
            endpoint,
            new HangingStore(),
            protection: null,
            keepsConnections: false,
            TimeProvider.System,
            NullLogger<SessionKeeper>.Instance);
        await keeper.OpenAsync(Cancel);
        await keeper.RestoreAsync(endpoint.Receive);
        Assert.True(endpoint.IsRunning);

        await keeper.StopAsync();

        // It is there still, and leaves what arrives to the next.
        Assert.False(endpoint.IsRunning);
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

    /// <summary>Writes until nothing fits any more.</summary>
    private async Task FillAsync()
    {
        await using var filler = new FileStream(Path.Combine(_directory, "filler"), FileMode.Append);
        try
        {
            while (true)
            {
                await filler.WriteAsync(new byte[4_096], Cancel);
                await filler.FlushAsync(Cancel);
            }
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    private sealed class HangingStore : ISessionStore
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Hangs { get; set; }

        /// <summary>Whether what is told to give up throws: on a timer's thread that would end the process, and here the test.</summary>
        public bool FailsAtGivingUp { get; init; }

        public Task WasAsked => _asked.Task;

        public Task<IReadOnlyList<StoredPart>> OpenAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<StoredPart>>([]);

        public Task CommitAsync(IReadOnlyList<StoredPart> changes, CancellationToken cancellationToken)
        {
            if (!Hangs)
            {
                return Task.CompletedTask;
            }

            if (FailsAtGivingUp)
            {
                cancellationToken.Register(static () => throw new InvalidOperationException("It cannot give up."));
            }

            _asked.TrySetResult();
            return new TaskCompletionSource().Task;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
