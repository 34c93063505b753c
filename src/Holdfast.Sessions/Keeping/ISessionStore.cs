namespace Holdfast.Sessions;

/// <summary>
/// Where what a next process needs is kept while this one runs: small parts, each of a session or of the server itself. What it is given is opaque to it.
/// </summary>
/// <remarks>
/// It holds what people said and the keys of their connections, encrypted before it is given here. One process has it at a time: two that both had a connection
/// would use numbers of packets twice, which gives its keys away. One call at a time.
/// </remarks>
public interface ISessionStore : IAsyncDisposable
{
    /// <summary>
    /// Does what can be done before the store is this process's: another one has it, and gives it up when this one is ready. Changes nothing and never fails;
    /// <see cref="OpenAsync"/> follows.
    /// </summary>
    Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Takes the store for this process, and reads all that is in it.</summary>
    /// <exception cref="SessionStoreException">It cannot be used, and nothing in it was changed.</exception>
    Task<IReadOnlyList<StoredPart>> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Writes all of it, or, where it fails, nothing. When it returns, it survives the process and the power cut.</summary>
    /// <param name="changes">What changes, in this order.</param>
    /// <param name="cancellationToken">Gives it up, where that is still possible.</param>
    /// <exception cref="SessionStoreException">Nothing was written.</exception>
    Task CommitAsync(IReadOnlyList<StoredPart> changes, CancellationToken cancellationToken);
}

/// <summary>A part of what is kept.</summary>
/// <param name="Session">Whose; 0 for the server itself.</param>
/// <param name="Name">Which part of it. Empty, where all of a session is removed.</param>
/// <param name="Data">The part; null where it is removed.</param>
public readonly record struct StoredPart(long Session, string Name, ReadOnlyMemory<byte>? Data);

/// <summary>Encrypts what is kept of sessions.</summary>
public interface ISessionProtection
{
    /// <summary>Encrypts.</summary>
    byte[] Protect(ReadOnlySpan<byte> data);

    /// <summary>Decrypts; false where the bytes were not encrypted with keys that are known here. Never throws for what they are.</summary>
    bool TryUnprotect(ReadOnlySpan<byte> data, out byte[] open);
}

/// <summary>What is wrong with a store.</summary>
public enum SessionStoreFault
{
    /// <summary>It does not work now: a full disk, a lock, a directory that cannot be written. It may work again.</summary>
    Unavailable,

    /// <summary>Another process has it.</summary>
    Taken,

    /// <summary>It is damaged, or of a newer version: it was left as it is.</summary>
    Unreadable,
}

/// <summary>Sessions could not be kept, or not be read; the message says why, for the one who runs the server.</summary>
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

    /// <param name="fault">What is wrong.</param>
    /// <param name="message">In a sentence.</param>
    /// <param name="innerException">Where it came from.</param>
    public SessionStoreException(SessionStoreFault fault, string message, Exception? innerException = null)
        : base(message, innerException) => Fault = fault;

    /// <summary>What is wrong.</summary>
    public SessionStoreFault Fault { get; }
}
