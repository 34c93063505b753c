namespace Holdfast.Sessions;

/// <summary>
/// Something that lives with a session beside what it shows: a conversation is one. It reads the journal (<see cref="Session.Follow"/>), may speak
/// (<see cref="Session.Speak"/>) and tell of itself (<see cref="Session.Tell"/>), and ends when the journal does.
/// </summary>
public interface ISessionCompanion
{
    /// <summary>What another process needs to go on with it, where the session is kept over the end of this one; null for nothing. Changes nothing.</summary>
    Task<string?> CaptureAsync();

    /// <summary>Somebody wants silence: what it is about to say is given up.</summary>
    void OnInterrupt();
}

/// <summary>Gives each session its companion.</summary>
public interface ISessionCompanions
{
    /// <summary>Makes the companion of a session that begins, or that another process left.</summary>
    /// <param name="session">Whose. Its journal holds all that happened before.</param>
    /// <param name="kept">What <see cref="ISessionCompanion.CaptureAsync"/> gave in the process before; null where there was none.</param>
    /// <param name="unsaid">The utterances of that process that are still to be said here.</param>
    ISessionCompanion? Accompany(Session session, string? kept, IReadOnlyCollection<string> unsaid);
}
