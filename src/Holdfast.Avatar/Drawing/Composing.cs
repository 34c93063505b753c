using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Holdfast.Media;

namespace Holdfast.Avatar;

/// <summary>Lays images over pictures, each row moved by parts of a pixel. The same numbers on every machine: whole numbers only.</summary>
internal static class Composing
{
    // Pixels are told apart by sixteenths: what is between is nobody's to see.
    private const int Parts = 16;

    // Less than this is not worth to be left out.
    private const int LeastHidden = 32;

    /// <summary>Lays an image over a picture.</summary>
    /// <param name="picture">What is there already.</param>
    /// <param name="image">What is laid over it.</param>
    /// <param name="warp">How it is moved.</param>
    /// <param name="area">Nothing outside of this is touched.</param>
    /// <param name="cover">Laid over the same part later: what it hides may be left as it is.</param>
    /// <param name="coverWarp">How that is moved.</param>
    public static void Over(I420Picture picture, PlanarImage image, in Warp warp, in PictureArea area, PlanarImage? cover = null, in Warp coverWarp = default) =>
        Over(picture, image, warp, image, warp, isWithin: false, area, cover, coverWarp);

    /// <summary>The same, only where another image is, and by as much as that covers.</summary>
    /// <param name="picture">What is there already.</param>
    /// <param name="image">What is laid over it.</param>
    /// <param name="warp">How it is moved.</param>
    /// <param name="within">Where it may be seen.</param>
    /// <param name="withinWarp">How that is moved.</param>
    /// <param name="area">Nothing outside of this is touched.</param>
    public static void OverWithin(I420Picture picture, PlanarImage image, in Warp warp, PlanarImage within, in Warp withinWarp, in PictureArea area) =>
        Over(picture, image, warp, within, withinWarp, isWithin: true, area, null, default);

    /// <summary>The blocks of a picture in which an image is seen below one of its sheet's rows.</summary>
    public static PictureArea AreaBelow(I420Picture picture, PlanarImage image, in Warp warp, float row)
    {
        var (plane, reach) = (image.Luma, MathF.Abs(warp.Lean * warp.Stretch * (image.Y + image.Luma.Height - warp.StretchFrom)) + MathF.Abs(warp.Sway) + 2);
        var (first, end) = (plane.Width, 0);
        for (var at = Math.Max(0, (int)row - image.Y - 2); at < plane.Height; at++)
        {
            (first, end) = (Math.Min(first, plane.First[at]), Math.Max(end, plane.End[at]));
        }

        var x = image.X + warp.X;
        return PictureArea.Touched(picture, x + first - reach, warp.Of(row) - 2, x + end + reach, warp.Of(image.Y + plane.Height) + 2);
    }

    private static void Over(
        I420Picture picture, PlanarImage image, in Warp warp, PlanarImage within, in Warp withinWarp, bool isWithin, in PictureArea area,
        PlanarImage? cover, in Warp coverWarp)
    {
        var top = (int)MathF.Floor(warp.Of(image.Y)) - 1;
        var bottom = (int)MathF.Ceiling(warp.Of(image.Y + image.Luma.Height)) + 1;
        for (var row = Math.Max(area.Top, top); row < Math.Min(area.Bottom, bottom); row++)
        {
            warp.At(row + 0.5f, out var y, out var x);
            var taps = new Taps(image.Luma, y - 0.5f - image.Y, x + image.X, picture.Width);
            if (isWithin)
            {
                withinWarp.At(row + 0.5f, out y, out x);
            }

            var mask = isWithin ? new Taps(within.Luma, y - 0.5f - within.Y, x + within.X, picture.Width) : taps;
            var (from, end) = (Math.Max(area.Left, Math.Max(taps.From, mask.From)), Math.Min(area.Right, Math.Min(taps.End, mask.End)));
            var hidden = HiddenIn(cover?.Luma, cover, coverWarp, row + 0.5f, 1, picture.Width);
            while (Next(ref from, end, hidden, out var until))
            {
                Blend(picture.Y.Slice(row * picture.Width, picture.Width), image.Luma, 0, taps, within.Luma, mask, isWithin, from, until, area.Right);
                from = until;
            }
        }

        for (var row = Math.Max(area.Top / 2, top / 2); row < Math.Min(area.Bottom / 2, (bottom / 2) + 1); row++)
        {
            warp.At((2 * row) + 1, out var y, out var x);
            var taps = new Taps(image.Chroma, ((y - image.Y) / 2) - 0.5f, (x + image.X) / 2, picture.Width / 2);
            if (isWithin)
            {
                withinWarp.At((2 * row) + 1, out y, out x);
            }

            var mask = isWithin ? new Taps(within.Chroma, ((y - within.Y) / 2) - 0.5f, (x + within.X) / 2, picture.Width / 2) : taps;
            var (from, end) = (Math.Max(area.Left / 2, Math.Max(taps.From, mask.From)), Math.Min(area.Right / 2, Math.Min(taps.End, mask.End)));
            var hidden = HiddenIn(cover?.Chroma, cover, coverWarp, (2 * row) + 1, 2, picture.Width / 2);
            while (Next(ref from, end, hidden, out var until))
            {
                var half = picture.Width / 2;
                Blend(picture.U.Slice(row * half, half), image.Chroma, 0, taps, within.Chroma, mask, isWithin, from, until, area.Right / 2);
                Blend(picture.V.Slice(row * half, half), image.Chroma, image.Chroma.Width * image.Chroma.Height, taps, within.Chroma, mask, isWithin, from, until, area.Right / 2);
                from = until;
            }
        }
    }

