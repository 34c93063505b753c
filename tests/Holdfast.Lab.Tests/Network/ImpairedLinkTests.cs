using CsCheck;
using Holdfast.Lab.Network;
using Holdfast.Rtc;

namespace Holdfast.Lab.Tests.Network;

public sealed class ImpairedLinkTests
{
    private const int Many = 100_000;
    private static readonly RtcTime Start = new(1_800_000_000_000_000);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(2);

    private static readonly Gen<LinkConditions> AnyConditions =
        from delay in Gen.Int[0, 200]
        from jitter in Gen.Int[0, 100]
        from loss in Gen.Double[0, 0.5]
        from enter in Gen.Double[0, 0.2]
        from reorder in Gen.Double[0, 0.2]
        from duplicate in Gen.Double[0, 0.2]
        from kilobits in Gen.Int[50, 20_000]
        select new LinkConditions
        {
            Delay = TimeSpan.FromMilliseconds(delay),
            Jitter = TimeSpan.FromMilliseconds(jitter),
            Loss = loss,
            Burst = new BurstLoss(enter, 0.25),
            Reorder = reorder,
            Duplicate = duplicate,
            Bandwidth = kilobits % 3 == 0 ? null : kilobits * 1000.0,
        };

    [Fact]
    public void The_same_seed_gives_every_packet_the_same_fate_and_another_seed_does_not()
    {
        (from conditions in AnyConditions from seed in Gen.ULong select (conditions, seed)).Sample(given =>
        {
            var first = Send(new ImpairedLink(given.conditions, given.seed), 300);
            Assert.Equal(first, Send(new ImpairedLink(given.conditions, given.seed), 300));
        });
        var lossy = new LinkConditions { Loss = 0.5 };
        Assert.NotEqual(Send(new ImpairedLink(lossy, 1), 300), Send(new ImpairedLink(lossy, 2), 300));
    }

    [Fact]
    public void Every_packet_has_exactly_one_fate()
    {
        (from conditions in AnyConditions from seed in Gen.ULong select (conditions, seed)).Sample(given =>
        {
            var link = new ImpairedLink(given.conditions, given.seed);
            var verdicts = Send(link, 500);
            Assert.Equal(500, link.Offered);
            foreach (var fate in Enum.GetValues<PacketFate>())
            {
                Assert.Equal(verdicts.Count(verdict => verdict.Fate == fate), link.Count(fate));
            }
        });
    }

    [Fact]
    public void What_arrives_arrives_in_order_and_not_before_its_delay_unless_it_is_to_be_overtaken()
    {
        (from conditions in AnyConditions from seed in Gen.ULong select (conditions with { Reorder = 0 }, seed)).Sample(given =>
        {
            var (conditions, seed) = given;
            var verdicts = Send(new ImpairedLink(conditions, seed), 500);
            var last = RtcTime.From(DateTimeOffset.UnixEpoch);
            for (var i = 0; i < verdicts.Count; i++)
            {
                if (verdicts[i].IsDelivered)
                {
                    Assert.True(verdicts[i].At >= last);
                    Assert.True(verdicts[i].At >= Start + i * Step + conditions.Delay);
                    last = verdicts[i].At;
                }
            }
        });
    }

    [Theory]
    [InlineData(0.001)]
    [InlineData(0.05)]
    [InlineData(0.4)]
    public void As_many_are_lost_as_asked_for(double loss)
    {
        var link = new ImpairedLink(new LinkConditions { Loss = loss }, 42);
        Send(link, Many);

        // five standard deviations
        Assert.Equal(loss * Many, link.Count(PacketFate.LostAtRandom), tolerance: 5 * Math.Sqrt(Many * loss * (1 - loss)));
    }

    [Fact]
    public void Bursts_have_their_share_and_their_length()
    {
        Assert.True(LinkConditions.TryParse("burst=4%/6", out var conditions, out _));
        Assert.Equal(0.04, conditions.Burst!.Share, 6);
        var verdicts = Send(new ImpairedLink(conditions, 42), Many * 4);

        var lost = verdicts.Count(verdict => verdict.Fate == PacketFate.LostInBurst);
        var bursts = verdicts.Zip(verdicts.Skip(1)).Count(pair => pair.First.IsDelivered && !pair.Second.IsDelivered);
        Assert.Equal(0.04, lost / (Many * 4.0), tolerance: 0.004);
        Assert.Equal(6, lost / (double)bursts, tolerance: 0.4);
    }

