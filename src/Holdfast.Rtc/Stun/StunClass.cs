namespace Holdfast.Rtc.Stun;

/// <summary>The class of a STUN message, from the two class bits of its type (RFC 8489 section 5).</summary>
internal enum StunClass
{
    /// <summary>Wants an answer.</summary>
    Request = 0,

    /// <summary>Wants none: a keepalive.</summary>
    Indication = 1,

    /// <summary>Answers a request that was carried out.</summary>
    SuccessResponse = 2,

    /// <summary>Answers a request that was refused; ERROR-CODE says why.</summary>
    ErrorResponse = 3,
}
