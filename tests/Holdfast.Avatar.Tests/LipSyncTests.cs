using Holdfast.Speech;
using Holdfast.Speech.Tests;

namespace Holdfast.Avatar.Tests;

public sealed class LipSyncTests
{
    [Theory]
    [InlineData("en-us+f3")]
    [InlineData("en-us+m3")]
    [InlineData("cmn+f2")]
    public async Task Vowels_open_the_mouth_each_in_its_own_way(string voice)
    {
        var ah = Middle(await Espeak.PhonemesAsync("A:A:A:A:", "en-us" + voice[voice.IndexOf('+', StringComparison.Ordinal)..]));
        var ee = Middle(await Espeak.PhonemesAsync("i:i:i:i:", "en-us" + voice[voice.IndexOf('+', StringComparison.Ordinal)..]));
        var oh = Middle(await Espeak.PhonemesAsync("o:o:o:o:", "en-us" + voice[voice.IndexOf('+', StringComparison.Ordinal)..]));
        var oo = Middle(await Espeak.PhonemesAsync("u:u:u:u:", "en-us" + voice[voice.IndexOf('+', StringComparison.Ordinal)..]));
        Assert.True(ah.Open > 0.7, $"ah {ah}");
        Assert.True(ah.Open > ee.Open + 0.3 && ah.Open > oo.Open + 0.3, $"ah {ah} ee {ee} oo {oo}");
        Assert.True(ee.Width > 0.5 && ee.Upper > 0.6, $"ee {ee}");
        Assert.True(oh.Round > 0.35 && oh.Open > oo.Open + 0.1, $"oh {oh} oo {oo}");
        Assert.True(oo.Round > 0.45 && oo.Width < -0.3, $"oo {oo}");
    }

    [Theory]
    [InlineData("en-us+f3")]
    [InlineData("en-us+m3")]
    public async Task Consonants_show_teeth_or_close_the_lips(string voice)
    {
        // Between vowels, as they are spoken.
        var s = Middle(await Espeak.PhonemesAsync("A:sssssA:", voice), window: 0.04);
        var sh = Middle(await Espeak.PhonemesAsync("A:SSSSSA:", voice), window: 0.04);
        var m = Middle(await Espeak.PhonemesAsync("A:mmmmmA:", voice), window: 0.04);
        var f = Middle(await Espeak.PhonemesAsync("A:fffffA:", voice), window: 0.04);
        Assert.True(s.Upper > 0.6 && s.Lower > 0.5 && s.Open < 0.4 && s.Width > 0.2, $"s {s}");
        Assert.True(sh.Upper > 0.6 && sh.Lower > 0.4 && sh.Round > 0.2, $"sh {sh}");
        Assert.True(m.Open < 0.2 && m.Press > 0.5, $"m {m}");
        Assert.True(f.Tuck > 0.4 && f.Open < 0.4, $"f {f}");
    }

    [Fact]
    public void Where_the_mouth_is_told_only_loudness_is_read_and_what_follows_goes_on_from_there()
    {
        var (reading, told) = (new LipSync(48_000), new LipSync(48_000));
        var (random, pcm) = (new Random(6), new short[960]);
        var widest = 0f;
        for (var block = 0; block < 60; block++)
        {
            var loud = 3000 * (1 + MathF.Sin(block / 5f));
            for (var i = 0; i < pcm.Length; i++)
            {
                pcm[i] = (short)(loud * MathF.Sin(2 * MathF.PI * 800 * i / 48_000) + random.Next(-50, 50));
            }

            reading.Push(pcm, isTold: false, out var read, out var expected);
            told.Push(pcm, isTold: true, out var mouth, out var loudness);
            Assert.Equal(expected, loudness);
            Assert.Equal(MouthShape.Rest, mouth);
            widest = MathF.Max(widest, read.Open);
        }

        Assert.True(widest > 0.2f);
        told.Show(Mouths.Of(Viseme.Ah));
        told.Push(pcm, isTold: true, out var relaxing, out _);
        Assert.InRange(relaxing.Open, 0.2f, Mouths.Of(Viseme.Ah).Open - 0.2f);
    }

    [Fact]
    public void Silence_keeps_the_mouth_shut()
    {
        var lips = new LipSync(48_000);
        for (var i = 0; i < 100; i++)
        {
            lips.Push(default, isTold: false, out var mouth, out var loudness);
            Assert.Equal(MouthShape.Rest, mouth);
            Assert.Equal(0, loudness);
        }
    }

