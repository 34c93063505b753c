using CsCheck;

namespace Holdfast.Media.Tests;

public sealed class ColorConversionTests
{
    [Theory]
    [InlineData(0, 0, 0, 16, 128, 128)]
    [InlineData(255, 255, 255, 235, 128, 128)]
    [InlineData(255, 0, 0, 82, 90, 240)]
    [InlineData(0, 255, 0, 145, 54, 34)]
    [InlineData(0, 0, 255, 41, 240, 110)]
    public void Known_colours_get_their_BT601_values(byte r, byte g, byte b, int y, int u, int v)
    {
        var bgra = new byte[32 * 32 * 4];
        for (var i = 0; i < bgra.Length; i += 4)
        {
            (bgra[i], bgra[i + 1], bgra[i + 2], bgra[i + 3]) = (b, g, r, 255);
        }

        var picture = new I420Picture(32, 32);
        ColorConversion.BgraToI420(bgra, 32 * 4, picture);

        foreach (var (plane, expected) in new[] { (picture.Y.ToArray(), y), (picture.U.ToArray(), u), (picture.V.ToArray(), v) })
        {
            Assert.All(plane, value => Assert.InRange((int)value, expected - 1, expected + 1));
        }
    }

    [Fact]
    public void Vectors_and_scalars_give_the_same_bytes_at_any_size_and_stride()
    {
        var cases =
            from halfWidth in Gen.Int[1, 40]
            from halfHeight in Gen.Int[1, 5]
            from padding in Gen.Int[0, 9]
            from seed in Gen.Int
            select (Width: halfWidth * 2, Height: halfHeight * 2, Padding: padding, Seed: seed);

        cases.Sample(
            c =>
            {
                var stride = c.Width * 4 + c.Padding;
                var bgra = new byte[stride * c.Height - c.Padding];
                new Random(c.Seed).NextBytes(bgra);
                // Extremes meet the limits of the 16-bit lanes more often than chance would.
                for (var i = 0; i < bgra.Length; i++)
                {
                    bgra[i] = (bgra[i] & 3) switch { 0 => 0, 1 => 255, _ => bgra[i] };
                }

                var vectors = new I420Picture(c.Width, c.Height);
                var scalars = new I420Picture(c.Width, c.Height);
                ColorConversion.BgraToI420(bgra, stride, vectors);
                ColorConversion.BgraToI420Scalar(bgra, stride, scalars);
                return vectors.Data.SequenceEqual(scalars.Data);
            },
            iter: 2000);
    }

    [Fact]
    public void Too_few_bytes_are_misuse()
    {
        var picture = new I420Picture(16, 16);
        Assert.Throws<ArgumentException>(() => ColorConversion.BgraToI420(new byte[16 * 16 * 4 - 1], 64, picture));
        Assert.Throws<ArgumentException>(() => ColorConversion.BgraToI420(new byte[16 * 16 * 4], 63, picture));
    }
}
