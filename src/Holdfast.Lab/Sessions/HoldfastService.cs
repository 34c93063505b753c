using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Holdfast.Lab.Peer;

namespace Holdfast.Lab.Sessions;

/// <summary>Sessions of a Holdfast server.</summary>
internal sealed class HoldfastService(HoldfastApi api, string? avatar = null, CandidateNaming naming = CandidateNaming.None) : ISessionService
{
    /// <summary>espeak-ng's: the same sound every time, and no word in it that passes for a part of another.</summary>
    private const string DistinctVoice = "espeak/female";

    public HoldfastApi Api => api;

    public Uri Address => api.Address;

    public IReadOnlyList<int> Levels { get; } = [1, 2, 3];

    public CandidateNaming Naming { get; } = naming;

    public async Task<SessionTicket> CreateAsync(string offer, int? graceSeconds, CancellationToken cancellationToken)
    {
        var created = await api.CreateAsync(offer, avatar, graceSeconds, cancellationToken);
        return new SessionTicket(
            created.SessionId.ToString(CultureInfo.InvariantCulture),
            created.ResumeToken,
            created.Answer.Sdp,
            TimeSpan.FromSeconds(created.GraceSeconds),
            TimeSpan.FromSeconds(Math.Max(1, created.HeartbeatSeconds)),
            created.Ice.Tag,
            SecretOf(created.Ice));
    }

    public async Task<string> RestartAsync(SessionTicket ticket, string offer, CancellationToken cancellationToken) =>
        (await api.RestartAsync(IdOf(ticket), ticket.Token, offer, cancellationToken)).Answer.Sdp;

    public async Task<SessionTicket> ReconnectAsync(SessionTicket ticket, string offer, string client, CancellationToken cancellationToken)
    {
        var connection = await api.ReconnectAsync(IdOf(ticket), ticket.Token, offer, client, cancellationToken);
        return ticket with
        {
            Token = connection.ResumeToken,
            Answer = connection.Answer.Sdp,
            Tag = connection.Ice.Tag,
            Secret = SecretOf(connection.Ice),
        };
    }

    public Task HeartbeatAsync(SessionTicket ticket, CancellationToken cancellationToken) =>
        api.HeartbeatAsync(IdOf(ticket), ticket.Token, cancellationToken);

    public async Task SpeakDistinctlyAsync(SessionTicket ticket, CancellationToken cancellationToken)
    {
        try
        {
            await api.AdjustAsync(ticket, DistinctVoice, cancellationToken);
        }
        catch (ServerException e) when (e.Failure == ServerFailure.Refused)
        {
            // A server without it speaks with its own.
        }
    }

    public Task SayAsync(SessionTicket ticket, string text, string? key, CancellationToken cancellationToken) =>
        api.SayAsync(IdOf(ticket), ticket.Token, text, key, cancellationToken);

    public async Task<bool> IsSpeakingAsync(SessionTicket ticket, CancellationToken cancellationToken) =>
        await LookAsync(ticket, cancellationToken) is { Speaking: true } or { Queued: > 0 };

    public async Task<IReadOnlyList<SentWord>> WordsAsync(SessionTicket ticket, CancellationToken cancellationToken)
    {
        var words = new List<SentWord>();
        try
        {
            await foreach (var (kind, data) in api.EventsAsync(ticket, cancellationToken))
            {
                if (kind is "word" && data.GetProperty("rtpTimestamp") is { ValueKind: JsonValueKind.Number } timestamp)
                {
                    words.Add(new SentWord(data.GetProperty("offset").GetInt32(), timestamp.GetUInt32()));
                }
                else if (kind is "finished" or "failed" or "dropped" or "interrupted")
                {
                    break;
                }
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // What was told until then may do.
        }

        return words;
    }

    public Task CloseAsync(SessionTicket ticket, CancellationToken cancellationToken) =>
        api.CloseAsync(IdOf(ticket), ticket.Token, cancellationToken);

    public Task<SessionLook> LookAsync(SessionTicket ticket, CancellationToken cancellationToken) =>
        api.LookAsync(IdOf(ticket), ticket.Token, cancellationToken);

    private static long IdOf(SessionTicket ticket) => long.Parse(ticket.Id, CultureInfo.InvariantCulture);

    private static byte[] SecretOf(IceSecrets ice)
    {
        try
        {
            return Base64Url.DecodeFromChars(ice.Secret);
        }
        catch (FormatException e)
        {
            throw new ServerException(ServerFailure.NotUnderstood, "The server's ICE secret is not base64url.", inner: e);
        }
    }
}
