using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Holdfast.Lab.Peer;

namespace Holdfast.Lab.Sessions;

/// <summary>
/// Sessions of a server with the API that LiveTalking's clients use: /offer, and /reconnect with a new connection. It has no ICE restart
/// and no credential but the id.
/// </summary>
internal sealed class LiveTalkingService(HttpClient http, CandidateNaming naming = CandidateNaming.Addresses) : ISessionService
{
    // Such a server names no times: these are what its page uses.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(20);

    public Uri Address => http.BaseAddress!;

    public IReadOnlyList<int> Levels { get; } = [3];

    /// <summary>aiortc checks the client itself.</summary>
    public CandidateNaming Naming { get; } = naming;

    public async Task<SessionTicket> CreateAsync(string offer, int? graceSeconds, CancellationToken cancellationToken)
    {
        var answer = await PostAsync("offer", new { sdp = offer, type = "offer" }, cancellationToken);

        // A number, or the same in a string; an error that looks like a success names session 0.
        var given = answer.TryGetProperty("sessionid", out var id) ? id : default;
        var text = given.ValueKind switch
        {
            JsonValueKind.Number => given.GetRawText(),
            JsonValueKind.String => given.GetString(),
            _ => null,
        };
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? new SessionTicket(number.ToString(CultureInfo.InvariantCulture), "", SdpOf(answer), Grace, Heartbeat, null, default)
            : throw new ServerException(ServerFailure.NotUnderstood, $"{Address}offer answers without a session's id.");
    }

    public Task<string> RestartAsync(SessionTicket ticket, string offer, CancellationToken cancellationToken) =>
        throw new ServerException(ServerFailure.Refused, "This kind of server cannot restart a path.");

    public async Task<SessionTicket> ReconnectAsync(SessionTicket ticket, string offer, string client, CancellationToken cancellationToken)
    {
        var answer = await PostAsync("reconnect", new { sessionid = NumberOf(ticket), sdp = offer, type = "offer" }, cancellationToken);
        return ticket with { Answer = SdpOf(answer) };
    }

    public Task HeartbeatAsync(SessionTicket ticket, CancellationToken cancellationToken) =>
        PostAsync("session/heartbeat", new { sessionid = NumberOf(ticket) }, cancellationToken);

    public Task SayAsync(SessionTicket ticket, string text, string? key, CancellationToken cancellationToken) =>
        PostAsync("human", new { sessionid = NumberOf(ticket), text, type = "echo" }, cancellationToken);

    public async Task<bool> IsSpeakingAsync(SessionTicket ticket, CancellationToken cancellationToken)
    {
        var answer = await PostAsync("is_speaking", new { sessionid = NumberOf(ticket) }, cancellationToken);
        return answer.TryGetProperty("data", out var data) && data.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? data.GetBoolean()
            : throw new ServerException(ServerFailure.NotUnderstood, $"{Address}is_speaking does not say whether it speaks.");
    }

    public Task CloseAsync(SessionTicket ticket, CancellationToken cancellationToken) =>
        PostAsync("session/close", new { sessionid = NumberOf(ticket) }, cancellationToken);

    public Task SpeakDistinctlyAsync(SessionTicket ticket, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<IReadOnlyList<SentWord>> WordsAsync(SessionTicket ticket, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<SentWord>>([]);

    private static long NumberOf(SessionTicket ticket) => long.Parse(ticket.Id, CultureInfo.InvariantCulture);

    private static string SdpOf(JsonElement answer) =>
        answer.TryGetProperty("sdp", out var sdp) && sdp.ValueKind == JsonValueKind.String
            ? sdp.GetString()!
            : throw new ServerException(ServerFailure.NotUnderstood, "The server's answer has no SDP.");

    private async Task<JsonElement> PostAsync(string path, object body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, body.GetType()) };
        using var response = await HttpErrors.SendAsync(http, request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            var failure = response.StatusCode switch
            {
                HttpStatusCode.NotFound => ServerFailure.Gone,
                HttpStatusCode.TooManyRequests => ServerFailure.Full,
                _ => ServerFailure.Refused,
            };
            throw new ServerException(
                failure,
                $"{Address}{path} answers {(int)response.StatusCode} {response.ReasonPhrase}.",
                response.StatusCode);
        }

        try
        {
            var answer = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            return answer.ValueKind == JsonValueKind.Object
                ? answer
                : throw new ServerException(ServerFailure.NotUnderstood, $"{Address}{path} does not answer a JSON object.", response.StatusCode);
        }
        catch (JsonException e)
        {
            throw new ServerException(ServerFailure.NotUnderstood, $"{Address}{path} does not answer JSON.", response.StatusCode, e);
        }
    }
}
