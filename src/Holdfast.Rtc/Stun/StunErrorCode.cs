namespace Holdfast.Rtc.Stun;

/// <summary>The error codes an ICE agent answers with (RFC 8489 section 14.8, RFC 8445 section 16.2).</summary>
internal static class StunErrorCode
{
    /// <summary>Bad Request: a required attribute is missing.</summary>
    public const int BadRequest = 400;

    /// <summary>Unauthenticated: the user name or the message integrity is wrong.</summary>
    public const int Unauthenticated = 401;

    /// <summary>Unknown Attribute: UNKNOWN-ATTRIBUTES lists what was not understood and should have been.</summary>
    public const int UnknownAttribute = 420;

    /// <summary>Role Conflict: both agents believe they are controlled.</summary>
    public const int RoleConflict = 487;

    /// <summary>The recommended reason phrase of a code, in ASCII.</summary>
    public static ReadOnlySpan<byte> ReasonPhrase(int code) => code switch
    {
        BadRequest => "Bad Request"u8,
        Unauthenticated => "Unauthenticated"u8,
        UnknownAttribute => "Unknown Attribute"u8,
        RoleConflict => "Role Conflict"u8,
        _ => "Error"u8,
    };
}
