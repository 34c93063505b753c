using System.Buffers.Binary;

namespace Holdfast.Rtc.Rtp;

/// <summary>Writes an RTP header and its one-byte header extensions into a caller's buffer (RFC 3550 section 5.1, RFC 8285 section 4.2).</summary>
internal ref struct RtpHeaderWriter
{
    private const int ExtensionHeaderLength = 4;
    private const int MaximumId = 14;
    private const int MaximumValueLength = 16;

    private readonly Span<byte> _buffer;
    private int _length;

    public RtpHeaderWriter(Span<byte> buffer, bool marker, byte payloadType, ushort sequenceNumber, uint timestamp, uint ssrc)
    {
        _buffer = buffer;
        _length = RtpPacket.FixedHeaderLength;
        buffer[0] = 0x80;
        buffer[1] = (byte)((marker ? 0x80 : 0) | payloadType);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], sequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[8..], ssrc);
    }

    /// <summary>Adds an extension. An <paramref name="id"/> of 0, one that was not negotiated, adds nothing.</summary>
    /// <param name="id">1 to 14.</param>
    /// <param name="value">1 to 16 bytes.</param>
    public void Add(byte id, scoped ReadOnlySpan<byte> value)
    {
        if (id == 0)
        {
            return;
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(id, MaximumId);
        ArgumentOutOfRangeException.ThrowIfZero(value.Length, nameof(value));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Length, MaximumValueLength, nameof(value));
        if (_length == RtpPacket.FixedHeaderLength)
        {
            _buffer[0] |= 0x10;
            BinaryPrimitives.WriteUInt16BigEndian(_buffer[_length..], RtpExtensions.OneByteProfile);
            _length += ExtensionHeaderLength;
        }

        _buffer[_length++] = (byte)((id << 4) | (value.Length - 1));
        value.CopyTo(_buffer[_length..]);
        _length += value.Length;
    }

    /// <summary>Adds the transport-wide sequence number (draft-holmer-rmcat-transport-wide-cc-extensions-01).</summary>
    public void AddTransportSequence(byte id, ushort transportSequence)
    {
        Span<byte> value = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(value, transportSequence);
        Add(id, value);
    }

    /// <summary>Adds the time of sending as seconds in 6.18 fixed point, wrapping every 64 s.</summary>
    public void AddAbsoluteSendTime(byte id, RtcTime now)
    {
        Span<byte> value = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(value, (uint)(now.ToNtp() >> 14));
        Add(id, value[1..]);
    }

    /// <summary>Pads the extensions to whole words; returns the length of the header.</summary>
    public int Finish()
    {
        if (_length == RtpPacket.FixedHeaderLength)
        {
            return _length;
        }

        while (_length % 4 != 0)
        {
            _buffer[_length++] = 0;
        }

        const int ElementsAt = RtpPacket.FixedHeaderLength + ExtensionHeaderLength;
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[(RtpPacket.FixedHeaderLength + 2)..], (ushort)((_length - ElementsAt) / 4));
        return _length;
    }
}
