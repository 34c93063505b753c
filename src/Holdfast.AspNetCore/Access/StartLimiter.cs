using System.Globalization;
using System.Threading.RateLimiting;
using Holdfast.AspNetCore.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Holdfast.AspNetCore.Access;

/// <summary>How many sessions one user, key or address may start in a minute; this machine has no limit.</summary>
internal sealed class StartLimiter : IRateLimiterPolicy<string>
{
    private const string Unlimited = "";
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

    public RateLimitPartition<string> GetPartition(HttpContext http) => WhoOf(http) is { } who
        ? RateLimitPartition.GetSlidingWindowLimiter(who, _ => new SlidingWindowRateLimiterOptions
        {
            PermitLimit = _limit,
            Window = Window,
            SegmentsPerWindow = 6,
            QueueLimit = 0,
        })
        : RateLimitPartition.GetNoLimiter(Unlimited);

    private static string? WhoOf(HttpContext http) =>
        AccessClaims.UserOf(http.User) is { } user ? "user " + user
        : PrivateNetwork.KeyOf(http.Connection.RemoteIpAddress) is { } address ? "address " + address
        : null;
}
