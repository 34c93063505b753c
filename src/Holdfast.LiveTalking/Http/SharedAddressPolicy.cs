using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;

namespace Holdfast.LiveTalking.Http;

/// <summary>Endpoint metadata: the address is Holdfast's own too, and this endpoint answers only requests that are written as LiveTalking's clients write them.</summary>
internal sealed record SharedAddress(Func<HttpRequest, bool> IsMeant);

/// <summary>Tells the two apart by the request.</summary>
internal sealed class SharedAddressPolicy : MatcherPolicy, IEndpointSelectorPolicy
{
    public override int Order => 100;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) =>
        endpoints.Any(static endpoint => endpoint.Metadata.GetMetadata<SharedAddress>() is not null);

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        var isMeant = false;
        for (var i = 0; i < candidates.Count; i++)
        {
            if (candidates.IsValidCandidate(i) && candidates[i].Endpoint.Metadata.GetMetadata<SharedAddress>() is { } shared)
            {
                isMeant |= shared.IsMeant(httpContext.Request);
                candidates.SetValidity(i, isMeant);
            }
        }

        for (var i = 0; isMeant && i < candidates.Count; i++)
        {
            if (candidates[i].Endpoint.Metadata.GetMetadata<SharedAddress>() is null)
            {
                candidates.SetValidity(i, value: false);
            }
        }

        return Task.CompletedTask;
    }
}
