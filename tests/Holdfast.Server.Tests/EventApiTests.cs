using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Holdfast.AspNetCore.Http;
using Holdfast.Lab.Peer;
using Holdfast.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Server.Tests;

/// <summary>The stream of a session's events over HTTP.</summary>
public sealed class EventApiTests : IClassFixture<SharedServer>
{
    private readonly RunningServer _server;

    public EventApiTests(SharedServer shared) => _server = shared.Server;

    [Fact]
    public async Task A_session_tells_of_its_life_from_beginning_to_end_and_the_stream_ends_with_it()
    {
        var session = await _server.CreateAsync();
        using var response = await _server.OpenEventsAsync(session.Path + "/events", session.Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
        Assert.Contains("no-store", response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);

        await using var events = await EventsOf(response);
        var created = await Next(events);
        Assert.Equal(("1", "state"), (created.EventId, created.EventType));
        Assert.Equal(JsonValueKind.Null, created.Data.GetProperty("from").ValueKind);
        Assert.Equal("negotiating", created.Data.GetProperty("to").GetString());
        Assert.Equal("created", created.Data.GetProperty("reason").GetString());
        Assert.Equal(TimeSpan.Zero, created.Data.GetProperty("at").GetDateTimeOffset().Offset);

        using var closed = await _server.SendAsync(HttpMethod.Delete, session.Path, session.Token);
        var end = await Next(events);
        Assert.Equal(("2", "state"), (end.EventId, end.EventType));
        Assert.Equal("closed", end.Data.GetProperty("to").GetString());
        Assert.Equal("closedByOwner", end.Data.GetProperty("reason").GetString());
        Assert.False(await events.MoveNextAsync());
    }

    [Fact]
    public async Task Who_comes_back_after_the_end_reads_how_it_ended_once()
    {
        var session = await _server.CreateAsync();
        using var closed = await _server.SendAsync(HttpMethod.Delete, session.Path, session.Token);
        using var response = await _server.OpenEventsAsync(session.Path + "/events", session.Token, "1");
        Assert.Equal("closed", Assert.Single(await All(response)).Data.GetProperty("to").GetString());

        using var again = await _server.OpenEventsAsync(session.Path + "/events", session.Token, "2");
        Assert.Equal(HttpStatusCode.Gone, again.StatusCode);
        await SessionApiTests.AssertProblem(again, "session-ended");

        using var stranger = await _server.OpenEventsAsync(session.Path + "/events", "another");
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
    }

    [Fact]
    public async Task It_goes_on_after_the_number_in_the_header_or_else_in_the_address()
    {
        var session = await _server.CreateAsync();
        var journal = JournalOf(_server, session);
        journal.Append(new SessionEvent.ErrorOccurred("two"));
        journal.Append(new SessionEvent.ErrorOccurred("three"));
        journal.Complete();
        using var header = await _server.OpenEventsAsync(session.Path + "/events?after=1", session.Token, "2");
        Assert.Equal("3", Assert.Single(await All(header)).EventId);
        using var address = await _server.OpenEventsAsync(session.Path + "/events?after=1", session.Token);
        Assert.Equal(2, (await All(address)).Count);
        using var neither = await _server.OpenEventsAsync(session.Path + "/events", session.Token);
        Assert.Equal(3, (await All(neither)).Count);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("2")]
    [InlineData("1.0")]
    [InlineData("one")]
    [InlineData("99999999999999999999")]
    public async Task A_number_that_is_none_of_this_session_is_refused(string lastEventId)
    {
        var session = await _server.CreateAsync();
        using var response = await _server.OpenEventsAsync(session.Path + "/events", session.Token, lastEventId);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        await SessionApiTests.AssertProblem(response, "bad-request");
    }

    [Fact]
    public async Task The_resume_token_and_nothing_else_opens_the_events()
    {
        var session = await _server.CreateAsync();
        foreach (var token in new[] { null, "wrong" })
        {
            using var refused = await _server.OpenEventsAsync(session.Path + "/events", token);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        using var query = await _server.OpenEventsAsync(session.Path + "/events?token=" + session.Token, token: null);
        Assert.Equal(HttpStatusCode.Unauthorized, query.StatusCode);
        using var unknown = await _server.OpenEventsAsync("/api/sessions/1/events", session.Token);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task Who_was_away_too_long_hears_how_much_was_missed()
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:Journal:MaxEvents=16");
        var session = await server.CreateAsync();
        var journal = JournalOf(server, session);
        for (var i = 2; i <= 100; i++)
        {
            journal.Append(new SessionEvent.ErrorOccurred($"{i}"));
        }

        journal.Complete();
        using var response = await server.OpenEventsAsync(session.Path + "/events", session.Token, "10");
        var events = await All(response);
        Assert.Equal(("84", "missed"), (events[0].EventId, events[0].EventType));
        Assert.Equal("""{"count":74,"from":11,"to":84}""", events[0].Data.GetRawText());
        Assert.Equal(Enumerable.Range(85, 16), events.Skip(1).Select(sent => int.Parse(sent.EventId!)));
    }

    [Fact]
    public async Task There_are_only_so_many_streams_and_one_that_is_left_makes_room()
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:MaxEventStreams=1");
        var session = await server.CreateAsync();
        using (var first = await server.OpenEventsAsync(session.Path + "/events", session.Token))
        {
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
            using var second = await server.OpenEventsAsync(session.Path + "/events", session.Token);
            Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
            Assert.NotNull(second.Headers.RetryAfter);
            await SessionApiTests.AssertProblem(second, "too-many-streams");
        }

        HttpStatusCode status;
        do
        {
            using var later = await server.OpenEventsAsync(session.Path + "/events", session.Token);
            status = later.StatusCode;
        }
        while (status == HttpStatusCode.TooManyRequests);
        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Fact]
    public async Task Streams_of_a_session_that_nobody_connected_leave_room_for_those_of_others()
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:MaxEventStreams=4", "--Holdfast:SetupTimeoutSeconds=300");
        await using var peers = new PeerHost(TimeProvider.System);
        var (asked, slots) = (await server.CreateAsync(), server.Services.GetRequiredService<EventStreamSlots>());
        List<HttpResponseMessage> open = [];
        for (var i = 0; i < 4; i++)
        {
            open.Add(await server.OpenEventsAsync(asked.Path + "/events", asked.Token));
        }

        await Until.HappenedAsync(() => slots.Taken == 1);
        var person = await Person.ConnectAsync(server, peers);
        for (var i = 0; i < 3; i++)
        {
            open.Add(await server.OpenEventsAsync(person.Path + "/events", person.Token));
            Assert.Equal(HttpStatusCode.OK, open[^1].StatusCode);
        }

        open.ForEach(static response => response.Dispose());
    }

