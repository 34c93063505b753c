using Holdfast.Lab.Peer;
using Holdfast.Media;
using Holdfast.Rtc.Rtp;

namespace Holdfast.Lab.Tests.Peer;

/// <summary>Opus packets in one: as libopus takes them, and as the lab takes them apart.</summary>
public sealed class OpusFramesTests
{
    [Theory]
    [InlineData(12_000, 2)]
    [InlineData(24_000, 2)]
    [InlineData(24_000, 3)]
    [InlineData(64_000, 2)]
    [InlineData(64_000, 3)]
    [InlineData(128_000, 3)]
    public void Several_in_one_sound_as_each_by_itself(int bitsPerSecond, int count)
    {
        using var encoder = new OpusEncoder(new OpusEncoderOptions { BitrateBitsPerSecond = bitsPerSecond });
        using var one = new OpusDecoder();
        using var all = new OpusDecoder();
        var (packets, joined) = (Speak(encoder, frames: 100 * count), 0);
        var (alone, together) = (new List<short>(), new List<short>());
        var pcm = new short[OpusDecoder.MaxSamplesPerPacket];
        for (var i = 0; i < packets.Count; i += count)
        {
            var some = packets[i..(i + count)];
            some.ForEach(packet => alone.AddRange(pcm[..one.Decode(packet, pcm)]));
            if (some.Exists(packet => packet[0] != some[0][0]))
            {
                some.ForEach(packet => together.AddRange(pcm[..all.Decode(packet, pcm)]));
                continue;
            }

            joined++;
            var packet = Join(some);
            Assert.InRange(packet.Length, 1, some.Sum(static one => one.Length) - count + 1 + OpusPack.Overhead(count));
            together.AddRange(pcm[..all.Decode(packet, pcm)]);
            AssertSame(some, packet);
        }

        Assert.InRange(joined, 80, 100);
        Assert.Equal(alone, together);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40, 40)]
    [InlineData(1, 40)]
    [InlineData(251, 3)]
    [InlineData(252, 3)]
    [InlineData(255, 256)]
    [InlineData(600, 600)]
    [InlineData(1_000, 1_275)]
    [InlineData(3, 3, 3)]
    [InlineData(3, 3, 4)]
    [InlineData(252, 1, 255)]
    [InlineData(1, 600, 256)]
    [InlineData(5, 5, 5, 6, 5, 5)]
    public void Lengths_are_written_as_they_are_read(params int[] lengths)
    {
        var frames = lengths.Select(static (length, i) => (byte[])[0x08, .. Enumerable.Repeat((byte)(i + 1), length)]).ToList();

        AssertSame(frames, Join(frames));
    }

    [Theory]
    [InlineData(0x08)]
    [InlineData(0x09)]
    [InlineData(0x0A)]
    [InlineData(0x0B)]
    public void Whatever_comes_is_taken_whole_or_apart(byte kind)
    {
        var random = new Random(kind);
        var buffer = new byte[2_048];
        for (var i = 0; i < 2_000; i++)
        {
            var packet = new byte[random.Next(1, 400)];
            random.NextBytes(packet);
            packet[0] = kind;
            var (count, bytes) = (0, 0);
            var frames = new OpusFrames(packet, buffer);
            while (frames.MoveNext())
            {
                count++;
                bytes += frames.Current.Length;
            }

            // Each has its first byte; lengths and their number are gone.
            Assert.InRange(count, 1, kind switch { 0x08 => 1, 0x0B => 6, _ => 2 });
            Assert.InRange(bytes - count, packet.Length - 2 - (2 * count), packet.Length - 1);
        }
    }

    private static byte[] Join(IReadOnlyList<byte[]> packets)
    {
        var buffer = new byte[10_000];
        byte[] frames = [.. packets.SelectMany(static packet => packet.Skip(1))];
        return buffer[..OpusPack.Write(buffer, packets[0][0], frames, [.. packets.Select(static packet => packet.Length - 1)])];
    }

    private static void AssertSame(IReadOnlyList<byte[]> expected, byte[] packet)
    {
        var taken = new OpusFrames(packet, new byte[10_000]);
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.True(taken.MoveNext());
            Assert.Equal(960u * (uint)i, taken.Offset);
            Assert.Equal(expected[i], taken.Current);
        }

        Assert.False(taken.MoveNext());
    }

    /// <summary>Something like a voice: tones that come and go.</summary>
    private static List<byte[]> Speak(OpusEncoder encoder, int frames)
    {
        var packets = new List<byte[]>();
        var pcm = new short[SoundFormat.SamplesPerFrame];
        for (var i = 0; i < frames; i++)
        {
            for (var n = 0; n < pcm.Length; n++)
            {
                var time = ((i * pcm.Length) + n) / (double)SoundFormat.SampleRate;
                pcm[n] = (short)(9_000 * Math.Sin(2 * Math.PI * 180 * time) * (0.5 + (0.5 * Math.Sin(2 * Math.PI * 3 * time))) * Math.Sin(2 * Math.PI * 720 * time));
            }

            packets.Add(encoder.Encode(pcm).ToArray());
        }

        return packets;
    }
}
