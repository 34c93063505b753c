using System.Buffers.Binary;

namespace Holdfast.Rtc.Rtp;

/// <summary>Splits VP8 frames into RTP payloads of nearly equal size, with a 15-bit picture id (RFC 7741). Keeps nothing but the next picture id.</summary>
internal sealed class Vp8Packetizer(ushort firstPictureId)
{
    /// <summary>Bytes of the descriptor before each fragment.</summary>
    public const int DescriptorLength = 4;

    private const int PictureIdMask = 0x7FFF;

    /// <summary>The picture id of the next frame, 15 bits.</summary>
    public ushort NextPictureId { get; private set; } = (ushort)(firstPictureId & PictureIdMask);

    /// <summary>The payloads of one frame, to be written one after the other; takes a picture id.</summary>
    /// <param name="frame">An encoded frame of at least one byte.</param>
    /// <param name="maximumPayload">Bytes that a payload may have, descriptor included.</param>
    public Vp8Payloads Packetize(ReadOnlySpan<byte> frame, int maximumPayload)
    {
        ArgumentOutOfRangeException.ThrowIfZero(frame.Length, nameof(frame));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(maximumPayload, DescriptorLength);
        var pictureId = NextPictureId;
        NextPictureId = (ushort)((pictureId + 1) & PictureIdMask);
        return new Vp8Payloads(frame, pictureId, maximumPayload - DescriptorLength);
    }
}

/// <summary>The payloads of one VP8 frame that are not written yet.</summary>
internal ref struct Vp8Payloads
{
    private readonly ushort _pictureId;
    private ReadOnlySpan<byte> _rest;
    private bool _started;

    public Vp8Payloads(ReadOnlySpan<byte> frame, ushort pictureId, int maximumFragment)
    {
        _rest = frame;
        _pictureId = pictureId;
        Remaining = (frame.Length + maximumFragment - 1) / maximumFragment;
    }

    /// <summary>How many payloads are still to be written; the last one carries the RTP marker.</summary>
    public int Remaining { get; private set; }

    /// <summary>Writes the next payload; returns its length, or 0 when there is none.</summary>
    public int WriteNext(Span<byte> buffer)
    {
        if (Remaining == 0)
        {
            return 0;
        }

        // Rounding down leaves the longer fragments for later; none is longer than the maximum, since Remaining was rounded up.
        var length = _rest.Length / Remaining;

        // X is set; S only where the frame begins. PID is 0 throughout: a fragment may cross from one partition into the next.
        buffer[0] = (byte)(_started ? 0x80 : 0x90);
        buffer[1] = 0x80;
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], (ushort)(0x8000 | _pictureId));
        _rest[..length].CopyTo(buffer[Vp8Packetizer.DescriptorLength..]);
        _rest = _rest[length..];
        _started = true;
        Remaining--;
        return Vp8Packetizer.DescriptorLength + length;
    }
}
