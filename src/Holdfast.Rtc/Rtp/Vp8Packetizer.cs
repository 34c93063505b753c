using System.Buffers.Binary;

namespace Holdfast.Rtc.Rtp;

/// <summary>Splits VP8 frames into RTP payloads of nearly equal size, with a 15-bit picture id (RFC 7741). Keeps no bytes.</summary>
internal sealed class Vp8Packetizer(ushort firstPictureId) : IPicturePacketizer
{
    /// <summary>Bytes of the descriptor before each fragment.</summary>
    public const int DescriptorLength = 4;

    /// <summary>A picture id has 15 bits.</summary>
    public const int PictureIdMask = 0x7FFF;

    private ushort _nextPictureId = (ushort)(firstPictureId & PictureIdMask);
    private ushort _pictureId;
    private int _written;

    /// <inheritdoc/>
    public ulong State => _nextPictureId;

    /// <inheritdoc/>
    public int Remaining { get; private set; }

    /// <inheritdoc/>
    public void Begin(ReadOnlySpan<byte> picture, int maximumPayload)
    {
        ArgumentOutOfRangeException.ThrowIfZero(picture.Length, nameof(picture));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(maximumPayload, DescriptorLength);
        _pictureId = _nextPictureId;
        _nextPictureId = (ushort)((_pictureId + 1) & PictureIdMask);
        var fragment = maximumPayload - DescriptorLength;
        (_written, Remaining) = (0, (picture.Length + fragment - 1) / fragment);
    }

    /// <inheritdoc/>
    public int WriteNext(ReadOnlySpan<byte> picture, Span<byte> buffer)
    {
        if (Remaining == 0)
        {
            return 0;
        }

        // Rounding down leaves the longer fragments for later; none is longer than the maximum, since Remaining was rounded up.
        var length = (picture.Length - _written) / Remaining;

        // X is set; S only where the frame begins. PID is 0 throughout: a fragment may cross from one partition into the next.
        buffer[0] = (byte)(_written > 0 ? 0x80 : 0x90);
        buffer[1] = 0x80;
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], (ushort)(0x8000 | _pictureId));
        picture.Slice(_written, length).CopyTo(buffer[DescriptorLength..]);
        _written += length;
        Remaining--;
        return DescriptorLength + length;
    }
}
