namespace Holdfast.Rtc.Stun;

/// <summary>The attribute types this agent reads or writes (RFC 8489 section 18.3, RFC 8445 section 16.1).</summary>
internal static class StunAttribute
{
    public const ushort MappedAddress = 0x0001;
    public const ushort Username = 0x0006;
    public const ushort MessageIntegrity = 0x0008;
    public const ushort ErrorCode = 0x0009;
    public const ushort UnknownAttributes = 0x000A;
    public const ushort Realm = 0x0014;
    public const ushort Nonce = 0x0015;
    public const ushort MessageIntegritySha256 = 0x001C;
    public const ushort XorMappedAddress = 0x0020;
    public const ushort Priority = 0x0024;
    public const ushort UseCandidate = 0x0025;
    public const ushort Software = 0x8022;
    public const ushort Fingerprint = 0x8028;
    public const ushort IceControlled = 0x8029;
    public const ushort IceControlling = 0x802A;

    /// <summary>Whether a receiver that does not know the type must refuse the request (RFC 8489 section 14).</summary>
    public static bool IsComprehensionRequired(ushort type) => type < 0x8000;

    /// <summary>
    /// Whether an attribute is understood, in the sense of RFC 8489 section 6.3.1: the types above.
    /// </summary>
    /// <remarks>
    /// REALM and NONCE belong to the long-term mechanism, which is not used here, but a message that carries them is
    /// well-formed. MESSAGE-INTEGRITY-SHA256 is not listed: an endpoint that sends it without MESSAGE-INTEGRITY could not
    /// be answered, and one that sends both puts it after MESSAGE-INTEGRITY, where it is not looked at.
    /// </remarks>
    public static bool IsKnown(ushort type) => type is MappedAddress or Username or MessageIntegrity or ErrorCode
        or UnknownAttributes or Realm or Nonce or XorMappedAddress or Priority or UseCandidate or Software or Fingerprint
        or IceControlled or IceControlling;
}
