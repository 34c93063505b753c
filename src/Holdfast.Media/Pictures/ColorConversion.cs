using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Holdfast.Media;

/// <summary>Turns drawn pictures into what a video encoder takes: BT.601, limited range (Y 16 to 235, U and V 16 to 240).</summary>
public static class ColorConversion
{
    private const int BytesPerPixel = 4;
    private const int PixelsPerVector = 16;

    /// <summary>Converts a picture; a chroma sample is the mean of its four pixels. Alpha is ignored.</summary>
    /// <param name="bgra">Four bytes a pixel, blue first, top row first.</param>
    /// <param name="stride">Bytes from one row to the next, at least four times the width.</param>
    /// <param name="picture">Receives the result; it says the size.</param>
    /// <exception cref="ArgumentException">There are too few bytes for the size.</exception>
    public static void BgraToI420(ReadOnlySpan<byte> bgra, int stride, I420Picture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if (Vector128.IsHardwareAccelerated)
        {
            Convert(bgra, stride, picture, picture.Width & -PixelsPerVector);
        }
        else
        {
            BgraToI420Scalar(bgra, stride, picture);
        }
    }

    /// <summary>The same without vectors: what the vectorised path must equal.</summary>
    internal static void BgraToI420Scalar(ReadOnlySpan<byte> bgra, int stride, I420Picture picture) =>
        Convert(bgra, stride, picture, vectorWidth: 0);

    private static void Convert(ReadOnlySpan<byte> bgra, int stride, I420Picture picture, int vectorWidth)
    {
        var (width, height) = (picture.Width, picture.Height);
        if (stride < width * BytesPerPixel || bgra.Length < (long)stride * (height - 1) + width * BytesPerPixel)
        {
            throw new ArgumentException("There are too few bytes for a picture of this size.", nameof(bgra));
        }

        for (var row = 0; row < height; row += 2)
        {
            var top = bgra.Slice(row * stride, width * BytesPerPixel);
            var bottom = bgra.Slice((row + 1) * stride, width * BytesPerPixel);
            var topLuma = picture.Y.Slice(row * width, width);
            var bottomLuma = picture.Y.Slice((row + 1) * width, width);
            var u = picture.U.Slice(row / 2 * (width / 2), width / 2);
            var v = picture.V.Slice(row / 2 * (width / 2), width / 2);
            for (var x = 0; x < vectorWidth; x += PixelsPerVector)
            {
                ConvertBlock(top[(x * BytesPerPixel)..], bottom[(x * BytesPerPixel)..], topLuma[x..], bottomLuma[x..], u[(x / 2)..], v[(x / 2)..]);
            }

            for (var x = vectorWidth; x < width; x += 2)
            {
                ConvertSquare(top[(x * BytesPerPixel)..], bottom[(x * BytesPerPixel)..], topLuma[x..], bottomLuma[x..], ref u[x / 2], ref v[x / 2]);
            }
        }
    }

    // The weights are BT.601's, scaled to 256, for inputs of 0 to 255 and the limited range: exact to one step.
    private static byte Luma(int b, int g, int r) => (byte)((66 * r + 129 * g + 25 * b + 128 >> 8) + 16);

    private static void ConvertSquare(
        ReadOnlySpan<byte> top, ReadOnlySpan<byte> bottom, Span<byte> topLuma, Span<byte> bottomLuma, ref byte u, ref byte v)
    {
        topLuma[0] = Luma(top[0], top[1], top[2]);
        topLuma[1] = Luma(top[4], top[5], top[6]);
        bottomLuma[0] = Luma(bottom[0], bottom[1], bottom[2]);
        bottomLuma[1] = Luma(bottom[4], bottom[5], bottom[6]);
        var b = top[0] + top[4] + bottom[0] + bottom[4] + 2 >> 2;
        var g = top[1] + top[5] + bottom[1] + bottom[5] + 2 >> 2;
        var r = top[2] + top[6] + bottom[2] + bottom[6] + 2 >> 2;
        u = (byte)((112 * b - 74 * g - 38 * r + 128 >> 8) + 128);
        v = (byte)((112 * r - 94 * g - 18 * b + 128 >> 8) + 128);
    }

    /// <summary>Sixteen pixels of two rows.</summary>
    private static void ConvertBlock(
        ReadOnlySpan<byte> top, ReadOnlySpan<byte> bottom, Span<byte> topLuma, Span<byte> bottomLuma, Span<byte> u, Span<byte> v)
    {
        var left = ConvertHalf(top, bottom, out var topLeft, out var bottomLeft);
        var right = ConvertHalf(top[(PixelsPerVector / 2 * BytesPerPixel)..], bottom[(PixelsPerVector / 2 * BytesPerPixel)..], out var topRight, out var bottomRight);
        Vector128.Narrow(topLeft, topRight).CopyTo(topLuma);
        Vector128.Narrow(bottomLeft, bottomRight).CopyTo(bottomLuma);

        var b = Vector128.Narrow(left.Blue, right.Blue).AsInt16();
        var g = Vector128.Narrow(left.Green, right.Green).AsInt16();
        var r = Vector128.Narrow(left.Red, right.Red).AsInt16();
        var half = Vector128.Create((short)128);
        var blueDifference = (b * (short)112 - g * (short)74 - r * (short)38 + half >> 8) + half;
        var redDifference = (r * (short)112 - g * (short)94 - b * (short)18 + half >> 8) + half;
        Store(blueDifference, u);
        Store(redDifference, v);
    }

    private static void Store(Vector128<short> values, Span<byte> destination) =>
        Vector128.Narrow(values, values).AsByte().GetLower().CopyTo(destination);

    /// <summary>Eight pixels of two rows: their luma, and the means of their four squares.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Means ConvertHalf(
        ReadOnlySpan<byte> top, ReadOnlySpan<byte> bottom, out Vector128<ushort> topLuma, out Vector128<ushort> bottomLuma)
    {
        var (topBlue, topGreen, topRed) = Load(top);
        var (bottomBlue, bottomGreen, bottomRed) = Load(bottom);
        topLuma = Luma(topBlue, topGreen, topRed);
        bottomLuma = Luma(bottomBlue, bottomGreen, bottomRed);
        return new Means(Mean(topBlue + bottomBlue), Mean(topGreen + bottomGreen), Mean(topRed + bottomRed));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<ushort> Blue, Vector128<ushort> Green, Vector128<ushort> Red) Load(ReadOnlySpan<byte> bgra)
    {
        var first = Vector128.Create(bgra).AsUInt32();
        var second = Vector128.Create(bgra[16..]).AsUInt32();
        var mask = Vector128.Create(0xFFu);
        return (
            Vector128.Narrow(first & mask, second & mask),
            Vector128.Narrow(first >> 8 & mask, second >> 8 & mask),
            Vector128.Narrow(first >> 16 & mask, second >> 16 & mask));
    }

    // At most 220 * 255 + 128, which 16 bits without a sign hold.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> Luma(Vector128<ushort> b, Vector128<ushort> g, Vector128<ushort> r) =>
        (r * (ushort)66 + g * (ushort)129 + b * (ushort)25 + Vector128.Create((ushort)128) >>> 8) + Vector128.Create((ushort)16);

    /// <summary>Adds neighbours and divides by four, rounded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Mean(Vector128<ushort> rowSums)
    {
        var pairs = rowSums.AsUInt32();
        return (pairs & Vector128.Create(0xFFFFu)) + (pairs >>> 16) + Vector128.Create(2u) >>> 2;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Means(Vector128<uint> Blue, Vector128<uint> Green, Vector128<uint> Red);
}
