using CsCheck;

namespace Holdfast.Media.Tests;

public sealed class ResamplerTests
{
    private static readonly int[] s_usualRates = [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];

    [Theory]
    [InlineData(22050, 48000)]
    [InlineData(16000, 48000)]
    [InlineData(24000, 48000)]
    [InlineData(44100, 48000)]
    [InlineData(48000, 48000)]
    [InlineData(48000, 16000)]
    [InlineData(96000, 48000)]
    public void A_tone_stays_the_same_tone_at_the_same_time(int inputRate, int outputRate)
    {
        var hertz = 0.31 * Math.Min(inputRate, outputRate);
        var input = Sine(hertz, inputRate, inputRate / 5);
        var output = Resample(input, inputRate, outputRate, block: 441);
        var expected = Sine(hertz, outputRate, output.Length);

        // Away from both ends, where the tone begins and stops.
        var (signal, noise) = (0.0, 0.0);
        for (var i = 200; i < output.Length - 200; i++)
        {
            signal += (double)expected[i] * expected[i];
            noise += Math.Pow(output[i] - expected[i], 2);
        }

        var decibels = 10 * Math.Log10(signal / Math.Max(noise, 1));
        Assert.True(decibels > 70, $"{decibels:F1} dB");
    }

    [Fact]
    public void What_the_lower_rate_cannot_carry_is_removed()
    {
        var output = Resample(Sine(10_000, 48_000, 9_600), 48_000, 16_000, block: 960);
        var peak = output.AsSpan(100, output.Length - 200).ToArray().Max(sample => Math.Abs((int)sample));

        Assert.True(peak <= 3, $"{peak} of 12,000 is left");
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public void The_total_length_is_exact_however_the_input_is_cut()
    {
        var cases =
            from inputRate in Gen.OneOf(Gen.Int[0, s_usualRates.Length - 1].Select(i => s_usualRates[i]), Gen.Int[1000, 100_000])
            from length in Gen.Int[0, 4000]
            from block in Gen.Int[1, 1500]
            select (inputRate, length, block);

        cases.Sample(
            c =>
            {
                var output = Resample(Sine(200, c.inputRate, c.length), c.inputRate, 48_000, c.block);
                return Math.Abs(output.Length - c.length * 48_000.0 / c.inputRate) <= 1;
            },
            iter: 300,
            threads: 1);
    }

    [Fact]
    public void Cutting_the_input_changes_no_sample()
    {
        var input = new short[5000];
        var random = new Random(3);
        for (var i = 0; i < input.Length; i++)
        {
            input[i] = (short)random.Next(short.MinValue, short.MaxValue + 1);
        }

        var whole = Resample(input, 22_050, 48_000, input.Length);

        Gen.Int[1, 3000].Sample(block => Resample(input, 22_050, 48_000, block).AsSpan().SequenceEqual(whole), iter: 30, threads: 1);
    }

    [Fact]
    public void A_constant_stays_a_constant()
    {
        var input = new short[2205];
        Array.Fill(input, (short)10_000);
        var output = Resample(input, 22_050, 48_000, 441);

        Assert.All(output[200..^200], sample => Assert.InRange(sample, 9_999, 10_001));
    }

    [Fact]
    public void After_a_flush_it_begins_anew()
    {
        var resampler = new Resampler(22_050);
        var input = Sine(500, 22_050, 2_000);
        var first = new short[resampler.GetMaxOutputLength(input.Length) + resampler.GetMaxOutputLength(0)];
        var second = new short[first.Length];

        Run(first);
        Run(second);
        Assert.Equal(first, second);

        void Run(Span<short> output)
        {
            var count = resampler.Process(input, output);
            resampler.Flush(output[count..]);
        }
    }

    [Fact]
    public void Processing_allocates_nothing()
    {
        var resampler = new Resampler(22_050);
        var input = new short[441];
        var output = new short[resampler.GetMaxOutputLength(input.Length)];
        for (var i = 0; i < 40; i++)
        {
            resampler.Process(input, output);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 40; i++)
        {
            resampler.Process(input, output);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static short[] Sine(double hertz, int rate, int length)
    {
        var samples = new short[length];
        for (var i = 0; i < length; i++)
        {
            samples[i] = (short)Math.Round(12_000 * Math.Sin(2 * Math.PI * hertz * i / rate));
        }

        return samples;
    }

    private static short[] Resample(short[] input, int inputRate, int outputRate, int block)
    {
        var resampler = new Resampler(inputRate, outputRate);
        var output = new List<short>();
        var buffer = new short[resampler.GetMaxOutputLength(block)];
        foreach (var chunk in input.Chunk(block))
        {
            output.AddRange(buffer.AsSpan(0, resampler.Process(chunk, buffer)));
        }

        output.AddRange(buffer.AsSpan(0, resampler.Flush(buffer)));
        return [.. output];
    }
}
