namespace Holdfast.AspNetCore;

/// <summary>The names of the policies that <see cref="Microsoft.Extensions.DependencyInjection.AccessBuilderExtensions.AddAccess"/> adds, for endpoints of one's own.</summary>
public static class AccessPolicies
{
    /// <summary>Who may start sessions (authorization policy).</summary>
    public const string StartSessions = "Holdfast.StartSessions";

    /// <summary>Who may make tickets: the holder of a key (authorization policy).</summary>
    public const string MakeTickets = "Holdfast.MakeTickets";

    /// <summary>Who may do all that operators may (authorization policy).</summary>
    public const string Operate = "Holdfast.Operate";

    /// <summary>Who may see how the server is: this machine, private networks, and operators from anywhere (authorization policy).</summary>
    public const string Watch = "Holdfast.Watch";

    /// <summary>How many sessions may be started in a minute (rate limiter policy).</summary>
    public const string Starts = "Holdfast.Starts";

    /// <summary>The scheme that recognises keys, tickets and tokens (authentication scheme).</summary>
    public const string Scheme = "Holdfast";
}
