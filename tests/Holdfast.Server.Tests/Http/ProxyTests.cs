using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Server.Tests.Http;

/// <summary>Behind a prefix and a proxy everything that the server gives out works, and nobody's word is taken but a known proxy's.</summary>
public sealed partial class ProxyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "/face", "/face/api/sessions/")]
    [InlineData("/face", null, "/face/api/sessions/")]
    [InlineData("/face", "/other", "/other/api/sessions/")]
    [InlineData("", null, "/api/sessions/")]
    public async Task What_is_given_out_is_below_the_prefix(string pathBase, string? forwarded, string expected)
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:PathBase", pathBase);
        if (forwarded is not null)
        {
            server.Http.DefaultRequestHeaders.Add("X-Forwarded-Prefix", forwarded);
        }

        using var created = await server.PostOfferAsync(Offers.Chromium);
        Assert.StartsWith(expected, created.Headers.Location!.ToString(), StringComparison.Ordinal);
        using var listed = await server.SendAsync(HttpMethod.Get, "/api/avatars");
        var preview = (await SessionApiTests.JsonOf(listed)).GetProperty("avatars")[0].GetProperty("preview").GetString()!;
        Assert.StartsWith(expected.Replace("sessions", "avatars", StringComparison.Ordinal), preview, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_may_hand_the_prefix_on_or_take_it_off()
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:PathBase=/a/face");
        foreach (var path in new[] { "/a/face/api/server", "/api/server", "/a/face/", "/a/face/js/main.js", "/a/face/holdfast/index.js", "/a/face/healthz", "/a/face/openapi/v1.json" })
        {
            using var response = await server.SendAsync(HttpMethod.Get, path);
            Assert.True(response.StatusCode == HttpStatusCode.OK, path);
            Assert.Equal(path.EndsWith("/api/server", StringComparison.Ordinal), response.Headers.Contains("Holdfast-Api"));
        }

        // Half a segment is another path.
        using var other = await server.SendAsync(HttpMethod.Get, "/a/facebook/api/server");
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        using var missing = await server.SendAsync(HttpMethod.Get, "/a/face/api/nothing");
        await SessionApiTests.AssertProblem(missing, "not-found");
        Assert.True(missing.Headers.Contains("Holdfast-Api"));

        // Without its last slash the page's relative URLs would lead elsewhere.
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { BaseAddress = server.Http.BaseAddress };
        using var page = await client.GetAsync(new Uri("/a/face", UriKind.Relative), Cancel);
        Assert.EndsWith("/a/face/", page.Headers.Location?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_description_names_the_server_as_the_client_reaches_it()
    {
        await using var server = await RunningServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-Host", "people.example");
        request.Headers.Add("X-Forwarded-Prefix", "/face");
        using var response = await server.Http.SendAsync(request, Cancel);
        var url = (await SessionApiTests.JsonOf(response)).GetProperty("servers")[0].GetProperty("url").GetString();
        Assert.Equal("https://people.example/face", url?.TrimEnd('/'));
    }

    [Theory]
    [InlineData(null, "1", "198.51.100.7", "198.51.100.7")]
    [InlineData(null, "1", "192.0.2.1, 198.51.100.7", "198.51.100.7")]
    [InlineData("127.0.0.1", "2", "192.0.2.1, 198.51.100.7", "198.51.100.7")]
    [InlineData("127.0.0.1,198.51.100.0/24", "2", "192.0.2.1, 198.51.100.7", "192.0.2.1")]
    [InlineData("192.0.2.0/24", "1", "198.51.100.7", "127.0.0.1")]
    [InlineData(null, "1", "nonsense", "127.0.0.1")]
    [InlineData(null, "1", "2001:db8::7", "2001:db8::7")]
    public async Task Who_a_client_is_only_a_known_proxy_says(string? trusted, string hops, string forwarded, string expected)
    {
        string[] arguments = ["--urls", "http://127.0.0.1:0", "--Holdfast:Rtc:Port=0", "--Logging:LogLevel:Default=Warning", "--Holdfast:Proxy:Hops", hops];
        await using var app = HoldfastServer.Build(trusted is null ? arguments : [.. arguments, "--Holdfast:Proxy:Trusted", trusted]);
        app.MapGet("/api/who", static (HttpContext http) => http.Connection.RemoteIpAddress!.ToString());
        await app.StartAsync(Cancel);
        using var client = new HttpClient { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First()) };
        client.DefaultRequestHeaders.Add("X-Forwarded-For", forwarded);
        Assert.Equal(expected, await client.GetStringAsync(new Uri("/api/who", UriKind.Relative), Cancel));
        await app.StopAsync(Cancel);
    }

    [Theory]
    [InlineData("Holdfast:PathBase=face")]
    [InlineData("Holdfast:PathBase=/face/")]
    [InlineData("Holdfast:PathBase=/")]
    [InlineData("Holdfast:PathBase=/fa ce")]
    [InlineData("Holdfast:PathBase=https://people.example/face")]
    [InlineData("Holdfast:Proxy:Trusted=proxy.example")]
    [InlineData("Holdfast:Proxy:Trusted=10.0.0.0/33")]
    [InlineData("Holdfast:Proxy:Trusted=10.0.0.1,10.0.0")]
    [InlineData("Holdfast:Proxy:Hops=0")]
    public async Task A_wrong_place_of_the_proxy_stops_the_start(string setting)
    {
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => RunningServer.StartAsync("--" + setting));
        Assert.Contains(setting[..setting.IndexOf('=', StringComparison.Ordinal)], StartFailure.Explain(exception), StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_asks_for_nothing_from_the_root()
    {
        var pages = Path.Combine(Repository.Root, "src", "Holdfast.Server", "wwwroot");
        foreach (var file in Directory.EnumerateFiles(pages, "*", SearchOption.AllDirectories).Where(static file => Path.GetExtension(file) is ".html" or ".js" or ".css"))
        {
            var text = File.ReadAllText(file);
            Assert.False(FromTheRoot().IsMatch(text), file);
        }
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("caddy")]
    public async Task Through_a_real_proxy_with_TLS_and_a_prefix_as_its_shipped_file_has_them_all_of_it_works(string name)
    {
        Assert.SkipUnless(ShippedProxy.IsInstalled(name), $"{name} is not installed.");
        await using var model = await OpenAiServer.StartAsync();
        await using var server = await RunningServer.StartAsync(
            "--environment", "Development", "--Holdfast:Listening:BaseUrl=" + model.Url, "--Holdfast:Listening:Key=s3cret");
        await using var proxy = await ShippedProxy.StartAsync(name, server.Http.BaseAddress!, Path.Combine(Repository.Root, "deploy"), Cancel);
        using var client = new HttpClient(proxy.Trusting()) { BaseAddress = proxy.Address };
        await ThePageIsThereAsync(client);
        await ASessionIsThereAsync(client);
        await TheDescriptionIsThereAsync(client);
        await AWebSocketIsPassedOnAsync(proxy, model);

        using var health = await client.GetAsync("healthz", Cancel);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        using var gone = await client.GetAsync("api/nothing", Cancel);
        await SessionApiTests.AssertProblem(gone, "not-found");

        // For operators only, and from inside; the server itself has them.
        using var hidden = await client.GetAsync("metrics", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        using var metrics = await server.Http.GetAsync("/metrics", Cancel);
        Assert.Equal(HttpStatusCode.OK, metrics.StatusCode);

        // Without its last slash the page's relative URLs would lead elsewhere.
        using var page = await client.GetAsync("/face", Cancel);
        Assert.Equal(proxy.Address, page.RequestMessage!.RequestUri);
    }

    /// <summary>The page, and whatever it names, from where the page is.</summary>
    private static async Task ThePageIsThereAsync(HttpClient client)
    {
        var page = client.BaseAddress!;
        var html = await client.GetStringAsync(page, Cancel);
        var named = Named().Matches(html).Select(match => new Uri(page, match.Groups["url"].Value)).ToList();
        Assert.True(named.Count > 5);
        foreach (var script in named.Where(static url => url.AbsolutePath.EndsWith(".js", StringComparison.Ordinal)).ToList())
        {
            var text = await client.GetStringAsync(script, Cancel);
            named.AddRange(Imported().Matches(text).Select(match => new Uri(script, match.Groups["url"].Value)));
        }

        foreach (var url in named)
        {
            using var file = await client.GetAsync(url, Cancel);
            Assert.True(file.IsSuccessStatusCode, url.ToString());
        }
    }

    /// <summary>A session, its events and the avatars' pictures, by the URLs that were given out.</summary>
    private static async Task ASessionIsThereAsync(HttpClient client)
    {
        using var created = await client.PostAsync("api/sessions", JsonOf(new { sdp = Offers.Chromium, type = "offer" }), Cancel);
        Assert.Equal("1", Assert.Single(created.Headers.GetValues("Holdfast-Api")));
        Assert.StartsWith("/face/api/sessions/", created.Headers.Location!.ToString(), StringComparison.Ordinal);
        var session = await SessionApiTests.JsonOf(created);
        var place = new Uri(client.BaseAddress!, created.Headers.Location!);
        var token = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", session.GetProperty("resumeToken").GetString());
        using var look = new HttpRequestMessage(HttpMethod.Get, place) { Headers = { Authorization = token } };
        using var looked = await client.SendAsync(look, Cancel);
        Assert.Equal(HttpStatusCode.OK, looked.StatusCode);

        // Events come as they happen: the first is read while the answer goes on.
        using var follow = new HttpRequestMessage(HttpMethod.Get, new Uri(place + "/events")) { Headers = { Authorization = token } };
        using var events = await client.SendAsync(follow, HttpCompletionOption.ResponseHeadersRead, Cancel);
        Assert.True(events.Headers.CacheControl?.NoStore);
        Assert.True(events.Headers.Contains("Holdfast-Api"));
        using var reader = new StreamReader(await events.Content.ReadAsStreamAsync(Cancel));
        string? line;
        do
        {
            line = await reader.ReadLineAsync(Cancel);
            Assert.NotNull(line);
        }
        while (!line.StartsWith("data: ", StringComparison.Ordinal));
        Assert.Contains("negotiating", line, StringComparison.Ordinal);

        using var avatars = await client.GetAsync("api/avatars", Cancel);
        foreach (var avatar in (await SessionApiTests.JsonOf(avatars)).GetProperty("avatars").EnumerateArray())
        {
            using var preview = await client.GetAsync(new Uri(client.BaseAddress!, avatar.GetProperty("preview").GetString()), Cancel);
            Assert.Equal("image/png", preview.Content.Headers.ContentType?.MediaType);
        }
    }

    private static async Task TheDescriptionIsThereAsync(HttpClient client)
    {
        using var described = await client.GetAsync("openapi/v1.json", Cancel);
        var url = (await SessionApiTests.JsonOf(described)).GetProperty("servers")[0].GetProperty("url").GetString();
        Assert.Equal(client.BaseAddress!.ToString().TrimEnd('/'), url?.TrimEnd('/'));
        using var docs = await client.GetAsync("docs", Cancel);
        Assert.Equal(HttpStatusCode.OK, docs.StatusCode);
        Assert.StartsWith("/face/docs", docs.RequestMessage!.RequestUri!.AbsolutePath, StringComparison.Ordinal);
        foreach (var named in Named().Matches(await docs.Content.ReadAsStringAsync(Cancel)).Select(match => new Uri(docs.RequestMessage.RequestUri, match.Groups["url"].Value)))
        {
            using var file = await client.GetAsync(named, Cancel);
            Assert.True(file.IsSuccessStatusCode, named.ToString());
        }
    }

    /// <summary>Programs of FunASR speak to the server over one.</summary>
    private static async Task AWebSocketIsPassedOnAsync(ShippedProxy proxy, OpenAiServer model)
    {
        model.Understand = static _ => "你好。";
        using var http = new HttpMessageInvoker(proxy.Trusting());
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(new Uri(proxy.Address, "api/asr")) { Scheme = "wss" }.Uri, http, Cancel);
        await socket.SendAsync("""{"mode":"offline","is_speaking":true}"""u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, Cancel);
        await socket.SendAsync(new byte[16_000], WebSocketMessageType.Binary, endOfMessage: true, Cancel);
        await socket.SendAsync("""{"is_speaking":false}"""u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, Cancel);
        var buffer = new byte[1024];
        var received = await socket.ReceiveAsync(buffer, Cancel);
        Assert.Contains("你好。", JsonElement.Parse(buffer.AsSpan(0, received.Count)).GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    private static StringContent JsonOf(object body) => new(JsonSerializer.Serialize(body), System.Text.Encoding.UTF8, "application/json");

    [GeneratedRegex("""(?:href|src)="/|(?:from |import |import\()'/|fetch\(['"`]/|url\(['"]?/""", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex FromTheRoot();

    [GeneratedRegex("""(?:href|src)="(?<url>[^"#:]+)["#]""", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Named();

    [GeneratedRegex("""^(?:import|export) (?:.* from )?'(?<url>\.[^']+)'""", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1_000)]
    private static partial Regex Imported();
}
