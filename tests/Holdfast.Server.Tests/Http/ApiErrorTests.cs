using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Holdfast.AspNetCore.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Server.Tests.Http;

/// <summary>
/// Everything that can be wrong with a request, tried at every endpoint there is: the endpoints are asked of the server, so that a new one
/// is tried without being listed here. Whatever is refused is refused in Holdfast's own words.
/// </summary>
public sealed class ApiErrorTests : IClassFixture<ApiErrorTests.DevelopmentServer>
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"];

    private readonly RunningServer _server;

    public ApiErrorTests(DevelopmentServer fixture) => _server = fixture.Server;

    private IEnumerable<ApiEndpoint> Endpoints => _server.Services.GetRequiredService<EndpointDataSource>().Endpoints
        .OfType<RouteEndpoint>()
        .SelectMany(static endpoint => (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).Select(method => new ApiEndpoint(
            method, "/" + endpoint.RoutePattern.RawText!.Trim('/'), endpoint.Metadata.GetMetadata<IAcceptsMetadata>())))
        .Where(static endpoint => endpoint.Pattern.StartsWith("/api/", StringComparison.Ordinal));

    private IEnumerable<ApiEndpoint> WithBody => Endpoints.Where(static endpoint => endpoint.Accepts is not null);

    private const string OperatorKey = "the-operator-of-these-tests";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void There_are_endpoints_with_bodies_and_without()
    {
        Assert.True(WithBody.Count() >= 6);
        Assert.True(Endpoints.Count() - WithBody.Count() >= 6);
    }

    [Fact]
    public async Task A_body_that_is_no_JSON_object_of_UTF8_is_refused_everywhere()
    {
        foreach (var endpoint in WithBody)
        {
            await using var target = await TargetAsync(endpoint);
            foreach (var (what, bytes) in Malformed())
            {
                using var response = await target.SendAsync(Json(bytes));
                await AssertRefusedAsync(response, $"{endpoint}: {what}", "bad-request");
            }
        }
    }

    [Fact]
    public async Task An_empty_body_is_refused_where_one_is_needed()
    {
        foreach (var endpoint in WithBody.Where(static endpoint => !endpoint.Accepts!.IsOptional))
        {
            await using var target = await TargetAsync(endpoint);
            using var response = await target.SendAsync(Json([]));
            var problem = await AssertRefusedAsync(response, endpoint.ToString(), "bad-request");
            Assert.Contains("empty", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Every_member_refuses_what_is_not_of_its_kind_or_out_of_its_bounds_by_its_name()
    {
        foreach (var endpoint in WithBody)
        {
            await using var target = await TargetAsync(endpoint);
            foreach (var member in MembersOf(endpoint.Accepts!.RequestType!))
            {
                foreach (var value in WrongValuesOf(member.Type))
                {
                    using var response = await target.SendAsync(Json(Encoding.UTF8.GetBytes(member.With(value))));
                    var what = $"{endpoint}: {member.Path} = {value[..Math.Min(value.Length, 30)]}";
                    var problem = await AssertRefusedAsync(response, what, "bad-request");
                    Assert.True(problem.GetProperty("detail").GetString()!.Contains($"'{member.Path}'", StringComparison.Ordinal), what + problem);
                }

                if (member.Type == typeof(string))
                {
                    using var half = await target.SendAsync(Json(Encoding.UTF8.GetBytes(member.With("\"\\ud800\""))));
                    await AssertRefusedAsync(half, $"{endpoint}: half a surrogate pair in {member.Path}", "bad-request");
                    using var endless = await target.SendAsync(Json(Encoding.UTF8.GetBytes(member.With($"\"{new string('x', 700_000)}\""))));
                    await AssertRefusedAsync(endless, $"{endpoint}: {member.Path} without end", "too-large");
                }
            }
        }
    }

    [Fact]
    public void Every_string_in_a_body_has_a_longest_length_and_every_number_a_range()
    {
        Assert.All(WithBody.SelectMany(static endpoint => MembersOf(endpoint.Accepts!.RequestType!)), static member =>
        {
            if (member.Type == typeof(string))
            {
                Assert.True(member.Property.GetCustomAttribute<StringLengthAttribute>() is { MaximumLength: > 0 }, member.Path);
            }
            else if (member.Type == typeof(int) || member.Type == typeof(long))
            {
                Assert.True(member.Property.GetCustomAttribute<RangeAttribute>() is not null, member.Path);
            }
        });
    }

    [Fact]
    public void The_bounds_of_every_member_are_in_the_document()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "http-api.md"));
        var bounds = document[document.IndexOf("| field | bounds |", StringComparison.Ordinal)..];
        bounds = bounds[..bounds.IndexOf("\n\n", StringComparison.Ordinal)];
        Assert.All(
            WithBody.SelectMany(static endpoint => MembersOf(endpoint.Accepts!.RequestType!)).Where(static member => member.Type.IsValueType || member.Type == typeof(string)),
            member => Assert.Contains($"`{member.Path}`", bounds, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_member_that_nobody_knows_is_left_alone()
    {
        foreach (var endpoint in WithBody)
        {
            await using var target = await TargetAsync(endpoint);
            using var without = await target.SendAsync(Json("{}"u8));
            using var with = await target.SendAsync(Json("""{"ofANewerClient":{"a":[1,2,{"b":null}]}}"""u8));
            Assert.Equal(without.StatusCode, with.StatusCode);
            Assert.Equal(await DetailOf(without), await DetailOf(with));
        }
    }

    [Theory]
    [InlineData("text/plain", null)]
    [InlineData("application/x-www-form-urlencoded", null)]
    [InlineData("multipart/form-data; boundary=x", null)]
    [InlineData("application/json; charset=utf-16", null)]
    [InlineData("json", null)]
    [InlineData("application/json", "gzip")]
    [InlineData(null, null)]
    public async Task A_body_that_is_not_sent_as_JSON_is_refused_everywhere(string? type, string? encoding)
    {
        foreach (var endpoint in WithBody)
        {
            await using var target = await TargetAsync(endpoint);
            var content = new ByteArrayContent("{}"u8.ToArray());
            if (type is not null)
            {
                content.Headers.TryAddWithoutValidation("Content-Type", type);
            }

            if (encoding is not null)
            {
                content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
            }

            using var response = await target.SendAsync(content);
            await AssertRefusedAsync(response, $"{endpoint} as {type}", "not-json");
        }
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=UTF-8")]
    [InlineData("application/json;charset=\"utf-8\"")]
    [InlineData("application/vnd.holdfast+json")]
    public async Task However_JSON_is_called_it_is_read(string type)
    {
        foreach (var endpoint in WithBody.Where(static endpoint => !endpoint.Accepts!.IsOptional))
        {
            await using var target = await TargetAsync(endpoint);
            var content = new ByteArrayContent([0xEF, 0xBB, 0xBF, .. "{}"u8]);
            content.Headers.TryAddWithoutValidation("Content-Type", type);
            using var response = await target.SendAsync(content);
            var problem = await AssertRefusedAsync(response, $"{endpoint} as {type}", "bad-request");
            Assert.StartsWith("'", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_body_in_pieces_without_end_is_refused_too()
    {
        foreach (var endpoint in WithBody)
        {
            await using var target = await TargetAsync(endpoint);
            using var response = await SendEndlessAsync(target);
            await AssertRefusedAsync(response, endpoint.ToString(), "too-large");
        }
    }

    /// <summary>A server may answer and hang up while somebody still sends: who sends then hears the answer only sometimes.</summary>
    private static async Task<HttpResponseMessage> SendEndlessAsync(Target target)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                var content = new StreamContent(new MemoryStream([.. "{\"x\":\""u8, .. Enumerable.Repeat((byte)'x', 700_000)]));
                content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                return await target.SendAsync(content, static request => request.Headers.TransferEncodingChunked = true);
            }
            catch (HttpRequestException) when (tries < 10)
            {
                // Hung up before the answer was read.
            }
        }
    }

    [Fact]
    public async Task A_method_that_an_address_does_not_take_is_refused_with_those_it_does()
    {
        foreach (var group in Endpoints.GroupBy(static endpoint => endpoint.Pattern, StringComparer.Ordinal))
        {
            await using var target = await TargetAsync(group.First());
            var taken = group.Select(static endpoint => endpoint.Method).ToHashSet(StringComparer.Ordinal);
            foreach (var method in Methods.Where(method => !taken.Contains(method)))
            {
                using var response = await target.SendAsync(content: null, request => request.Method = new HttpMethod(method));
                await AssertRefusedAsync(response, $"{method} {group.Key}", "method-not-allowed");
                Assert.Equal(taken.Order(StringComparer.Ordinal), response.Content.Headers.Allow.Order(StringComparer.Ordinal));
            }
        }
    }

    [Fact]
    public async Task Whatever_is_shown_in_place_of_the_token_is_no_token()
    {
        string[] shown = ["", "Bearer", "Bearer ", "Bearer x", "Basic eDp5", "Bearer " + new string('x', 43), "Bearer " + new string('x', 20_000), "Bearer a,b;c=\"d\"", "Bearer {token} x", "{token}"];
        foreach (var endpoint in Endpoints.Where(static endpoint => endpoint.Pattern.Contains("{id}", StringComparison.Ordinal)))
        {
            await using var target = await TargetAsync(endpoint);
            foreach (var authorization in shown)
            {
                using var response = await target.SendAsync(endpoint.Accepts is null ? null : Json("{"u8), request =>
                {
                    request.Headers.Remove("Authorization");
                    request.Headers.TryAddWithoutValidation("Authorization", authorization.Replace("{token}", target.Token, StringComparison.Ordinal));
                });
                await AssertRefusedAsync(response, $"{endpoint}: '{authorization[..Math.Min(authorization.Length, 30)]}'", "not-owner");
                Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
            }
        }
    }

    [Fact]
    public async Task A_name_in_the_path_that_names_nothing_is_not_found()
    {
        string[] names = ["0", "-1", "+1", "1.0", "1e3", "0x1", "9007199254740992", "99999999999999999999999", "NaN", "%ff", "%ed%a0%80", "..%2f..", "%E4%BD%A0", "a%0d%0ab", new string('9', 6_000)];
        foreach (var endpoint in Endpoints.Where(static endpoint => endpoint.Pattern.Contains('{', StringComparison.Ordinal)))
        {
            foreach (var name in names)
            {
                var path = endpoint.Pattern.Replace("{id}", name, StringComparison.Ordinal).Replace("{name}", name, StringComparison.Ordinal).Replace("{recordingId}", name, StringComparison.Ordinal);
                var (status, type) = await RawAsync(endpoint.Method, path, endpoint.Accepts is null ? null : "{}");
                Assert.True(status == 404 && type is "unknown-session" or "unknown-recording" or "not-found", $"{endpoint.Method} {path}: {status} {type}");
            }
        }
    }

    [Theory]
    [InlineData("?after=-1", null)]
    [InlineData("?after=1e3", null)]
    [InlineData("?after=%ff", null)]
    [InlineData("?after=1&after=2", null)]
    [InlineData("?after=9223372036854775808", null)]
    [InlineData("?after=9007199254740993", null)]
    [InlineData("?after=x", "")]
    [InlineData("?after=1", "-1")]
    [InlineData("", "abc")]
    [InlineData("", "0, 0")]
    [InlineData("", "1.5")]
    [InlineData("", "99999999999999999999999999999999999999999999999999999999999999999999")]
    public async Task A_number_of_an_event_that_is_none_is_refused(string query, string? lastEventId)
    {
        await using var target = await TargetAsync(new ApiEndpoint("GET", "/api/sessions/{id}/events" + query, Accepts: null));
        using var response = await target.SendAsync(content: null, request =>
        {
            if (lastEventId is not null)
            {
                request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
            }
        });
        await AssertRefusedAsync(response, query + lastEventId, "bad-request");
    }

    [Theory]
    [InlineData("/api")]
    [InlineData("/api/")]
    [InlineData("/api/nothing")]
    [InlineData("/api/sessions/1/nothing")]
    [InlineData("/api/sessions/1/say/again")]
    [InlineData("/api/avatars/lin")]
    [InlineData("/api/v2/sessions")]
    [InlineData("/holdfast/nothing.js")]
    [InlineData("/openapi/v2.json")]
    [InlineData("/healthz/more")]
    [InlineData("/nothing")]
    public async Task What_is_not_there_is_not_found(string path)
    {
        foreach (var method in new[] { "GET", "POST", "DELETE" })
        {
            using var response = await _server.SendAsync(new HttpMethod(method), path);
            if (method is not "GET" && response.StatusCode == HttpStatusCode.MethodNotAllowed)
            {
                continue; // of an address that matches whatever is asked for
            }

            await AssertRefusedAsync(response, path, "not-found");
        }
    }

    [Fact]
    public async Task What_the_web_server_refuses_by_itself_has_the_status_that_is_documented()
    {
        string[] headers = ["X-Long: " + new string('x', 40_000), string.Concat(Enumerable.Range(0, 120).Select(static i => $"X-{i}: 1\r\n")).TrimEnd()];
        foreach (var header in headers)
        {
            Assert.Equal((431, null), await RawAsync("GET", "/api/server HTTP/1.1\r\n" + header + "\r\nX-Rest:", body: null));
        }

        Assert.Equal((414, null), await RawAsync("GET", "/api/" + new string('x', 9_000), body: null));
        Assert.Equal((400, null), await RawAsync("GET", "/api/%00", body: null));
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("image/png")]
    [InlineData("text/event-stream")]
    [InlineData("application/json;q=0")]
    [InlineData("nonsense")]
    public async Task Whatever_a_client_says_it_accepts_a_refusal_is_problem_details(string accept)
    {
        foreach (var path in new[] { "/api/nothing", "/api/sessions/1", "/api/avatars/nobody/preview.png", "/api/sessions" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("Accept", accept);
            using var response = await _server.Http.SendAsync(request, Cancel);
            await AssertRefusedAsync(response, path + " as " + accept);
        }
    }

    [Fact]
    public async Task What_an_endpoint_refuses_by_itself_is_among_its_described_responses()
    {
        foreach (var (method, pattern, body, name) in new (string, string, object?, string)[]
        {
            ("GET", "/api/recordings/nothing?format=gif", null, "bad-request"),
            ("POST", "/api/sessions/{id}/microphone/recording?from=x", null, "bad-request"),
            ("POST", "/api/sessions/{id}/microphone/recording?key=", null, "bad-request"),
            ("POST", "/api/sessions/{id}/microphone/recording", null, "not-sound"),
            ("POST", "/api/sessions/{id}/audio", null, "not-sound"),
            ("POST", "/api/sessions/{id}/actions", new { name = "nothing" }, "unknown-action"),
            ("POST", "/api/sessions/{id}/pushes", new { target = "nothing" }, "unknown-target"),
            ("POST", "/api/sessions/{id}/pushes/stop", new { target = "nothing" }, "not-pushing"),
            ("POST", "/api/sessions/{id}/recordings/stop", null, "not-recording"),
            ("PUT", "/api/sessions/{id}/model", new { model = "nothing" }, "unknown-model"),
            ("PATCH", "/api/sessions/{id}", new { avatar = "nobody" }, "unknown-avatar"),
            ("PATCH", "/api/sessions/{id}", new { voice = "nobody" }, "unknown-voice"),
            ("PATCH", "/api/sessions/{id}/connection", new { sdp = "v=0", type = "offer" }, "not-connected"),
            ("POST", "/api/sessions/{id}/say", new { text = "x" }, "not-connected"),
        })
        {
            await using var target = await TargetAsync(new ApiEndpoint(method, pattern, Accepts: null));
            using var response = await target.SendAsync(body is null ? null : JsonContent.Create(body));
            await AssertRefusedAsync(response, $"{method} {pattern}", name);
        }
    }

    [Fact]
    public async Task A_success_says_that_it_is_Holdfasts_own()
    {
        await using var target = await TargetAsync(new ApiEndpoint("GET", "/api/sessions/{id}/events", Accepts: null));
        foreach (var path in new[] { "/api/server", "/api/avatars", "/api/avatars/lin/preview.png", target.Path })
        {
            using var response = await target.SendAsync(content: null, request => request.RequestUri = new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("1", Assert.Single(response.Headers.GetValues("Holdfast-Api")));
        }

        using var page = await _server.SendAsync(HttpMethod.Get, "/");
        Assert.False(page.Headers.Contains("Holdfast-Api"));
    }

    [Fact]
    public async Task What_nobody_foresaw_is_told_without_its_inside()
    {
        await using var app = HoldfastServer.Build(["--urls", "http://127.0.0.1:0", "--Holdfast:Rtc:Port=0", "--environment", "Development", "--Logging:LogLevel:Default=None"]);
        app.MapGet("/api/throws", static string () => throw new InvalidOperationException("the secret of line 7"));
        app.MapGet("/api/breaks", static async (HttpContext http) =>
        {
            http.Response.ContentType = "image/png";
            http.Response.ContentLength = 7;
            http.Response.Headers.ETag = "\"x\"";
            await Task.Yield();
            throw new IOException("the secret of line 8");
        });
        await app.StartAsync(Cancel);
        using var client = new HttpClient { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First()) };
        foreach (var path in new[] { "/api/throws", "/api/breaks" })
        {
            using var response = await client.GetAsync(new Uri(path, UriKind.Relative), Cancel);
            var problem = await AssertRefusedAsync(response, path, "internal");
            Assert.True(problem.TryGetProperty("traceId", out _));
            Assert.Null(response.Headers.ETag);
            Assert.DoesNotContain("secret", problem.ToString(), StringComparison.Ordinal);
            Assert.True(response.Headers.Contains("X-Content-Type-Options"));
        }

        await app.StopAsync(Cancel);
    }

    [Fact]
    public async Task A_client_that_goes_in_the_middle_of_its_request_changes_nothing()
    {
        await using var target = await TargetAsync(new ApiEndpoint("POST", "/api/sessions/{id}/say", Accepts: null));
        for (var i = 0; i < 5; i++)
        {
            await using var socket = await ConnectAsync();
            await socket.WriteAsync(Encoding.ASCII.GetBytes($"POST {target.Path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {target.Token}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{\"text\":"), Cancel);
        }

        using var response = await target.SendAsync(content: null, request =>
        {
            request.Method = HttpMethod.Get;
            request.RequestUri = new Uri(target.Path[..^"/say".Length], UriKind.Relative);
        });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(0, (await SessionApiTests.JsonOf(response)).GetProperty("queued").GetInt32());
    }

    /// <summary>What every refusal of Holdfast is like.</summary>
    internal static async Task<JsonElement> AssertRefusedAsync(HttpResponseMessage response, string what, string? name = null)
    {
        var text = await response.Content.ReadAsStringAsync(Cancel);
        var said = $"{what}: {(int)response.StatusCode} {text}";
        Assert.True(response.Content.Headers.ContentType?.MediaType is "application/problem+json", said);
        var problem = JsonElement.Parse(text);
        var type = problem.GetProperty("type").GetString()!;
        Assert.True(Kinds.TryGetValue(type, out var kind), said);
        Assert.True(name is null || string.Equals(kind.Name, name, StringComparison.Ordinal), $"{said} is not {name}");
        Assert.True(kind.Status == (int)response.StatusCode && kind.Status == problem.GetProperty("status").GetInt32(), said);
        Assert.Equal(kind.Title, problem.GetProperty("title").GetString());
        var detail = problem.GetProperty("detail").GetString()!;
        Assert.True(detail.EndsWith('.') && detail.Length < 300 && !detail.Any(char.IsControl), said);
        Assert.False(detail.Contains("System.", StringComparison.Ordinal) || text.Contains("   at ", StringComparison.Ordinal), said);
        var path = response.RequestMessage!.RequestUri!.AbsolutePath;
        Assert.Equal(path is "/api" || path.StartsWith("/api/", StringComparison.Ordinal), response.Headers.Contains("Holdfast-Api"));
        Assert.True(response.Headers.CacheControl is null or { NoStore: true }, said);
        await DescribedErrors.AssertAsync(response, said);
        return problem;
    }

    internal static IReadOnlyDictionary<string, ProblemKind> Kinds { get; } = typeof(ProblemKind)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(static field => field.GetValue(null))
        .OfType<ProblemKind>()
        .ToDictionary(static kind => kind.Type, StringComparer.Ordinal);

    private static IEnumerable<(string What, byte[] Bytes)> Malformed()
    {
        foreach (var text in (string[])[
            "{", "}", "[]", "null", "true", "7", "\"x\"", "[{}]", "{}{}", "{} x", "{,}", "{\"a\":}", "{\"a\":1,}", "{'a':1}", "{a:1}", "{\"a\":NaN}", "{\"a\":01}", "{\"a\":1e}", "{\"a\":.5}",
            "{\"a\":\"x", "{\"a\":\"\n\"}", "{\"a\":\"\\x\"}", "{\"a\":tru}", "/* */{}", "{}//", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "{\"x\":{\"a\":1,\"a\":1}}",
            "{\"a\":\"\\ud800\"}", "{\"a\":\"\\udc00\"}", "{\"a\":\"\\udc00\\ud800\"}", "{\"\\ud800\":1}", "{\"a\":[\"\\ud800x\"]}", "\u0000", " ", "{\"a\":\"\u0001\"}",
            string.Concat(Enumerable.Repeat("{\"a\":", 9)) + "1" + new string('}', 9),
            "{\"a\":" + new string('[', 100_000), "{\"a\":" + new string('[', 8) + new string(']', 8) + "}"])
        {
            yield return (text.Length > 60 ? text[..60] : text, Encoding.UTF8.GetBytes(text));
        }

        yield return ("a byte that is not UTF-8", [.. "{\"a\":\""u8, 0xFF, .. "\"}"u8]);
        yield return ("half a surrogate pair in UTF-8", [.. "{\"a\":\""u8, 0xED, 0xA0, 0x80, .. "\"}"u8]);
        yield return ("an overlong form", [.. "{\"a\":\""u8, 0xC0, 0xAF, .. "\"}"u8]);
        yield return ("a character that is cut off", [.. "{\"a\":\""u8, 0xE4, 0xBD]);
        yield return ("UTF-16", Encoding.Unicode.GetBytes("{}"));
    }

    private static string[] WrongValuesOf(Type type) => type == typeof(string) ? ["7", "true", "{}", "[]", "[\"x\"]", "\"\"", $"\"{new string('x', 120_000)}\""]
        : type == typeof(int) || type == typeof(long)
            ? ["\"5\"", "\"x\"", "true", "{}", "[]", "1.5", "-1", "1e308", "-1e308", "1e999", "9007199254740992", "9223372036854775808", "1e1"]
        : type == typeof(bool) ? ["7", "\"true\"", "{}", "[]"]
        : ["7", "\"x\"", "[]", "true"];

    /// <summary>The members of a body, those of its objects too, with where they are.</summary>
    private static IEnumerable<Member> MembersOf(Type type, string prefix = "") => type.GetProperties().SelectMany(property =>
    {
        var member = new Member(prefix + JsonNamingPolicy.CamelCase.ConvertName(property.Name), Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType, property);
        return member.Type.IsClass && member.Type != typeof(string) ? MembersOf(member.Type, member.Path + ".").Prepend(member) : [member];
    });

    private static ByteArrayContent Json(ReadOnlySpan<byte> bytes)
    {
        var content = new ByteArrayContent(bytes.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private static async Task<string?> DetailOf(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(Cancel);
        return text.Length > 0 && JsonElement.Parse(text).TryGetProperty("detail", out var detail) ? detail.GetString() : null;
    }

    /// <summary>As bytes, since an HttpClient mends what it sends.</summary>
    private async Task<(int Status, string? Name)> RawAsync(string method, string path, string? body)
    {
        await using var stream = await ConnectAsync();
        var content = body is null ? string.Empty : $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer x\r\n{content}\r\n{body}"), Cancel);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var answer = await reader.ReadToEndAsync(Cancel);
        var at = answer.IndexOf(ProblemKind.Prefix, StringComparison.Ordinal);
        return (int.Parse(answer.AsSpan(9, 3), CultureInfo.InvariantCulture), at < 0 ? null : answer[(at + ProblemKind.Prefix.Length)..answer.IndexOf('"', at)]);
    }

    private async Task<Stream> ConnectAsync()
    {
        var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _server.Http.BaseAddress!.Port, Cancel);
        return client.GetStream();
    }

    /// <summary>An endpoint with a session of its own, where it needs one.</summary>
    private async Task<Target> TargetAsync(ApiEndpoint endpoint)
    {
        var session = endpoint.Pattern.Contains("{id}", StringComparison.Ordinal) ? await _server.CreateAsync() : null;
        var path = endpoint.Pattern
            .Replace("{id}", session?.Id.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{name}", "lin", StringComparison.Ordinal);
        return new Target(_server, session, endpoint.Method, path);
    }

    public sealed class DevelopmentServer : IAsyncLifetime
    {
        internal RunningServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await RunningServer.StartAsync(
            "--environment", "Development", "--Holdfast:SetupTimeoutSeconds=300", "--Holdfast:Access:Keys:tests:Key=" + OperatorKey, "--Holdfast:Access:Keys:tests:Role=Operator", "--Holdfast:Access:StartsPerMinute=1000000",
            "--Holdfast:Listening:BaseUrl=http://127.0.0.1:9/v1", // who listens need not be there to be asked nonsense
            "--Holdfast:LiveTalking:Enabled=false"); // which tells its failures in its own words

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }

    private sealed record ApiEndpoint(string Method, string Pattern, IAcceptsMetadata? Accepts)
    {
        public override string ToString() => $"{Method} {Pattern}";
    }

    private sealed record Member(string Path, Type Type, PropertyInfo Property)
    {
        /// <summary>A body in which nothing but this member is anything.</summary>
        public string With(string value)
        {
            var names = Path.Split('.');
            return string.Concat(names.Select(static name => $"{{\"{name}\":")) + value + new string('}', names.Length);
        }
    }

    private sealed class Target(RunningServer server, RunningServer.Created? session, string method, string path) : IAsyncDisposable
    {
        public string Path => path;

        /// <summary>What a call needs that is about no session: nothing to start one, and a key for the rest.</summary>
        public string Token => session?.Token ?? OperatorKey;

        public Task<HttpResponseMessage> SendAsync(HttpContent? content, Action<HttpRequestMessage>? change = null)
        {
            var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
            change?.Invoke(request);
            return server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        }

        public async ValueTask DisposeAsync()
        {
            if (session is not null)
            {
                using var closed = await server.SendAsync(HttpMethod.Delete, session.Path, session.Token);
            }
        }
    }
}
