using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Holdfast.AspNetCore.Access;

/// <summary>Recognises API keys: <c>X-Api-Key: KEY</c> or <c>Authorization: Bearer KEY</c>.</summary>
internal sealed class KeyAuthenticationHandler : AuthenticationHandler<AuthenticationSchemeOptions>
{
    public const string Name = "Holdfast.Key";
    public const string Header = "X-Api-Key";

    private readonly AccessKeys _keys;

    public KeyAuthenticationHandler(
        IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, AccessKeys keys)
        : base(options, logger, encoder) => _keys = keys;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var key = Request.Headers[Header].ToString() is { Length: > 0 } own ? own : AccessScheme.BearerOf(Request);
        if (key is null)
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        if (_keys.Find(key) is not { } found)
        {
            return Task.FromResult(AuthenticateResult.Fail("The API key is not one of this server's."));
        }

        var identity = new ClaimsIdentity(Scheme.Name, ClaimTypes.Name, "role");
        identity.AddClaim(new Claim(ClaimTypes.Name, "key:" + found.Name));
        identity.AddClaim(new Claim("role", AccessClaims.KeyHolder));
        if (found.Role == KeyRole.Operator)
        {
            identity.AddClaim(new Claim("role", AccessClaims.Operator));
        }

        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return base.HandleChallengeAsync(properties);
    }
}
