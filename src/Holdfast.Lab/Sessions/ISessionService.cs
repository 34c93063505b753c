using Holdfast.Lab.Peer;
using Holdfast.Lab.Words;
using Holdfast.Media;

namespace Holdfast.Lab.Sessions;

/// <summary>What a client needs to keep a session.</summary>
/// <param name="Id">The session's id; it never changes.</param>
/// <param name="Token">What proves that the session is the client's; empty where a server has none.</param>
/// <param name="Answer">The newest connection's SDP.</param>
/// <param name="Grace">How long the session is kept without a connection.</param>
/// <param name="Heartbeat">How often a sign of life is wanted.</param>
/// <param name="Tag">The routing tag for self-made answers; null where a server has none.</param>
/// <param name="Secret">The ICE secret for them.</param>
internal sealed record SessionTicket(
    string Id, string Token, string Answer, TimeSpan Grace, TimeSpan Heartbeat, string? Tag, ReadOnlyMemory<byte> Secret);

/// <summary>How sessions are made and kept at one kind of server. Each call throws <see cref="ServerException"/> where it comes to nothing.</summary>
internal interface ISessionService
{
    Uri Address { get; }

    /// <summary>The levels of the ladder that this kind of server has, the cheapest first.</summary>
    IReadOnlyList<int> Levels { get; }

    /// <summary>Whether and how offers name the client.</summary>
    CandidateNaming Naming { get; }

    Task<SessionTicket> CreateAsync(string offer, int? graceSeconds, CancellationToken cancellationToken);

    /// <summary>Level 2: the path is restarted; returns the answer.</summary>
    Task<string> RestartAsync(SessionTicket ticket, string offer, CancellationToken cancellationToken);

    /// <summary>Level 3: the same session with a new connection.</summary>
    Task<SessionTicket> ReconnectAsync(SessionTicket ticket, string offer, string client, CancellationToken cancellationToken);

    Task HeartbeatAsync(SessionTicket ticket, CancellationToken cancellationToken);

    /// <summary>Gives a session the voice whose words are told apart best, where the server has it.</summary>
    Task SpeakDistinctlyAsync(SessionTicket ticket, CancellationToken cancellationToken);

    /// <param name="ticket">The session.</param>
    /// <param name="text">What is said.</param>
    /// <param name="key">The client's name for this sending: under the same one it is said once, however often it is sent. Null: none, as where a server knows none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task SayAsync(SessionTicket ticket, string text, string? key, CancellationToken cancellationToken);

    /// <summary>Whether anything is being said, or waits to be.</summary>
    Task<bool> IsSpeakingAsync(SessionTicket ticket, CancellationToken cancellationToken);

    /// <summary>When the words of a session's first utterance were sent, after it was said; none where the server does not tell.</summary>
    Task<IReadOnlyList<SentWord>> WordsAsync(SessionTicket ticket, CancellationToken cancellationToken);

    Task CloseAsync(SessionTicket ticket, CancellationToken cancellationToken);
}

/// <summary>A word that the server sent.</summary>
/// <param name="Offset">Where it is in the text.</param>
/// <param name="Timestamp">Of the sound with which it begins (RTP).</param>
internal sealed record SentWord(int Offset, uint Timestamp)
{
    /// <summary>As it is in a recording without gaps that begins with a packet.</summary>
    public ToldWord In(uint first) => new(Offset, unchecked((int)(Timestamp - first)) / (double)SoundFormat.SampleRate);
}
