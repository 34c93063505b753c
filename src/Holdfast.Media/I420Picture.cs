namespace Holdfast.Media;

/// <summary>A picture as encoders want it: planar Y, U and V, 8 bit, chroma at half size both ways (BT.601, limited range).</summary>
public sealed class I420Picture
{
    private readonly byte[] _data;

    /// <param name="width">Pixels, even and positive.</param>
    /// <param name="height">Pixels, even and positive.</param>
    public I420Picture(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (((width | height) & 1) != 0)
        {
            throw new ArgumentException("Width and height must be even.", nameof(width));
        }

        Width = width;
        Height = height;
        _data = GC.AllocateUninitializedArray<byte>(width * height * 3 / 2, pinned: true);
    }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>The three planes, Y then U then V, without padding; pinned, so that native code may be handed its address.</summary>
    public Span<byte> Data => _data;

    /// <summary>Luma, <see cref="Width"/> bytes a row.</summary>
    public Span<byte> Y => _data.AsSpan(0, Width * Height);

    /// <summary>Blue difference, half of <see cref="Width"/> bytes a row.</summary>
    public Span<byte> U => _data.AsSpan(Width * Height, Width * Height / 4);

    /// <summary>Red difference, half of <see cref="Width"/> bytes a row.</summary>
    public Span<byte> V => _data.AsSpan(Width * Height * 5 / 4, Width * Height / 4);
}
