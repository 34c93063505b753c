namespace Holdfast.Sessions;

/// <summary>
/// Knows where sessions are. <see cref="SessionDirectory"/> is the one that knows of this process alone; an app that runs several servers registers one of its
/// own as a service, which asks the directory first.
/// </summary>
public interface ISessionPlaces
{
    /// <summary>Where a session is: here and alive, here and over, at another server, or nowhere.</summary>
    /// <param name="id">Its id, of which nobody has proven yet that it is theirs.</param>
    /// <param name="cancellationToken">Whoever asked has gone.</param>
    ValueTask<SessionLookup> FindAsync(SessionId id, CancellationToken cancellationToken);
}
