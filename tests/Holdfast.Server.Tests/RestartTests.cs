using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Text.Json;
using Holdfast.Lab.Peer;
using Holdfast.Lab.Sessions;
using Holdfast.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Server.Tests;

/// <summary>The real server, stopped as a signal stops it and started again on the same store, with a real peer on a real socket.</summary>
[Trait("Speed", "Slow")]
public sealed class RestartTests : IAsyncLifetime
{
    private const string Text = "One, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, fourteen, fifteen.";

    private readonly string _directory = Path.Combine(Path.GetTempPath(), "holdfast-tests-" + Guid.NewGuid().ToString("N"));
    private readonly PeerHost _peers = new(TimeProvider.System);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _peers.DisposeAsync();
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    [Fact]
    public async Task A_conversation_goes_on_in_the_same_session_at_the_word_where_it_was()
    {
        await using var first = await StartAsync();
        var person = await ConnectAsync(first);
        using var said = await first.SendAsync(HttpMethod.Post, person.Path + "/say", person.Token, new { text = Text, key = "k" });
        Assert.Equal(HttpStatusCode.Accepted, said.StatusCode);
        using var stream = await first.OpenEventsAsync(person.Path + "/events", person.Token);
        await using var events = Parse(await stream.Content.ReadAsStreamAsync(Cancel)).GetAsyncEnumerator(Cancel);
        var before = new List<Told>();
        while (before.Count(static told => told.Kind is "word") < 6 && await events.MoveNextAsync())
        {
            before.Add(events.Current);
        }

        // The stream ends by itself, with the news, and does not hold up the end.
        await first.StopAsync();
        while (await events.MoveNextAsync())
        {
            before.Add(events.Current);
        }

        Assert.Equal(("state", "held", "serverStopping"), (before[^1].Kind, before[^1].Text("to"), before[^1].Text("reason")));

        await using var second = await StartAsync();
        using var look = await second.SendAsync(HttpMethod.Get, person.Path, person.Token);
        var view = await SessionApiTests.JsonOf(look);
        Assert.Equal(("held", 1), (view.GetProperty("state").GetString(), view.GetProperty("queued").GetInt32()));
        using var again = await second.SendAsync(HttpMethod.Post, person.Path + "/say", person.Token, new { text = Text, key = "k" });
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        using var stranger = await second.SendAsync(HttpMethod.Get, person.Path, "another");
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        using var restart = await second.SendAsync(HttpMethod.Patch, person.Path + "/connection", person.Token, new { sdp = Offers.Chromium, type = "offer" });
        await SessionApiTests.AssertProblem(restart, "connection-gone");

        var back = await ComeBackAsync(second, person);
        using var rest = await second.OpenEventsAsync(person.Path + "/events", back.Token, before[^1].Id);
        var after = new List<Told>();
        await foreach (var told in Parse(await rest.Content.ReadAsStreamAsync(Cancel)))
        {
            after.Add(told);
            if (told.Kind is "finished")
            {
                break;
            }
        }

        // The numbers go on; the words too, from a little before the last that was told, each in its order, to the end.
        Assert.True(int.Parse(after[0].Id!, null) > int.Parse(before[^1].Id!, null));
        Assert.Equal("reconnected", after.First(static told => told.Kind is "state").Text("reason"));
        var told1 = before.Where(static told => told.Kind is "word").Select(static told => told.Number("offset")).ToArray();
        var told2 = after.Where(static told => told.Kind is "word").Select(static told => told.Number("offset")).ToArray();
        AssertInOrder(after);
        Assert.InRange(told2[0], 1, Text.IndexOf("seven", StringComparison.Ordinal));
        Assert.True(told2[0] <= NextWord(told1[^1]), "No word was left out.");
        Assert.Equal(Text.IndexOf("fifteen", StringComparison.Ordinal), told2[^1]);
        Assert.Equal(told2[0], after.First(static told => told.Kind is "resumed").Number("offset"));
        Assert.DoesNotContain(after, static told => told.Kind is "said" or "accepted" or "started" or "interrupted");
        await back.Line.DisposeAsync();
        await person.Line.DisposeAsync();
    }

    /// <summary>
    /// Each word after the one before it, except where it is told that speech goes on from further back: a machine that is busy for long enough is an outage of its own.
    /// </summary>
    private static void AssertInOrder(IEnumerable<Told> events)
    {
        var (last, mayGoBack) = (-1, false);
        foreach (var told in events)
        {
            mayGoBack |= told.Kind is "resumed";
            if (told.Kind is "word")
            {
                var offset = told.Number("offset");
                Assert.True(last < 0 || (mayGoBack ? offset <= NextWord(last) : offset > last), $"{offset} after {last}");
                (last, mayGoBack) = (offset, false);
            }
        }
    }

