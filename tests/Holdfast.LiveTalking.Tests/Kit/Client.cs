using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Holdfast.Lab.Peer;
using Holdfast.Sessions;

namespace Holdfast.LiveTalking.Tests;

/// <summary>Calls the API as programs written for LiveTalking do.</summary>
internal static class Client
{
    /// <summary>Programs send back no cookie unless they mean to.</summary>
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseCookies = false, Expect100ContinueTimeout = TimeSpan.FromMinutes(1) });

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static Task<Answered> CallAsync(this RunningServer server, string path, object? body = null, string method = "POST", params (string Name, string Value)[] headers) =>
        CallAsync(server, path, body is null ? null : JsonContent.Create(body), method, headers);

    public static Task<Answered> CallRawAsync(this RunningServer server, string path, string body, string? contentType = "application/json", params (string Name, string Value)[] headers)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (contentType is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        return CallAsync(server, path, content, "POST", headers);
    }

    public static async Task<Answered> CallAsync(RunningServer server, string path, HttpContent? content, string method, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(server.Http.BaseAddress!, path)) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Http.SendAsync(request, Cancel);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        var cookie = response.Headers.TryGetValues("Set-Cookie", out var cookies) ? string.Join('\n', cookies) : null;
        return new Answered(response.StatusCode, text, response.Content.Headers.ContentType?.MediaType, cookie);
    }

    /// <summary>An error in both shapes, with its status.</summary>
    public static JsonElement AssertFailed(this Answered answered, HttpStatusCode status, string? sentence = null)
    {
        Assert.Equal(status, answered.Status);
        Assert.Equal("application/json", answered.MediaType);
        Assert.Equal(-1, answered.Json.GetProperty("code").GetInt32());
        Assert.Equal(answered.Json.GetProperty("error").GetString(), answered.Json.GetProperty("msg").GetString());
        Assert.False(string.IsNullOrEmpty(answered.Json.GetProperty("msg").GetString()));
        if (sentence is not null)
        {
            Assert.Equal(sentence, answered.Json.GetProperty("msg").GetString());
        }

        return answered.Json;
    }

    public static void AssertOk(this Answered answered)
    {
        Assert.Equal(HttpStatusCode.OK, answered.Status);
        Assert.Equal("""{"code":0,"msg":"ok"}""", answered.Text);
    }

    internal sealed record Answered(HttpStatusCode Status, string Text, string? MediaType, string? Cookie)
    {
        public JsonElement Json => JsonDocument.Parse(Text).RootElement;
    }
}

/// <summary>Somebody with a session that was started through /offer and is really connected.</summary>
internal sealed record Visitor(RunningServer Server, long Id, string Cookie, PeerLine Line) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static async Task<Visitor> ComeAsync(RunningServer server, PeerHost peers, string? avatar = null)
    {
        var line = peers.Open();
        var answer = await server.CallAsync("/offer", new { sdp = line.With(static (peer, _) => peer.Offer), type = "offer", avatar });
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var visitor = new Visitor(server, answer.Json.GetProperty("sessionid").GetInt64(), answer.Cookie!.Split(';')[0], line);
        await visitor.SeesAsync(answer.Json.GetProperty("sdp").GetString()!, line);
        return visitor;
    }

    /// <summary>Takes an answer, and waits for pictures.</summary>
    public async Task SeesAsync(string sdp, PeerLine line)
    {
        Assert.True(line.With((peer, now) => peer.TryAccept(now, sdp, null, IPAddress.Loopback, out _)));
        Assert.True(await line.WaitAsync(static (peer, _) => peer.Media?.Video.Pictures > 2, Patience, TestContext.Current.CancellationToken));
    }

    /// <summary>Comes back with a new RTCPeerConnection.</summary>
    public async Task<Visitor> ComeBackAsync(PeerHost peers, object? id = null)
    {
        var line = peers.Open();
        var answer = await Server.CallAsync("/reconnect", new { sessionid = id ?? Id, sdp = line.With(static (peer, _) => peer.Offer), type = "offer" });
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(Id, answer.Json.GetProperty("sessionid").GetInt64());
        await SeesAsync(answer.Json.GetProperty("sdp").GetString()!, line);
        return this with { Line = line };
    }

    public async Task<bool> IsSpeakingAsync()
    {
        var answer = await Server.CallAsync("/is_speaking", new { sessionid = Id });
        return answer.Json.GetProperty("data").GetBoolean();
    }

    /// <summary>Leaves, so that nothing of the session is drawn for those who come later.</summary>
    public async ValueTask DisposeAsync()
    {
        await Server.CallAsync("/session/close", new { sessionid = Id });
        await Line.DisposeAsync();
    }

    public Task<Client.Answered> SayAsync(string text, object? more = null) => Server.CallAsync("/human", more ?? new { sessionid = Id, text, type = "echo" });
}
