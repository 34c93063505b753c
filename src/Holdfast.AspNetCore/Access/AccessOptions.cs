using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Holdfast.AspNetCore;

/// <summary>Who may start a session without saying who they are.</summary>
public enum AnonymousAccess
{
    /// <summary>Whoever comes from this machine or a private network (RFC 1918, RFC 4193, link-local).</summary>
    PrivateNetworks,

    /// <summary>Everybody.</summary>
    Everywhere,

    /// <summary>Nobody.</summary>
    Nowhere,
}

/// <summary>What the holder of a key may do.</summary>
public enum KeyRole
{
    /// <summary>Start sessions, and make tickets for pages.</summary>
    Sessions,

    /// <summary>That, and all that operators may: see, close and steer every session.</summary>
    Operator,
}

/// <summary>Who may start sessions, under <c>Holdfast:Access</c>. A session itself is its owner's: that takes its resume token, and nothing else.</summary>
public sealed class AccessOptions
{
    /// <summary>The section of the configuration they are read from.</summary>
    public const string Section = "Holdfast:Access";

    /// <summary>Who may start a session without a key, a ticket or a token. <see cref="AnonymousAccess.PrivateNetworks"/> by default.</summary>
    public AnonymousAccess Anonymous { get; set; } = AnonymousAccess.PrivateNetworks;

    /// <summary>API keys, by a name that the log shows.</summary>
    public IDictionary<string, AccessKeyOptions> Keys { get; } = new Dictionary<string, AccessKeyOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Tokens of an identity provider.</summary>
    [ValidateObjectMembers]
    public AccessJwtOptions Jwt { get; set; } = new();

    /// <summary>Short-lived tickets that a page carries.</summary>
    [ValidateObjectMembers]
    public AccessTicketOptions Tickets { get; set; } = new();

    /// <summary>Pages of other origins that may call the API, such as <c>https://shop.example</c>; <c>*</c> is every page. None by default.</summary>
    public IList<string> Origins { get; } = [];

    /// <summary>Sessions that one address, user or key may start in a minute. This machine has none, unless it shows who it is. 60 by default.</summary>
    [Range(1, 1_000_000)]
    public int StartsPerMinute { get; set; } = 60;
}

/// <summary>An API key.</summary>
public sealed class AccessKeyOptions
{
    /// <summary>The key: 20 to 200 characters. Better kept in <see cref="KeyVariable"/>.</summary>
    [StringLength(200, MinimumLength = 20)]
    public string? Key { get; set; }

    /// <summary>The environment variable that holds the key.</summary>
    public string? KeyVariable { get; set; }

    /// <summary>What its holder may do. <see cref="KeyRole.Sessions"/> by default.</summary>
    public KeyRole Role { get; set; }
}

/// <summary>JSON Web Tokens of an identity provider, as <c>Authorization: Bearer</c>. Off while neither <see cref="Authority"/> nor <see cref="Key"/> is set.</summary>
public sealed class AccessJwtOptions
{
    /// <summary>The provider, whose keys are read from its OpenID Connect metadata, such as <c>https://login.example/realms/main</c>.</summary>
    public string? Authority { get; set; }

    /// <summary>A secret of 32 characters or more for HS256, in place of <see cref="Authority"/>.</summary>
    [StringLength(1_000, MinimumLength = 32)]
    public string? Key { get; set; }

    /// <summary>Who tokens must be for (<c>aud</c>). Any by default.</summary>
    public string? Audience { get; set; }

    /// <summary>Who must have made them (<c>iss</c>). The provider by default; with <see cref="Key"/>, any.</summary>
    public string? Issuer { get; set; }

    /// <summary>The claim that names the user. <c>sub</c> by default.</summary>
    public string UserClaim { get; set; } = "sub";

    /// <summary>The value of a claim <c>role</c> or <c>roles</c> that makes an operator. <c>holdfast-operator</c> by default.</summary>
    public string OperatorRole { get; set; } = "holdfast-operator";

    /// <summary>Whether the provider may be reached over plain HTTP. For tests only; false by default.</summary>
    public bool AllowHttp { get; set; }

    internal bool IsOn => !string.IsNullOrEmpty(Authority) || !string.IsNullOrEmpty(Key);
}

/// <summary>
/// Tickets: JSON Web Tokens signed with HS256, made by <c>POST /api/tickets</c> or by the site itself, that start one page's sessions for a short time.
/// </summary>
public sealed class AccessTicketOptions
{
    /// <summary>
    /// The secret they are signed with, 32 characters or more. By default one that is made at each start: then only this process makes tickets,
    /// and a restart ends those it made.
    /// </summary>
    [StringLength(1_000, MinimumLength = 32)]
    public string? Key { get; set; }

    /// <summary>Seconds that a ticket is good for unless another time is asked for. 120 by default.</summary>
    [Range(5, 86_400)]
    public int Seconds { get; set; } = 120;
}

[OptionsValidator]
internal sealed partial class AccessOptionsValidator : IValidateOptions<AccessOptions>;