    [Fact]
    public async Task The_oldest_stream_of_a_session_gives_way_to_a_new_one()
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:Journal:MaxReaders=1");
        var session = await server.CreateAsync();
        using var first = await server.OpenEventsAsync(session.Path + "/events", session.Token);
        await using var events = await EventsOf(first);
        await Next(events);
        using var second = await server.OpenEventsAsync(session.Path + "/events", session.Token);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal("displaced", (await Next(events)).EventType);
        Assert.False(await events.MoveNextAsync());
    }

    [Fact]
    public async Task A_server_that_stops_says_so_and_waits_for_no_reader()
    {
        await using var server = await RunningServer.StartAsync();
        var session = await server.CreateAsync();
        using var response = await server.OpenEventsAsync(session.Path + "/events", session.Token);
        await using var events = await EventsOf(response);
        await Next(events);
        var stopping = server.StopAsync();
        Assert.Equal("serverStopping", (await Next(events)).Data.GetProperty("reason").GetString());
        Assert.False(await events.MoveNextAsync());
        await stopping;
        Assert.Equal(0, server.Services.GetRequiredService<EventStreamSlots>().Taken);
    }

    [Theory]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("x", HttpStatusCode.Conflict)]
    public async Task A_key_has_1_to_64_characters(string key, HttpStatusCode expected)
    {
        var session = await _server.CreateAsync();
        using var response = await _server.SendAsync(HttpMethod.Post, session.Path + "/say", session.Token, new { text = "hello", key });
        Assert.Equal(expected, response.StatusCode);
        using var tooLong = await _server.SendAsync(
            HttpMethod.Post, session.Path + "/say", session.Token, new { text = "hello", key = new string('k', 65) });
        Assert.Equal(HttpStatusCode.BadRequest, tooLong.StatusCode);
    }

    private static EventJournal JournalOf(RunningServer server, RunningServer.Created session)
    {
        Assert.True(SessionId.TryParse($"{session.Id}", null, out var id));
        return Assert.IsType<SessionLookup.Live>(server.Services.GetRequiredService<SessionDirectory>().Find(id)).Session.Journal;
    }

    private static async Task<IAsyncEnumerator<SseItem<JsonElement>>> EventsOf(HttpResponseMessage response)
    {
        var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        return SseParser.Create(stream, (_, data) => JsonElement.Parse(data))
            .EnumerateAsync(TestContext.Current.CancellationToken)
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);
    }

    private static async Task<SseItem<JsonElement>> Next(IAsyncEnumerator<SseItem<JsonElement>> events)
    {
        Assert.True(await events.MoveNextAsync());
        return events.Current;
    }

    private static async Task<List<SseItem<JsonElement>>> All(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var all = new List<SseItem<JsonElement>>();
        await using var events = await EventsOf(response);
        while (await events.MoveNextAsync())
        {
            all.Add(events.Current);
        }

        return all;
    }
}
