using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Holdfast.Media.Tests;

/// <summary>Many members of a loop are spread over the 20 ms, and each still has its tick exactly every 20 ms.</summary>
public sealed class PacingPhaseTests : IAsyncLifetime
{
    private static readonly TimeSpan s_phase = MediaTick.Duration / PacingLoop.PhaseCount;

    private readonly FakeTimeProvider _time = new();
    private readonly MediaPacer _pacer;
    private readonly List<string> _output = [];

    public PacingPhaseTests() => _pacer = NewPacer(loops: 1);

    private TimeSpan Elapsed => _time.GetElapsedTime(_pacer.StartTimestamp);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _pacer.DisposeAsync();

    [Fact]
    public void A_few_share_one_moment_and_wake_their_loop_once_a_tick()
    {
        Add(PacingLoop.Crowd);

        Assert.Equal([0, 20, 40, 60], WakingsFor(80));
        Assert.Equal(4, _pacer.Statistics.Ticks);
    }

    [Fact]
    public void A_phase_is_used_when_there_is_a_crowd_in_those_before_and_only_those_in_use_wake_the_loop()
    {
        Add(PacingLoop.Crowd + 1);

        Assert.Equal([0, 4, 20, 24, 40, 44], WakingsFor(60));
    }

    [Fact]
    public void Six_hundred_are_spread_evenly_and_each_keeps_its_20_ms()
    {
        var members = Add(600);
        Step(TimeSpan.FromSeconds(1));

        var phases = members.GroupBy(member => member.Ticks[0].At - new MediaTick(member.Ticks[0].Index).MediaTime).ToDictionary(group => group.Key, group => group.Count());
        Assert.Equal(Enumerable.Range(0, PacingLoop.PhaseCount).Select(i => s_phase * i), phases.Keys.Order());
        Assert.All(phases.Values, count => Assert.Equal(600 / PacingLoop.PhaseCount, count));
        Assert.All(members, member =>
        {
            Assert.Equal(Enumerable.Range(0, 50).Select(i => (long)i), member.Ticks.Select(tick => tick.Index).Take(50));
            Assert.All(member.Ticks.Zip(member.Ticks.Skip(1)), pair => Assert.Equal(MediaTick.Duration, pair.Second.At - pair.First.At));
        });
    }

    [Fact]
    public void Who_comes_later_goes_where_the_fewest_are()
    {
        var members = Add(5 * PacingLoop.Crowd);
        Step(MediaTick.Duration);
        var second = members.Where(member => member.Ticks[0].At == s_phase).ToArray();
        Assert.Equal(PacingLoop.Crowd, second.Length);
        Assert.All(second, member => Assert.True(_pacer.Remove(member)));

        var others = Add(PacingLoop.Crowd);
        Step(MediaTick.Duration * 2);

        Assert.All(others, member => Assert.Equal(s_phase, member.Ticks[0].At - new MediaTick(member.Ticks[0].Index).MediaTime));
    }

    [Fact]
    public void What_a_phase_sends_leaves_together()
    {
        Add(PacingLoop.Crowd + 1);
        Step(MediaTick.Duration - s_phase);

        string[] expected = ["begin", .. Enumerable.Repeat("continue", PacingLoop.Crowd), "end", "begin", "continue", "end"];
        Assert.Equal<IEnumerable<string>>(expected, _output);
    }

    [Fact]
    public void A_phase_that_is_late_is_told_by_its_own_clock()
    {
        var members = Add(PacingLoop.Crowd + 1);
        Step(MediaTick.Duration);
        _time.Advance(s_phase);
        _ = _pacer.TakeLoad();

        // Tick 1 of the second phase is due now, and over at once: it is in time, however long the first has been.
        _pacer.RunDueTicks();
        Assert.Equal(TimeSpan.Zero, _pacer.TakeLoad().Lateness);
        Assert.Equal(0, _pacer.Statistics.LateTicks);

        // 90 ms for which nobody came to it: of the first phase four ticks are due, of the second too.
        _time.Advance(TimeSpan.FromMilliseconds(90));
        _pacer.RunDueTicks();
        Assert.Equal(6, _pacer.Statistics.LateTicks);
        Assert.Equal(TimeSpan.FromMilliseconds(74), _pacer.TakeLoad().Lateness);
        Assert.All(members, member => Assert.Equal(Enumerable.Range(0, 6).Select(i => (long)i), member.Ticks.Select(tick => tick.Index)));
    }

    /// <summary>Whoever leaves and comes back, to another phase or loop, has no tick twice, none out of turn, and media time that goes on.</summary>
    [Fact]
    public void Who_moves_has_no_tick_twice()
    {
        Gen.Select(Gen.Int[0, 29], Gen.Int[0, 29], Gen.Int[0, 25]).Array[1, 200].Sample(
            script =>
            {
                var pacer = NewPacer(loops: 2);
                var members = Enumerable.Range(0, 30).Select(_ => new Recorder(() => Elapsed)).ToArray();
                foreach (var member in members)
                {
                    pacer.Add(member);
                }

                foreach (var (one, other, milliseconds) in script)
                {
                    // Each may get the other's place.
                    pacer.Remove(members[one]);
                    pacer.Remove(members[other]);
                    pacer.Add(members[other]);
                    pacer.Add(members[one]);
                    _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
                    pacer.RunDueTicks();
                }

                Assert.All(members, member => Assert.All(
                    member.Ticks.Zip(member.Ticks.Skip(1)), pair => Assert.True(pair.Second.Index > pair.First.Index)));
            },
            iter: 200,
            threads: 1);
    }

