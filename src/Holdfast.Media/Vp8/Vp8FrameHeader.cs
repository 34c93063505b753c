using System.Buffers.Binary;

namespace Holdfast.Media;

/// <summary>What the first bytes of a VP8 frame tell without decoding it (RFC 6386 section 9.1).</summary>
/// <param name="IsKeyFrame">Whether it stands for itself.</param>
/// <param name="Width">Pixels; 0 in a frame that is not a key frame.</param>
/// <param name="Height">Pixels; 0 in a frame that is not a key frame.</param>
public readonly record struct Vp8FrameHeader(bool IsKeyFrame, int Width, int Height)
{
    /// <summary>The largest width and height there can be: 14 bits.</summary>
    internal const int MaxDimension = 16383;

    /// <summary>Reads it; false where the bytes cannot begin a VP8 frame.</summary>
    public static bool TryParse(ReadOnlySpan<byte> frame, out Vp8FrameHeader header)
    {
        header = default;
        if (frame.Length < 3)
        {
            return false;
        }

        // Bit 0 of the 24-bit frame tag is 0 in a key frame.
        if ((frame[0] & 1) != 0)
        {
            return true;
        }

        if (frame.Length < 10 || frame[3] != 0x9D || frame[4] != 0x01 || frame[5] != 0x2A)
        {
            return false;
        }

        var width = BinaryPrimitives.ReadUInt16LittleEndian(frame[6..]) & MaxDimension;
        var height = BinaryPrimitives.ReadUInt16LittleEndian(frame[8..]) & MaxDimension;
        header = new Vp8FrameHeader(true, width, height);
        return true;
    }
}