    [Fact]
    public async Task Who_comes_too_late_is_told_so_and_what_was_never_there_is_not_there()
    {
        await using var first = await StartAsync();
        var person = await ConnectAsync(first, graceSeconds: 1);
        await first.StopAsync();
        using (var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1_100)))
        {
            await timer.WaitForNextTickAsync(Cancel); // the wall clock is what is asked about
        }

        await using var second = await StartAsync();
        using var late = await second.SendAsync(HttpMethod.Get, person.Path, person.Token);
        Assert.Equal(HttpStatusCode.Gone, late.StatusCode);
        Assert.Equal("graceOver", (await SessionApiTests.AssertProblem(late, "session-ended")).GetProperty("reason").GetString());
        using var never = await second.SendAsync(HttpMethod.Get, "/api/sessions/7", person.Token);
        Assert.Equal(HttpStatusCode.NotFound, never.StatusCode);
        await person.Line.DisposeAsync();
    }

    [Fact]
    public async Task While_it_stops_everybody_is_asked_to_come_again()
    {
        await using var server = await StartAsync();
        var person = await ConnectAsync(server);
        var directory = server.Services.GetRequiredService<SessionDirectory>();
        await directory.PutAsideAllAsync(static _ => 0, withConnections: false);
        using var create = await server.PostOfferAsync(Offers.Chromium);
        using var heartbeat = await server.SendAsync(HttpMethod.Post, person.Path + "/heartbeat", person.Token);
        using var close = await server.SendAsync(HttpMethod.Delete, person.Path, person.Token);
        foreach (var response in new[] { create, heartbeat, close })
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.NotNull(response.Headers.RetryAfter);
            await SessionApiTests.AssertProblem(response, "stopping");
        }

        await person.Line.DisposeAsync();
    }

    [Fact]
    public async Task A_start_that_fails_leaves_the_sessions_to_the_next()
    {
        await using var first = await StartAsync();
        var person = await ConnectAsync(first);
        await first.StopAsync();
        using (var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            taken.Listen();
            await Assert.ThrowsAnyAsync<IOException>(() => StartAsync("--urls", $"http://{taken.LocalEndPoint}"));
        }

        await using var second = await StartAsync();
        using var look = await second.SendAsync(HttpMethod.Get, person.Path, person.Token);
        Assert.Equal(HttpStatusCode.OK, look.StatusCode);
        await person.Line.DisposeAsync();
    }

    [Fact]
    public async Task Who_is_heard_and_how_is_kept()
    {
        await using var first = await StartAsync();
        var person = await ConnectAsync(first);
        using var changed = await first.SendAsync(HttpMethod.Patch, person.Path, person.Token, new { voice = "espeak/de", speed = 1.25, pitch = 0.8 });
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        await first.StopAsync();
        await using var second = await StartAsync();
        using var look = await second.SendAsync(HttpMethod.Get, person.Path, person.Token);
        var view = await look.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal(
            ("espeak/de", 1.25, 0.8), (view.GetProperty("voice").GetString(), view.GetProperty("speed").GetDouble(), view.GetProperty("pitch").GetDouble()));
        await person.Line.DisposeAsync();
    }

    [Fact]
    public async Task The_file_tells_nothing_and_without_the_keys_nothing_comes_back()
    {
        await using var first = await StartAsync();
        var person = await ConnectAsync(first);
        using var said = await first.SendAsync(HttpMethod.Post, person.Path + "/say", person.Token, new { text = Text });
        await first.StopAsync();
        foreach (var file in Directory.EnumerateFiles(_directory, "sessions*"))
        {
            var text = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, Cancel));
            Assert.DoesNotContain("fourteen", text, StringComparison.Ordinal);
            Assert.DoesNotContain("createdAt", text, StringComparison.Ordinal);
        }

        await using (var second = await StartAsync())
        {
            using var look = await second.SendAsync(HttpMethod.Get, person.Path, person.Token);
            Assert.Equal(HttpStatusCode.OK, look.StatusCode);
        }

        Directory.Delete(Path.Combine(_directory, "keys"), recursive: true);
        await using var without = await StartAsync();
        using var gone = await without.SendAsync(HttpMethod.Get, person.Path, person.Token);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        await person.Line.DisposeAsync();
    }

    private static int NextWord(int offset) => Text.IndexOf(' ', offset) + 1;

    private static IAsyncEnumerable<Told> Parse(Stream stream) => SseParser
        .Create(stream, static (kind, data) => (kind, JsonElement.Parse(data)))
        .EnumerateAsync(Cancel)
        .Select(static item => new Told(item.EventId, item.Data.kind, item.Data.Item2));

    private Task<RunningServer> StartAsync(params string[] arguments) =>
        RunningServer.StartAsync(["--Holdfast:Store:Directory", _directory, "--Holdfast:Avatar:PictureSize=128", .. arguments]);

    private async Task<Person> ConnectAsync(RunningServer server, int? graceSeconds = null)
    {
        var line = _peers.Open();
        using var response = await server.SendAsync(
            HttpMethod.Post, "/api/sessions", body: new { sdp = line.With(static (peer, _) => peer.Offer), type = "offer", graceSeconds });
        var body = await SessionApiTests.JsonOf(response);
        var person = new Person($"/api/sessions/{body.GetProperty("sessionId")}", body.GetProperty("resumeToken").GetString()!, line);
        await ReceiveAsync(line, body);
        return person;
    }

    /// <summary>Level 3, by a new peer.</summary>
    private async Task<Person> ComeBackAsync(RunningServer server, Person person)
    {
        var line = _peers.Open();
        using var response = await server.SendAsync(
            HttpMethod.Post, person.Path + "/connections", person.Token, new { sdp = line.With(static (peer, _) => peer.Offer), type = "offer" });
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var body = await SessionApiTests.JsonOf(response);
        await ReceiveAsync(line, body);
        return person with { Token = body.GetProperty("resumeToken").GetString()!, Line = line };
    }

    private static async Task ReceiveAsync(PeerLine line, JsonElement body)
    {
        var sdp = body.GetProperty("answer").GetProperty("sdp").GetString()!;
        Assert.True(line.With((peer, now) => peer.TryAccept(now, sdp, null, IPAddress.Loopback, out _)));
        Assert.True(await line.WaitAsync(static (peer, _) => peer.Media?.Video.Pictures > 2, TimeSpan.FromSeconds(20), Cancel));
    }

    private sealed record Person(string Path, string Token, PeerLine Line);

    private sealed record Told(string? Id, string Kind, JsonElement Data)
    {
        public string? Text(string name) => Data.GetProperty(name).GetString();

        public int Number(string name) => Data.GetProperty(name).GetInt32();
    }
}
