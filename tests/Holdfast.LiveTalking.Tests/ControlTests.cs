using System.Net;
using Holdfast.Lab.Peer;
using Holdfast.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.LiveTalking.Tests;

/// <summary>Each row of the contract's control calls, with each of its statuses.</summary>
[Trait("Speed", "Slow")]
public sealed class ControlTests : IClassFixture<TalkingServer>
{
    private readonly TalkingServer _shared;
    private readonly RunningServer _server;

    public ControlTests(TalkingServer shared) => (_shared, _server) = (shared, shared.Server);

    [Fact]
    public async Task An_offer_is_answered_with_a_number_that_every_JavaScript_holds_and_with_the_order_of_its_lines()
    {
        var answer = await _server.CallAsync("/offer", new { sdp = Offers.Chromium, type = "offer" });

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(["sdp", "type", "sessionid"], answer.Json.EnumerateObject().Select(static member => member.Name), StringComparer.Ordinal);
        Assert.Equal("answer", answer.Json.GetProperty("type").GetString());
        Assert.InRange(answer.Json.GetProperty("sessionid").GetInt64(), 1, 9_007_199_254_740_991);
        var lines = answer.Json.GetProperty("sdp").GetString()!.Split("\r\n");
        Assert.Equal(["m=video", "m=audio"], lines.Where(static line => line.StartsWith("m=", StringComparison.Ordinal)).Select(static line => line[..7]), StringComparer.Ordinal);
        Assert.Single(lines.Where(static line => line.StartsWith("a=msid:", StringComparison.Ordinal)).Select(static line => line.Split(' ')[0]).Distinct(StringComparer.Ordinal));
        Assert.Contains(lines, static line => line.StartsWith("a=candidate:", StringComparison.Ordinal));
        Assert.Contains("HttpOnly", answer.Cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("SameSite=Lax", answer.Cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("""{"sdp":"not an offer","type":"offer"}""")]
    [InlineData("""{"type":"offer"}""")]
    [InlineData("""{"sdp":"","type":"offer"}""")]
    [InlineData("""{"sdp":"v=0","type":"answer"}""")]
    [InlineData("""{"sdp":7,"type":"offer"}""")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("{")]
    public async Task A_bad_offer_names_session_0_and_both_shapes_of_an_error(string body)
    {
        var refused = await _server.CallRawAsync("/offer", body);
        Assert.Equal(0, refused.AssertFailed(HttpStatusCode.BadRequest).GetProperty("sessionid").GetInt32());
        Assert.Null(refused.Cookie);
    }

    [Fact]
    public async Task An_offer_needs_no_content_type_and_an_unknown_avatar_is_refused()
    {
        var body = System.Text.Json.JsonSerializer.Serialize(new { sdp = Offers.Chromium, type = "offer", avatar = "", refaudio = "", reftext = "", custom_config = "" });
        var plain = await _server.CallRawAsync("/offer", body, contentType: null);
        Assert.Equal(HttpStatusCode.OK, plain.Status);
        var kai = await _server.CallAsync("/offer", new { sdp = Offers.Chromium, type = "offer", avatar = "kai" });
        Assert.Equal("kai", SessionOf(_server, kai.Json.GetProperty("sessionid").GetInt64()).ShowName);
        var unknown = await _server.CallAsync("/offer", new { sdp = Offers.Chromium, type = "offer", avatar = "../../etc/passwd" });
        Assert.Equal(0, unknown.AssertFailed(HttpStatusCode.BadRequest).GetProperty("sessionid").GetInt32());
    }

    [Fact]
    public async Task A_reference_recording_chooses_among_the_configured_ones_and_is_never_opened_by_the_clients_name()
    {
        var folder = Directory.CreateTempSubdirectory("holdfast-references-");
        foreach (var recording in (string[])["anna.wav", "anna.happy.wav"])
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, recording), "RIFF", TestContext.Current.CancellationToken);
        }

