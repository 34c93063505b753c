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
    /// <summary>Keeps these sessions, in the place of whatever was kept before.</summary>
    /// <exception cref="SessionStoreException">They could not be kept.</exception>
    Task KeepAsync(IReadOnlyCollection<KeptSession> sessions, CancellationToken cancellationToken);

    /// <summary>
    /// Takes what is kept: from now on nobody else is given it. <see cref="ForgetTakenAsync"/> or <see cref="PutBackAsync"/> follows. What cannot be
    /// read is told to the log and left out.
    /// </summary>
    /// <exception cref="SessionStoreException">It cannot be asked.</exception>
    Task<IReadOnlyList<KeptSession>> TakeAsync(CancellationToken cancellationToken);

    /// <summary>What was taken lives again: it need not be kept any more.</summary>
    Task ForgetTakenAsync(CancellationToken cancellationToken);

    /// <summary>What was taken could not be used, since the server did not start: another may take it.</summary>
    Task PutBackAsync(CancellationToken cancellationToken);
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
