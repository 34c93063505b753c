using Holdfast.Avatar;
using Holdfast.Lab.Render;
using Holdfast.Media;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Lab.Tests.Render;

/// <summary>Ten minutes of the avatar, as they are recorded: whether the mouth opens when the voice is heard.</summary>
public sealed class SoundAndPictureTests
{
    private const int Size = 128;
    private const double Most = 45;

    /// <summary>Each begins with lips shut and a vowel after them, and ends with lips shut: what is seen of it opens once.</summary>
    private const string Words = "Bob, pop, mom, bomb, mob, Bob, mom, pop. Mob, pop, bomb, pop, Bob, mob, mom, bomb.";

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task In_a_recording_of_ten_minutes_with_flite_sound_and_picture_are_at_most_45_ms_apart()
    {
        // Speech and silence in turn, so that drawn pictures and those of the shared loop follow each other: sixteen words, and a pause as long.
        var file = await RecordAsync(repetitions: 38, pauseTicks: 8 * MediaTick.PerSecond);

        var (pictures, sound) = Decode(file);
        var opens = Rises(pictures, RecordedPicture.Milliseconds, RecordedPicture.Milliseconds / 2);
        var begins = Rises(sound, RecordedSound.Milliseconds, (RecordedSound.Milliseconds / 2) - RecordedSound.CodecDelay);
        var minutes = (int)Math.Round(pictures.Length * RecordedPicture.Milliseconds / 60_000);
        Assert.InRange(minutes, 10, 12);
        var each = Enumerable.Range(0, minutes).Select(minute => Offset(opens, [.. begins.Where(at => (int)(at / 60_000) == minute)], 0)).ToArray();
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"sound after picture, ms, minute by minute: {string.Join(", ", each.Select(static offset => $"{offset:F0}"))}; over all {Offset(opens, begins, 0):F1} of {begins.Count} words");
        Assert.All(each, static offset => Assert.InRange(offset, -Most, Most));

        // Nor would it go unnoticed: the same with the sound 60 ms later, and 60 ms earlier.
        Assert.NotInRange(Offset(opens, begins, 60), -Most, Most);
        Assert.NotInRange(Offset(opens, begins, -60), -Most, Most);
    }

    private static async Task<ReadOnlyMemory<byte>> RecordAsync(int repetitions, int pauseTicks)
    {
        await using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationManager())
            .AddLogging()
            .AddHoldfastAvatar(options => options.PictureSize = Size)
            .BuildServiceProvider();
        var shows = services.GetRequiredService<AvatarShowFactory>();
        Assert.SkipUnless(shows.HasVoice("flite/slt"), "libflite1 is not here.");
        var file = new MemoryStream();
        using var writer = new WebMWriter(file, new VideoFormat(Size, Size, 25));
        var renderer = new VideoRenderer(writer, TimeProvider.System) { PauseTicks = pauseTicks };
        await using var show = shows.Create("lin", renderer);
        await renderer.RenderAsync((IRenderableShow)show, [.. Enumerable.Repeat(Words, repetitions)], 200_000, TestContext.Current.CancellationToken);
        Assert.Empty(renderer.Failures);
        return file.ToArray();
    }

    /// <summary>How dark it is about the mouth, picture by picture; how loud it is, piece by piece.</summary>
    private static (double[] Pictures, double[] Sound) Decode(ReadOnlyMemory<byte> file)
    {
        using var vp8 = new Vp8Decoder();
        using var opus = new OpusDecoder();
        var pcm = new short[OpusDecoder.MaxSamplesPerPacket];
        var (pictures, sound) = (new List<double>(), new List<double>());
        foreach (var block in RecordingFile.Read(file))
        {
            if (block.Track == 1)
            {
                Assert.True(vp8.TryDecode(block.Data.Span, out var picture));
                Assert.Equal((long)(pictures.Count * RecordedPicture.Milliseconds), block.Milliseconds);
                pictures.Add(RecordedPicture.MouthOf(picture));
            }
            else
            {
                Assert.Equal((long)(sound.Count * RecordedSound.Milliseconds), block.Milliseconds);
                RecordedSound.Add(pcm.AsSpan(0, opus.Decode(block.Data.Span, pcm)), sound);
            }
        }

        return ([.. pictures], [.. sound]);
    }

    /// <summary>When something rises past the middle between what it mostly is at the least and at the most.</summary>
    private static List<double> Rises(double[] values, double step, double centre)
    {
        var sorted = values.Order().ToArray();
        var half = (sorted[sorted.Length / 20] + sorted[sorted.Length * 19 / 20]) / 2;
        var rises = new List<double>();
        for (var i = 1; i < values.Length; i++)
        {
            if (values[i - 1] < half && values[i] >= half)
            {
                rises.Add(((i - 1 + ((half - values[i - 1]) / (values[i] - values[i - 1]))) * step) + centre);
            }
        }

        return rises;
    }

    /// <summary>Of each beginning of sound the time since the opening of the mouth next to it; the median.</summary>
    private static double Offset(List<double> opens, List<double> begins, double late)
    {
        var apart = begins.Select(at => at + late - opens.MinBy(open => Math.Abs(open - at - late))).Order().ToArray();
        return apart[apart.Length / 2];
    }

    private static class RecordedPicture
    {
        public const double Milliseconds = 40;

        public static double MouthOf(I420Picture picture)
        {
            var darkness = 0;
            for (var y = 68; y < 82; y++)
            {
                foreach (var luma in picture.Y.Slice((y * Size) + 54, 21))
                {
                    darkness += Math.Max(0, 150 - luma);
                }
            }

            return darkness;
        }
    }

    private static class RecordedSound
    {
        public const double Milliseconds = 5;

        /// <summary>What the encoder looks ahead, and a player leaves out.</summary>
        public const double CodecDelay = 6.5;

        private const int Samples = SoundFormat.SampleRate / 200;

        public static void Add(ReadOnlySpan<short> pcm, List<double> levels)
        {
            for (; pcm.Length >= Samples; pcm = pcm[Samples..])
            {
                var power = 0.0;
                foreach (var sample in pcm[..Samples])
                {
                    power += (double)sample * sample;
                }

                levels.Add(Math.Sqrt(power / Samples));
            }
        }
    }
}
