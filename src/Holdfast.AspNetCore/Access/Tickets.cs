using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Holdfast.AspNetCore.Access;

/// <summary>Makes tickets, and says how they are checked.</summary>
internal sealed class Tickets
{
    private readonly SymmetricSecurityKey _key;
    private readonly TimeProvider _time;
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    public Tickets(IOptions<AccessOptions> options, TimeProvider time)
    {
        var key = options.Value.Tickets.Key;
        _key = new SymmetricSecurityKey(string.IsNullOrEmpty(key) ? RandomNumberGenerator.GetBytes(32) : Encoding.UTF8.GetBytes(key));
        _time = time;
    }

    public TokenValidationParameters Validation => new()
    {
        ValidIssuer = AccessClaims.TicketIssuer,
        ValidAudience = AccessClaims.TicketIssuer,
        IssuerSigningKey = _key,
        ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
        RequireExpirationTime = true,
        NameClaimType = AccessClaims.Subject,
        RoleClaimType = "none", // a ticket gives no role, whatever is in it
        ClockSkew = TimeSpan.FromSeconds(10),
        LifetimeValidator = (notBefore, expires, _, parameters) =>
        {
            var now = _time.GetUtcNow().UtcDateTime;
            return expires is { } end && now < end + parameters.ClockSkew && (notBefore is not { } begin || begin - parameters.ClockSkew <= now);
        },
    };

    public (string Ticket, DateTimeOffset ExpiresAt) Make(string? user, TimeSpan lifetime)
    {
        var now = _time.GetUtcNow();
        var expires = now + lifetime;
        var claims = new Dictionary<string, object>(StringComparer.Ordinal);
        if (user is not null)
        {
            claims[AccessClaims.Subject] = user;
        }

        var ticket = _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = AccessClaims.TicketIssuer,
            Audience = AccessClaims.TicketIssuer,
            IssuedAt = now.UtcDateTime,
            Expires = expires.UtcDateTime,
            Claims = claims,
            SigningCredentials = new SigningCredentials(_key, SecurityAlgorithms.HmacSha256),
        });
        return (ticket, expires);
    }
}
