using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Holdfast.Rtc.Stun;

/// <summary>A view of one STUN message over UDP (RFC 8489), with the attributes that ICE uses (RFC 8445).</summary>
/// <remarks>
/// It refers to the datagram and copies nothing. A message that parses has a sound structure; whether it is genuine is for
/// <see cref="VerifyFingerprint"/> and <see cref="VerifyIntegrity"/> to say. Where an attribute occurs twice, the first
/// counts (RFC 8489 section 5); what follows MESSAGE-INTEGRITY is not looked at, but for FINGERPRINT (section 14.5).
/// </remarks>
internal readonly ref struct StunMessage
{
    /// <summary>Bytes of the fixed header.</summary>
    public const int HeaderLength = 20;

    /// <summary>Bytes of a transaction id.</summary>
    public const int TransactionIdLength = 12;

    /// <summary>Bytes of the longest message taken: what fits a packet of 1,500 bytes. A connectivity check has about 120.</summary>
    public const int MaxLength = 1480;

    /// <summary>The most attributes taken. A connectivity check has eight.</summary>
    public const int MaxAttributes = 32;

    /// <summary>Bytes of the longest USERNAME (RFC 8489 section 14.3).</summary>
    public const int MaxUsernameLength = 508;

    /// <summary>The Binding method, the only one ICE uses.</summary>
    public const ushort BindingMethod = 0x001;

    internal const uint MagicCookie = 0x2112_A442;
    internal const int AttributeHeaderLength = 4;
    internal const int IntegrityLength = HMACSHA1.HashSizeInBytes;

    private readonly ReadOnlySpan<byte> _datagram;
    private readonly Attributes _attributes;

    private StunMessage(ReadOnlySpan<byte> datagram, Attributes attributes)
    {
        _datagram = datagram;
        _attributes = attributes;
    }

    /// <summary>The message's class.</summary>
    public StunClass Class
    {
        get
        {
            // The class bits are bits 4 and 8 of the type, between the bits of the method (RFC 8489 figure 3).
            var type = BinaryPrimitives.ReadUInt16BigEndian(_datagram);
            return (StunClass)(((type >> 4) & 1) | ((type >> 7) & 2));
        }
    }

    /// <summary>The method: <see cref="BindingMethod"/> or something not used here.</summary>
    public ushort Method
    {
        get
        {
            var type = BinaryPrimitives.ReadUInt16BigEndian(_datagram);
            return (ushort)((type & 0x000F) | ((type >> 1) & 0x0070) | ((type >> 2) & 0x0F80));
        }
    }

    /// <summary>The 12 bytes that tie a response to its request.</summary>
    public ReadOnlySpan<byte> TransactionId => _datagram.Slice(8, TransactionIdLength);

    /// <summary>Whether there is a USERNAME.</summary>
    public bool HasUsername => _attributes.Username.IsPresent;

    /// <summary>USERNAME, empty where there is none: the receiver's ufrag, a colon, the sender's.</summary>
    public ReadOnlySpan<byte> Username => Value(_attributes.Username);

    /// <summary>Whether the sender nominates the pair this check goes over.</summary>
    public bool HasUseCandidate => _attributes.UseCandidate.IsPresent;

    /// <summary>Whether there is a MESSAGE-INTEGRITY.</summary>
    public bool HasIntegrity => _attributes.Integrity.IsPresent;

    /// <summary>Whether there is a FINGERPRINT.</summary>
    public bool HasFingerprint => _attributes.Fingerprint.IsPresent;

    /// <summary>PRIORITY: that of the peer-reflexive candidate this check would make.</summary>
    public uint? Priority =>
        _attributes.Priority.IsPresent ? BinaryPrimitives.ReadUInt32BigEndian(Value(_attributes.Priority)) : null;

    /// <summary>The tie-breaker of a sender that believes it is controlled.</summary>
    public ulong? IceControlled =>
        _attributes.IceControlled.IsPresent ? BinaryPrimitives.ReadUInt64BigEndian(Value(_attributes.IceControlled)) : null;

    /// <summary>The tie-breaker of a sender that believes it controls.</summary>
    public ulong? IceControlling =>
        _attributes.IceControlling.IsPresent ? BinaryPrimitives.ReadUInt64BigEndian(Value(_attributes.IceControlling)) : null;

    /// <summary>ERROR-CODE, 300 to 699, of an error response.</summary>
    public int? ErrorCode
    {
        get
        {
            if (!_attributes.ErrorCode.IsPresent)
            {
                return null;
            }

            var value = Value(_attributes.ErrorCode);
            return (value[2] & 7) * 100 + value[3];
        }
    }

    /// <summary>Whether an attribute that must be understood was not (RFC 8489 section 6.3.1: answered with 420).</summary>
    public bool HasUnknownRequired => _attributes.HasUnknownRequired;

    /// <summary>Looks at a datagram as a STUN message.</summary>
    /// <returns>False where it is none, or is malformed: wrong cookie, wrong lengths, an attribute over the end, too many attributes.</returns>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out StunMessage message)
    {
        message = default;
        if (!HasHeader(datagram) || datagram.Length > MaxLength)
        {
            return false;
        }

        var attributes = default(Attributes);
        var count = 0;
        for (var offset = HeaderLength; offset < datagram.Length;)
        {
            if (++count > MaxAttributes || !TryReadAttribute(datagram, offset, out var type, out var field, out var next))
            {
                return false;
            }

            // FINGERPRINT is the last attribute (RFC 8489 section 14.7): bytes after it are covered by nothing.
            if (type == StunAttribute.Fingerprint && next != datagram.Length)
            {
                return false;
            }

            if (!attributes.TryAdd(type, field, datagram))
            {
                return false;
            }

            offset = next;
        }

        message = new StunMessage(datagram, attributes);
        return true;
    }

    /// <summary>
    /// Reads the routing tag, the part before the first '/' of the receiver's ufrag, from a datagram's USERNAME, and no more of the
    /// message than that takes.
    /// </summary>
    /// <returns>False where the datagram is no STUN message, or one without such a USERNAME. True says nothing of its being genuine.</returns>
    public static bool TryGetRoutingTag(ReadOnlySpan<byte> datagram, out ReadOnlySpan<byte> tag)
    {
        tag = default;
        if (!HasHeader(datagram))
        {
            return false;
        }

        var count = 0;
        for (var offset = HeaderLength; offset < datagram.Length;)
        {
            if (++count > MaxAttributes || !TryReadAttribute(datagram, offset, out var type, out var field, out offset))
            {
                return false;
            }

            if (type == StunAttribute.Username)
            {
                var username = datagram.Slice(field.Offset, field.Length);
                var colon = username.IndexOf((byte)':');
                var slash = username.IndexOf((byte)'/');
                if (slash <= 0 || colon < slash)
                {
                    return false;
                }

                tag = username[..slash];
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether MESSAGE-INTEGRITY is there and was made with a key.</summary>
    /// <param name="key">Short-term credentials: the password's bytes (RFC 8489 section 9.1.1).</param>
    public bool VerifyIntegrity(ReadOnlySpan<byte> key)
    {
        if (!HasIntegrity)
        {
            return false;
        }

        // The HMAC covers the message up to the attribute, with a length field as if the attribute were the last
        // (RFC 8489 section 14.5). A FINGERPRINT behind it made the field larger.
        var end = _attributes.Integrity.Offset - AttributeHeaderLength;
        Span<byte> covered = stackalloc byte[end];
        _datagram[..end].CopyTo(covered);
        BinaryPrimitives.WriteUInt16BigEndian(
            covered[2..], (ushort)(end - HeaderLength + AttributeHeaderLength + IntegrityLength));

        Span<byte> expected = stackalloc byte[IntegrityLength];
        HMACSHA1.HashData(key, covered, expected);
        return CryptographicOperations.FixedTimeEquals(expected, Value(_attributes.Integrity));
    }

    /// <summary>Whether FINGERPRINT is there and right: a check against chance, not against an attacker.</summary>
    public bool VerifyFingerprint() => HasFingerprint
        && StunFingerprint.Compute(_datagram[..(_attributes.Fingerprint.Offset - AttributeHeaderLength)])
            == BinaryPrimitives.ReadUInt32BigEndian(Value(_attributes.Fingerprint));

    /// <summary>Lists the attributes that must be understood and were not, for UNKNOWN-ATTRIBUTES.</summary>
    /// <param name="types">Receives as many as fit, in the message's order.</param>
    /// <returns>How many were written.</returns>
    public int CopyUnknownRequired(Span<ushort> types)
    {
        var count = 0;
        for (var offset = HeaderLength; offset < _datagram.Length && count < types.Length;)
        {
            if (!TryReadAttribute(_datagram, offset, out var type, out _, out offset)
                || type == StunAttribute.MessageIntegrity)
            {
                break;
            }

            if (IsUnknownRequired(type))
            {
                types[count++] = type;
            }
        }

        return count;
    }

    private static bool IsUnknownRequired(ushort type) =>
        StunAttribute.IsComprehensionRequired(type) && !StunAttribute.IsKnown(type);

    private static bool HasHeader(ReadOnlySpan<byte> datagram) => datagram.Length >= HeaderLength
        && (datagram[0] & 0xC0) == 0
        && BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) == MagicCookie
        && (datagram.Length & 3) == 0
        && BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]) == datagram.Length - HeaderLength;

    private static bool TryReadAttribute(
        ReadOnlySpan<byte> datagram, int offset, out ushort type, out Field field, out int next)
    {
        type = 0;
        field = default;
        next = offset;
        if (datagram.Length - offset < AttributeHeaderLength)
        {
            return false;
        }

        type = BinaryPrimitives.ReadUInt16BigEndian(datagram[offset..]);
        var length = BinaryPrimitives.ReadUInt16BigEndian(datagram[(offset + 2)..]);
        field = new Field(offset + AttributeHeaderLength, length);
        next = field.Offset + ((length + 3) & ~3);
        return next <= datagram.Length;
    }

    private ReadOnlySpan<byte> Value(Field field) => _datagram.Slice(field.Offset, field.Length);

    /// <summary>Where an attribute's value lies. The default is that of an absent one.</summary>
    private readonly record struct Field(int Offset, int Length)
    {
        public bool IsPresent => Offset != 0;
    }

    /// <summary>Where each attribute of interest lies.</summary>
    private struct Attributes
    {
        public Field Username;
        public Field Integrity;
        public Field Fingerprint;
        public Field ErrorCode;
        public Field Priority;
        public Field UseCandidate;
        public Field IceControlled;
        public Field IceControlling;
        public bool HasUnknownRequired;

        /// <summary>Notes an attribute; false where its length or content cannot be.</summary>
        public bool TryAdd(ushort type, Field field, ReadOnlySpan<byte> datagram)
        {
            if (type == StunAttribute.Fingerprint)
            {
                return field.Length == 4 && Note(ref Fingerprint, field);
            }

            if (Integrity.IsPresent)
            {
                return true;
            }

            switch (type)
            {
                case StunAttribute.Username:
                    return field.Length <= MaxUsernameLength && Note(ref Username, field);
                case StunAttribute.MessageIntegrity:
                    return field.Length == IntegrityLength && Note(ref Integrity, field);
                case StunAttribute.ErrorCode:
                    return IsErrorCode(datagram.Slice(field.Offset, field.Length)) && Note(ref ErrorCode, field);
                case StunAttribute.XorMappedAddress:
                    return IsAddress(datagram.Slice(field.Offset, field.Length));
                case StunAttribute.Priority:
                    return field.Length == 4 && Note(ref Priority, field);
                case StunAttribute.UseCandidate:
                    return field.Length == 0 && Note(ref UseCandidate, field);
                case StunAttribute.IceControlled:
                    return field.Length == 8 && Note(ref IceControlled, field);
                case StunAttribute.IceControlling:
                    return field.Length == 8 && Note(ref IceControlling, field);
                default:
                    HasUnknownRequired |= IsUnknownRequired(type);
                    return true;
            }
        }

        private static bool Note(ref Field slot, Field field)
        {
            if (!slot.IsPresent)
            {
                slot = field;
            }

            return true;
        }

        private static bool IsAddress(ReadOnlySpan<byte> value) =>
            (value.Length == 8 && value[1] == 1) || (value.Length == 20 && value[1] == 2);

        private static bool IsErrorCode(ReadOnlySpan<byte> value) =>
            value.Length >= 4 && (value[2] & 7) is >= 3 and <= 6 && value[3] < 100;
    }
}
