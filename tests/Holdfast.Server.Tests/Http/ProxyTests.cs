using System.Net;
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

    [Fact]
    public async Task Through_a_real_nginx_with_a_prefix_all_of_it_works()
    {
        if (!NginxInFront.IsInstalled)
        {
            Assert.Skip("There is no nginx here.");
        }

        await using var server = await RunningServer.StartAsync("--environment", "Development");
        await using var nginx = await NginxInFront.StartAsync(server.Http.BaseAddress!, "/face", Cancel);
        using var client = new HttpClient { BaseAddress = nginx.Address };

        // The page, and whatever it names, from where the page is.
        var page = new Uri(nginx.Address, "/face/");
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

        // A session, by the URLs that were given out.
        using var created = await client.PostAsync(new Uri("/face/api/sessions", UriKind.Relative), JsonOf(new { sdp = Offers.Chromium, type = "offer" }), Cancel);
        Assert.Equal("1", Assert.Single(created.Headers.GetValues("Holdfast-Api")));
        var session = await SessionApiTests.JsonOf(created);
        client.DefaultRequestHeaders.Authorization = new("Bearer", session.GetProperty("resumeToken").GetString());
        var place = new Uri(nginx.Address, created.Headers.Location!);
        using var looked = await client.GetAsync(place, Cancel);
        Assert.Equal(HttpStatusCode.OK, looked.StatusCode);

        // Events come as they happen: the first is read while the answer goes on.
        using var events = await client.GetAsync(new Uri(place + "/events"), HttpCompletionOption.ResponseHeadersRead, Cancel);
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

        using var avatars = await client.GetAsync(new Uri("/face/api/avatars", UriKind.Relative), Cancel);
        foreach (var avatar in (await SessionApiTests.JsonOf(avatars)).GetProperty("avatars").EnumerateArray())
        {
            using var preview = await client.GetAsync(new Uri(nginx.Address, avatar.GetProperty("preview").GetString()), Cancel);
            Assert.Equal("image/png", preview.Content.Headers.ContentType?.MediaType);
        }

        using var described = await client.GetAsync(new Uri("/face/openapi/v1.json", UriKind.Relative), Cancel);
        Assert.Equal(new Uri(nginx.Address, "/face").ToString(), (await SessionApiTests.JsonOf(described)).GetProperty("servers")[0].GetProperty("url").GetString()?.TrimEnd('/'));
        using var docs = await client.GetAsync(new Uri("/face/docs", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.OK, docs.StatusCode);
        Assert.StartsWith("/face/docs", docs.RequestMessage!.RequestUri!.AbsolutePath, StringComparison.Ordinal);
        foreach (var url in Named().Matches(await docs.Content.ReadAsStringAsync(Cancel)).Select(match => new Uri(docs.RequestMessage.RequestUri, match.Groups["url"].Value)))
        {
            using var file = await client.GetAsync(url, Cancel);
            Assert.True(file.IsSuccessStatusCode, url.ToString());
        }

        using var gone = await client.GetAsync(new Uri("/face/api/nothing", UriKind.Relative), Cancel);
        await SessionApiTests.AssertProblem(gone, "not-found");
    }

    private static StringContent JsonOf(object body) => new(JsonSerializer.Serialize(body), System.Text.Encoding.UTF8, "application/json");

    [GeneratedRegex("""(?:href|src)="/|(?:from |import |import\()'/|fetch\(['"`]/|url\(['"]?/""", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex FromTheRoot();

    [GeneratedRegex("""(?:href|src)="(?<url>[^"#:]+)["#]""", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Named();

    [GeneratedRegex("""^(?:import|export) (?:.* from )?'(?<url>\.[^']+)'""", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1_000)]
    private static partial Regex Imported();
}
