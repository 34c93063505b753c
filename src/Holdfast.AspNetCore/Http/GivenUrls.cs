using Microsoft.AspNetCore.Http;

namespace Holdfast.AspNetCore.Http;

/// <summary>The URLs that answers give out.</summary>
internal static class GivenUrls
{
    /// <summary>
    /// A path as the client has to ask for it: below the prefix that it came by. Without scheme and host (RFC 3986, 4.2), which a proxy may
    /// not have told, and which the client knows.
    /// </summary>
    public static string UrlOf(this HttpContext http, string path) => http.Request.PathBase.ToUriComponent() + path;
}
