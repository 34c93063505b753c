using System.Globalization;
using Holdfast.Media;

namespace Holdfast.Avatar.Tests;

/// <summary>What a picture costs in each size; measured when asked for, and written in docs/evidence/measurements.md.</summary>
public sealed class PictureCostTests
{
    private const int Pictures = 250;

    [Theory(Explicit = true)]
    [InlineData(512, 900_000)]
    [InlineData(768, 900_000)]
    [InlineData(1024, 900_000)]
    [InlineData(1024, 700_000)]
    public void What_a_picture_of_somebody_who_speaks_costs(int size, int bitrate)
    {
        using var stage = new AvatarStage(Character.All[0], size);
        using var encoder = Vp8Codec.Default.CreateEncoder(new VideoEncoderOptions { Format = stage.Format, BitrateBitsPerSecond = bitrate });
        using var decoder = new Vp8Decoder();
        var motion = new SpeechMotion();
        var picture = new I420Picture(size, size);
        var (first, draw, encode, quality, bytes) = (0.0, new List<double>(), new List<double>(), new List<double>(), 0L);
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < Pictures; i++)
            {
                for (var half = 0; half < 2; half++)
                {
                    var loud = MathF.Max(0, MathF.Sin(i * 0.8f)) * (0.4f + (0.3f * MathF.Sin(i * 0.11f)));
                    motion.Tick(speaking: true, new MouthShape { Open = loud, Width = MathF.Sin(i * 0.31f) }, loud);
                }

                var begin = TimeProvider.System.GetTimestamp();
                stage.Draw(motion.Apply(stage.Idle[i]), picture);
                var drawn = TimeProvider.System.GetTimestamp();
                if (round == 0)
                {
                    // Whatever is painted once is painted here.
                    first += TimeProvider.System.GetElapsedTime(begin, drawn).TotalMilliseconds;
                    continue;
                }

                var frame = encoder.Encode(picture, forceKeyFrame: i == 0, out _);
                draw.Add(TimeProvider.System.GetElapsedTime(begin, drawn).TotalMilliseconds);
                encode.Add(TimeProvider.System.GetElapsedTime(drawn).TotalMilliseconds);
                bytes += frame.Length;
                Assert.True(decoder.TryDecode(frame.ToArray(), out var decoded));
                quality.Add(AvatarShowFactoryTests.Psnr(decoded, picture));
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{size} at {bitrate / 1000} kbit/s: drawn in {Middle(draw):F2} / {Late(draw):F2} ms, encoded in {Middle(encode):F2} / {Late(encode):F2} ms (p50 / p95), "
            + $"{quality.Average():F1} dB ({quality.Min():F1} at the least), {bytes * 8 / 10 / 1000} kbit/s; the first {Pictures} drawn in {first:F0} ms"));
    }

    private static double Middle(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static double Late(List<double> values) => values.Order().ElementAt(values.Count * 95 / 100);
}
