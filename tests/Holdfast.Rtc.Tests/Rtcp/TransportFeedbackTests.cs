using CsCheck;
using Holdfast.Rtc.Rtcp;

namespace Holdfast.Rtc.Tests.Rtcp;

public sealed class TransportFeedbackTests
{
    [Fact]
    public void Runs_vectors_and_all_three_deltas_are_read()
    {
        // base 65,534; 6 + 7 + 2 statuses; reference 2 * 64 ms; a run of 6 received, a two-bit vector
        // (small, none, large, none, none, none, none), a one-bit vector (1, 0 and nothing more)
        var feedback = Parse("00000001" + "00000002" + "FFFE000F" + "00000205" + "2006" + "D200" + "A000"
            + "040404040404" + "08" + "FFF8" + "FF");

        Assert.Equal((1u, 2u, 65_534, 15, 2, 5), (feedback.SenderSsrc, feedback.MediaSsrc, feedback.BaseSequence, feedback.StatusCount, feedback.ReferenceTime, feedback.FeedbackCount));
        var statuses = Statuses(feedback);
        Assert.Equal(Enumerable.Range(65_534, 15).Select(i => (ushort)i), statuses.Select(status => status.Sequence));
        Assert.Equal("RRRRRRR.R....R.", string.Concat(statuses.Select(status => status.Received ? 'R' : '.')));
        Assert.Equal(
            [129_000, 130_000, 131_000, 132_000, 133_000, 134_000, 136_000, 134_000, 197_750],
            statuses.Where(status => status.Received).Select(status => status.ArrivalMicroseconds));
    }

    [Fact]
    public void The_reference_time_is_signed()
    {
        var feedback = Parse("00000001" + "00000002" + "00000001" + "FFFFFF00" + "2001" + "00");

        Assert.Equal(-64_000, Assert.Single(Statuses(feedback)).ArrivalMicroseconds);
    }

    [Theory]
    [InlineData("00000001" + "00000002" + "00000002" + "00000000" + "2001" + "00", "a chunk short")]
    [InlineData("00000001" + "00000002" + "00000002" + "00000000" + "2002" + "00", "a delta short")]
    [InlineData("00000001" + "00000002" + "00000001" + "00000000" + "4001" + "00", "half a delta")]
    [InlineData("00000001" + "00000002" + "00000001" + "00000000" + "6001" + "000000", "the reserved symbol in a run")]
    [InlineData("00000001" + "00000002" + "00000001" + "00000000" + "F000" + "000000", "the reserved symbol in a vector")]
    [InlineData("00000001" + "00000002" + "00000001" + "00000000" + "2000" + "2001" + "00", "an empty run")]
    [InlineData("00000001" + "00000002" + "00000001", "no header")]
    public void Feedback_that_does_not_fit_together_is_refused(string hex, string why) =>
        Assert.False(TransportFeedback.TryParse(new RtcpPacket(RtcpPacketType.TransportFeedback, 15, Convert.FromHexString(hex)), out _), why);

    [Fact]
    public void What_is_written_is_read_again_for_any_arrivals() =>
        Gen.Select(Gen.UShort, Gen.Select(Gen.Frequency((9, Gen.Int[1, 3]), (1, Gen.Int[1, 400])), Gen.Frequency((8, Gen.Int[0, 20_000]), (1, Gen.Int[-30_000, 0]), (1, Gen.Int[0, 3_000_000]))).Array[1, 200]).Sample(
            (first, steps) =>
            {
                var at = new RtcTime(1_700_000_000_000_000);
                var arrivals = new List<TransportArrival>();
                foreach (var (gap, microseconds) in steps)
                {
                    first += (ushort)gap;
                    at = new RtcTime(at.Microseconds + microseconds);
                    arrivals.Add(new TransportArrival(first, at));
                }

                var read = new List<TransportPacketStatus>();
                var buffer = new byte[300];
                var rest = arrivals.ToArray().AsSpan();
                while (!rest.IsEmpty)
                {
                    var writer = new RtcpWriter(buffer);
                    var covered = writer.WriteTransportFeedback(1, 2, 3, rest);
                    Assert.InRange(covered, 1, rest.Length);
                    Assert.True(RtcpCompound.TryParse(buffer.AsSpan(0, writer.Length), out var compound));
                    Assert.True(compound.TryReadNext(out var packet));
                    Assert.True(TransportFeedback.TryParse(packet, out var feedback));
                    Assert.Equal(rest[0].Sequence, feedback.BaseSequence);
                    Assert.Equal((ushort)(rest[covered - 1].Sequence - rest[0].Sequence) + 1, feedback.StatusCount);
                    var epoch = rest[0].At.Microseconds / 64_000 * 64_000 - feedback.ReferenceTime * 64_000L;
                    read.AddRange(Statuses(feedback)
                        .Where(status => status.Received)
                        .Select(status => status with { ArrivalMicroseconds = status.ArrivalMicroseconds + epoch }));
                    rest = rest[covered..];
                }

                Assert.Equal(arrivals.Select(arrival => arrival.Sequence), read.Select(status => status.Sequence));
                Assert.All(arrivals.Zip(read), pair => Assert.InRange(pair.Second.ArrivalMicroseconds - pair.First.At.Microseconds, -250, 250));
            },
            iter: 300);

    [Fact]
    public void A_steady_stream_costs_little_more_than_a_byte_a_packet()
    {
        var arrivals = Enumerable.Range(0, 200).Select(i => new TransportArrival((ushort)i, new RtcTime(1_000_000 + i * 5_000))).ToArray();
        var buffer = new byte[1_000];
        var writer = new RtcpWriter(buffer);

        Assert.Equal(200, writer.WriteTransportFeedback(1, 2, 3, arrivals));
        Assert.True(writer.Length <= 12 + 8 + 2 + 200 + 3);
    }

    internal static List<TransportPacketStatus> Statuses(TransportFeedback feedback)
    {
        var statuses = new List<TransportPacketStatus>();
        foreach (var status in feedback)
        {
            statuses.Add(status);
        }

        return statuses;
    }

    private static TransportFeedback Parse(string hex)
    {
        Assert.True(TransportFeedback.TryParse(new RtcpPacket(RtcpPacketType.TransportFeedback, 15, Convert.FromHexString(hex)), out var feedback));
        return feedback;
    }
}
