using System.Globalization;
using System.Threading.RateLimiting;
using Holdfast.AspNetCore.Http;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Http;

namespace Holdfast.LiveTalking.Http;

/// <summary>
/// Finds the session that a call is about. Knowing its id is enough, for sessions that were started so; whoever sends ids that nobody was given is let
/// guess only so often. The cookie that came with a session's start proves its client, who is not held up by what others of its address guess.
/// </summary>
internal sealed class SessionFinder : IDisposable
{
    private const int GuessesPerMinute = 30;
    private const string CookiePrefix = "holdfast-";

    private readonly SessionDirectory _sessions;
    private readonly SessionWhereabouts _whereabouts;
    private readonly PartitionedRateLimiter<ClientNetwork> _guesses = PartitionedRateLimiter.Create<ClientNetwork, ClientNetwork>(static network =>
        RateLimitPartition.GetFixedWindowLimiter(network, static _ => new FixedWindowRateLimiterOptions
        {
            PermitLimit = GuessesPerMinute,
            Window = TimeSpan.FromMinutes(1),
            QueueLimit = 0,
        }));

    public SessionFinder(SessionDirectory sessions, SessionWhereabouts whereabouts) => (_sessions, _whereabouts) = (sessions, whereabouts);

    /// <summary>The session, or why it is not given.</summary>
    public async ValueTask<(Session? Session, Failure? Failure)> FindAsync(HttpContext http, SessionId? id)
    {
        if (id is not { } known)
        {
            return (null, Failure.NoId);
        }

        var lookup = await _whereabouts.FindAsync(known, http.RequestAborted).ConfigureAwait(false);
        var isProven = lookup is SessionLookup.Live(var mine) && IsOwner(http, mine);
        var network = ClientNetwork.Of(http.Connection.RemoteIpAddress);
        if (network is { } guessing && !isProven && _guesses.GetStatistics(guessing) is { CurrentAvailablePermits: 0 })
        {
            return (null, Failure.TooManyGuesses);
        }

        switch (lookup)
        {
            case SessionLookup.Live(var session) when isProven || session.AnswersToId:
                RequestSession.Set(http, session);
                return session.IsPutAside ? (null, Failure.Stopping) : (session, null);
            case SessionLookup.Elsewhere(var address):
                return (null, Failure.Elsewhere(address, http.Request));
            case SessionLookup.Ended:
                return (null, Failure.NoSession);
            default:
                _guesses.AttemptAcquire(network ?? default).Dispose();
                return (null, Failure.NoSession);
        }
    }

    /// <summary>The live sessions that this browser has proven to be its own.</summary>
    public IEnumerable<Session> OwnedBy(HttpContext http) => http.Request.Cookies.Keys
        .Where(static name => name.StartsWith(CookiePrefix, StringComparison.Ordinal))
        .Select(name => SessionId.TryParse(name[CookiePrefix.Length..], CultureInfo.InvariantCulture, out var id)
            && _sessions.Find(id) is SessionLookup.Live(var session) && IsOwner(http, session) ? session : null)
        .OfType<Session>();

    /// <summary>Proves the client from now on.</summary>
    public static void Mark(HttpContext http, Session session, ResumeToken token) =>
        http.Response.Cookies.Append(NameOf(session), token.Value, Cookie(http, session.Grace));

    /// <summary>The proof is good for another grace period.</summary>
    public static void Prolong(HttpContext http, Session session)
    {
        if (http.Request.Cookies.TryGetValue(NameOf(session), out var token))
        {
            http.Response.Cookies.Append(NameOf(session), token, Cookie(http, session.Grace));
        }
    }

    /// <summary>There is nothing left to prove.</summary>
    public static void Unmark(HttpContext http, SessionId id) =>
        http.Response.Cookies.Delete(CookiePrefix + id, Cookie(http, maxAge: null));

    public void Dispose() => _guesses.Dispose();

    private static bool IsOwner(HttpContext http, Session session) =>
        http.Request.Cookies.TryGetValue(NameOf(session), out var token) && session.OwnershipOf(token) == Ownership.Owner;

    private static string NameOf(Session session) => CookiePrefix + session.Id;

    private static CookieOptions Cookie(HttpContext http, TimeSpan? maxAge) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = http.Request.IsHttps,
        Path = http.Request.PathBase.HasValue ? http.Request.PathBase.Value : "/",
        MaxAge = maxAge,
    };
}
