using System.Security.Claims;

namespace Holdfast.AspNetCore.Access;

/// <summary>What the claims of a caller are called, whichever way it said who it is.</summary>
internal static class AccessClaims
{
    /// <summary>The role of those who may do all that operators may.</summary>
    public const string Operator = "holdfast-operator";

    /// <summary>The role of those who hold an API key: they may make tickets.</summary>
    public const string KeyHolder = "holdfast-key";

    /// <summary>Who makes tickets (<c>iss</c>), and whom they are for (<c>aud</c>).</summary>
    public const string TicketIssuer = "holdfast-ticket";

    /// <summary>The user's name in a ticket; a ticket for nobody in particular has none.</summary>
    public const string Subject = "sub";

    /// <summary>Who a caller is; null where nobody said it.</summary>
    public static string? UserOf(ClaimsPrincipal caller) =>
        caller.Identity?.IsAuthenticated is true ? caller.FindFirst(Subject)?.Value ?? caller.Identity.Name : null;
}
