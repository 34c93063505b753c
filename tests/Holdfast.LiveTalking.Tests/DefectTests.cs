using System.Net;
using System.Text.Json;
using Holdfast.Lab.Peer;
using Holdfast.Sessions;

namespace Holdfast.LiveTalking.Tests;

/// <summary>The defects of the original that must not come back, by their number, each through the API that they were found through. D20 is with the recordings.</summary>
[Trait("Speed", "Slow")]
public sealed class DefectTests(TalkingServer shared) : IClassFixture<TalkingServer>
{
    private readonly RunningServer _server = shared.Server;

    [Fact]
    public async Task D1_a_heartbeat_in_the_grace_period_prolongs_the_session_and_does_not_keep_it_for_ever()
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:GraceSeconds=5");
        await using var peers = new PeerHost(TimeProvider.System);
        var visitor = await Visitor.ComeAsync(server, peers);
        await visitor.Line.DisposeAsync();
        var session = ControlTests.SessionOf(server, visitor.Id);
        await Until.HappenedAsync(() => session.State == SessionState.Held);

        var beat = await server.CallAsync("/session/heartbeat", new { sessionid = visitor.Id });
        Assert.Equal(5, beat.Json.GetProperty("ttl").GetInt32());

        await Until.TrueAsync(async () => (await server.CallAsync("/is_speaking", new { sessionid = visitor.Id })).Status == HttpStatusCode.NotFound);
        Assert.Equal(SessionReason.GraceOver, session.EndReason);
        Assert.Equal(0, ControlTests.DirectoryOf(server).Count);
    }

    [Fact]
    public async Task D2_offers_that_nothing_follows_keep_nobody_out()
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:MaxSessions=1", "--Holdfast:MaxNegotiating=5");
        for (var i = 0; i < 20; i++)
        {
            await ControlTests.OfferAsync(server);
        }

        await using var peers = new PeerHost(TimeProvider.System);
        var visitor = await Visitor.ComeAsync(server, peers);
        Assert.Equal(SessionState.Connected, ControlTests.SessionOf(server, visitor.Id).State);
        Assert.InRange(ControlTests.DirectoryOf(server).Count, 1, 6);
    }

    [Fact]
    public async Task D3_heartbeats_that_stop_are_noticed()
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:GraceSeconds=5");
        await using var peers = new PeerHost(TimeProvider.System);
        var visitor = await Visitor.ComeAsync(server, peers);
        await visitor.Line.DisposeAsync();
        var session = ControlTests.SessionOf(server, visitor.Id);
        await Until.HappenedAsync(() => session.State == SessionState.Held);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await server.CallAsync("/session/heartbeat", new { sessionid = visitor.Id })).Status);
        }

        await Until.HappenedAsync(() => session.State == SessionState.Expired);
        (await server.CallAsync("/session/heartbeat", new { sessionid = visitor.Id })).AssertFailed(HttpStatusCode.NotFound, "会话不存在或已过期");
    }

    [Fact]
    public async Task D4_an_old_connection_that_closes_late_ends_nothing_and_two_who_come_back_at_once_are_one()
    {
        await using var visitor = await Visitor.ComeAsync(_server, shared.Peers);
        var session = ControlTests.SessionOf(_server, visitor.Id);

        // Two clicks on 手动重连: the answer of the later one counts.
        var (first, second) = (shared.Peers.Open(), shared.Peers.Open());
        var count = ControlTests.DirectoryOf(_server).Count;
        var answers = new List<string>();
        foreach (var line in new[] { first, second })
        {
            var answer = await _server.CallAsync("/reconnect", new { sessionid = visitor.Id, sdp = line.With(static (peer, _) => peer.Offer), type = "offer" });
            answers.Add(answer.Json.GetProperty("sdp").GetString()!);
        }

        first.With((peer, now) => peer.TryAccept(now, answers[0], null, IPAddress.Loopback, out _));
        await visitor.SeesAsync(answers[1], second);
        await first.DisposeAsync();
        await visitor.Line.DisposeAsync();

        Assert.Equal(SessionState.Connected, session.State);
        var pictures = second.With(static (peer, _) => peer.Media!.Video.Pictures);
        Assert.True(await second.WaitAsync((peer, _) => peer.Media!.Video.Pictures > pictures + 10, TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        Assert.Equal(count, ControlTests.DirectoryOf(_server).Count);
    }

    [Fact]
    public async Task D6_a_bad_offer_to_come_back_leaves_the_running_connection_alone()
    {
        await using var visitor = await Visitor.ComeAsync(_server, shared.Peers);
        var session = ControlTests.SessionOf(_server, visitor.Id);
        var connection = session.Connection;

        var refused = await _server.CallAsync("/reconnect", new { sessionid = visitor.Id, sdp = "v=0\r\no=- 1 2 IN IP4 0\r\n", type = "offer" });

        Assert.Equal(0, refused.AssertFailed(HttpStatusCode.BadRequest).GetProperty("sessionid").GetInt32());
        Assert.Same(connection, session.Connection);
        var pictures = visitor.Line.With(static (peer, _) => peer.Media!.Video.Pictures);
        Assert.True(await visitor.Line.WaitAsync((peer, _) => peer.Media!.Video.Pictures > pictures + 10, TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task D7_whoever_guesses_ids_learns_nothing_after_a_few_and_the_client_with_the_cookie_goes_on()
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:Access:Anonymous=Everywhere");
        var from = ("X-Forwarded-For", "203.0.113.7");
        var offered = await server.CallAsync("/offer", new { sdp = Offers.Chromium, type = "offer" }, "POST", from);
        var id = offered.Json.GetProperty("sessionid").GetInt64();
        for (var guess = 1; guess <= 30; guess++)
        {
            (await server.CallAsync("/session/heartbeat", new { sessionid = guess }, "POST", from)).AssertFailed(HttpStatusCode.NotFound);
        }

        // Right or wrong, it gets the same answer.
        (await server.CallAsync("/session/heartbeat", new { sessionid = 31 }, "POST", from)).AssertFailed(HttpStatusCode.TooManyRequests);
        (await server.CallAsync("/session/heartbeat", new { sessionid = id }, "POST", from)).AssertFailed(HttpStatusCode.TooManyRequests);
        Assert.Equal(HttpStatusCode.OK, (await server.CallAsync("/session/heartbeat", new { sessionid = id }, "POST", from, ("Cookie", offered.Cookie!.Split(';')[0]))).Status);
        Assert.Equal(HttpStatusCode.OK, (await server.CallAsync("/session/heartbeat", new { sessionid = id }, "POST", ("X-Forwarded-For", "203.0.113.8"))).Status);
    }

    [Theory]
    [InlineData("echo")]
    [InlineData("chat")]
    public async Task What_is_said_carries_the_avatars_language_to_the_voice(string type)
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:Dialogue:LanguageByAvatar:lin=tlh");
        await using var peers = new PeerHost(TimeProvider.System);
        await using var visitor = await Visitor.ComeAsync(server, peers);
        var session = ControlTests.SessionOf(server, visitor.Id);
        (await server.CallAsync("/human", new { sessionid = visitor.Id, type, text = "Who are you?" })).AssertOk();

        // No voice speaks this one: that it is told shows that it was asked for. The offline companion speaks English, and says so.
        await Until.HappenedAsync(() => session.Journal.Last > 0 && Kinds(session).Any(static happened => happened is SessionEvent.UtteranceFinished));
        Assert.Equal(type is "echo", Kinds(session).Any(static happened => happened is SessionEvent.VoiceFellBack));

        static List<SessionEvent> Kinds(Session session)
        {
            using var reader = session.Journal.Open(0);
            var entries = new JournalEntry[256];
            return [.. entries[..reader.Read(entries, out _, out _)].Select(static entry => entry.Event)];
        }
    }

    [Fact]
    public async Task D9_a_refused_start_is_no_success_and_a_stopped_session_frees_its_place()
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:MaxSessions=1");
        await using var peers = new PeerHost(TimeProvider.System);
        for (var i = 0; i < 2; i++)
        {
            var visitor = await Visitor.ComeAsync(server, peers);
            await visitor.SayAsync("I am here.");
            var refused = await server.CallAsync("/offer", new { sdp = Offers.Chromium, type = "offer" });
            Assert.Equal(0, refused.AssertFailed(HttpStatusCode.TooManyRequests).GetProperty("sessionid").GetInt32());
            Assert.False(refused.Json.TryGetProperty("sdp", out _));
            await server.CallAsync("/session/close", new { sessionid = visitor.Id });
        }
    }

    [Fact]
    public async Task D9_a_page_that_was_loaded_again_comes_back_with_the_id_alone()
    {
        await using var visitor = await Visitor.ComeAsync(_server, shared.Peers);
        await visitor.SayAsync("A sentence that is long enough to be interrupted by a page that is loaded again.");
        await visitor.Line.DisposeAsync(silently: true);

        var back = await visitor.ComeBackAsync(shared.Peers);

        await Until.TrueAsync(back.IsSpeakingAsync);
    }

    [Fact]
    public async Task D11_closing_one_session_holds_up_no_other()
    {
        await using var watcher = await Visitor.ComeAsync(_server, shared.Peers);
        var count = ControlTests.DirectoryOf(_server).Count;
        var others = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Visitor.ComeAsync(_server, shared.Peers)));
        var before = watcher.Line.With(static (peer, _) => peer.Media!.Video.Pictures);

        // They close while their clients do not answer any more: nobody waits for them.
        foreach (var other in others)
        {
            other.Line.Cut = LineCut.Both;
        }

        await Task.WhenAll(others.Select(other => _server.CallAsync("/session/close", new { sessionid = other.Id })));
        Assert.Equal(count, ControlTests.DirectoryOf(_server).Count);
        Assert.True(await watcher.Line.WaitAsync((peer, _) => peer.Media!.Video.Pictures > before + 10, TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task D12_while_nobody_is_connected_nothing_is_drawn_and_nothing_piles_up()
    {
        await using var visitor = await Visitor.ComeAsync(_server, shared.Peers);
        await visitor.SayAsync("This is a text that takes some seconds to say, and nobody is there to hear the most of it.");
        await Until.TrueAsync(visitor.IsSpeakingAsync);
        await visitor.Line.DisposeAsync();
        var session = ControlTests.SessionOf(_server, visitor.Id);
        await Until.HappenedAsync(() => session.State == SessionState.Held);
        await session.Settled;

        var drawn = session.Snapshot().Connection?.PicturesEncoded;
        var sent = session.Snapshot().Connection?.PacketsSent;
        await Until.TrueAsync(async () =>
        {
            await _server.CallAsync("/api/server", method: "GET");
            return session.Snapshot().ExpiresIn < TimeSpan.FromSeconds(299);
        });
        Assert.Equal((drawn, sent), (session.Snapshot().Connection?.PicturesEncoded, session.Snapshot().Connection?.PacketsSent));
        Assert.Equal(1, session.Snapshot().Queued);
    }

    [Fact]
    public async Task D15_the_model_is_asked_once_and_what_is_shown_is_what_is_said()
    {
        var asked = shared.Model.Requests.Count;
        shared.Model.Say("Good day. ", "I am well.");
        await using var visitor = await Visitor.ComeAsync(_server, shared.Peers);

        var shown = await _server.CallAsync("/human", new { sessionid = visitor.Id, text = "How are you?", type = "chat", use_rag = false });

        Assert.Equal(asked + 1, shared.Model.Requests.Count);
        Assert.Equal("Good day. I am well.", TalkingTests.Lines(shown)[^1].GetProperty("llm_response").GetString());
        var session = ControlTests.SessionOf(_server, visitor.Id);
        await Until.HappenedAsync(() => TalkingTests.Said(session).Length == 2);
        Assert.Equal("Good day. I am well.", string.Concat(TalkingTests.Said(session)));
        Assert.Equal(asked + 1, shared.Model.Requests.Count);
    }

    [Fact]
    public async Task D16_an_interruption_ends_the_models_answer_and_all_that_waits()
    {
        var never = new TaskCompletionSource();
        shared.Model.BreakOff(never.Task, "This is the first of many sentences that nobody will hear. ", "And this is another one. ");
        await using var visitor = await Visitor.ComeAsync(_server, shared.Peers);
        await _server.CallAsync("/human", new { sessionid = visitor.Id, text = "Tell me everything.", type = "chat" });
        await Until.TrueAsync(visitor.IsSpeakingAsync);

        (await _server.CallAsync("/interrupt_talk", new { sessionid = visitor.Id })).AssertOk();

        var session = ControlTests.SessionOf(_server, visitor.Id);
        await Until.TrueAsync(async () => !await visitor.IsSpeakingAsync() && session.Snapshot().Queued == 0);
        never.SetResult();
        await visitor.SayAsync("Now I am heard.");
        await Until.HappenedAsync(() => TalkingTests.Said(session) is ["Now I am heard."]);
    }

    [Fact]
    public async Task D18_switching_one_sessions_avatar_leaves_the_others_alone()
    {
        await using var one = await Visitor.ComeAsync(_server, shared.Peers, "lin");
        await using var other = await Visitor.ComeAsync(_server, shared.Peers, "lin");

        var switched = await _server.CallAsync($"/api/sessions/{one.Id}/avatar", new { avatar_id = "kai" }, "PATCH");

        Assert.Equal("kai", switched.Json.GetProperty("current").GetString());
        Assert.Equal("lin", switched.Json.GetProperty("previous").GetString());
        Assert.True(switched.Json.GetProperty("ok").GetBoolean());
        Assert.Equal(("kai", "lin"), (ControlTests.SessionOf(_server, one.Id).ShowName, ControlTests.SessionOf(_server, other.Id).ShowName));
        (await _server.CallAsync($"/api/sessions/{one.Id}/avatar", new { avatar_id = "nobody" })).AssertFailed(HttpStatusCode.NotFound);
        (await _server.CallAsync("/api/sessions/77/avatar", new { avatar_id = "kai" })).AssertFailed(HttpStatusCode.NotFound);
        (await _server.CallAsync("/api/sessions/x/avatar", new { avatar_id = "kai" })).AssertFailed(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("GET", "/api/avatars/..%2f..%2fappsettings.json/preview")]
    [InlineData("GET", "/api/avatars/..%5c..%5cappsettings.json/preview")]
    [InlineData("GET", "/api/avatar/task/..%2f..%2fappsettings.json")]
    [InlineData("DELETE", "/api/avatar/task/..%2f..%2fappsettings.json")]
    [InlineData("GET", "/record/..%2f..%2fappsettings.json")]
    [InlineData("POST", "/kb/..%2f..%2fappsettings.json")]
    public async Task D19_a_name_in_a_path_is_never_a_files(string method, string path)
    {
        var answer = await _server.CallAsync(path, null, method);
        Assert.True((int)answer.Status >= 400, answer.Text);
        Assert.Equal(-1, answer.Json.GetProperty("code").GetInt32());
        Assert.True(File.Exists(Path.Combine(AppContext.BaseDirectory, "appsettings.json")));
    }

    [Fact]
    public async Task D21_after_a_restart_that_came_to_nothing_the_button_restarts_the_path_and_then_makes_a_new_connection()
    {
        await using var visitor = await Visitor.ComeAsync(_server, shared.Peers);
        var session = ControlTests.SessionOf(_server, visitor.Id);

        // The page tries by itself: an answer that it never gets, and an offer that is none.
        await RestartAsync();
        (await _server.CallAsync("/reconnect", new { sessionid = visitor.Id, sdp = "v=0", type = "offer" })).AssertFailed(HttpStatusCode.BadRequest);

        var accepted = await RestartAsync();
        Assert.True(visitor.Line.With((peer, now) => peer.TryAcceptRestart(now, accepted, out _)));
        Assert.True(await visitor.Line.WaitAsync((_, _) => session.Generation > 0, TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        var connection = session.Connection;
        await using var back = await visitor.ComeBackAsync(shared.Peers);
        Assert.NotSame(connection, session.Connection);

        async Task<string> RestartAsync()
        {
            var answer = await _server.CallAsync(
                "/reconnect", new { sessionid = visitor.Id, sdp = visitor.Line.With(static (peer, _) => peer.OfferRestart()), type = "offer" });
            Assert.Equal(visitor.Id, answer.Json.GetProperty("sessionid").GetInt64());
            return answer.Json.GetProperty("sdp").GetString()!;
        }
    }

    [Fact]
    public async Task D22_a_page_that_closed_its_connection_and_stayed_has_its_session_and_comes_back()
    {
        await using var visitor = await Visitor.ComeAsync(_server, shared.Peers);
        var session = ControlTests.SessionOf(_server, visitor.Id);

        // As on beforeunload: the goodbye of a connection is not the session's.
        await visitor.Line.DisposeAsync(silently: false);
        await Until.HappenedAsync(() => session.State == SessionState.Held);
        Assert.Equal(HttpStatusCode.OK, (await _server.CallAsync("/session/heartbeat", new { sessionid = visitor.Id })).Status);

        await using var back = await visitor.ComeBackAsync(shared.Peers);
        Assert.Equal(SessionState.Connected, session.State);
    }

    /// <summary>The table that docs/livetalking.md has of them.</summary>
    [Fact]
    public async Task Every_defect_in_the_document_is_a_test_by_its_number()
    {
        var document = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "docs", "livetalking.md"), TestContext.Current.CancellationToken);
        var rows = document.Where(static line => line.StartsWith("| D", StringComparison.Ordinal)).Select(static line => line.Split(' ')[1]).ToArray();
        var tests = typeof(DefectTests).Assembly.GetTypes().SelectMany(static type => type.GetMethods()).Select(static method => method.Name.Split('_')[0]).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(16, rows.Length);
        Assert.All(rows, row => Assert.Contains(row, tests));
    }
}
