using Holdfast.Media;

namespace Holdfast.Media.Tests;

/// <summary>The files that <see cref="WebMWriter"/> leaves, also when the disk takes no more. Players of another make play them in the server's tests.</summary>
public sealed class WebMWriterTests
{
    private static readonly VideoFormat Format = new(64, 64, 25);

    [Fact]
    public void What_is_written_is_read_again_packet_by_packet()
    {
        using var file = new MemoryStream();
        using var encoder = new OpusEncoder();
        using (var writer = new WebMWriter(file, Format))
        {
            var sound = new short[SoundFormat.SamplesPerFrame];
            for (var i = 0; i < 500; i++)
            {
                sound.AsSpan().Fill((short)(i % 2 == 0 ? 3_000 : -3_000));
                writer.WriteAudio(TimeSpan.FromMilliseconds(20 * i), encoder.Encode(sound));
            }

            writer.Complete();
            Assert.Equal(file.Length, writer.Length);
            Assert.Equal(9.98, writer.Duration.TotalSeconds, 2);
        }

        var decoded = Assert.IsType<SoundFileResult.Decoded>(SoundFile.Decode(file.ToArray(), TimeSpan.FromSeconds(60)));
        Assert.InRange(decoded.Sound.Length / 48_000.0, 9.9, 10.01);
    }

    [Fact]
    public void Until_it_is_complete_all_that_was_written_is_whole()
    {
        using var file = new MemoryStream();
        using var writer = new WebMWriter(file, Format);
        for (var i = 0; i < 500; i++)
        {
            writer.WriteAudio(TimeSpan.FromMilliseconds(20 * i), SilentPacket.For(new OpusEncoderOptions()).Span);
        }

        var decoded = Assert.IsType<SoundFileResult.Decoded>(SoundFile.Decode(file.ToArray(), TimeSpan.FromSeconds(60)));
        Assert.InRange(decoded.Sound.Length / 48_000.0, 7.9, 9.0);
    }

    [Fact]
    public void A_disk_that_takes_no_more_leaves_a_whole_file()
    {
        using var file = new SmallDisk { Room = 40_000 };
        using var writer = new WebMWriter(file, Format);
        var picture = KeyFrame(2_000);
        var written = 0;
        Assert.Throws<IOException>(() =>
        {
            for (var i = 0; i < 1_000; i++, written++)
            {
                writer.WriteVideo(TimeSpan.FromMilliseconds(40 * i), picture, isKeyFrame: i % 25 == 0);
            }
        });

        writer.Rescue();

        Assert.InRange(written, 1, 60);
        Assert.InRange(file.Length, 1, file.Room);
        Assert.Equal(writer.Length, file.Length);
        var bytes = file.ToArray();

        // The segment's length is that of the file: nothing is torn off.
        var segment = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x18, 0x53, 0x80, 0x67]);
        var size = System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(segment + 4)) & 0x00FF_FFFF_FFFF_FFFF;
        Assert.Equal(bytes.Length - segment - 12, size);
    }

    [Fact]
    public void Times_that_go_back_do_not_tear_the_file()
    {
        using var file = new MemoryStream();
        using var writer = new WebMWriter(file, Format);
        writer.WriteVideo(TimeSpan.FromSeconds(5), KeyFrame(100), isKeyFrame: true);
        writer.WriteAudio(TimeSpan.FromSeconds(1), [0xF8, 0xFF, 0xFE]);
        writer.WriteVideo(TimeSpan.FromSeconds(60), KeyFrame(100), isKeyFrame: true);
        writer.Complete();
        Assert.Equal(60, writer.Duration.TotalSeconds);
    }

    private static byte[] KeyFrame(int length)
    {
        var frame = new byte[length];
        ((byte[])[0x10, 0, 0, 0x9D, 0x01, 0x2A, 64, 0, 64, 0]).CopyTo(frame, 0);
        return frame;
    }

    /// <summary>A file on a disk with little room.</summary>
    private sealed class SmallDisk : MemoryStream
    {
        public int Room { get; init; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            var fits = (int)Math.Min(buffer.Length, Room - Position);
            base.Write(buffer[..Math.Max(0, fits)]);
            if (fits < buffer.Length)
            {
                throw new IOException("No space left on device", 28);
            }
        }
    }
}
