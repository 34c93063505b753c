using Holdfast.Media;

namespace Holdfast.Avatar.Tests;

/// <summary>Images laid over pictures, against the same done pixel by pixel in floating point.</summary>
public sealed class ComposingTests
{
    // An odd number of vectors and a rest.
    private const int Size = 90;

    /// <summary>Rounded three times: once where it is read between pixels, once where it covers, once where it is painted.</summary>
    private const double MostDifference = 2.5;

    [Fact]
    public void An_image_is_laid_over_a_picture_wherever_it_is_moved_to()
    {
        var random = new Random(11);
        for (var round = 0; round < 300; round++)
        {
            var (image, picture) = (Image(random), Picture(random));
            var warp = Anywhere(random);
            var expected = new Expected(picture);
            expected.Over(image, warp, null, default);
            Composing.Over(picture, image, warp, PictureArea.AllOf(picture));
            AssertNear(expected, picture, $"round {round}");
        }
    }

    [Fact]
    public void It_is_laid_over_a_picture_only_where_another_one_is()
    {
        var random = new Random(12);
        for (var round = 0; round < 300; round++)
        {
            var (image, within, picture) = (Image(random), Image(random), Picture(random));
            var (warp, withinWarp) = (Anywhere(random), Anywhere(random));
            var expected = new Expected(picture);
            expected.Over(image, warp, within, withinWarp);
            Composing.OverWithin(picture, image, warp, within, withinWarp, PictureArea.AllOf(picture));
            AssertNear(expected, picture, $"round {round}");
        }
    }

    [Fact]
    public void What_covers_wholly_and_is_moved_by_whole_pixels_is_there_to_the_bit()
    {
        var bgra = new byte[32 * 32 * 4];
        new Random(13).NextBytes(bgra);
        for (var i = 3; i < bgra.Length; i += 4)
        {
            bgra[i] = IsEdge(i / 4 % 32) || IsEdge(i / 4 / 32) ? (byte)0 : (byte)255;
        }

        var image = new PlanarImage(32, 32);
        image.Take(Premultiplied(bgra));
        var alone = new I420Picture(32, 32);
        ColorConversion.BgraToI420(bgra, 32 * 4, alone);
        var picture = new I420Picture(Size, Size);
        picture.Data.Fill(77);
        Composing.Over(picture, image, new Warp { X = 40, Y = 6 }, PictureArea.AllOf(picture));
        for (var y = 2; y < 30; y++)
        {
            Assert.True(alone.Y.Slice((y * 32) + 2, 28).SequenceEqual(picture.Y.Slice(((y + 6) * Size) + 42, 28)), $"row {y}");
        }

        for (var y = 1; y < 15; y++)
        {
            Assert.True(alone.U.Slice((y * 16) + 1, 14).SequenceEqual(picture.U.Slice(((y + 3) * (Size / 2)) + 21, 14)), $"row {y}");
            Assert.True(alone.V.Slice((y * 16) + 1, 14).SequenceEqual(picture.V.Slice(((y + 3) * (Size / 2)) + 21, 14)), $"row {y}");
        }

        Assert.Equal(28 * 28, picture.Y.ToArray().Count(static luma => luma != 77) + alone.Y.ToArray().Where((luma, at) => !IsEdge(at % 32) && !IsEdge(at / 32) && luma == 77).Count());

        static bool IsEdge(int at) => at is < 2 or >= 30;
    }

    [Fact]
    public void What_something_hides_that_is_drawn_later_is_left_out_and_nobody_sees_it()
    {
        var (random, leftOut) = (new Random(14), 0);
        for (var round = 0; round < 300; round++)
        {
            var (image, cover, picture) = (Image(random), Block(random), Picture(random));
            var (warp, coverWarp) = (Anywhere(random), Anywhere(random));
            var (hidden, all) = (new I420Picture(Size, Size), new I420Picture(Size, Size));
            picture.Data.CopyTo(hidden.Data);
            picture.Data.CopyTo(all.Data);
            var area = round % 2 == 0 ? PictureArea.AllOf(picture) : PictureArea.Touched(picture, 16, 16, 64, 64);
            Composing.Over(hidden, image, warp, area, cover, coverWarp);
            Composing.Over(all, image, warp, area);
            leftOut += hidden.Data.SequenceEqual(all.Data) ? 0 : 1;
            Composing.Over(hidden, cover, coverWarp, area);
            Composing.Over(all, cover, coverWarp, area);
            Assert.True(hidden.Data.SequenceEqual(all.Data), $"round {round}");
        }

        Assert.InRange(leftOut, 50, 300);
    }

    private static Warp Anywhere(Random random)
    {
        float Within(float least, float most) => least + ((most - least) * random.NextSingle());
        return new Warp
        {
            X = Within(-50, 90),
            Y = Within(-50, 90),
            BendFrom = Within(0, 20),
            BendTo = Within(30, 50),
            Sway = random.Next(2) * Within(-9, 9),
            StretchFrom = Within(0, 40),
            Stretch = random.Next(2) * Within(0, 0.4f),
            Lean = Within(-0.1f, 0.1f),
        };
    }

