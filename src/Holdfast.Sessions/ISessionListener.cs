namespace Holdfast.Sessions;

/// <summary>Follows all sessions of a server. Every listener that is registered as a service is told, one event after the other.</summary>
public interface ISessionListener
{
    /// <summary>Something happened. Take the time you need: nothing waits for it but the next event, and who is too slow misses some (<see cref="SessionNews.Missed"/>).</summary>
    /// <param name="news">What, and in which session.</param>
    /// <param name="cancellationToken">The server stops.</param>
    ValueTask OnNewsAsync(SessionNews news, CancellationToken cancellationToken);
}
