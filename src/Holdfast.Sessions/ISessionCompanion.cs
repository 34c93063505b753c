namespace Holdfast.Sessions;

/// <summary>
/// Something that lives with a session beside what it shows: a conversation is one. It reads the journal (<see cref="Session.Follow"/>), may speak
/// (<see cref="Session.Speak"/>) and tell of itself (<see cref="Session.Tell"/>), and ends when the journal does.
/// </summary>
public interface ISessionCompanion
{
    /// <summary>What another process needs to go on with it, where the session is kept over the end of this one; null for nothing. Changes nothing.</summary>
    Task<string?> CaptureAsync();

    /// <summary>
    /// Another number where <see cref="CaptureAsync"/> would give something else than before, though nothing was written in the session's journal: it is kept then
    /// within a second. Any thread asks; answer at once. Always 0 by default.
    /// </summary>
    long Revision => 0;

    /// <summary>
    /// The language that the session speaks, as a tag (BCP 47); null where each text tells its own. It may be another one at any time: each text takes what it is
    /// when the text is accepted. Asked under a lock: answer at once. Null by default.
    /// </summary>
    string? Language => null;

    /// <summary>Somebody wants silence: what it is about to say is given up.</summary>
    void OnInterrupt();

    /// <summary>
    /// A packet of the person's microphone came, in order. From a pacing thread: decode elsewhere, return at once, and keep nothing of its bytes. Nothing by default.
    /// </summary>
    void OnMicrophone(in MicrophonePacket packet)
    {
    }
}

/// <summary>Gives each session its companion.</summary>
public interface ISessionCompanions
{
    /// <summary>Makes the companion of a session that begins, or that another process left.</summary>
    /// <param name="session">Whose. Its journal holds all that happened before.</param>
    /// <param name="kept">What <see cref="ISessionCompanion.CaptureAsync"/> gave in the process before; null where there was none.</param>
    /// <param name="unsaid">The utterances of that process that are still to be said here.</param>
    ISessionCompanion? Accompany(Session session, string? kept, IReadOnlyCollection<string> unsaid);

    /// <summary>
    /// Whether a session of nobody may be accompanied, which says a few numbers to nobody within the process: a server that may be taken over rehearses that
    /// (<see cref="SessionKeeper.RehearseAsync"/>). Only where a companion does nothing of its own accord. False by default.
    /// </summary>
    bool MayRehearse => false;
}

/// <summary>Some of the person's sound, as it came.</summary>
/// <param name="opus">One Opus packet from a stranger, which may be anything.</param>
/// <param name="timestamp">Its RTP timestamp: 48,000 a second.</param>
/// <param name="lostBefore">How many packets are missing since the one before.</param>
public readonly ref struct MicrophonePacket(ReadOnlySpan<byte> opus, uint timestamp, int lostBefore)
{
    /// <summary>One Opus packet from a stranger, which may be anything.</summary>
    public ReadOnlySpan<byte> Opus { get; } = opus;

    /// <summary>Its RTP timestamp: 48,000 a second.</summary>
    public uint Timestamp { get; } = timestamp;

    /// <summary>How many packets are missing since the one before.</summary>
    public int LostBefore { get; } = lostBefore;
}
