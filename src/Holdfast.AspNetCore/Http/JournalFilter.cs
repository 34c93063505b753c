using Holdfast.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Holdfast.AspNetCore.Http;

/// <summary>
/// Lets a call through only with the resume token of the session it names, as <see cref="OwnerFilter"/> does, but also when that session
/// is over: how it ended is part of its journal.
/// </summary>
internal sealed class JournalFilter : IEndpointFilter
{
    private readonly SessionWhereabouts _sessions;

    public JournalFilter(SessionWhereabouts sessions) => _sessions = sessions;

    /// <summary>The journal that the filter found for this request.</summary>
    public static OwnedJournal Of(HttpContext context) => context.Features.GetRequiredFeature<OwnedJournal>();

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (OwnerFilter.TokenOf(http) is not { } token)
        {
            return OwnerFilter.Challenge(http);
        }

        if (!SessionId.TryParse(http.Request.RouteValues["id"] as string, null, out var id))
        {
            return Problems.UnknownSession();
        }

        var found = await _sessions.FindAsync(id, http.RequestAborted);
        if (found is SessionLookup.Elsewhere(var address))
        {
            return Problems.Elsewhere(address);
        }

        var journal = found switch
        {
            SessionLookup.Live(var session) => new OwnedJournal(session.Journal, () => session.OwnershipOf(token), Ended: null),
            SessionLookup.Ended(var ended) => new OwnedJournal(ended.Journal, () => ended.OwnershipOf(token), ended),
            _ => null,
        };
        if (journal is null)
        {
            return Problems.UnknownSession();
        }

        switch (journal.Ownership())
        {
            case Ownership.Owner:
                http.Features.Set(journal);
                return await next(context);
            case Ownership.Replaced:
                return Problems.Replaced();
            case Ownership.None:
                return OwnerFilter.Challenge(http);
        }

        throw new System.Diagnostics.UnreachableException();
    }
}

/// <summary>A journal, and what the token of the one who asked for it is worth at any later time.</summary>
/// <param name="Ended">Its session, where that is over.</param>
internal sealed record OwnedJournal(EventJournal Journal, Func<Ownership> Ownership, EndedSession? Ended);
