using Holdfast.Lab.Peer;
using Holdfast.Media;

namespace Holdfast.Lab.Tests.Peer;

/// <summary>What a header tells is what libvpx was told: its scale of 0 to 63 stands for 0 to 127 in the stream.</summary>
public sealed class Vp8QuantizerTests
{
    private static readonly VideoFormat s_format = new(128, 128, 25);

    [Theory]
    [InlineData(100_000, 36, 51)]
    [InlineData(100_000, 24, 29)]
    [InlineData(5_000, 36, 127)] // so thin that the limit is lifted
    public void Noise_that_does_not_fit_is_as_coarse_as_the_encoder_may(int bitrate, int limit, int expected) =>
        Assert.All(Encode(bitrate, limit, isNoise: true).Skip(30), quantizer => Assert.Equal(expected, quantizer));

    [Theory]
    [InlineData(2, 2)]
    [InlineData(9, 10)]
    public void An_even_picture_that_has_all_the_room_is_as_fine_as_the_encoder_may_make_it(int finest, int expected) =>
        Assert.Equal(expected, Encode(10_000_000, 36, isNoise: false, finest)[^1]);

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(10)]
    public void What_is_too_short_has_none(int length) => Assert.Null(Vp8Quantizer.Of(new byte[length]));

    [Fact]
    public void Whatever_it_is_handed_it_does_not_throw()
    {
        var random = new Random(1);
        for (var i = 0; i < 10_000; i++)
        {
            var frame = new byte[random.Next(40)];
            random.NextBytes(frame);
            if (Vp8Quantizer.Of(frame) is { } quantizer)
            {
                Assert.InRange(quantizer, 0, 127);
            }
        }
    }

    private static List<int?> Encode(int bitrate, int limit, bool isNoise, int finest = 2)
    {
        using var encoder = new Vp8Encoder(new Vp8EncoderOptions { Format = s_format, BitrateBitsPerSecond = bitrate, MinQuantizer = finest, MaxQuantizer = limit });
        var picture = new I420Picture(s_format.Width, s_format.Height);
        var random = new Random(7);
        var quantizers = new List<int?>();
        for (var i = 0; i < 50; i++)
        {
            picture.U.Fill(128);
            picture.V.Fill(128);
            picture.Y.Fill(90);
            if (isNoise)
            {
                random.NextBytes(picture.Y);
            }

            quantizers.Add(Vp8Quantizer.Of(encoder.Encode(picture, forceKeyFrame: i == 0, out _)));
        }

        return quantizers;
    }
}