    /// <summary>Where there is more to do than time, all are late in turn, whatever the pattern of it; and sound is never later than two ticks and what one member does.</summary>
    [Theory]
    [InlineData(5, 6, 1)]
    [InlineData(8, 8, 0)]
    [InlineData(10, 6, 1)]
    [InlineData(20, 4, 0)]
    [InlineData(40, 2, 0)]
    [InlineData(60, 1, 0)]
    public void All_are_late_in_turn(int count, int milliseconds, int millisecondsWhenLate)
    {
        var members = new Drawing[count];
        for (var i = 0; i < count; i++)
        {
            members[i] = new Drawing(late => _time.Advance(TimeSpan.FromMilliseconds(late ? millisecondsWhenLate : milliseconds)));
            _pacer.Add(members[i]);
        }

        var latest = TimeSpan.Zero;
        for (var i = 0; i < 1000; i++)
        {
            var wait = _pacer.RunDueTicks()!.Value;
            _time.Advance(wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
            latest = _pacer.TakeLoad().Lateness is var late && late > latest ? late : latest;
        }

        var drawn = members.Select(member => member.Drawn).ToArray();
        Assert.True(drawn.Max() < 2 * drawn.Min(), $"{drawn.Min()} to {drawn.Max()}");
        Assert.True(latest <= (2 * MediaTick.Duration) + TimeSpan.FromMilliseconds(count * millisecondsWhenLate + milliseconds), $"{latest}");
        Assert.Equal(0, _pacer.Statistics.SkippedTicks);
    }

    [Fact]
    public void A_tick_allocates_nothing()
    {
        using var pacer = new Disposing(new MediaPacer(
            _time, NullLogger<MediaPacer>.Instance, new MediaPacerOptions { Loops = 1, StartThreads = false, Output = new Nowhere() }));
        for (var i = 0; i < 100; i++)
        {
            pacer.Pacer.Add(new Idle());
        }

        long Run(int steps)
        {
            var allocated = 0L;
            for (var i = 0; i < steps; i++)
            {
                _time.Advance(s_phase);
                var before = GC.GetAllocatedBytesForCurrentThread();
                pacer.Pacer.RunDueTicks();
                allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            }

            return allocated;
        }

        // What the runtime does of its own on this thread, such as compiling once more, it does not do in each of these.
        Assert.Equal(0, Enumerable.Range(0, 20).Min(_ => Run(10)));
    }

    private Recorder[] Add(int count)
    {
        var members = new Recorder[count];
        for (var i = 0; i < count; i++)
        {
            members[i] = new Recorder(() => Elapsed);
            _pacer.Add(members[i]);
        }

        return members;
    }

    private void Step(TimeSpan time)
    {
        for (var until = Elapsed + time; ; _time.Advance(TimeSpan.FromMilliseconds(1)))
        {
            _pacer.RunDueTicks();
            if (Elapsed >= until)
            {
                return;
            }
        }
    }

    /// <summary>When the loop asks to be woken, in milliseconds.</summary>
    private List<double> WakingsFor(int milliseconds)
    {
        List<double> wakings = [];
        while (Elapsed < TimeSpan.FromMilliseconds(milliseconds))
        {
            wakings.Add(Elapsed.TotalMilliseconds);
            _time.Advance(_pacer.RunDueTicks()!.Value);
        }

        return wakings;
    }

    private MediaPacer NewPacer(int loops) => new(
        _time, NullLogger<MediaPacer>.Instance, new MediaPacerOptions { Loops = loops, StartThreads = false, Output = new Told(_output) });

    private sealed class Recorder(Func<TimeSpan> elapsed) : IPaced
    {
        internal List<(long Index, TimeSpan At)> Ticks { get; } = [];

        public void Tick(in MediaTick tick) => Ticks.Add((tick.Index, elapsed()));
    }

    private sealed class Drawing(Action<bool> work) : IPaced
    {
        internal int Drawn { get; private set; }

        public void Tick(in MediaTick tick)
        {
            work(tick.IsLate);
            Drawn += tick.IsLate ? 0 : 1;
        }
    }

    private sealed class Idle : IPaced
    {
        public void Tick(in MediaTick tick)
        {
        }
    }

    private sealed class Told(List<string> told) : IPacedOutput
    {
        public void Begin() => told.Add("begin");

        public void Continue() => told.Add("continue");

        public void End() => told.Add("end");
    }

    private sealed class Nowhere : IPacedOutput
    {
        public void Begin()
        {
        }

        public void Continue()
        {
        }

        public void End()
        {
        }
    }

    private sealed class Disposing(MediaPacer pacer) : IDisposable
    {
        internal MediaPacer Pacer => pacer;

        public void Dispose() => pacer.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
