using System.Globalization;
using System.Threading.RateLimiting;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Holdfast.AspNetCore.Access;

/// <summary>How many sessions one user, key or address may start in a minute; this machine has no limit.</summary>
internal sealed class StartLimiter : IRateLimiterPolicy<Starter>
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly int _limit;

    public StartLimiter(IOptions<AccessOptions> options) => _limit = options.Value.StartsPerMinute;

    public Func<OnRejectedContext, CancellationToken, ValueTask>? OnRejected { get; } = static (context, _) =>
    {
        var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Window;
        context.HttpContext.Response.Headers.RetryAfter = Math.Ceiling(Math.Max(1, wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        context.HttpContext.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        return ValueTask.CompletedTask;
    };

    public RateLimitPartition<Starter> GetPartition(HttpContext http) => WhoOf(http) is { } who
        ? RateLimitPartition.GetSlidingWindowLimiter(who, _ => new SlidingWindowRateLimiterOptions
        {
            PermitLimit = _limit,
            Window = Window,
            SegmentsPerWindow = 6,
            QueueLimit = 0,
        })
        : RateLimitPartition.GetNoLimiter(default(Starter));

    private static Starter? WhoOf(HttpContext http) =>
        AccessClaims.UserOf(http.User) is { } user ? new Starter(user, Network: null)
        : ClientNetwork.Of(http.Connection.RemoteIpAddress) is { } network ? new Starter(User: null, network)
        : null;
}

/// <summary>Whose starts are counted together: a user's or key's, or those of one address.</summary>
internal readonly record struct Starter(string? User, ClientNetwork? Network);
