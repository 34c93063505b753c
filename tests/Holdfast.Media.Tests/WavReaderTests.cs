using System.Buffers.Binary;
using System.Text;
using CsCheck;

namespace Holdfast.Media.Tests;

public sealed class WavReaderTests
{
    private static readonly short[] s_sound = [1, -1, 32767, -32768, 12, 34, 56, 78];

    [Fact]
    public void A_file_gives_its_samples_however_it_is_cut()
    {
        var file = Wav(22_050, 1, s_sound);
        Gen.Int[1, file.Length].Sample(block =>
        {
            var (reader, samples) = ReadInBlocks(file, block);
            return reader is { State: WavReaderState.Ended, SampleRate: 22_050, Channels: 1 } && samples.SequenceEqual(s_sound);
        });
    }

    [Fact]
    public void Two_channels_are_mixed_to_one()
    {
        var (reader, samples) = ReadInBlocks(Wav(44_100, 2, s_sound), 3);

        Assert.Equal(2, reader.Channels);
        Assert.Equal([0, -1, 23, 67], samples);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(0x7FFFF024u)]
    [InlineData(0xFFFFFFFFu)]
    public void A_length_that_a_pipe_could_not_know_means_until_the_end(uint length)
    {
        var file = Wav(22_050, 1, s_sound);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(40), length);

        var (reader, samples) = ReadInBlocks(file, 7);

        Assert.Equal(WavReaderState.Samples, reader.State);
        Assert.Equal(s_sound, samples);
    }

    [Fact]
    public void Chunks_that_are_not_known_are_skipped_with_their_padding()
    {
        var file = Wav(16_000, 1, s_sound, extraChunk: [.. "LIST"u8, 5, 0, 0, 0, 1, 2, 3, 4, 5, 0]);

        Assert.Equal(s_sound, ReadInBlocks(file, 1).Samples);
        Assert.True(TryReadHeader(file, out var rate, out var channels));
        Assert.Equal((16_000, 1), (rate, channels));
    }

    [Fact]
    public void What_comes_after_the_sound_is_no_sound()
    {
        byte[] file = [.. Wav(16_000, 1, s_sound), .. "LIST"u8, 4, 0, 0, 0, 1, 2, 3, 4];

        Assert.Equal(s_sound, ReadInBlocks(file, 5).Samples);
    }

    [Fact]
    public void Every_truncation_is_a_header_not_yet_complete_or_less_sound()
    {
        var file = Wav(22_050, 1, s_sound);
        for (var length = 0; length < file.Length; length++)
        {
            var (reader, samples) = ReadInBlocks(file[..length], 4);

            Assert.Equal(length < 44 ? WavReaderState.Header : WavReaderState.Samples, reader.State);
            Assert.Equal(s_sound[..(Math.Max(0, length - 44) / 2)], samples);
            Assert.Equal(length >= 44, TryReadHeader(file.AsSpan(0, length), out _, out _));
        }
    }

    [Theory]
    [InlineData(0, "This is not a WAV file.")]
    [InlineData(20, "Only WAV files with PCM of 8 to 32 bit, or floating point, can be read.")]
    [InlineData(22, "Only WAV files with 1 to 8 channels can be read.")]
    [InlineData(26, "The WAV file's sample rate is out of range.")]
    [InlineData(34, "Only WAV files with PCM of 8 to 32 bit, or floating point, can be read.")]
    public void A_file_that_cannot_be_read_says_why(int changedByte, string error)
    {
        var file = Wav(22_050, 1, s_sound);
        file[changedByte] ^= 0x47;

        var (reader, samples) = ReadInBlocks(file, 9);

        Assert.Equal((WavReaderState.Malformed, error), (reader.State, reader.Error));
        Assert.Empty(samples);
    }

    [Fact]
    public void Any_bytes_are_read_or_refused()
    {
        var file = Wav(22_050, 1, s_sound);
        var damaged =
            from position in Gen.Int[0, file.Length - 1]
            from value in Gen.Byte
            from block in Gen.Int[1, 50]
            select (position, value, block);

        damaged.Sample(d =>
        {
            var copy = file.ToArray();
            copy[d.position] = d.value;
            var (reader, _) = ReadInBlocks(copy, d.block);
            return Enum.IsDefined(reader.State);
        });
        Gen.Byte.Array[0, 200].Sample(bytes => ReadInBlocks(bytes, 13).Samples.Count <= WavReader.GetMaxSamples(bytes.Length));
    }

    private static (WavReader Reader, List<short> Samples) ReadInBlocks(byte[] file, int block)
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

    private static byte[] Wav(int rate, short channels, short[] samples, byte[]? extraChunk = null)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.ASCII);
        writer.Write("RIFF"u8);
        writer.Write(36 + (extraChunk?.Length ?? 0) + samples.Length * 2);
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write(channels);
        writer.Write(rate);
        writer.Write(rate * channels * 2);
        writer.Write((short)(channels * 2));
        writer.Write((short)16);
        writer.Write(extraChunk ?? []);
        writer.Write("data"u8);
        writer.Write(samples.Length * 2);
        foreach (var sample in samples)
        {
            writer.Write(sample);
        }

        return stream.ToArray();
    }

    /// <summary>A file's header, byte by byte.</summary>
    private static bool TryReadHeader(ReadOnlySpan<byte> wav, out int sampleRate, out int channels)
    {
        var reader = new WavReader();
        Span<short> nothing = stackalloc short[WavReader.GetMaxSamples(1)];
        while (!wav.IsEmpty && reader.State == WavReaderState.Header)
        {
            reader.Read(wav[..1], nothing);
            wav = wav[1..];
        }

        (sampleRate, channels) = (reader.SampleRate, reader.Channels);
        return reader.State == WavReaderState.Samples;
    }
}
