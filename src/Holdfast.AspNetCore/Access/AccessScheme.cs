using Holdfast.AspNetCore.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Holdfast.AspNetCore.Access;

/// <summary>Chooses who looks at what a caller showed: keys, tickets and an identity provider's tokens come in the same header.</summary>
internal static class AccessScheme
{
    public const string Jwt = "Holdfast.Jwt";
    public const string Ticket = "Holdfast.Ticket";

    private const string Bearer = "Bearer ";

    /// <summary>Characters; a longer token is nobody's, and is not looked at.</summary>
    private const int MaxTokenLength = 16 * 1024;

    public static string? BearerOf(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        return authorization.Length <= MaxTokenLength && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? authorization[Bearer.Length..].Trim()
            : null;
    }

    public static string Of(HttpContext http, bool hasProvider)
    {
        if (http.Request.Headers.ContainsKey(KeyAuthenticationHandler.Header) || BearerOf(http.Request) is not { } token || !IsJwt(token))
        {
            return KeyAuthenticationHandler.Name;
        }

        return !hasProvider || IsTicket(token) ? Ticket : Jwt;
    }

    /// <summary>Keys may have dots too, but not two with base 64 between them that is a JSON object.</summary>
    private static bool IsJwt(string token) => token.StartsWith("eyJ", StringComparison.Ordinal) && token.Count(static c => c == '.') == 2;

    /// <summary>Its issuer is looked at before anybody checked the signature, only to know who checks it.</summary>
    private static bool IsTicket(string token)
    {
        try
        {
            return string.Equals(new JsonWebToken(token).Issuer, AccessClaims.TicketIssuer, StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or System.Text.Json.JsonException or Microsoft.IdentityModel.Tokens.SecurityTokenException)
        {
            return false;
        }
    }
}