        await using var server = await RunningServer.StartAsync(
            "--Holdfast:Speech:Services:sovits:Kind=gpt-sovits", "--Holdfast:Speech:Services:sovits:BaseUrl=http://127.0.0.1:9", $"--Holdfast:Speech:Services:sovits:References={folder.FullName}");
        var known = await server.CallAsync("/offer", new { sdp = Offers.Chromium, type = "offer", refaudio = "data/voices/Anna.wav", reftext = "" });
        Assert.Equal("sovits/anna", SessionOf(server, known.Json.GetProperty("sessionid").GetInt64()).Voice);
        var unknown = await server.CallAsync("/offer", new { sdp = Offers.Chromium, type = "offer", refaudio = "../../etc/passwd" });
        var session = SessionOf(server, unknown.Json.GetProperty("sessionid").GetInt64());
        Assert.Null(session.Voice);
        await server.CallAsync("/human", new { sessionid = session.Id.Value, text = "Hello.", type = "echo", tts = new { ref_file = "anna.wav", ref_text = "" } });
        Assert.Equal("sovits/anna", session.Voice);

        // A feeling is another recording of the same person, and one that nobody recorded is none.
        foreach (var (emotion, voice) in new[] { ("happy", "sovits/anna.happy"), ("", "sovits/anna.happy"), ("neutral", "sovits/anna"), ("happy", "sovits/anna.happy"), ("../happy", "sovits/anna") })
        {
            await server.CallAsync("/human", new { sessionid = session.Id.Value, text = "Hello.", type = "echo", tts = new { emotion } });
            Assert.Equal(voice, session.Voice);
        }

        await server.CallAsync("/human", new { sessionid = session.Id.Value, text = "Hello.", type = "echo", tts_options = new { ref_file = "anna.wav", emotion = "happy" } });
        Assert.Equal("sovits/anna.happy", session.Voice);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task When_all_places_are_taken_an_offer_is_answered_with_429_and_the_sentence_that_pages_know()
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:MaxSessions=1");
        await using var peers = new PeerHost(TimeProvider.System);
        var visitor = await Visitor.ComeAsync(server, peers);
        await visitor.SayAsync("Here I am.");

        var full = await server.CallAsync("/offer", new { sdp = Offers.Chromium, type = "offer" });

