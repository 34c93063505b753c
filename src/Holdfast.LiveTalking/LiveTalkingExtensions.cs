using Holdfast.AspNetCore;
using Holdfast.LiveTalking.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Holdfast.LiveTalking;

/// <summary>Serves the API that programs and pages written for LiveTalking call, beside Holdfast's own.</summary>
public static class LiveTalkingExtensions
{
    /// <summary>Adds what the API needs, with the settings under <c>Holdfast:LiveTalking</c>. The app calls <see cref="MapLiveTalking"/> too.</summary>
    public static IHoldfastBuilder AddLiveTalking(this IHoldfastBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions<LiveTalkingOptions>().BindConfiguration(LiveTalkingOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LiveTalkingOptions>, LiveTalkingOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SessionFinder>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, SharedAddressPolicy>());
        return builder;
    }

    /// <summary>Maps the API; nothing where <see cref="LiveTalkingOptions.Enabled"/> is off.</summary>
    /// <returns>Puts conventions on its endpoints.</returns>
    public static LiveTalkingEndpoints MapLiveTalking(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var isOn = routes.ServiceProvider.GetRequiredService<IOptions<LiveTalkingOptions>>().Value.Enabled;
        var all = routes.MapGroup("");
        all.ExcludeFromDescription().WithMetadata(new FailureDialect(namesSession: false)).AddEndpointFilter<OriginFilter>();
        var starts = new List<IEndpointConventionBuilder>();
        var operators = new List<IEndpointConventionBuilder>();
        if (isOn)
        {
            starts.Add(all.MapConnections());
            all.MapTalking();
            all.MapHearing(starts);
            all.MapRecordings();
            all.MapPageQuestions(starts);
            all.MapAvatars();
            operators.Add(all.MapOperation());
        }

        return new LiveTalkingEndpoints(all, starts, operators);
    }
}

/// <summary>The endpoints that <see cref="LiveTalkingExtensions.MapLiveTalking"/> mapped.</summary>
public sealed class LiveTalkingEndpoints : IEndpointConventionBuilder
{
    private readonly IEndpointConventionBuilder _all;
    private readonly IReadOnlyList<IEndpointConventionBuilder> _starts;
    private readonly IReadOnlyList<IEndpointConventionBuilder> _operators;

    internal LiveTalkingEndpoints(
        IEndpointConventionBuilder all, IReadOnlyList<IEndpointConventionBuilder> starts, IReadOnlyList<IEndpointConventionBuilder> operators)
    {
        (_all, _starts, _operators) = (all, starts, operators);
    }

    /// <summary>
    /// Starts sessions, and asks models and recognisers outside of any, only for those whom <c>Holdfast:Access</c> lets in, and shows what operators see to operators. Needs
    /// <see cref="AccessBuilderExtensions.AddAccess"/> and <see cref="HoldfastApplicationBuilderExtensions.UseAccess"/>.
    /// </summary>
    public LiveTalkingEndpoints RequireAccess()
    {
        foreach (var start in _starts)
        {
            start.RequireAuthorization(AccessPolicies.StartSessions).RequireRateLimiting(AccessPolicies.Starts);
        }

        foreach (var operation in _operators)
        {
            operation.RequireAuthorization(AccessPolicies.Operate);
        }

        return this;
    }

    /// <inheritdoc/>
    public void Add(Action<EndpointBuilder> convention) => _all.Add(convention);

    /// <inheritdoc/>
    public void Finally(Action<EndpointBuilder> finallyConvention) => _all.Finally(finallyConvention);
}
