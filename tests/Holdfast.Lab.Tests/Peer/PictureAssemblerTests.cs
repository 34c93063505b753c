using CsCheck;
using Holdfast.Lab.Peer;
using Holdfast.Rtc;

namespace Holdfast.Lab.Tests.Peer;

public sealed class PictureAssemblerTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(400);
    private static readonly RtcTime Start = new(1_800_000_000_000_000);

    [Fact]
    public void In_any_order_each_picture_comes_once_in_order()
    {
        Gen.Int[0, int.MaxValue].Sample(seed =>
        {
            var packets = Stream(pictures: 12, keyEvery: 4, firstSequence: 65_520);

            // The stream begins at its first packet; what follows is shuffled within a window.
            var shuffled = Shuffle(packets, new Random(seed), window: 9);
            using var assembler = new PictureAssembler(Wait);
            var taken = new List<uint>();
            foreach (var packet in shuffled)
            {
                Feed(assembler, packet, taken);
            }

            // A key frame does not wait for what came before it; apart from that nothing is left out, and nothing comes twice.
            Assert.Equal(taken.Order(), taken);
            Assert.Equal(taken.Distinct(), taken);
            Assert.All(taken, timestamp => Assert.InRange(timestamp, 0u, 11u));
            Assert.Equal(11u, taken[^1]);
        });
    }

    [Fact]
    public void The_first_packet_may_come_after_others_of_its_picture()
    {
        var packets = Stream(pictures: 3, keyEvery: 100);
        using var assembler = new PictureAssembler(Wait);
        var taken = new List<uint>();
        foreach (var packet in packets[1..3].Append(packets[0]).Concat(packets.Skip(3)))
        {
            Feed(assembler, packet, taken);
        }

        Assert.Equal([0u, 1u, 2u], taken);
        Assert.Equal(0, assembler.PacketsGivenUp);
    }

    [Fact]
    public void A_stream_joined_in_the_middle_of_a_picture_goes_on_with_the_next_at_once()
    {
        var packets = Stream(pictures: 3, keyEvery: 100);
        using var assembler = new PictureAssembler(Wait);
        var taken = new List<uint>();
        foreach (var packet in packets.Skip(1))
        {
            Feed(assembler, packet, taken);
        }

        Assert.Equal([1u, 2u], taken);
    }

    [Fact]
    public void A_key_frame_behind_a_gap_does_not_wait()
    {
        var packets = Stream(pictures: 6, keyEvery: 4);
        using var assembler = new PictureAssembler(Wait);
        var taken = new List<uint>();

        // picture 1 loses its second packet
        foreach (var packet in packets.Where((_, i) => i != 4))
        {
            Feed(assembler, packet, taken);
        }

        Assert.Equal([0u, 4u, 5u], taken);
        Assert.True(assembler.PacketsGivenUp > 0);
    }

    [Fact]
    public void A_gap_is_given_up_after_a_while_and_said()
    {
        var packets = Stream(pictures: 4, keyEvery: 100);
        using var assembler = new PictureAssembler(Wait);
        var taken = new List<uint>();
        foreach (var packet in packets.Where((_, i) => i != 4))
        {
            Feed(assembler, packet, taken);
        }

        Assert.Equal([0u], taken);
        Assert.False(assembler.TryTake(Start + Wait / 2, out _, out _, out _));
        Assert.True(assembler.TryTake(Start + Wait, out var kind, out var timestamp, out _));
        Assert.Equal(AssembledKind.PictureAfterGap, kind);
        Assert.Equal(2u, timestamp);
        Assert.True(assembler.TryTake(Start + Wait, out kind, out timestamp, out _));
        Assert.Equal((AssembledKind.Picture, 3u), (kind, timestamp));
    }

    [Fact]
    public void What_is_still_to_come_is_not_given_up_with_a_picture_that_broke_off()
    {
        var packets = Stream(pictures: 5, keyEvery: 4);
        using var assembler = new PictureAssembler(Wait);
        var taken = new List<uint>();
        foreach (var packet in packets.Take(4))
        {
            Feed(assembler, packet, taken);
        }

        // The network is away in the middle of picture 1, and comes back with picture 4.
        Assert.False(assembler.TryTake(Start + Wait, out _, out _, out _));
        foreach (var packet in packets.Skip(12))
        {
            Feed(assembler, packet, taken);
        }

        Assert.Equal([0u, 4u], taken);
    }

    [Fact]
    public void Whatever_is_lost_and_repeated_nothing_is_torn()
    {
        Gen.Int[0, int.MaxValue].Sample(seed =>
        {
            var random = new Random(seed);
            var packets = Stream(pictures: 40, keyEvery: 10);
            using var assembler = new PictureAssembler(Wait);
            var now = Start;
            foreach (var packet in packets.Where(_ => random.NextDouble() > 0.2))
            {
                now += TimeSpan.FromMilliseconds(random.Next(0, 60));
                for (var copies = random.Next(1, 3); copies > 0; copies--)
                {
                    assembler.Add(now, packet.Sequence, packet.Timestamp, packet.Marker, packet.Payload);
                    while (assembler.TryTake(now, out _, out var timestamp, out var picture))
                    {
                        Assert.Equal(3, picture.Length);
                        Assert.Equal((byte)timestamp, picture[1]);
                    }
                }
            }
        });
    }

    /// <summary>Pictures of three packets, each with one byte of picture behind the descriptor; the timestamp is the picture's number.</summary>
    private static List<Packet> Stream(int pictures, int keyEvery, ushort firstSequence = 100)
    {
        var packets = new List<Packet>();
        for (var picture = 0; picture < pictures; picture++)
        {
            for (var part = 0; part < 3; part++)
            {
                byte content = part == 0 ? (byte)(picture % keyEvery == 0 ? 0 : 1) : (byte)picture;
                packets.Add(new Packet(
                    (ushort)(firstSequence + packets.Count), (uint)picture, part == 2, [(byte)(part == 0 ? 0x10 : 0x00), content]));
            }
        }

        return packets;
    }

    private static List<Packet> Shuffle(List<Packet> packets, Random random, int window) =>
        [packets[0], .. packets.Skip(1).Select((packet, i) => (packet, At: i + random.NextDouble() * window)).OrderBy(entry => entry.At).Select(entry => entry.packet)];

    private static void Feed(PictureAssembler assembler, Packet packet, List<uint> taken)
    {
        assembler.Add(Start, packet.Sequence, packet.Timestamp, packet.Marker, packet.Payload);
        while (assembler.TryTake(Start, out _, out var timestamp, out _))
        {
            taken.Add(timestamp);
        }
    }

    private sealed record Packet(ushort Sequence, uint Timestamp, bool Marker, byte[] Payload);
}