        Assert.Equal(0, full.AssertFailed(HttpStatusCode.TooManyRequests, "已达到最大会话数限制 (1)").GetProperty("sessionid").GetInt32());
        var english = await server.CallAsync("/offer", new { sdp = Offers.Chromium, type = "offer" }, "POST", ("Accept-Language", "en-GB,en;q=0.9"));
        english.AssertFailed(HttpStatusCode.TooManyRequests, "There are as many sessions as may be (1).");
    }

    public static TheoryData<string> OfOneSession =>
        ["/reconnect", "/session/heartbeat", "/interrupt_talk", "/is_speaking", "/human", "/set_audiotype", "/record"];

    [Theory]
    [MemberData(nameof(OfOneSession))]
    public async Task A_call_about_no_session_is_400_and_about_an_unknown_one_404(string path)
    {
        foreach (var id in new object?[] { null, "", "x", 0, -1, 1.5, "9007199254740992", true })
        {
            (await _server.CallAsync(path, new { sessionid = id, sdp = Offers.Chromium, type = "offer", text = "a" })).AssertFailed(HttpStatusCode.BadRequest, "需要有效的 sessionid");
        }

        (await _server.CallAsync(path, new { sdp = Offers.Chromium })).AssertFailed(HttpStatusCode.BadRequest, "需要有效的 sessionid");
        foreach (var id in new object[] { 123_456, "123456" })
        {
            (await _server.CallAsync(path, new { sessionid = id, sdp = Offers.Chromium, type = "offer", text = "a" })).AssertFailed(HttpStatusCode.NotFound, "会话不存在或已过期");
        }
    }

    [Fact]
    public async Task A_heartbeat_tells_the_time_that_is_left_for_a_number_as_for_a_string()
    {
        var id = await OfferAsync(_server);
        foreach (var sent in new object[] { id, id.ToString(System.Globalization.CultureInfo.InvariantCulture) })
        {
            var beat = await _server.CallAsync("/session/heartbeat", new { sessionid = sent });
            Assert.Equal("""{"code":0,"msg":"ok","ttl":300}""", beat.Text);
        }
    }

    [Fact]
    public async Task Closing_says_so_also_for_what_is_not_there_and_frees_the_place_at_once()
    {
        var id = await OfferAsync(_server);
        for (var i = 0; i < 2; i++)
        {
            var closed = await _server.CallAsync("/session/close", new { sessionid = id });
            Assert.Equal((HttpStatusCode.OK, """{"code":0,"msg":"会话已关闭"}"""), (closed.Status, closed.Text));
            Assert.IsType<SessionLookup.Ended>(DirectoryOf(_server).Find(IdOf(id)));
        }

        Assert.Equal(HttpStatusCode.OK, (await _server.CallAsync("/session/close", new { sessionid = 77 })).Status);
        (await _server.CallAsync("/session/close", new { })).AssertFailed(HttpStatusCode.BadRequest, "需要有效的 sessionid");
        (await _server.CallAsync("/session/heartbeat", new { sessionid = id })).AssertFailed(HttpStatusCode.NotFound, "会话不存在或已过期");
    }

    [Fact]
    public async Task Coming_back_with_a_new_connection_brings_the_same_session_and_with_the_old_one_restarts_its_path()
    {
        await using var visitor = await Visitor.ComeAsync(_server, _shared.Peers);
        var session = SessionOf(_server, visitor.Id);
        Assert.DoesNotContain("a=candidate", visitor.Line.With(static (peer, _) => peer.OfferRestart()), StringComparison.Ordinal);

        // The same RTCPeerConnection, without any candidate: the keys stay, and so does the connection.
        var restart = await _server.CallAsync("/reconnect", new { sessionid = visitor.Id, sdp = visitor.Line.With(static (peer, _) => peer.OfferRestart()), type = "offer" });
        Assert.Equal(visitor.Id, restart.Json.GetProperty("sessionid").GetInt64());
        Assert.True(visitor.Line.With((peer, now) => peer.TryAcceptRestart(now, restart.Json.GetProperty("sdp").GetString(), out _)));
        Assert.True(await visitor.Line.WaitAsync((_, _) => session.Generation == 1, TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        var connection = session.Connection;

        // Another one: a new fingerprint, so a new handshake.
        await using var back = await visitor.ComeBackAsync(_shared.Peers, visitor.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await Until.HappenedAsync(() => !ReferenceEquals(session.Connection, connection));
        Assert.Equal(SessionState.Connected, session.State);
    }

    [Fact]
    public async Task Coming_back_with_the_certificate_of_before_but_another_RTCPeerConnection_is_a_new_handshake_too()
    {
        await using var visitor = await Visitor.ComeAsync(_server, _shared.Peers);

        // All peers of a host have one certificate: only the line o= tells them apart.
        await using var back = await visitor.ComeBackAsync(_shared.Peers);

        Assert.Equal(1, SessionOf(_server, visitor.Id).Generation);
    }

    [Fact]
    public async Task A_session_of_the_own_API_is_nobodys_who_only_knows_its_id()
    {
        var own = await _server.CreateAsync();
        foreach (var path in OfOneSession)
        {
            (await _server.CallAsync(path.Data, new { sessionid = own.Id, sdp = Offers.Chromium, type = "offer", text = "a" })).AssertFailed(HttpStatusCode.NotFound, "会话不存在或已过期");
        }

        await _server.CallAsync("/session/close", new { sessionid = own.Id });
        Assert.IsType<SessionLookup.Live>(DirectoryOf(_server).Find(IdOf(own.Id)));

        // With its token in the cookie its owner is known.
        var beat = await _server.CallAsync("/session/heartbeat", new { sessionid = own.Id }, "POST", ("Cookie", $"holdfast-{own.Id}={own.Token}"));
        Assert.Equal(HttpStatusCode.OK, beat.Status);
    }

    [Fact]
    public async Task Switched_off_it_is_not_there()
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:LiveTalking:Enabled=false");
        Assert.Equal(HttpStatusCode.NotFound, (await server.CallAsync("/offer", new { sdp = Offers.Chromium, type = "offer" })).Status);
        Assert.Equal(HttpStatusCode.OK, (await server.CallAsync("/api/avatars?page=1", null, "GET")).Status);
    }

    [Fact]
    public async Task Pages_in_the_folder_that_is_set_are_served_before_the_own_with_their_scripts()
    {
        var folder = Directory.CreateTempSubdirectory("holdfast-pages-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "webrtcapi.html"), "<script>start()</script>", TestContext.Current.CancellationToken);
            await using var server = await RunningServer.StartAsync("--Holdfast:LiveTalking:PagesPath=" + folder.FullName);
            using var page = await server.Http.GetAsync("/webrtcapi.html", TestContext.Current.CancellationToken);
            Assert.Equal("<script>start()</script>", await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            Assert.False(page.Headers.Contains("Content-Security-Policy"));
            using var own = await server.Http.GetAsync("/", TestContext.Current.CancellationToken);
            Assert.True(own.Headers.Contains("Content-Security-Policy"));
            Assert.Equal(HttpStatusCode.NotFound, (await server.CallAsync("/%2e%2e%2fappsettings.json", null, "GET")).Status);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        var missing = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => RunningServer.StartAsync("--Holdfast:LiveTalking:PagesPath=" + folder.FullName));
        Assert.Contains("Holdfast:LiveTalking:PagesPath names what is not there", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_of_another_site_may_not_call_unless_its_origin_is_allowed()
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:Access:Origins:0=https://shop.example");
        var body = new { sdp = Offers.Chromium, type = "offer" };
        (await server.CallAsync("/offer", body, "POST", ("Origin", "https://evil.example"))).AssertFailed(HttpStatusCode.Forbidden);
        (await server.CallAsync("/offer", body, "POST", ("Origin", "null"))).AssertFailed(HttpStatusCode.Forbidden);
        Assert.Equal(HttpStatusCode.OK, (await server.CallAsync("/offer", body, "POST", ("Origin", "https://shop.example"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await server.CallAsync("/offer", body, "POST", ("Origin", server.Http.BaseAddress!.GetLeftPart(UriPartial.Authority)))).Status);
    }

    [Fact]
    public async Task A_stranger_who_may_not_start_is_told_so_in_both_shapes()
    {
        var refused = await _server.CallAsync("/offer", new { sdp = Offers.Chromium, type = "offer" }, "POST", ("X-Forwarded-For", "203.0.113.7"));
        Assert.Equal(0, refused.AssertFailed(HttpStatusCode.Unauthorized, "需要身份验证才能使用").GetProperty("sessionid").GetInt32());
        (await _server.CallAsync("/api/admin/sessions", null, "GET")).AssertFailed(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Starts_beyond_the_limit_are_429_in_both_shapes()
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:Access:StartsPerMinute=1", "--Holdfast:Access:Anonymous=Everywhere");
        var from = ("X-Forwarded-For", "203.0.113.7");
        var body = new { sdp = Offers.Chromium, type = "offer" };
        Assert.Equal(HttpStatusCode.OK, (await server.CallAsync("/offer", body, "POST", from)).Status);
        (await server.CallAsync("/offer", body, "POST", from)).AssertFailed(HttpStatusCode.TooManyRequests);
    }

    internal static async Task<long> OfferAsync(RunningServer server)
    {
        var answer = await server.CallAsync("/offer", new { sdp = Offers.Chromium, type = "offer" });
        return answer.Json.GetProperty("sessionid").GetInt64();
    }

    internal static SessionDirectory DirectoryOf(RunningServer server) => server.Services.GetRequiredService<SessionDirectory>();

    internal static SessionId IdOf(long id) => SessionId.Parse(id.ToString(System.Globalization.CultureInfo.InvariantCulture), null);

    internal static Session SessionOf(RunningServer server, long id) => Assert.IsType<SessionLookup.Live>(DirectoryOf(server).Find(IdOf(id))).Session;
}