    [Fact]
    public void As_many_are_overtaken_and_doubled_as_asked_for()
    {
        var link = new ImpairedLink(new LinkConditions { Reorder = 0.1, Duplicate = 0.05, ReorderBy = TimeSpan.FromMilliseconds(20) }, 7);
        var verdicts = Send(link, Many);

        var late = verdicts.Where((verdict, i) => verdict.At - (Start + i * Step) == TimeSpan.FromMilliseconds(20)).Count();
        Assert.Equal(0.1 * Many, late, tolerance: 5 * Math.Sqrt(Many * 0.09));
        Assert.Equal(0.05 * Many, verdicts.Count(verdict => verdict.AgainAt > verdict.At), tolerance: 5 * Math.Sqrt(Many * 0.0475));
    }

    [Fact]
    public void No_more_gets_through_than_the_bandwidth_and_nothing_waits_longer_than_the_queue()
    {
        (from kilobits in Gen.Int[50, 5_000] from seed in Gen.ULong select (kilobits, seed)).Sample(given =>
        {
            var queue = TimeSpan.FromMilliseconds(100);
            var conditions = new LinkConditions { Bandwidth = given.kilobits * 1000.0, Queue = queue };
            var verdicts = Send(new ImpairedLink(conditions, given.seed), 1000, length: 1172);
            var onePacket = TimeSpan.FromSeconds(1200 * 8 / conditions.Bandwidth.Value);
            var delivered = 0;
            for (var i = 0; i < verdicts.Count; i++)
            {
                if (verdicts[i].IsDelivered)
                {
                    delivered++;
                    var sent = Start + i * Step;
                    Assert.True(verdicts[i].At - sent <= queue + onePacket + TimeSpan.FromMicroseconds(10));

                    // Times are whole microseconds, which may round each packet down by one.
                    Assert.True(verdicts[i].At - Start >= delivered * (onePacket - TimeSpan.FromMicroseconds(1)));
                }
            }

            Assert.True(delivered > 0);
        });
    }

    [Fact]
    public void A_policer_lets_what_it_saved_pass_at_once_and_nothing_wait()
    {
        var link = new ImpairedLink(new LinkConditions { Bandwidth = 120e3, Bucket = 6_000 }, seed: 1);
        var at = Start;

        var burst = Enumerable.Range(0, 10).Select(_ => link.Send(at, 1172)).ToList();
        at += TimeSpan.FromMilliseconds(80);
        var next = Enumerable.Range(0, 2).Select(_ => link.Send(at, 1172)).ToList();

        Assert.Equal(5, burst.Count(static verdict => verdict.IsDelivered));
        Assert.All(burst.Where(static verdict => verdict.IsDelivered), verdict => Assert.Equal(Start, verdict.At));
        Assert.Equal([PacketFate.Delivered, PacketFate.QueueFull], next.Select(static verdict => verdict.Fate));
    }

    [Fact]
    public void A_blackout_takes_all_and_changes_nothing_of_what_follows()
    {
        var conditions = new LinkConditions { Loss = 0.3, Jitter = TimeSpan.FromMilliseconds(3) };
        var undisturbed = Send(new ImpairedLink(conditions, 5), 300);
        var link = new ImpairedLink(conditions, 5);
        var verdicts = new List<PacketVerdict>();
        for (var i = 0; i < 300; i++)
        {
            link.IsDown = i is >= 100 and < 200;
            verdicts.Add(link.Send(Start + i * Step, 1000));
        }

        Assert.All(verdicts[100..200], verdict => Assert.Equal(PacketFate.Blackout, verdict.Fate));
        Assert.Equal(undisturbed.Take(100), verdicts.Take(100));
        Assert.Equal(undisturbed.Skip(210), verdicts.Skip(210));
    }

    [Fact]
    public void More_jitter_does_not_change_what_is_lost()
    {
        var conditions = new LinkConditions { Loss = 0.1, Burst = new BurstLoss(0.01, 0.3) };
        var calm = Send(new ImpairedLink(conditions, 9), 2000);
        var shaky = Send(new ImpairedLink(conditions with { Jitter = TimeSpan.FromMilliseconds(50) }, 9), 2000);

        Assert.Equal(calm.Select(verdict => verdict.Fate), shaky.Select(verdict => verdict.Fate));
    }

    private static List<PacketVerdict> Send(ImpairedLink link, int count, int length = 1000) =>
        [.. Enumerable.Range(0, count).Select(i => link.Send(Start + i * Step, length))];
}
