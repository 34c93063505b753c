using System.Security.Claims;
using System.Text;
using Holdfast.AspNetCore;
using Holdfast.AspNetCore.Access;
using Holdfast.AspNetCore.Http;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Says who may start sessions, for an app that has no login of its own.</summary>
public static class AccessBuilderExtensions
{
    /// <summary>
    /// Adds API keys, an identity provider's tokens, tickets for pages, a limit of starts per minute and allowed origins, with the settings under
    /// <c>Holdfast:Access</c>. The app calls <see cref="HoldfastApplicationBuilderExtensions.UseAccess"/> and <see cref="HoldfastEndpoints.RequireAccess"/> too. An app with policies of
    /// its own needs none of this: it puts them on <see cref="HoldfastEndpoints.Start"/>.
    /// </summary>
    public static IHoldfastBuilder AddAccess(this IHoldfastBuilder builder, Action<AccessOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        if (!services.Any(static service => service.ServiceType == typeof(AccessKeys)))
        {
            services.AddAccessOnce();
        }

        if (configure is not null)
        {
            services.Configure(configure);
        }

        return builder;
    }

    private static void AddAccessOnce(this IServiceCollection services)
    {
        services.AddOptions<AccessOptions>()
            .BindConfiguration(AccessOptions.Section)
            .Configure<IConfiguration>(static (options, configuration) =>
                SettingLists.Read(configuration.GetSection(AccessOptions.Section), nameof(options.Origins), options.Origins))
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AccessOptions>, AccessOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AccessOptions>, AccessKeysValidator>());
        services.TryAddSingleton(static provider => new AccessKeys(
            provider.GetRequiredService<IOptions<AccessOptions>>().Value, Environment.GetEnvironmentVariable));
        services.TryAddSingleton<Tickets>();
        services.AddRecognition();
        services.AddPolicies();
        services.AddRateLimiter(static limiter => limiter.AddPolicy<Starter, StartLimiter>(AccessPolicies.Starts));
        services.AddCors();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<CorsOptions>, AllowedOrigins>());
    }

    private static void AddRecognition(this IServiceCollection services)
    {
        // No default scheme: only who starts a session is asked, and what an owner shows is a session's token, which no scheme knows. The app's own default stays.
        services.AddAuthentication()
            .AddPolicyScheme(AccessPolicies.Scheme, displayName: null, static _ => { })
            .AddScheme<AuthenticationSchemeOptions, KeyAuthenticationHandler>(KeyAuthenticationHandler.Name, static _ => { })
            .AddJwtBearer(AccessScheme.Ticket)
            .AddJwtBearer(AccessScheme.Jwt);
        services.AddOptions<PolicySchemeOptions>(AccessPolicies.Scheme)
            .Configure<IOptions<AccessOptions>>(static (scheme, access) =>
            {
                var hasProvider = access.Value.Jwt.IsOn;
                scheme.ForwardDefaultSelector = http => AccessScheme.Of(http, hasProvider);
            });
        services.AddOptions<JwtBearerOptions>(AccessScheme.Ticket).Configure<Tickets>(static (bearer, tickets) =>
        {
            bearer.MapInboundClaims = false;
            bearer.TokenValidationParameters = tickets.Validation;
        });
        services.AddOptions<JwtBearerOptions>(AccessScheme.Jwt).Configure<IOptions<AccessOptions>>(static (bearer, access) => Configure(bearer, access.Value.Jwt));
    }

    private static void Configure(JwtBearerOptions bearer, AccessJwtOptions jwt)
    {
        bearer.MapInboundClaims = false;
        bearer.RequireHttpsMetadata = !jwt.AllowHttp;
        bearer.Authority = string.IsNullOrEmpty(jwt.Authority) ? null : jwt.Authority;
        var validation = bearer.TokenValidationParameters;
        validation.NameClaimType = jwt.UserClaim;
        validation.ValidateAudience = !string.IsNullOrEmpty(jwt.Audience);
        validation.ValidAudience = jwt.Audience;
        if (!string.IsNullOrEmpty(jwt.Issuer))
        {
            validation.ValidIssuer = jwt.Issuer;
        }

        if (!string.IsNullOrEmpty(jwt.Key))
        {
            validation.IssuerSigningKey = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(jwt.Key));
            validation.ValidAlgorithms = [SecurityAlgorithms.HmacSha256];
            validation.ValidateIssuer = !string.IsNullOrEmpty(jwt.Issuer);
        }
    }

    private static void AddPolicies(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IAuthorizationHandler, StartRequirementHandler>());
        services.AddOptions<AuthorizationOptions>().Configure<IOptions<AccessOptions>>(static (authorization, access) =>
        {
            var operatorRole = access.Value.Jwt.OperatorRole;
            authorization.AddPolicy(AccessPolicies.StartSessions, policy => policy
                .AddAuthenticationSchemes(AccessPolicies.Scheme)
                .AddRequirements(new StartRequirement()));
            authorization.AddPolicy(AccessPolicies.MakeTickets, policy => policy
                .AddAuthenticationSchemes(AccessPolicies.Scheme)
                .RequireAuthenticatedUser()
                .RequireAssertion(context => HasRole(context, AccessClaims.KeyHolder) || IsOperator(context, operatorRole)));
            authorization.AddPolicy(AccessPolicies.Operate, policy => policy
                .AddAuthenticationSchemes(AccessPolicies.Scheme)
                .RequireAuthenticatedUser()
                .RequireAssertion(context => IsOperator(context, operatorRole)));
            authorization.AddPolicy(AccessPolicies.Watch, policy => policy
                .AddAuthenticationSchemes(AccessPolicies.Scheme)
                .RequireAssertion(context => IsOperator(context, operatorRole) || MayWatch(context.Resource as HttpContext)));
        });
        services.AddAuthorization();
    }

    /// <summary>The server's own roles are given by its own scheme only: what a token of somebody else calls itself does not count.</summary>
    private static bool HasRole(AuthorizationHandlerContext context, string role) => context.User.Identities
        .Any(identity => IsOwn(identity) && identity.HasClaim("role", role));

    private static bool MayWatch(HttpContext? http)
    {
        if (http is null || PrivateNetwork.IsPrivate(http))
        {
            return http is not null;
        }

        Refusal.Because(http, "This is for operators, and for this machine and its private networks. From elsewhere, send an operator's key or token.");
        return false;
    }

    private static bool IsOwn(ClaimsIdentity identity) => string.Equals(identity.AuthenticationType, KeyAuthenticationHandler.Name, StringComparison.Ordinal);

    private static bool IsOperator(AuthorizationHandlerContext context, string operatorRole) =>
        HasRole(context, AccessClaims.Operator)
        || context.User.Identities.Any(identity => !string.Equals(identity.FindFirst("iss")?.Value, AccessClaims.TicketIssuer, StringComparison.Ordinal)
            && !IsOwn(identity)
            && (identity.HasClaim("role", operatorRole) || identity.HasClaim("roles", operatorRole)));

    private sealed class AllowedOrigins(IOptions<AccessOptions> access) : IConfigureOptions<CorsOptions>
    {
        public void Configure(CorsOptions options) => options.AddDefaultPolicy(policy =>
        {
            string[] origins = [.. access.Value.Origins];
            _ = origins.Contains("*", StringComparer.Ordinal) ? policy.AllowAnyOrigin() : policy.WithOrigins(origins);
            policy.AllowAnyHeader().WithMethods("GET", "POST", "PUT", "PATCH", "DELETE")
                .WithExposedHeaders(ProblemMiddleware.ApiHeader, "Retry-After", "Location")
                .SetPreflightMaxAge(TimeSpan.FromMinutes(10));
        });
    }
}
