using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Holdfast.AspNetCore.Http;

namespace Holdfast.Server.Tests;

/// <summary>Who is seen and heard, changed while the session runs; and recordings.</summary>
public sealed class VoiceApiTests : IClassFixture<SharedServer>
{
    private readonly RunningServer _server;

    public VoiceApiTests(SharedServer shared) => _server = shared.Server;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_voices_there_are_are_listed_with_what_speaks_them()
    {
        var voices = (await _server.Http.GetFromJsonAsync<JsonElement>("/api/voices", Cancel)).GetProperty("voices").EnumerateArray().ToArray();
        Assert.Contains("female", voices.Select(voice => voice.GetProperty("id").GetString()), StringComparer.Ordinal);
        var slt = voices.Single(voice => voice.GetProperty("id").ValueEquals("flite/slt"));
        Assert.Equal(("flite", "en-US"), (slt.GetProperty("engine").GetString(), slt.GetProperty("languages")[0].GetString()));
    }

    [Fact]
    public async Task A_session_gets_another_avatar_and_another_voice_and_nobody_else_does()
    {
        var (session, other) = (await _server.CreateAsync(), await _server.CreateAsync());
        using var changed = await PatchAsync(session, new { avatar = "kai", voice = "flite/rms" });
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.Equal(("kai", "flite/rms"), await WhoAsync(session));
        Assert.Equal(("lin", null), await WhoAsync(other));

        // Each by itself leaves the other as it is.
        using var voice = await PatchAsync(session, new { voice = "male" });
        Assert.Equal(("kai", "male"), await WhoAsync(session));
        using var avatar = await PatchAsync(session, new { avatar = "lin" });
        Assert.Equal(("lin", "male"), await WhoAsync(session));

        Assert.Equal([("kai", "flite/rms"), ("kai", "male"), ("lin", "male")], await ToldAsync(session, 3));
    }

    [Fact]
    public async Task A_voice_is_made_faster_and_deeper_and_the_avatars_own_comes_back()
    {
        var session = await _server.CreateAsync();
        using var changed = await PatchAsync(session, new { voice = "espeak/de", speed = 1.5, pitch = 0.75 });
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        var view = await changed.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal((1.5, 0.75), (view.GetProperty("speed").GetDouble(), view.GetProperty("pitch").GetDouble()));

        // Each by itself leaves the others as they are.
        using var back = await PatchAsync(session, new { voice = "OWN" });
        view = await back.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal((null, 1.5, 0.75), (view.GetProperty("voice").GetString(), view.GetProperty("speed").GetDouble(), view.GetProperty("pitch").GetDouble()));
        using var usual = await PatchAsync(session, new { speed = 1 });
        view = await usual.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal((1, 0.75), (view.GetProperty("speed").GetDouble(), view.GetProperty("pitch").GetDouble()));
        Assert.Equal([("lin", "espeak/de"), ("lin", null), ("lin", null)], await ToldAsync(session, 3));
    }

