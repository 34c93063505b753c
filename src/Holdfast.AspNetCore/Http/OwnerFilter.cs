using Holdfast.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Holdfast.AspNetCore.Http;

/// <summary>
/// Lets a call through only with the resume token of the session it names, and hands that session to the endpoint.
/// </summary>
internal sealed class OwnerFilter : IEndpointFilter
{
    /// <summary>For whoever needs <c>Authorization</c> for something else, such as a login of the app.</summary>
    public const string Header = "Holdfast-Resume-Token";

    private const string Scheme = "Bearer ";

    /// <summary>Characters; no token is nearly as long, and a longer one is not even looked at.</summary>
    private const int MaxTokenLength = 128;

    private readonly SessionWhereabouts _sessions;

    public OwnerFilter(SessionWhereabouts sessions) => _sessions = sessions;

    /// <summary>The session that the filter found for this request.</summary>
    public static Session Of(HttpContext context) =>
        RequestSession.Of(context) ?? throw new InvalidOperationException("The endpoint has no filter that finds its session.");

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (TokenOf(http) is not { } token)
        {
            return Challenge(http);
        }

        if (!SessionId.TryParse(http.Request.RouteValues["id"] as string, null, out var id))
        {
            return Problems.UnknownSession();
        }

        switch (await _sessions.FindAsync(id, http.RequestAborted))
        {
            case SessionLookup.Live(var session):
                switch (session.OwnershipOf(token))
                {
                    case Ownership.Owner when session.IsPutAside:
                        return Problems.Stopping(http);
                    case Ownership.Owner:
                        RequestSession.Set(http, session);
                        return await next(context);
                    case Ownership.Replaced:
                        return Problems.Replaced();
                    case Ownership.None:
                        return Challenge(http);
                }

                throw new System.Diagnostics.UnreachableException();
            case SessionLookup.Ended(var ended):
                return ended.OwnershipOf(token) == Ownership.None ? Challenge(http) : Problems.Ended(ended.Reason);
            case SessionLookup.Elsewhere(var address):
                return Problems.Elsewhere(address);
            default:
                return Problems.UnknownSession();
        }
    }

    /// <summary>The token that a request shows; null where it shows none.</summary>
    internal static string? TokenOf(HttpContext http)
    {
        if (http.Request.Headers[Header].ToString() is { Length: > 0 } own)
        {
            return own.Length <= MaxTokenLength ? own.Trim() : null;
        }

        var authorization = http.Request.Headers.Authorization.ToString();
        return authorization.Length <= Scheme.Length + MaxTokenLength && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? authorization[Scheme.Length..].Trim()
            : null;
    }

    internal static object Challenge(HttpContext http)
    {
        http.Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer";
        return Problems.NotOwner();
    }
}
