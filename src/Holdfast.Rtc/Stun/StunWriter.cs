using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Holdfast.Rtc.Stun;

/// <summary>Writes one STUN message (RFC 8489) into a caller's buffer, attribute by attribute, without allocating.</summary>
/// <remarks>
/// The header's length is right after every call. MESSAGE-INTEGRITY and FINGERPRINT come last, in this order. A buffer that
/// is too small is misuse: <see cref="InvalidOperationException"/>.
/// </remarks>
internal ref struct StunWriter
{
    private const byte FamilyIPv4 = 1;
    private const byte FamilyIPv6 = 2;

    private readonly Span<byte> _buffer;

    /// <summary>Begins a Binding message.</summary>
    /// <param name="buffer">Where to write.</param>
    /// <param name="messageClass">The message's class.</param>
    /// <param name="transactionId">12 bytes: random for a request, the request's for a response.</param>
    public StunWriter(Span<byte> buffer, StunClass messageClass, scoped ReadOnlySpan<byte> transactionId)
    {
        if (transactionId.Length != StunMessage.TransactionIdLength)
        {
            throw new ArgumentException("A transaction id has 12 bytes.", nameof(transactionId));
        }

        if (buffer.Length < StunMessage.HeaderLength)
        {
            throw new ArgumentException("The buffer cannot hold a STUN header.", nameof(buffer));
        }

        _buffer = buffer;
        var type = StunMessage.BindingMethod | (((int)messageClass & 1) << 4) | (((int)messageClass & 2) << 7);
        BinaryPrimitives.WriteUInt16BigEndian(buffer, (ushort)type);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], StunMessage.MagicCookie);
        transactionId.CopyTo(buffer[8..]);
        Length = StunMessage.HeaderLength;
        WriteLength(Length);
    }

    /// <summary>Bytes written so far: a whole message.</summary>
    public int Length { get; private set; }

    /// <summary>USERNAME: the receiver's ufrag, a colon, the sender's.</summary>
    public void WriteUsername(scoped ReadOnlySpan<byte> username)
    {
        if (username.Length > StunMessage.MaxUsernameLength)
        {
            throw new ArgumentException("A USERNAME has at most 508 bytes.", nameof(username));
        }

        WriteAttribute(StunAttribute.Username, username);
    }

    /// <summary>PRIORITY: that of the peer-reflexive candidate this check would make (RFC 8445 section 7.1.1).</summary>
    public void WritePriority(uint priority) =>
        BinaryPrimitives.WriteUInt32BigEndian(Append(StunAttribute.Priority, 4), priority);

    /// <summary>USE-CANDIDATE: nominates the pair.</summary>
    public void WriteUseCandidate() => Append(StunAttribute.UseCandidate, 0);

    /// <summary>ICE-CONTROLLING with a tie-breaker.</summary>
    public void WriteIceControlling(ulong tieBreaker) =>
        BinaryPrimitives.WriteUInt64BigEndian(Append(StunAttribute.IceControlling, 8), tieBreaker);

    /// <summary>XOR-MAPPED-ADDRESS. An IPv4 address that a dual-mode socket shows as IPv6 is written as IPv4.</summary>
    public void WriteXorMappedAddress(IPEndPoint endPoint)
    {
        Span<byte> bytes = stackalloc byte[16];
        endPoint.Address.TryWriteBytes(bytes, out var length);
        ReadOnlySpan<byte> address = bytes[..length];
        if (endPoint.AddressFamily == AddressFamily.InterNetworkV6 && endPoint.Address.IsIPv4MappedToIPv6)
        {
            address = address[12..];
        }

        var value = Append(StunAttribute.XorMappedAddress, 4 + address.Length);
        value[0] = 0;
        value[1] = address.Length == 4 ? FamilyIPv4 : FamilyIPv6;
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], (ushort)(endPoint.Port ^ (int)(StunMessage.MagicCookie >> 16)));
        var mask = _buffer[4..];
        for (var i = 0; i < address.Length; i++)
        {
            value[4 + i] = (byte)(address[i] ^ mask[i]);
        }
    }

    /// <summary>ERROR-CODE with a reason phrase.</summary>
    /// <param name="code">300 to 699.</param>
    /// <param name="reason">UTF-8.</param>
    public void WriteErrorCode(int code, scoped ReadOnlySpan<byte> reason)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(code, 300);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(code, 699);
        var value = Append(StunAttribute.ErrorCode, 4 + reason.Length);
        value[0] = 0;
        value[1] = 0;
        value[2] = (byte)(code / 100);
        value[3] = (byte)(code % 100);
        reason.CopyTo(value[4..]);
    }

    /// <summary>UNKNOWN-ATTRIBUTES: the types a request should not have had.</summary>
    public void WriteUnknownAttributes(scoped ReadOnlySpan<ushort> types)
    {
        var value = Append(StunAttribute.UnknownAttributes, types.Length * 2);
        for (var i = 0; i < types.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(value[(2 * i)..], types[i]);
        }
    }

    /// <summary>Any attribute, as bytes.</summary>
    public void WriteAttribute(ushort type, scoped ReadOnlySpan<byte> value) => value.CopyTo(Append(type, value.Length));

    /// <summary>MESSAGE-INTEGRITY over all that was written so far.</summary>
    /// <param name="key">Short-term credentials: the password's bytes.</param>
    public void WriteMessageIntegrity(scoped ReadOnlySpan<byte> key)
    {
        var covered = Length;
        var value = Append(StunAttribute.MessageIntegrity, StunMessage.IntegrityLength);
        HMACSHA1.HashData(key, _buffer[..covered], value);
    }

    /// <summary>FINGERPRINT over all that was written so far. Nothing may follow.</summary>
    public void WriteFingerprint()
    {
        var covered = Length;
        var value = Append(StunAttribute.Fingerprint, 4);
        BinaryPrimitives.WriteUInt32BigEndian(value, StunFingerprint.Compute(_buffer[..covered]));
    }

    /// <summary>Makes room for an attribute, writes its header, pads it with zeros and raises the message's length.</summary>
    private Span<byte> Append(ushort type, int length)
    {
        var padded = (length + 3) & ~3;
        var next = Length + StunMessage.AttributeHeaderLength + padded;
        if (next > _buffer.Length)
        {
            throw new InvalidOperationException($"The buffer of {_buffer.Length} bytes cannot hold the STUN message.");
        }

        var attribute = _buffer[Length..next];
        BinaryPrimitives.WriteUInt16BigEndian(attribute, type);
        BinaryPrimitives.WriteUInt16BigEndian(attribute[2..], (ushort)length);
        attribute[(StunMessage.AttributeHeaderLength + length)..].Clear();
        Length = next;
        WriteLength(next);
        return attribute.Slice(StunMessage.AttributeHeaderLength, length);
    }

    private readonly void WriteLength(int total) =>
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[2..], (ushort)(total - StunMessage.HeaderLength));
}