    [Theory]
    [InlineData("""{"avatar":"nobody"}""", "unknown-avatar")]
    [InlineData("""{"voice":"flite/nosuch"}""", "unknown-voice")]
    [InlineData("""{"voice":"espeak/nosuch"}""", "unknown-voice")]
    [InlineData("""{"speed":0.49}""", "bad-request")]
    [InlineData("""{"speed":2.01}""", "bad-request")]
    [InlineData("""{"pitch":-1}""", "bad-request")]
    [InlineData("""{"pitch":1e300}""", "bad-request")]
    [InlineData("""{"speed":"fast"}""", "bad-request")]
    [InlineData("""{"voice":"nobody/at-all"}""", "unknown-voice")]
    [InlineData("""{"voice":"en-us"}""", "unknown-voice")]
    [InlineData("{}", "bad-request")]
    public async Task Who_is_not_there_cannot_be_asked_for(string body, string problem)
    {
        var session = await _server.CreateAsync();
        using var refused = await PatchAsync(session, JsonSerializer.Deserialize<JsonElement>(body));
        await SessionApiTests.AssertProblem(refused, problem);
        Assert.Equal(("lin", null), await WhoAsync(session));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>no sound at all</html>")]
    [InlineData("RIFF....WAVE and then nothing that is known")]
    [InlineData("OggS")]
    [InlineData("ID3")]
    public async Task What_is_no_sound_is_refused_whatever_it_is_said_to_be(string body)
    {
        var session = await _server.CreateAsync();
        using var refused = await PlayAsync(session, new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(body)), "audio/wav");
        await SessionApiTests.AssertProblem(refused, "not-sound");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, refused.StatusCode);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_and_one_that_lasts_too_long_too()
    {
        var session = await _server.CreateAsync();
        // It is refused by its length: nothing of it is sent.
        using var patient = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) }) { BaseAddress = _server.Http.BaseAddress };
        using var large = await PlayAsync(session, new ByteArrayContent(new byte[AudioEndpoint.MaxBytes + 1]), "audio/wav", patient);
        await SessionApiTests.AssertProblem(large, "too-large");
        using var @long = await PlayAsync(session, new ByteArrayContent(Wav(8_000, 8_000 * (AudioEndpoint.MaxSeconds + 1))), "text/plain");
        await SessionApiTests.AssertProblem(@long, "too-large");
    }

    [Fact]
    public async Task A_recording_needs_somebody_who_hears_it()
    {
        var session = await _server.CreateAsync();
        using var refused = await PlayAsync(session, new ByteArrayContent(Wav(16_000, 16_000)), "application/octet-stream");
        await SessionApiTests.AssertProblem(refused, "not-connected");
    }

    private Task<HttpResponseMessage> PatchAsync(RunningServer.Created session, object body) =>
        _server.SendAsync(HttpMethod.Patch, session.Path, session.Token, body);

    private async Task<HttpResponseMessage> PlayAsync(RunningServer.Created session, HttpContent content, string type, HttpClient? client = null)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        using var request = new HttpRequestMessage(HttpMethod.Post, session.Path + "/audio") { Content = content };
        request.Headers.Authorization = new("Bearer", session.Token);
        request.Headers.ExpectContinue = client is not null;
        return await (client ?? _server.Http).SendAsync(request, Cancel);
    }

    private async Task<(string? Avatar, string? Voice)> WhoAsync(RunningServer.Created session)
    {
        using var response = await _server.SendAsync(HttpMethod.Get, session.Path, session.Token);
        var view = await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        return (view.GetProperty("avatar").GetString(), view.GetProperty("voice").GetString());
    }

    /// <summary>The first so many changes that the session's events tell of.</summary>
    private async Task<List<(string? Avatar, string? Voice)>> ToldAsync(RunningServer.Created session, int count)
    {
        using var response = await _server.OpenEventsAsync(session.Path + "/events", session.Token);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
        var told = new List<(string?, string?)>();
        while (told.Count < count && await reader.ReadLineAsync(Cancel) is { } line)
        {
            if (line is "event: adjusted" && (await reader.ReadLineAsync(Cancel))?["data: ".Length..] is { } data)
            {
                var adjusted = JsonDocument.Parse(data).RootElement;
                told.Add((adjusted.GetProperty("avatar").GetString(), adjusted.GetProperty("voice").GetString()));
            }
        }

        return told;
    }

    private static byte[] Wav(int rate, int samples)
    {
        var file = new byte[44 + (samples * 2)];
        "RIFF"u8.CopyTo(file);
        "WAVEfmt "u8.CopyTo(file.AsSpan(8));
        BitConverter.TryWriteBytes(file.AsSpan(16), 16);
        BitConverter.TryWriteBytes(file.AsSpan(20), (short)1);
        BitConverter.TryWriteBytes(file.AsSpan(22), (short)1);
        BitConverter.TryWriteBytes(file.AsSpan(24), rate);
        BitConverter.TryWriteBytes(file.AsSpan(34), (short)16);
        "data"u8.CopyTo(file.AsSpan(36));
        BitConverter.TryWriteBytes(file.AsSpan(40), samples * 2);
        return file;
    }
}
