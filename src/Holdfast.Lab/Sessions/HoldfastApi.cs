using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Holdfast.Lab.Network.Isolated;

namespace Holdfast.Lab.Sessions;

/// <summary>The server's HTTP API (docs/http-api.md). Each call throws <see cref="ServerException"/> where it comes to nothing.</summary>
/// <param name="http">With the server's base address.</param>
internal sealed class HoldfastApi(HttpClient http)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public Uri Address => http.BaseAddress!;

    /// <summary>A client for a server's address, with limits that fit a measurement.</summary>
    /// <param name="address">The server's, with a slash at its end.</param>
    /// <param name="networkNamespace">The network from which it is asked; null: this process's own.</param>
    public static HttpClient CreateClient(Uri address, string? networkNamespace = null)
    {
        var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 256, ConnectTimeout = TimeSpan.FromSeconds(5) };
        if (networkNamespace is not null)
        {
            handler.ConnectCallback = (context, token) => NetworkNamespace.ConnectAsync(networkNamespace, context.DnsEndPoint, token);
        }

        return new HttpClient(handler) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(20) };
    }

    /// <summary>"ok" or "degraded".</summary>
    public async Task<string> HealthAsync(CancellationToken cancellationToken)
    {
        var answer = await SendAsync<HealthAnswer>(HttpMethod.Get, "healthz", null, null, cancellationToken);
        return answer.Status ?? throw new ServerException(ServerFailure.NotUnderstood, $"{Address}healthz answers, but not as a Holdfast server does.");
    }

    /// <summary>What the server says of itself.</summary>
    public Task<AboutServer> AboutAsync(CancellationToken cancellationToken) =>
        SendAsync<AboutServer>(HttpMethod.Get, "api/server", null, null, cancellationToken);

    public Task<CreatedSession> CreateAsync(string offer, string? avatar, int? graceSeconds, CancellationToken cancellationToken) =>
        SendAsync<CreatedSession>(
            HttpMethod.Post, "api/sessions", null, new OfferBody(offer, "offer", avatar, graceSeconds), cancellationToken);

    public Task<RestartedPath> RestartAsync(long id, string token, string offer, CancellationToken cancellationToken) =>
        SendAsync<RestartedPath>(HttpMethod.Patch, $"api/sessions/{id}/connection", token, new OfferBody(offer, "offer"), cancellationToken);

    public Task<NewConnection> ReconnectAsync(long id, string token, string offer, string client, CancellationToken cancellationToken) =>
        SendAsync<NewConnection>(
            HttpMethod.Post, $"api/sessions/{id}/connections", token, new OfferBody(offer, "offer", Client: client), cancellationToken);

    public Task<HeartbeatAnswer> HeartbeatAsync(long id, string token, CancellationToken cancellationToken) =>
        SendAsync<HeartbeatAnswer>(HttpMethod.Post, $"api/sessions/{id}/heartbeat", token, null, cancellationToken);

    public Task<SessionLook> LookAsync(long id, string token, CancellationToken cancellationToken) =>
        SendAsync<SessionLook>(HttpMethod.Get, $"api/sessions/{id}", token, null, cancellationToken);

    public Task SayAsync(long id, string token, string text, string? key, CancellationToken cancellationToken) =>
        SendAsync<JsonElement>(HttpMethod.Post, $"api/sessions/{id}/say", token, new SayBody(text, "echo", key), cancellationToken);

    /// <summary>Gives a session another voice.</summary>
    public Task AdjustAsync(SessionTicket ticket, string voice, CancellationToken cancellationToken) =>
        SendAsync<JsonElement>(HttpMethod.Patch, $"api/sessions/{ticket.Id}", ticket.Token, new { voice }, cancellationToken);

    /// <summary>Stops what is being said.</summary>
    public Task InterruptAsync(SessionTicket ticket, CancellationToken cancellationToken) =>
        SendAsync<JsonElement>(HttpMethod.Post, $"api/sessions/{ticket.Id}/interrupt", ticket.Token, null, cancellationToken);

    /// <summary>A session's journal as it is written: server-sent events with one line of data each.</summary>
    public async IAsyncEnumerable<(string Kind, JsonElement Data)> EventsAsync(
        SessionTicket ticket, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/sessions/{ticket.Id}/events");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ticket.Token);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        var kind = "";
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                kind = line["event: ".Length..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                yield return (kind, JsonElement.Parse(line["data: ".Length..]));
            }
        }
    }

    public async Task CloseAsync(long id, string token, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Delete, $"api/sessions/{id}", token, null, cancellationToken);
    }

    /// <summary>Whether a file of the server is there.</summary>
    public async Task<bool> HasAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await SendAsync(HttpMethod.Get, path, null, null, cancellationToken);
            return true;
        }
        catch (ServerException e) when (e.Failure != ServerFailure.Unreachable)
        {
            return false;
        }
    }

    private async Task<T> SendAsync<T>(HttpMethod method, string path, string? token, object? body, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(method, path, token, body, cancellationToken);
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(Json, cancellationToken)
                ?? throw new ServerException(ServerFailure.NotUnderstood, $"{Address}{path} answers nothing.", response.StatusCode);
        }
        catch (JsonException e)
        {
            throw new ServerException(
                ServerFailure.NotUnderstood, $"{Address}{path} does not answer as a Holdfast server does.", response.StatusCode, e);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string? token, object? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (body is not null)
        {
            request.Content = JsonContent.Create(body, body.GetType(), options: Json);
        }

        var response = await HttpErrors.SendAsync(http, request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            using (response)
            {
                throw await RefusalAsync(response, path, cancellationToken);
            }
        }

        return response;
    }

    private async Task<ServerException> RefusalAsync(HttpResponseMessage response, string path, CancellationToken cancellationToken)
    {
        Problem? problem = null;
        try
        {
            problem = await response.Content.ReadFromJsonAsync<Problem>(Json, cancellationToken);
        }
        catch (JsonException)
        {
            // Somebody else's error page.
        }

        var failure = (response.StatusCode, problem?.Type) switch
        {
            (HttpStatusCode.ServiceUnavailable, { } type) when type.EndsWith(":full", StringComparison.Ordinal) => ServerFailure.Full,
            (HttpStatusCode.NotFound or HttpStatusCode.Gone, { } type) when type.StartsWith("urn:holdfast:", StringComparison.Ordinal) => ServerFailure.Gone,
            (_, null) when !path.StartsWith("api/sessions/", StringComparison.Ordinal) => ServerFailure.NotUnderstood,
            _ => ServerFailure.Refused,
        };
        var sentence = problem?.Detail ?? problem?.Title ?? $"{Address}{path} answers {(int)response.StatusCode} {response.ReasonPhrase}.";
        return new ServerException(failure, sentence, response.StatusCode) { RetryAfter = response.Headers.RetryAfter?.Delta };
    }
}
