using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Holdfast.Lab.Peer;

namespace Holdfast.Server.Tests.Operating;

/// <summary>Somebody who talks with a program of its own process: a session, a peer on a real socket that sees pictures, and ears.</summary>
internal sealed class Guest : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;
    private readonly PeerLine _line;
    private readonly string _token;

    private Guest(HttpClient http, PeerLine line, string path, string token) => (_http, _line, Path, _token) = (http, line, path, token);

    public string Path { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Starts a session, and waits until pictures arrive.</summary>
    public static async Task<Guest> ConnectAsync(HttpClient http, PeerHost peers)
    {
        var line = peers.Open();
        using var response = await http.PostAsJsonAsync("/api/sessions", new { sdp = line.With(static (peer, _) => peer.Offer), type = "offer" }, Cancel);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        var sdp = body.GetProperty("answer").GetProperty("sdp").GetString()!;
        Assert.True(line.With((peer, now) => peer.TryAccept(now, sdp, null, IPAddress.Loopback, out _)));
        Assert.True(await line.WaitAsync(static (peer, _) => peer.Media?.Video.Pictures > 2, Limit, Cancel));
        return new Guest(http, line, $"/api/sessions/{body.GetProperty("sessionId")}", body.GetProperty("resumeToken").GetString()!);
    }

    /// <summary>Has something said, and waits until its end was heard: the sound arrived, and the peer's reports about it, too.</summary>
    public async Task HearAsync(string text, string mode = "echo")
    {
        using var request = Request(HttpMethod.Post, "/say");
        request.Content = JsonContent.Create(new { text, mode });
        using var said = await _http.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.Accepted, said.StatusCode);
        await HappensAsync("finished");
    }

    /// <summary>Looks at the session with its token, over another client where there is one.</summary>
    public async Task<HttpStatusCode> LookAsync(HttpClient? http = null)
    {
        using var request = Request(HttpMethod.Get, "");
        using var seen = await (http ?? _http).SendAsync(request, Cancel);
        return seen.StatusCode;
    }

    public ValueTask DisposeAsync() => _line.DisposeAsync();

    /// <summary>Reads the session's events until one of a kind.</summary>
    private async Task HappensAsync(string kind)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(Limit);
        using var request = Request(HttpMethod.Get, "/events");
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(limit.Token));
        while (await reader.ReadLineAsync(limit.Token) is { } line)
        {
            if (string.Equals(line, $"event: {kind}", StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"The stream ended without '{kind}'.");
    }

    private HttpRequestMessage Request(HttpMethod method, string what)
    {
        var request = new HttpRequestMessage(method, Path + what);
        request.Headers.Add("Holdfast-Resume-Token", _token);
        return request;
    }
}
