using Holdfast.Sessions;
using Microsoft.AspNetCore.Http;

namespace Holdfast.AspNetCore.Http;

/// <summary>The session that a request is about, from when it was found: for the endpoint, and for the log where something goes wrong.</summary>
internal sealed record RequestSession(Session Session)
{
    /// <summary>The request is about this one.</summary>
    public static void Set(HttpContext http, Session session) => http.Features.Set(new RequestSession(session));

    /// <summary>Which one it is; null where none was found.</summary>
    public static Session? Of(HttpContext http) => http.Features.Get<RequestSession>()?.Session;
}