    /// <summary>Half of it covers wholly, and some of it not at all.</summary>
    private static PlanarImage Image(Random random)
    {
        const int Side = 52;
        var bgra = new byte[Side * Side * 4];
        random.NextBytes(bgra);
        for (var i = 0; i < Side * Side; i++)
        {
            var (x, y) = (i % Side, i / Side);
            var isEdge = x is < 2 or >= Side - 2 || y is < 2 or >= Side - 2;
            bgra[(i * 4) + 3] = isEdge || (x > 20 && x < 40 && y < 30) ? (byte)0 : x < 20 ? (byte)255 : bgra[(i * 4) + 3];
        }

        var image = new PlanarImage(Side, Side) { X = random.Next(-5, 5) * 2, Y = random.Next(-5, 5) * 2 };
        image.Take(Premultiplied(bgra));
        return image;
    }

    /// <summary>It covers wholly, but for its edge.</summary>
    private static PlanarImage Block(Random random)
    {
        const int Side = 80;
        var bgra = new byte[Side * Side * 4];
        random.NextBytes(bgra);
        for (var i = 0; i < Side * Side; i++)
        {
            bgra[(i * 4) + 3] = i % Side is < 2 or >= Side - 2 || i / Side is < 2 or >= Side - 2 ? (byte)0 : (byte)255;
        }

        var image = new PlanarImage(Side, Side) { X = random.Next(-5, 5) * 2, Y = random.Next(-5, 5) * 2 };
        image.Take(Premultiplied(bgra));
        return image;
    }

    private static byte[] Premultiplied(byte[] bgra)
    {
        var result = (byte[])bgra.Clone();
        for (var i = 0; i < bgra.Length; i++)
        {
            result[i] = i % 4 == 3 ? bgra[i] : (byte)(bgra[i] * bgra[i | 3] / 255);
        }

        return result;
    }

    private static I420Picture Picture(Random random)
    {
        var picture = new I420Picture(Size, Size);
        random.NextBytes(picture.Data);
        return picture;
    }

    private static void AssertNear(Expected expected, I420Picture picture, string when)
    {
        for (var i = 0; i < picture.Data.Length; i++)
        {
            var difference = Math.Abs(expected.Samples[i] - picture.Data[i]);
            Assert.True(difference <= MostDifference, $"{when}, sample {i}: {picture.Data[i]} and not {expected.Samples[i]:F2}");
        }
    }

    /// <summary>The same picture in floating point.</summary>
    private sealed class Expected(I420Picture picture)
    {
        public double[] Samples { get; } = [.. picture.Data.ToArray().Select(static sample => (double)sample)];

        public void Over(PlanarImage image, in Warp warp, PlanarImage? within, in Warp withinWarp)
        {
            Plane(0, Size, 1, static one => one.Luma, 0, image, warp, within, withinWarp);
            var chroma = image.Chroma.Width * image.Chroma.Height;
            Plane(Size * Size, Size / 2, 2, static one => one.Chroma, 0, image, warp, within, withinWarp);
            Plane(Size * Size * 5 / 4, Size / 2, 2, static one => one.Chroma, chroma, image, warp, within, withinWarp);
        }

        private void Plane(
            int at, int side, int divisor, Func<PlanarImage, CoveringPlane> plane, int values, PlanarImage image, in Warp warp, PlanarImage? within, in Warp withinWarp)
        {
            for (var i = 0; i < side * side; i++)
            {
                var (x, y) = ((i % side) + 0.5, (i / side) + 0.5);
                var covers = Read(plane(image), plane(image).Alpha, 0, image, warp, x, y, divisor);
                var colour = Read(plane(image), plane(image).Values, values, image, warp, x, y, divisor);
                var part = within is null ? 1 : Read(plane(within), plane(within).Alpha, 0, within, withinWarp, x, y, divisor) / 255;
                Samples[at + i] = (colour * part) + (Samples[at + i] * (1 - (covers * part / 255)));
            }
        }

        private static double Read(CoveringPlane plane, byte[] samples, int from, PlanarImage image, in Warp warp, double x, double y, int divisor)
        {
            warp.At((float)(y * divisor), out var sourceY, out var moved);

            // Places are told apart by sixteenths.
            double Sixteenth(double value) => Math.Floor((value * 16) + 0.5) / 16;
            var row = Sixteenth(((sourceY - image.Y) / divisor) - 0.5);
            var column = x - 0.5 - Sixteenth((moved + image.X) / divisor);
            var (top, left) = ((int)Math.Floor(row), (int)Math.Floor(column));
            double At(int r, int c) => r >= 0 && r < plane.Height && c >= 0 && c < plane.Width ? samples[from + (r * plane.Width) + c] : 0;
            double Across(int r) => (At(r, left) * (1 - (column - left))) + (At(r, left + 1) * (column - left));
            return (Across(top) * (1 - (row - top))) + (Across(top + 1) * (row - top));
        }
    }
}
