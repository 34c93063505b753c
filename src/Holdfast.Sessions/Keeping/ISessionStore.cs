namespace Holdfast.Sessions;

/// <summary>
/// Keeps sessions while no server has them: from a polite stop to the next start. What it is given is opaque to it.
/// </summary>
/// <remarks>
/// It holds what people said, so an implementation protects it as such. Each session is given to one server only, however many ask:
/// two that both had it would speak to the same person.
/// </remarks>
public interface ISessionStore
{
    /// <summary>
    /// Keeps these sessions, in the place of whatever was kept before and of what was taken. Returns when they are safe: people are told then, and not
    /// before, that their conversation is kept.
    /// </summary>
    /// <param name="sessions">All sessions that are to be found by the next server.</param>
    /// <param name="cancellationToken">Nobody waits any longer: what is not kept by then must not be found by the next server.</param>
    /// <returns>Those that are kept; of the others their owners are told that they are over.</returns>
    /// <exception cref="SessionStoreException">None could be kept; what was kept before is as it was.</exception>
    Task<IReadOnlyCollection<SessionId>> KeepAsync(IReadOnlyCollection<KeptSession> sessions, CancellationToken cancellationToken);

    /// <summary>
    /// Takes what is kept: from now on nobody else is given it while this server lives. It stays kept until <see cref="RetainTakenAsync"/> or
    /// <see cref="KeepAsync"/> says otherwise: should this server be killed, the next one is given it again. What cannot be read is told to the log, left out,
    /// and set aside.
    /// </summary>
    /// <exception cref="SessionStoreException">It cannot be asked.</exception>
    Task<IReadOnlyList<KeptSession>> TakeAsync(CancellationToken cancellationToken);

    /// <summary>Of what was taken only these are still worth keeping: the others have ended, or their owners are back.</summary>
    Task RetainTakenAsync(IReadOnlyCollection<SessionId> needed, CancellationToken cancellationToken);

    /// <summary>These were taken and cannot be used by this server: they are set aside for a person to look at, and never deleted.</summary>
    Task SetAsideAsync(IReadOnlyCollection<KeptSession> sessions, CancellationToken cancellationToken);
}

/// <summary>A session as it is kept.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Data">All that is needed to go on with it. It is private: what was said is in it. Resume tokens are not, only their hashes.</param>
public sealed record KeptSession(SessionId Id, ReadOnlyMemory<byte> Data);

/// <summary>Sessions could not be kept, or not be taken; the message says why, for the one who runs the server.</summary>
public sealed class SessionStoreException : Exception
{
    /// <inheritdoc/>
    public SessionStoreException()
    {
    }

    /// <inheritdoc/>
    public SessionStoreException(string message)
        : base(message)
    {
    }

    /// <inheritdoc/>
    public SessionStoreException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>What became of sessions that were kept.</summary>
/// <param name="Live">So many go on; their owners can come back.</param>
/// <param name="Expired">The time of so many was over meanwhile.</param>
/// <param name="Unreadable">So many could not be read.</param>
public readonly record struct SessionsTakenUp(int Live, int Expired, int Unreadable);
