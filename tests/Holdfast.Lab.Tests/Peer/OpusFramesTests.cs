using Holdfast.Lab.Peer;
using Holdfast.Media;
using Holdfast.Rtc.Rtp;

namespace Holdfast.Lab.Tests.Peer;

/// <summary>Two Opus packets in one: as libopus takes them, and as the lab takes them apart.</summary>
public sealed class OpusFramesTests
{
    [Theory]
    [InlineData(12_000)]
    [InlineData(24_000)]
    [InlineData(64_000)]
    [InlineData(128_000)]
    public void Two_in_one_sound_as_each_by_itself(int bitsPerSecond)
    {
        using var encoder = new OpusEncoder(new OpusEncoderOptions { BitrateBitsPerSecond = bitsPerSecond });
        using var one = new OpusDecoder();
        using var both = new OpusDecoder();
        var (packets, joined) = (Speak(encoder, frames: 200), 0);
        var (alone, together) = (new List<short>(), new List<short>());
        var pcm = new short[OpusDecoder.MaxSamplesPerPacket];
        var buffer = new byte[4_000];
        for (var i = 0; i + 1 < packets.Count; i += 2)
        {
            foreach (var packet in packets[i..(i + 2)])
            {
                alone.AddRange(pcm[..one.Decode(packet, pcm)]);
            }

            if (!OpusPair.Match(packets[i], packets[i + 1]))
            {
                together.AddRange(pcm[..both.Decode(packets[i], pcm)]);
                together.AddRange(pcm[..both.Decode(packets[i + 1], pcm)]);
                continue;
            }

            joined++;
            var length = OpusPair.Write(buffer, packets[i], packets[i + 1]);
            Assert.InRange(length, packets[i].Length + packets[i + 1].Length - 1, packets[i].Length + packets[i + 1].Length + OpusPair.Overhead);
            together.AddRange(pcm[..both.Decode(buffer.AsSpan(0, length), pcm)]);
            AssertSame(packets[i..(i + 2)], buffer.AsSpan(0, length));
        }

        Assert.InRange(joined, 80, 100);
        Assert.Equal(alone, together);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 40)]
    [InlineData(251, 3)]
    [InlineData(252, 3)]
    [InlineData(255, 256)]
    [InlineData(600, 600)]
    [InlineData(1_000, 1_275)]
    public void Lengths_are_written_as_they_are_read(int first, int second)
    {
        byte[][] frames = [[0x08, .. Enumerable.Repeat((byte)1, first)], [0x08, .. Enumerable.Repeat((byte)2, second)]];
        var buffer = new byte[4_000];

        AssertSame(frames, buffer.AsSpan(0, OpusPair.Write(buffer, frames[0], frames[1])));
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

            Assert.InRange(count, 1, kind is 0x09 or 0x0A ? 2 : 1);
            Assert.InRange(bytes, packet.Length - 1, packet.Length + 1);
        }
    }

    private static void AssertSame(IReadOnlyList<byte[]> frames, ReadOnlySpan<byte> packet)
    {
        var buffer = new byte[4_000];
        var taken = new OpusFrames(packet, buffer);
        Assert.True(taken.MoveNext());
        Assert.Equal(0u, taken.Offset);
        Assert.Equal(frames[0], taken.Current);
        Assert.True(taken.MoveNext());
        Assert.Equal(960u, taken.Offset);
        Assert.Equal(frames[1], taken.Current);
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