    [Fact]
    public async Task The_mouth_is_fully_shut_soon_after_the_speech_and_not_before()
    {
        var shapes = Read(await Espeak.PhonemesAsync("A:A:A:", "en-us+f3"), out var loud, tail: 20);
        var lastLoud = Array.FindLastIndex(loud, rms => rms > 300);
        Assert.True(shapes[lastLoud - 3].Open > 0.3);
        Assert.All(shapes[(lastLoud + 6)..], shape => Assert.Equal(MouthShape.Rest, shape));
    }

    [Fact]
    public async Task The_mouth_is_open_when_its_vowel_begins()
    {
        var speech = await Espeak.PhonemesAsync("A:A:A:", "en-us+f3");
        short[] late = [.. new short[960 * 20], .. speech];
        var shapes = Read(late, out var loud);
        var first = Array.FindIndex(loud, rms => rms > 500);
        Assert.True(shapes[first].Open > 0.25, $"{shapes[first]}");
        Assert.Equal(MouthShape.Rest, shapes[first - 6]);
    }

    [Fact]
    public async Task It_reads_sixteen_kilohertz_as_well()
    {
        var speech = await Espeak.PhonemesAsync("A:A:A:A:", "en-us+f3");
        var resampler = new Holdfast.Media.Resampler(48_000, 16_000);
        var low = new short[resampler.GetMaxOutputLength(speech.Length)];
        var count = resampler.Process(speech, low);
        Assert.True(Middle(low[..count], rate: 16_000).Open > 0.7);
    }

    [Fact]
    public async Task A_quiet_voice_moves_the_lips_like_a_loud_one()
    {
        var speech = await Espeak.SayAsync("Mary had a little lamb, its fleece was white as snow.");
        var quiet = speech.Select(sample => (short)(sample / 6)).ToArray();
        var loudMean = Read(speech, out _).Average(shape => shape.Open);
        var quietMean = Read(quiet, out _).Average(shape => shape.Open);
        Assert.InRange(quietMean, loudMean * 0.6, loudMean * 1.2);
    }

    [Fact]
    public async Task Nothing_is_allocated_while_reading()
    {
        var speech = await Espeak.SayAsync("Some people have a map.");
        var lips = new LipSync(48_000);

        // Once to let the runtime settle, which allocates for itself, and once to count.
        ReadAll(lips, speech);
        var before = GC.GetAllocatedBytesForCurrentThread();
        ReadAll(lips, speech);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void ReadAll(LipSync lips, short[] speech)
    {
        for (var i = 0; i + 960 <= speech.Length; i += 960)
        {
            lips.Push(speech.AsSpan(i, 960), isTold: false, out _, out _);
        }
    }

    private static MouthShape[] Read(short[] speech, out double[] loudness, int tail = 6, int rate = 48_000)
    {
        var lips = new LipSync(rate);
        var shapes = new List<MouthShape>();
        var loud = new List<double>();
        for (var block = 0; block < (speech.Length / lips.BlockLength) + tail; block++)
        {
            var at = block * lips.BlockLength;
            var pcm = at + lips.BlockLength <= speech.Length ? speech.AsSpan(at, lips.BlockLength) : default;
            loud.Add(Espeak.Rms(pcm));
            if (lips.Push(pcm, isTold: false, out var mouth, out _))
            {
                shapes.Add(mouth);
            }
        }

        loudness = [.. loud.Take(shapes.Count)];
        return [.. shapes];
    }

    private static MouthShape Middle(short[] speech, int rate = 48_000, double window = 0.1)
    {
        // The mouth is 40 ms before its sound; the middle of the sound's loud part.
        var shapes = Read(speech, out var loud, rate: rate);
        var first = Array.FindIndex(loud, rms => rms > 200);
        var last = Array.FindLastIndex(loud, rms => rms > 200);
        var middle = ((first + last) / 2) - 2;
        var half = Math.Max(1, (int)(window / 0.02 / 2));
        var sum = MouthShape.Rest;
        for (var i = middle - half; i <= middle + half; i++)
        {
            sum += shapes[i];
        }

        return sum * (1f / ((2 * half) + 1));
    }
}
