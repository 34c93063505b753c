using System.Buffers.Binary;
using System.Text;
using CsCheck;

namespace Holdfast.Media.Tests;

/// <summary>WAV files as people and services write them.</summary>
public sealed class WavFormatsTests
{
    private static readonly short[] Sound = [1_000, -1_000, 32_000, -32_000, 256, -256, 12_800, 0];

    private static readonly byte[] Notes = [.. "LIST"u8, 5, 0, 0, 0, .. "INFOx"u8, 0];

    public static TheoryData<string, string> Files => new()
    {
        { "data at byte 44", "rate=22050" },
        { "data behind a LIST chunk", "before=LIST" },
        { "a LIST chunk behind the data", "after=LIST" },
        { "length 0", "length=0" },
        { "length 0xFFFFFFFF", "length=4294967295" },
        { "the length that some programs write to a pipe", "length=2147483647" },
        { "8,000 samples a second", "rate=8000" },
        { "11,025 samples a second", "rate=11025" },
        { "44,100 samples a second", "rate=44100" },
        { "96,000 samples a second", "rate=96000" },
        { "stereo", "channels=2" },
        { "six channels", "channels=6" },
        { "8 bit", "bits=8" },
        { "8 bit, stereo, of unknown length", "bits=8 channels=2 length=0" },
        { "24 bit", "bits=24" },
        { "24 bit, extensible", "bits=24 extensible" },
        { "16 bit, extensible, stereo", "extensible channels=2" },
        { "20 bit in three bytes", "bits=20" },
        { "32 bit", "bits=32" },
        { "floating point", "bits=32 float" },
        { "floating point, extensible, stereo, 48,000", "bits=32 float extensible channels=2 rate=48000" },
        { "floating point of 64 bit", "bits=64 float" },
        { "an odd byte at the end", "odd" },
        { "an odd byte at the end, of unknown length", "odd length=0" },
        { "RF64", "rf64" },
        { "RF64 with a chunk behind the data", "rf64 after=LIST" },
        { "a header in every piece", "pieces=4" },
        { "a header of unknown length in every piece", "pieces=4 length=0" },
        { "a header with the size of the whole in every piece", "pieces=2 length=4294967295" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_of_any_kind_gives_its_sound_however_it_is_cut(string kind, string how)
    {
        var file = Write(how);
        for (var block = 1; block <= file.Length; block++)
        {
            var (reader, samples) = Read(file, block);
            Assert.True(reader.State is WavReaderState.Ended or WavReaderState.Samples, $"{kind}: {reader.Error}");
            Assert.Equal(RateOf(how), reader.SampleRate);
            Assert.Equal(Sound.Length, samples.Count);
            Assert.All(Sound.Zip(samples), pair => Assert.InRange(pair.Second, pair.First - 256, pair.First + 256));
        }
    }

    [Fact]
    public void What_is_not_finite_is_silence_and_what_is_too_loud_is_as_loud_as_can_be()
    {
        var file = Write("bits=32 float");
        var at = file.Length - (Sound.Length * 4);
        float[] wild = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 3, -3];
        for (var i = 0; i < wild.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(file.AsSpan(at + (4 * i)), wild[i]);
        }

        Assert.Equal([0, 32_767, -32_768, 32_767, -32_768], Read(file, 5).Samples.Take(5));
    }

    [Fact]
    public void A_rate_that_changes_in_the_middle_is_refused()
    {
        byte[] file = [.. Write("length=0"), .. Write("rate=44100")];
        var (reader, samples) = Read(file, 11);
        Assert.Equal((WavReaderState.Malformed, "The WAV file changes its sample rate in the middle."), (reader.State, reader.Error));
        Assert.Equal(Sound, samples);
    }

    [Fact]
    public void Whatever_is_changed_in_any_of_them_nothing_is_thrown_and_no_more_comes_out_than_went_in()
    {
        var files = Files.Select(row => Write(row.Data.Item2)).ToArray();
        Gen.Select(Gen.Int[0, files.Length - 1], Gen.Int[0, 10_000], Gen.Byte, Gen.Int[0, 10_000], Gen.Byte, Gen.Int[1, 64]).Sample(change =>
        {
            var (which, first, one, second, other, block) = change;
            var file = files[which].ToArray();
            file[first % file.Length] = one;
            file[second % Math.Min(file.Length, 60)] = other;
            return Read(file, block).Samples.Count <= WavReader.GetMaxSamples(file.Length);
        }, iter: 5_000);
    }

    private static int RateOf(string how) => Value(how, "rate") is { } rate ? (int)rate : 22_050;

    private static (WavReader Reader, List<short> Samples) Read(byte[] file, int block)
    {
        var reader = new WavReader();
        var samples = new List<short>();
        var buffer = new short[WavReader.GetMaxSamples(block)];
        foreach (var bytes in file.Chunk(block))
        {
            samples.AddRange(buffer.AsSpan(0, reader.Read(bytes, buffer)));
        }

        return (reader, samples);
    }

    private static uint? Value(string how, string name) => how.Split(' ')
        .Where(word => word.StartsWith(name + "=", StringComparison.Ordinal))
        .Select(word => (uint?)uint.Parse(word[(name.Length + 1)..]))
        .FirstOrDefault();

    private static byte[] Write(string how)
    {
        var pieces = (int)(Value(how, "pieces") ?? 1);
        return [.. Sound.Chunk(Sound.Length / pieces).SelectMany(piece => WriteOne(how, piece))];
    }

    private static byte[] WriteOne(string how, short[] sound)
    {
        var words = how.Split(' ');
        var (isFloat, isExtensible, isLong) = (words.Contains("float"), words.Contains("extensible"), words.Contains("rf64"));
        var bits = (int)(Value(how, "bits") ?? 16);
        var channels = (int)(Value(how, "channels") ?? 1);
        var size = (bits + 7) / 8;
        byte[] data = [.. sound.SelectMany(sample => Enumerable.Repeat(Sample(sample, size, isFloat), channels).SelectMany(bytes => bytes)),
            .. words.Contains("odd") ? [7] : Array.Empty<byte>()];

        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.ASCII);
        writer.Write(isLong ? "RF64"u8 : "RIFF"u8);
        writer.Write(isLong ? uint.MaxValue : 36);
        writer.Write("WAVE"u8);
        if (isLong)
        {
            writer.Write("ds64"u8);
            writer.Write(28);
            writer.Write(0L);
            writer.Write((long)data.Length);
            writer.Write(0L);
            writer.Write(0);
        }

        writer.Write("fmt "u8);
        writer.Write(isExtensible ? 40 : 16);
        writer.Write((ushort)(isExtensible ? 0xFFFE : isFloat ? 3 : 1));
        writer.Write((ushort)channels);
        writer.Write(RateOf(how));
        writer.Write(RateOf(how) * channels * size);
        writer.Write((ushort)(channels * size));
        writer.Write((ushort)bits);
        if (isExtensible)
        {
            writer.Write((ushort)22);
            writer.Write((ushort)bits);
            writer.Write(channels == 1 ? 4 : 3);
            writer.Write((ushort)(isFloat ? 3 : 1));
            writer.Write([0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]);
        }

        writer.Write(words.Contains("before=LIST") ? Notes : []);
        writer.Write("data"u8);
        writer.Write(isLong ? uint.MaxValue : Value(how, "length") ?? (uint)data.Length);
        writer.Write(data);
        writer.Write(words.Contains("after=LIST") ? Notes : []);
        return stream.ToArray();
    }

    private static byte[] Sample(short sample, int size, bool isFloat)
    {
        var bytes = new byte[size];
        if (isFloat && size == 4)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes, sample / 32_768f);
        }
        else if (isFloat)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes, sample / 32_768.0);
        }
        else if (size == 1)
        {
            bytes[0] = (byte)((sample >> 8) + 128);
        }
        else
        {
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(size - 2), sample);
        }

        return bytes;
    }
}