    /// <summary>What of a row is covered wholly later; nothing where that is little.</summary>
    private static (int From, int End) HiddenIn(CoveringPlane? plane, PlanarImage? cover, in Warp warp, float at, int divisor, int width)
    {
        if (plane is null || cover is null)
        {
            return default;
        }

        warp.At(at, out var y, out var x);
        var taps = new Taps(plane, ((y - cover.Y) / divisor) - 0.5f, (x + cover.X) / divisor, width);
        return taps.SolidEnd - taps.SolidFrom >= LeastHidden ? (taps.SolidFrom, taps.SolidEnd) : default;
    }

    /// <summary>The next part of a row that is not hidden; whole vectors of it, since what goes beyond is hidden.</summary>
    private static bool Next(ref int from, int end, (int From, int End) hidden, out int until)
    {
        until = end;
        if (from < hidden.From)
        {
            until = Math.Min(end, from + ((hidden.From - from + Vector128<byte>.Count - 1) & -Vector128<byte>.Count));
        }
        else if (from < hidden.End)
        {
            from = hidden.End;
        }

        return from < end;
    }

    /// <summary>One row of one plane.</summary>
    private static void Blend(
        Span<byte> target, CoveringPlane plane, int values, in Taps taps, CoveringPlane within, in Taps mask, bool isWithin, int from, int end, int right)
    {
        var x = from;
        if (Vector256.IsHardwareAccelerated)
        {
            var weights = new Weights(taps);
            var maskWeights = new Weights(mask);
            ref var output = ref MemoryMarshal.GetReference(target);
            ref var colour = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(plane.Values), values + taps.Offset);
            ref var alpha = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(plane.Alpha), taps.Offset);
            ref var cover = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(within.Alpha), mask.Offset);
            var vectors = VectorsEnd(from, end, right, taps);
            for (; x + Vector128<byte>.Count <= vectors; x += Vector128<byte>.Count)
            {
                ref var pixels = ref Unsafe.Add(ref output, x);
                if (!isWithin && x >= taps.SolidFrom && x + Vector128<byte>.Count <= taps.SolidEnd)
                {
                    // Nothing of what is there is left: the same as below, for half of the time.
                    var solid = weights.Read(ref Unsafe.Add(ref colour, x), plane.Width);
                    Vector128.Narrow(solid.GetLower(), solid.GetUpper()).StoreUnsafe(ref pixels);
                    continue;
                }

                var covers = weights.Read(ref Unsafe.Add(ref alpha, x), plane.Width);
                if (covers == Vector256<ushort>.Zero)
                {
                    continue;
                }

                var colours = weights.Read(ref Unsafe.Add(ref colour, x), plane.Width);
                if (isWithin)
                {
                    var part = maskWeights.Read(ref Unsafe.Add(ref cover, x), within.Width);
                    covers = Product(covers, part);
                    colours = Product(colours, part);
                }

                var before = Widen(ref pixels);
                var after = colours + Product(before, Vector256.Create((ushort)255) - covers);
                Vector128.Narrow(after.GetLower(), after.GetUpper()).StoreUnsafe(ref pixels);
            }
        }

        for (; x < end; x++)
        {
            var covers = taps.Read(plane.Alpha, taps.Offset + x, plane.Width);
            var colours = taps.Read(plane.Values, values + taps.Offset + x, plane.Width);
            if (isWithin)
            {
                var part = mask.Read(within.Alpha, mask.Offset + x, within.Width);
                (covers, colours) = (Product(covers, part), Product(colours, part));
            }

            target[x] = (byte)(colours + Product(target[x], 255 - covers));
        }
    }

    /// <summary>Up to where vectors are used: the last one may go beyond the end, where nothing covers, if there is as much of the row on both sides.</summary>
    private static int VectorsEnd(int from, int end, int right, in Taps taps)
    {
        var whole = from + ((end - from + Vector128<byte>.Count - 1) & -Vector128<byte>.Count);
        return whole <= right && whole - end <= taps.Beyond ? whole : end;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ushort> Widen(ref byte first) => Vector256.WidenLower(Vector128.LoadUnsafe(ref first).ToVector256Unsafe());

    /// <summary>Of two parts of 255, rounded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ushort> Product(Vector256<ushort> a, Vector256<ushort> b)
    {
        var product = (a * b) + Vector256.Create((ushort)128);
        return product + (product >>> 8) >>> 8;
    }

    private static int Product(int a, int b)
    {
        var product = (a * b) + 128;
        return product + (product >> 8) >> 8;
    }

    /// <summary>From where a row is read: the four pixels about each place, and what each of them counts.</summary>
    private readonly ref struct Taps
    {
        /// <param name="plane">What is read.</param>
        /// <param name="y">Which row of it, and parts of one.</param>
        /// <param name="x">Where its first pixel is seen, and parts of one.</param>
        /// <param name="width">Of the picture.</param>
        public Taps(CoveringPlane plane, float y, float x, int width)
        {
            var rows = (int)MathF.Floor((y * Parts) + 0.5f);
            var row = rows >> 4;
            var columns = (int)MathF.Floor((x * Parts) + 0.5f);
            var column = (columns + Parts - 1) >> 4;
            (Down, Right) = (rows & (Parts - 1), (column * Parts) - columns);
            if (row < 0 || row + 1 >= plane.Height)
            {
                // Nothing but the empty edge.
                return;
            }

            Offset = (row * plane.Width) - column;
            From = Math.Max(0, Math.Min(plane.First[row], plane.First[row + 1]) - 1 + column);
            var last = Math.Max(plane.End[row], plane.End[row + 1]);
            End = Math.Min(width, last + column);
            Beyond = plane.Width - last - 1;
            SolidFrom = Math.Max(plane.SolidFrom[row], plane.SolidFrom[row + 1]) + column;
            SolidEnd = Math.Min(plane.SolidEnd[row], plane.SolidEnd[row + 1]) - 1 + column;
        }

        /// <summary>What counts of the next row, in sixteenths.</summary>
        public int Down { get; }

        /// <summary>What counts of the next pixel, in sixteenths.</summary>
        public int Right { get; }

        /// <summary>To be added to a pixel of the picture.</summary>
        public int Offset { get; }

        /// <summary>The first pixel of the picture that is covered.</summary>
        public int From { get; }

        /// <summary>What follows the last one.</summary>
        public int End { get; }

        /// <summary>So many pixels follow the last one that is covered before the image's row is over.</summary>
        public int Beyond { get; }

        /// <summary>The first pixel from which on the picture is covered wholly.</summary>
        public int SolidFrom { get; }

        /// <summary>What follows the last such one.</summary>
        public int SolidEnd { get; }

        public int Read(byte[] plane, int at, int width) =>
            ((Parts - Down) * (((Parts - Right) * plane[at]) + (Right * plane[at + 1])))
                + (Down * (((Parts - Right) * plane[at + width]) + (Right * plane[at + width + 1]))) + 128 >> 8;
    }

    /// <summary>The same for sixteen pixels at a time.</summary>
    private readonly ref struct Weights
    {
        private readonly Vector256<ushort> _here;
        private readonly Vector256<ushort> _right;
        private readonly Vector256<ushort> _below;
        private readonly Vector256<ushort> _across;

        public Weights(in Taps taps)
        {
            _here = Vector256.Create((ushort)((Parts - taps.Down) * (Parts - taps.Right)));
            _right = Vector256.Create((ushort)((Parts - taps.Down) * taps.Right));
            _below = Vector256.Create((ushort)(taps.Down * (Parts - taps.Right)));
            _across = Vector256.Create((ushort)(taps.Down * taps.Right));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<ushort> Read(ref byte first, int width) =>
            (Widen(ref first) * _here) + (Widen(ref Unsafe.Add(ref first, 1)) * _right)
                + (Widen(ref Unsafe.Add(ref first, width)) * _below) + (Widen(ref Unsafe.Add(ref first, width + 1)) * _across)
                + Vector256.Create((ushort)128) >>> 8;
    }
}
