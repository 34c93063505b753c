using Holdfast.Sessions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Holdfast.AspNetCore.Http;

/// <summary>Asks where a session is, for every endpoint that takes its id. Clients are sent only to servers that the settings name.</summary>
internal sealed partial class SessionWhereabouts(ISessionPlaces places, IOptions<HoldfastOptions> options, ILogger<SessionWhereabouts> logger)
{
    private readonly HashSet<string> _named = [.. options.Value.Elsewhere.Select(static address => KeyOf(new Uri(address)))];

    /// <summary>Where it is. At a server that the settings do not name it is for nobody: a client would take its resume token there.</summary>
    public ValueTask<SessionLookup> FindAsync(SessionId id, CancellationToken cancellationToken)
    {
        var finding = places.FindAsync(id, cancellationToken);
        return finding.IsCompletedSuccessfully ? new ValueTask<SessionLookup>(Checked(id, finding.Result)) : WaitAsync(id, finding);
    }

    /// <summary>The address without a slash at its end, as the settings may have it or not.</summary>
    public static string KeyOf(Uri address) => address.AbsoluteUri.TrimEnd('/');

    private async ValueTask<SessionLookup> WaitAsync(SessionId id, ValueTask<SessionLookup> finding) => Checked(id, await finding.ConfigureAwait(false));

    private SessionLookup Checked(SessionId id, SessionLookup found)
    {
        if (found is SessionLookup.Elsewhere(var address) && (!address.IsAbsoluteUri || !_named.Contains(KeyOf(address))))
        {
            LogNotNamed(id, address);
            throw new InvalidOperationException("A session is said to be at a server that Holdfast:Elsewhere does not name.");
        }

        return found;
    }

    [LoggerMessage(68, LogLevel.Error, "Session {SessionId} is said to be at {Address}, which Holdfast:Elsewhere does not name: nobody is sent there")]
    private partial void LogNotNamed(SessionId sessionId, Uri address);
}
