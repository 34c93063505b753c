using CsCheck;

namespace Holdfast.Media.Tests;

public sealed class Vp8Tests
{
    private static readonly VideoFormat s_format = new(160, 160, 25);

    [Fact]
    public void What_is_decoded_looks_like_what_was_encoded()
    {
        using var encoder = NewEncoder();
        using var decoder = new Vp8Decoder();
        var portrait = new DrawnPortrait(s_format);
        var picture = new I420Picture(s_format.Width, s_format.Height);

        for (var i = 0; i < 30; i++)
        {
            portrait.Draw(i, mouth: i % 5 / 4.0, picture);
            var frame = encoder.Encode(picture, forceKeyFrame: false, out var isKeyFrame);

            Assert.Equal(i == 0, isKeyFrame);
            Assert.True(decoder.TryDecode(frame, out var decoded));
            Assert.True(PictureQuality.Psnr(picture, decoded) > 34, $"picture {i}: {PictureQuality.Psnr(picture, decoded):F1} dB");
        }
    }

    [Fact]
    public void A_key_frame_comes_when_asked_for_and_a_decoder_can_begin_there()
    {
        using var encoder = NewEncoder();
        using var decoder = new Vp8Decoder();
        var portrait = new DrawnPortrait(s_format);
        var picture = new I420Picture(s_format.Width, s_format.Height);

        for (var i = 0; i < 20; i++)
        {
            portrait.Draw(i, mouth: 0.5, picture);
            var frame = encoder.Encode(picture, forceKeyFrame: i == 12, out var isKeyFrame);

            Assert.Equal(i is 0 or 12, isKeyFrame);
            Assert.True(Vp8FrameHeader.TryParse(frame, out var header));
            Assert.Equal(isKeyFrame ? new Vp8FrameHeader(true, s_format.Width, s_format.Height) : default, header);
            if (i > 0)
            {
                Assert.Equal(i >= 12, decoder.TryDecode(frame, out _));
            }
        }
    }

    [Fact]
    public void A_changed_bitrate_takes_effect_while_running()
    {
        using var encoder = NewEncoder(600_000, maxQuantizer: 63);

        var high = EncodeSecond(encoder, 0, seconds: 3);
        encoder.BitrateBitsPerSecond = 150_000;
        EncodeSecond(encoder, 75);
        var low = EncodeSecond(encoder, 100, seconds: 3);

        Assert.Equal(150_000, encoder.BitrateBitsPerSecond);
        Assert.InRange(high, 400_000, 750_000);
        Assert.InRange(low, 100_000, 200_000);
    }

    [Fact]
    public void Encoding_allocates_nothing()
    {
        using var encoder = NewEncoder();
        var picture = new I420Picture(s_format.Width, s_format.Height);
        new DrawnPortrait(s_format).Draw(0, 0, picture);
        for (var i = 0; i < 40; i++)
        {
            encoder.Encode(picture, i % 10 == 0, out _);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 40; i++)
        {
            encoder.Encode(picture, i % 10 == 0, out _);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Bytes_that_are_no_frame_are_refused_and_harm_nothing()
    {
        using var encoder = NewEncoder();
        using var decoder = new Vp8Decoder();
        var picture = new I420Picture(s_format.Width, s_format.Height);
        new DrawnPortrait(s_format).Draw(0, 0, picture);
        var keyFrame = encoder.Encode(picture, forceKeyFrame: true, out _).ToArray();

        Gen.Byte.Array[0, 200].Sample(bytes => decoder.TryDecode(bytes, out _) || true, iter: 500, threads: 1);
        for (var length = 0; length < keyFrame.Length; length++)
        {
            decoder.TryDecode(keyFrame.AsSpan(0, length), out _);
        }

        Assert.True(decoder.TryDecode(keyFrame, out var decoded));
        Assert.True(PictureQuality.Psnr(picture, decoded) > 30);
    }

    [Fact]
    public void A_key_frame_that_claims_to_be_huge_is_refused()
    {
        using var decoder = new Vp8Decoder(maxPixels: 640 * 480);
        byte[] claims16383 = [0x10, 0x02, 0x00, 0x9D, 0x01, 0x2A, 0xFE, 0x3F, 0xFE, 0x3F, 0, 0, 0, 0, 0, 0];

        Assert.False(decoder.TryDecode(claims16383, out _));
    }

    [Fact]
    public void Misuse_is_told()
    {
        var encoder = NewEncoder();
        Assert.Throws<ArgumentException>(() => Encode(encoder, new I420Picture(32, 32)));
        Assert.Throws<ArgumentOutOfRangeException>(() => encoder.BitrateBitsPerSecond = 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Vp8Encoder(new Vp8EncoderOptions { Format = s_format, Speed = 17 }));
        encoder.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Encode(encoder, new I420Picture(160, 160)));
        encoder.Dispose();

        static void Encode(Vp8Encoder encoder, I420Picture picture) => encoder.Encode(picture, forceKeyFrame: false, out _);
    }

    private static Vp8Encoder NewEncoder(int bitrate = 500_000, int maxQuantizer = 36) =>
        new(new Vp8EncoderOptions { Format = s_format, BitrateBitsPerSecond = bitrate, MaxQuantizer = maxQuantizer });

    /// <summary>Bits a second of pictures with much detail, which use whatever they are given.</summary>
    private static double EncodeSecond(Vp8Encoder encoder, int firstFrame, int seconds = 1)
    {
        var picture = new I420Picture(s_format.Width, s_format.Height);
        var random = new Random(7);
        var texture = new byte[2 * s_format.Width * s_format.Height];
        random.NextBytes(texture);
        var bytes = 0L;
        for (var i = firstFrame; i < firstFrame + 25 * seconds; i++)
        {
            picture.Data.Fill(128);
            for (var p = 0; p < picture.Y.Length; p++)
            {
                picture.Y[p] = (byte)(100 + texture[p + i * 3] / 8);
            }

            bytes += encoder.Encode(picture, forceKeyFrame: false, out _).Length;
        }

        return bytes * 8.0 / seconds;
    }
}
