using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Holdfast.AspNetCore.Access;

/// <summary>Whoever said who it is may start a session; whoever did not may if it comes from where it need not.</summary>
internal sealed class StartRequirement : IAuthorizationRequirement;

internal sealed class StartRequirementHandler : AuthorizationHandler<StartRequirement>
{
    private readonly AccessOptions _options;

    public StartRequirementHandler(IOptions<AccessOptions> options) => _options = options.Value;

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, StartRequirement requirement)
    {
        var http = context.Resource as HttpContext;
        if (context.User.Identity?.IsAuthenticated is true || IsWelcome(http))
        {
            context.Succeed(requirement);
        }
        else if (http is not null)
        {
            Refusal.Because(http, HasShown(http)
                ? "The key, ticket or token that was sent is not valid, or not any more. Open the page anew from where you came, or ask for another."
                : _options.Anonymous == AnonymousAccess.Nowhere
                    ? "This server starts sessions only for those who show a key, a ticket or a token."
                    : "Without a key, a ticket or a token this server starts sessions only for its own machine and private networks. Its operator can change that.");
        }

        return Task.CompletedTask;
    }

    /// <summary>Whoever shows something that is wrong means to be somebody, and is told so, wherever it comes from.</summary>
    private bool IsWelcome(HttpContext? http) => http is not null && !HasShown(http) && _options.Anonymous switch
    {
        AnonymousAccess.PrivateNetworks => PrivateNetwork.IsPrivate(http),
        AnonymousAccess.Everywhere => true,
        AnonymousAccess.Nowhere => false,
    };

    private static bool HasShown(HttpContext http) =>
        http.Request.Headers.Authorization.Count > 0 || http.Request.Headers.ContainsKey(KeyAuthenticationHandler.Header);
}
