using Holdfast.Rtc.Congestion;
using Holdfast.Rtc.Rtcp;

namespace Holdfast.Rtc.Tests.Congestion;

/// <summary>The estimate on a line that is simulated packet by packet: a rate, a queue, loss.</summary>
public sealed class BandwidthEstimatorTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(30);

    [Fact]
    public void It_is_at_the_full_rate_within_two_seconds_on_a_good_line()
    {
        var line = new Line(bitsPerSecond: 20e6);

        line.Run(2);

        Assert.Equal(2_500_000, line.Estimator.Estimate);
    }

    [Theory]
    [InlineData(100e3)]
    [InlineData(250e3)]
    [InlineData(1e6)]
    public void It_settles_near_what_the_line_carries_and_keeps_the_queue_short(double bitsPerSecond)
    {
        var line = new Line(bitsPerSecond);
        line.Run(5);
        line.ForgetDelays();

        line.Run(15);

        Assert.InRange(line.Estimator.Estimate, bitsPerSecond * 0.7, bitsPerSecond * 1.35);
        Assert.InRange(line.Carried, bitsPerSecond * 0.75, bitsPerSecond * 1.01);

        // Two and a half of its packets, which take 42 ms each on the thinnest.
        var packets = TimeSpan.FromSeconds(2.5 * 528 * 8 / bitsPerSecond);
        Assert.True(line.DelayExceededByOneInTwenty < TimeSpan.FromMilliseconds(100) + packets, $"{line.DelayExceededByOneInTwenty}");
    }

    [Fact]
    public void On_a_line_of_which_nothing_is_known_a_second_picture_waits_for_what_is_said_of_the_first()
    {
        var estimator = new BandwidthEstimator(new BandwidthEstimatorOptions());
        var now = new RtcTime(1_000_000);
        Assert.True(estimator.WaitsUntil <= now);
        estimator.Restart(now, BandwidthEstimatorOptions.Unknown);
        Assert.True(estimator.WaitsUntil <= now);

        estimator.OnSent(now, 1_000, isNumbered: true);
        Assert.Equal((now + TimeSpan.FromSeconds(1), 45_000), (estimator.WaitsUntil, estimator.Available));
        estimator.OnFeedback(now);
        Assert.True(estimator.WaitsUntil <= now);
        Assert.Equal(300_000, estimator.Available);

        // One that was wide before is trusted.
        estimator.Restart(now, 900_000);
        estimator.OnSent(now, 1_000, isNumbered: true);
        Assert.True(estimator.WaitsUntil <= now);
        Assert.Equal(900_000, estimator.Available);
    }

    [Fact]
    public void A_first_picture_that_arrives_slowly_is_enough_before_it_is_all_there()
    {
        var estimator = new BandwidthEstimator(new BandwidthEstimatorOptions());
        var sent = new RtcTime(1_000_000);
        estimator.Restart(sent, BandwidthEstimatorOptions.Unknown);
        for (var i = 0; i < 10; i++)
        {
            estimator.OnSent(sent, 572, isNumbered: true);
        }

        estimator.OnTrain(sent, 0, 9, 10);

        // 600 bytes each 48 ms: 100 kbit/s.
        for (var i = 0; i < 5; i++)
        {
            var arrived = sent + TimeSpan.FromMilliseconds(48 * (i + 1));
            estimator.OnPacket(arrived, new ResolvedPacket(i, 0, 572, sent, true, arrived.Microseconds));
            estimator.OnFeedback(arrived);
            Assert.Equal(i < 4, estimator.Estimate > 200_000);
        }

        Assert.InRange(estimator.Estimate, 85_000, 100_000);
    }

    [Fact]
    public void A_second_picture_waits_until_the_first_is_told_of_to_its_end()
    {
        var estimator = new BandwidthEstimator(new BandwidthEstimatorOptions());
        var sent = new RtcTime(1_000_000);
        estimator.Restart(sent, BandwidthEstimatorOptions.Unknown);
        for (var i = 0; i < 5; i++)
        {
            estimator.OnSent(sent, 572, isNumbered: true);
        }

        estimator.OnTrain(sent, 0, 4, 5);
        for (var i = 0; i < 5; i++)
        {
            // Fast enough to say nothing before the last one.
            var arrived = sent + TimeSpan.FromMilliseconds(20 + (2 * i));
            Assert.True(estimator.WaitsUntil > arrived);
            estimator.OnPacket(arrived, new ResolvedPacket(i, 0, 572, sent, true, arrived.Microseconds));
            estimator.OnFeedback(arrived);
        }

        Assert.True(estimator.WaitsUntil <= sent);
    }

    [Fact]
    public void Media_is_made_for_half_of_the_line_at_least_while_a_queue_drains()
    {
        var estimator = new BandwidthEstimator(new BandwidthEstimatorOptions { Start = 200_000 });
        for (var i = 0; i < 20; i++)
        {
            var sent = new RtcTime(1_000_000 + (i * 20_000));
            var arrived = sent + TimeSpan.FromMilliseconds(30 + (i == 0 ? 0 : 220));
            estimator.OnPacket(arrived, new ResolvedPacket(i, 0, 100, sent, true, arrived.Microseconds));
        }

        Assert.Equal((200_000, 30_000, 100_000), (estimator.Estimate, estimator.Available, estimator.Sustained));
    }

    [Theory]
    [InlineData(120e3, 6_000)]
    [InlineData(120e3, 24_000)]
    [InlineData(480e3, 6_000)]
    public void A_line_that_drops_what_is_too_much_and_lets_nothing_wait_is_not_overrun_again_and_again(double bitsPerSecond, int bucket)
    {
        var line = new Line(bitsPerSecond) { Bucket = bucket };
        line.Run(10);
        line.ForgetDelays();

        line.Run(40);

        // What is lost beyond what fits: at each trial a little, and trials get rare.
        Assert.InRange(line.Lost, 0, 0.08);
        Assert.InRange(line.Carried, bitsPerSecond * 0.8, bitsPerSecond * 1.05);
    }

    [Fact]
    public void A_line_that_was_policed_and_is_wide_again_is_found_to_be_so()
    {
        var line = new Line(240e3) { Bucket = 6_000 };
        line.Run(30);

        line.BitsPerSecond = 5e6;
        line.Run(20);

        Assert.Equal(2_500_000, line.Estimator.Estimate);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void To_who_tells_nothing_of_a_new_line_less_is_sent_until_the_first_word(bool isFeedback)
    {
        var line = new Line(bitsPerSecond: 1e6) { IsDown = true };
        line.Run(0.5);
        Assert.Equal(300_000, line.Estimator.Available);

        line.Run(3);
        Assert.Equal((300_000, 45_000), (line.Estimator.Estimate, line.Estimator.Available));

        if (isFeedback)
        {
            line.Estimator.OnFeedback(line.Now);
        }
        else
        {
            line.Estimator.OnReport(line.Now, loss: 0.05, TimeSpan.FromMilliseconds(60));
        }

        Assert.InRange(line.Estimator.Available, 300_000, 2_500_000);
    }

    [Fact]
    public void Who_is_to_tell_nothing_is_not_waited_for()
    {
        var estimator = new BandwidthEstimator(new BandwidthEstimatorOptions());
        for (var i = 0; i < 500; i++)
        {
            estimator.OnSent(new RtcTime(i * 20_000), 100, isNumbered: false);
        }

        Assert.Equal(300_000, estimator.Available);
    }

    [Fact]
    public void A_line_that_loses_by_itself_is_not_taken_for_a_narrow_one()
    {
        var line = new Line(bitsPerSecond: 1e6) { Loss = 0.1 };

        line.Run(20);

        Assert.InRange(line.Estimator.Estimate, 600e3, 1.3e6);
    }

    [Fact]
    public void A_line_that_loses_by_itself_is_used_for_the_most_part()
    {
        var line = new Line(bitsPerSecond: 1e6) { Loss = 0.1 };
        line.Run(5);
        line.ForgetDelays();

        line.Run(30);

        Assert.InRange(line.Carried, 890e3, 1.01e6);
        Assert.True(line.DelayExceededByOneInTwenty < TimeSpan.FromMilliseconds(50), $"{line.DelayExceededByOneInTwenty}");
    }

    [Fact]
    public void A_train_that_asks_for_too_much_and_is_lost_does_not_take_away_what_the_line_carries()
    {
        var line = new Line(bitsPerSecond: 250e3);
        line.Run(10);
        var before = line.Estimator.Estimate;
        line.LosesTrains = true;
        var least = before;
        for (var i = 0; i < 60; i++)
        {
            line.Run(0.2);
            least = Math.Min(least, line.Estimator.Estimate);
        }

        Assert.True(line.TrainsLost > 0);
        Assert.InRange(least, 250e3 * 0.75, 250e3 * 1.35);
        Assert.InRange(line.Estimator.Estimate, 250e3 * 0.75, 250e3 * 1.35);
    }

    [Fact]
    public void A_line_that_becomes_narrow_is_followed_within_two_seconds()
    {
        var line = new Line(bitsPerSecond: 2e6);
        line.Run(5);
        line.BitsPerSecond = 250e3;
        line.Run(2);
        line.ForgetDelays();

        line.Run(5);

        Assert.True(line.DelayExceededByOneInTwenty < TimeSpan.FromMilliseconds(200), $"{line.DelayExceededByOneInTwenty}");
        Assert.InRange(line.Estimator.Estimate, 150e3, 350e3);
    }

    [Fact]
    public void An_outage_says_nothing_of_what_the_line_carries()
    {
        var line = new Line(bitsPerSecond: 20e6);
        line.Run(3);
        var before = line.Estimator.Estimate;
        line.IsDown = true;
        line.Run(5);
        line.IsDown = false;

        line.Run(1);

        Assert.InRange(line.Estimator.Estimate, before * 0.9, before);
    }

    [Fact]
    public void Without_finer_feedback_it_follows_receiver_reports()
    {
        var estimator = new BandwidthEstimator(new BandwidthEstimatorOptions());
        var now = new RtcTime(1_000_000_000);
        for (var i = 0; i < 8; i++)
        {
            estimator.OnReport(now += TimeSpan.FromSeconds(1), loss: 0, TimeSpan.FromMilliseconds(40));
        }

        Assert.Equal(2_500_000, estimator.Estimate);
        estimator.OnReport(now += TimeSpan.FromSeconds(1), loss: 0.4, TimeSpan.FromMilliseconds(40));
        Assert.Equal(2_000_000, estimator.Estimate);
        estimator.OnReport(now + TimeSpan.FromSeconds(1), loss: 0, TimeSpan.FromMilliseconds(400));
        Assert.Equal(1_700_000, estimator.Estimate);
    }

    [Fact]
    public void Without_finer_feedback_the_clients_own_limit_counts()
    {
        var estimator = new BandwidthEstimator(new BandwidthEstimatorOptions());
        estimator.OnReceiverLimit(180_000);
        Assert.Equal(180_000, estimator.Estimate);
        estimator.OnReceiverLimit(900_000);
        Assert.Equal(900_000, estimator.Estimate);
    }

    /// <summary>A sender that sends what the estimate allows, a bottleneck, and a receiver that reports each 100 ms.</summary>
    private sealed class Line(double bitsPerSecond)
    {
        private const int PacketLength = 500;
        private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);
        private static readonly TimeSpan Queue = TimeSpan.FromMilliseconds(300);

        private readonly Random _random = new(5);
        private readonly List<(long Index, RtcTime SentAt, RtcTime? ArrivedAt, int Size)> _unreported = [];
        private readonly List<TimeSpan> _delays = [];
        private RtcTime _now = new(1_800_000_000_000_000);
        private RtcTime _freeAt;
        private RtcTime _feedbackAt;
        private double _due;
        private long _index;
        private long _carried;
        private int _sent;
        private int _lost;
        private double _tokens;
        private bool _isTrain;
        private RtcTime _filledAt;
        private RtcTime _countedFrom;

        public BandwidthEstimator Estimator { get; } = new(new BandwidthEstimatorOptions());

        public double BitsPerSecond { get; set; } = bitsPerSecond;

        public double Loss { get; init; }

        /// <summary>Bytes that pass at once where nothing waits; null: there is a queue.</summary>
        public int? Bucket { get; init; }

        /// <summary>The share that was lost.</summary>
        public double Lost => (double)_lost / Math.Max(1, _sent);

        public RtcTime Now => _now;

        public bool IsDown { get; set; }

        /// <summary>Whether nothing of a train of padding arrives, as where there is no room to wait for so many packets in one go.</summary>
        public bool LosesTrains { get; set; }

        public int TrainsLost { get; private set; }

        public double Carried => _carried * 8 / (_now - _countedFrom).TotalSeconds;

        public TimeSpan DelayExceededByOneInTwenty => _delays.Order().ElementAt(_delays.Count * 19 / 20);

        public void ForgetDelays()
        {
            _delays.Clear();
            (_carried, _countedFrom, _lost, _sent) = (0, _now, 0, 0);
        }

        public void Run(double seconds)
        {
            if (_index == 0)
            {
                // The first picture, in one go.
                for (var i = 0; i < 6; i++)
                {
                    Send(PacketLength);
                }

                Estimator.OnTrain(_now, 0, 5, 6);
            }

            for (var end = _now + TimeSpan.FromSeconds(seconds); _now < end; _now += Step)
            {
                _due += Estimator.Available / 8.0 * Step.TotalSeconds;
                for (; _due >= PacketLength + BandwidthEstimator.HeaderBytes; _due -= PacketLength + BandwidthEstimator.HeaderBytes)
                {
                    Send(PacketLength);
                }

                if (_now >= _feedbackAt && !IsDown)
                {
                    _feedbackAt = _now + TimeSpan.FromMilliseconds(100);
                    Report();
                }

                if (Estimator.TryTakeProbe(_now, out var rate))
                {
                    var first = _index;
                    _isTrain = LosesTrains;
                    TrainsLost += LosesTrains ? 1 : 0;
                    for (var bytes = (int)(rate / 8 * 0.02); bytes > 0; bytes -= 250)
                    {
                        Send(222);
                    }

                    _isTrain = false;

                    Estimator.OnTrain(_now, first, _index - 1, (int)(_index - first));
                }
            }
        }

        private void Send(int size)
        {
            Estimator.OnSent(_now, size, isNumbered: true);
            var begin = _freeAt > _now ? _freeAt : _now;
            RtcTime? arrived = null;
            _sent++;
            if (Bucket is { } bucket)
            {
                _tokens = Math.Min(bucket, _tokens + (_filledAt == default ? bucket : (_now - _filledAt).TotalSeconds * BitsPerSecond / 8));
                _filledAt = _now;
                var fits = _tokens >= size + BandwidthEstimator.HeaderBytes;
                _tokens -= fits ? size + BandwidthEstimator.HeaderBytes : 0;
                arrived = fits ? _now + Delay : null;
                _carried += fits ? size + BandwidthEstimator.HeaderBytes : 0;
            }
            else if (begin - _now <= Queue && !IsDown && !_isTrain && _random.NextDouble() >= Loss)
            {
                _freeAt = begin + TimeSpan.FromSeconds((size + BandwidthEstimator.HeaderBytes) * 8 / BitsPerSecond);
                arrived = _freeAt + Delay;
                _carried += size + BandwidthEstimator.HeaderBytes;
                _delays.Add(arrived.Value - _now - Delay);
            }

            _lost += arrived is null ? 1 : 0;
            _unreported.Add((_index++, _now, arrived, size));
        }

        private void Report()
        {
            // What arrived until a way back ago; a packet that is missing is told with the next that came.
            var heard = _unreported.FindLastIndex(packet => packet.ArrivedAt + Delay <= _now);
            for (var i = 0; i <= heard; i++)
            {
                var (index, sentAt, arrivedAt, size) = _unreported[i];
                Estimator.OnPacket(_now, new ResolvedPacket(index, 0, size, sentAt, arrivedAt is not null, arrivedAt?.Microseconds % 1_000_000_000_000 ?? 0));
            }

            _unreported.RemoveRange(0, heard + 1);
            if (heard >= 0)
            {
                Estimator.OnFeedback(_now);
            }
        }
    }
}
