using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Holdfast.Media.Tests;

public sealed class PacingTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly MediaPacer _pacer;

    public PacingTests() => _pacer = NewPacer(loops: 1);

    public ValueTask DisposeAsync() => _pacer.DisposeAsync();

    [Fact]
    public void Every_20_ms_is_one_tick_in_order()
    {
        var paced = new Recorder();
        _pacer.Add(paced);
        _pacer.RunDueTicks();
        for (var i = 0; i < 100; i++)
        {
            Advance(7);
        }

        Assert.Equal(Enumerable.Range(0, 36).Select(i => (long)i), paced.Ticks);
    }

    [Fact]
    public void The_next_tick_is_due_on_the_clock_and_not_after_the_last()
    {
        _pacer.Add(new Recorder());

        Assert.Equal(20, _pacer.RunDueTicks()!.Value.TotalMilliseconds);
        _time.Advance(TimeSpan.FromMilliseconds(33));
        Assert.Equal(7, _pacer.RunDueTicks()!.Value.TotalMilliseconds);
    }

    [Fact]
    public void A_few_late_ticks_are_caught_up()
    {
        var paced = new Recorder();
        _pacer.Add(paced);
        _pacer.RunDueTicks();
        Advance(100);

        Assert.Equal([0, 1, 2, 3, 4, 5], paced.Ticks);
        Assert.Equal(new MediaPacerStatistics(1, 6, 4, 0, 0), _pacer.Statistics);
    }

    [Fact]
    public void After_a_long_stall_the_clock_jumps_and_says_so()
    {
        var paced = new Recorder();
        _pacer.Add(paced);
        _pacer.RunDueTicks();
        Advance(10_000);

        Assert.Equal([0, 496, 497, 498, 499, 500], paced.Ticks);
        Assert.Equal(495, _pacer.Statistics.SkippedTicks);
    }

    [Fact]
    public void What_the_loops_had_to_do_is_told_once()
    {
        var paced = new Recorder();
        _pacer.Add(paced);
        _pacer.RunDueTicks();
        Assert.Equal(TimeSpan.Zero, _pacer.TakeLoad().Lateness);
        Advance(60);
        Assert.Equal(TimeSpan.FromMilliseconds(40), _pacer.TakeLoad().Lateness);
        Advance(20);
        Assert.Equal(new MediaPacerLoad(TimeSpan.Zero, 0), _pacer.TakeLoad());

        // A loop that does not come to it is late too.
        _time.Advance(TimeSpan.FromMilliseconds(90));
        Assert.Equal(TimeSpan.FromMilliseconds(70), _pacer.TakeLoad().Lateness);
    }

    [Fact]
    public void The_share_of_its_time_that_a_loop_is_at_work_is_told()
    {
        _pacer.Add(new Worker(() => _time.Advance(TimeSpan.FromMilliseconds(5))));
        _pacer.RunDueTicks();
        _ = _pacer.TakeLoad();
        for (var i = 0; i < 10; i++)
        {
            Advance(15);
        }

        Assert.Equal(0.25, _pacer.TakeLoad().BusyShare, 0.01);
    }

    [Fact]
    public void How_sparing_everybody_is_to_be_is_said_with_each_tick()
    {
        var paced = new Recorder();
        _pacer.Add(paced);
        Advance(20);
        _pacer.Thrift = 2;
        Advance(20);
        Assert.Equal(2, paced.Thrift);
        _pacer.Thrift = 0;
        Advance(20);
        Assert.Equal(0, paced.Thrift);
    }

    [Fact]
    public void Time_without_members_is_not_made_up_for()
    {
        Advance(5_000);
        var paced = new Recorder();
        _pacer.Add(paced);
        Advance(20);

        _pacer.Remove(paced);
        Advance(20);
        _time.Advance(TimeSpan.FromSeconds(5));
        _pacer.Add(paced);
        Advance(5);

        Assert.Equal([251, 502], paced.Ticks);
        Assert.Equal((0, 0), (_pacer.Statistics.SkippedTicks, _pacer.Statistics.LateTicks));
    }

    [Fact]
    public async Task A_member_that_always_throws_into_a_log_that_throws_too_ends_neither_the_thread_nor_the_others()
    {
        await using var pacer = new MediaPacer(
            TimeProvider.System, new ThrowingLog(), new MediaPacerOptions { Loops = 1, MaxConsecutiveFaults = 3 });
        var (thrower, other) = (new Thrower(), new Counter(10));
        pacer.Add(thrower);
        pacer.Add(other);
        await other.Reached.WaitAsync(TestContext.Current.CancellationToken);
        await thrower.Faulted.WaitAsync(TestContext.Current.CancellationToken);
        Assert.InRange(pacer.Statistics.Faults, 3, 10);
    }

    [Fact]
    public async Task Loops_share_the_members_and_the_clock()
    {
        await using var pacer = NewPacer(loops: 3);
        var members = Enumerable.Range(0, 9).Select(_ => new Recorder()).ToArray();
        foreach (var member in members)
        {
            pacer.Add(member);
        }

        Assert.Equal(_time.GetTimestamp(), pacer.StartTimestamp);
        pacer.RunDueTicks();

        // One tick per loop and not per member: each loop has three of the nine.
        Assert.Equal(new MediaPacerStatistics(9, 3, 0, 0, 0), pacer.Statistics);
        Assert.All(members, member => Assert.Equal([0], member.Ticks));
    }

    [Fact]
    public void All_members_are_served_at_each_tick_before_the_next()
    {
        var order = new List<(char Name, long Tick)>();
        _pacer.Add(new Acting(tick => order.Add(('a', tick))));
        _pacer.Add(new Acting(tick => order.Add(('b', tick))));
        _pacer.RunDueTicks();
        Advance(40);

        Assert.Equal([('a', 0), ('b', 0), ('a', 1), ('b', 1), ('a', 2), ('b', 2)], order);
    }

    [Fact]
    public void Who_comes_when_the_time_is_over_is_told_and_is_first_next_time()
    {
        var served = new List<string>();
        var late = new List<string>();
        foreach (var name in "abcd")
        {
            _pacer.Add(new Busy(tick =>
            {
                (tick.IsLate ? late : served).Add($"{name}{tick.Index}");

                // What is late leaves out what takes time.
                _time.Advance(TimeSpan.FromMilliseconds(tick.IsLate ? 0 : 8));
            }));
        }

        for (var i = 0; i < 4; i++)
        {
            _pacer.RunDueTicks();
        }

        Assert.Equal(["a0", "b0", "c0", "d1", "a1", "b2", "c2", "d2", "a3", "b3"], served);
        Assert.Equal(["d0", "b1", "c1", "a2", "c3", "d3"], late);
        Assert.Equal(0, _pacer.Statistics.SkippedTicks);
    }

    [Fact]
    public void What_is_caught_up_is_late_but_for_the_newest()
    {
        var late = new List<long>();
        _pacer.Add(new Busy(tick =>
        {
            if (tick.IsLate)
            {
                late.Add(tick.Index);
            }
        }));
        _pacer.RunDueTicks();
        Advance(90);

        Assert.Equal([1, 2, 3], late);
    }

    [Fact]
    public void One_that_throws_harms_nobody_and_is_removed_in_the_end()
    {
        var before = new Recorder();
        var after = new Recorder();
        var failing = new Acting(_ => throw new InvalidOperationException("broken"));
        _pacer.Add(before);
        _pacer.Add(failing);
        _pacer.Add(after);
        _pacer.RunDueTicks();
        for (var i = 0; i < 20; i++)
        {
            Advance(20);
        }

        Assert.Equal(21, before.Ticks.Count);
        Assert.Equal(21, after.Ticks.Count);
        Assert.Equal(10, failing.Calls);
        Assert.Equal("broken", failing.Fault?.Message);
        Assert.Equal((2, 10), (_pacer.Statistics.Members, _pacer.Statistics.Faults));
    }

    [Fact]
    public void One_that_fails_now_and_then_stays()
    {
        var failing = new Acting(tick => _ = tick % 4 == 0 ? 0 : throw new InvalidOperationException("hiccup"));
        _pacer.Add(failing);
        for (var i = 0; i < 100; i++)
        {
            Advance(20);
        }

        Assert.Equal(100, failing.Calls);
        Assert.Null(failing.Fault);
    }

    [Fact]
    public void What_was_removed_is_not_ticked_again()
    {
        var paced = new Recorder();
        _pacer.Add(paced);
        _pacer.Add(paced);
        Assert.Equal(1, _pacer.Statistics.Members);
        _pacer.RunDueTicks();

        Assert.True(_pacer.Remove(paced));
        Assert.False(_pacer.Remove(paced));
        Advance(100);
        Assert.Single(paced.Ticks);
    }

    [Fact]
    public async Task The_output_is_told_of_each_tick_and_each_member_whatever_they_throw()
    {
        var told = new List<string>();
        await using var pacer = new MediaPacer(
            _time, NullLogger<MediaPacer>.Instance, new MediaPacerOptions { Loops = 1, StartThreads = false, Output = new Told(told) });
        pacer.Add(new Acting(tick => told.Add($"first {tick}")));
        pacer.Add(new Acting(tick => throw new InvalidOperationException($"second {tick}")));
        pacer.RunDueTicks();
        _time.Advance(TimeSpan.FromMilliseconds(20));
        pacer.RunDueTicks();

        Assert.Equal(["begin", "first 0", "continue", "continue", "end", "begin", "first 1", "continue", "continue", "end"], told);
    }

    [Fact]
    public void A_member_may_remove_itself_and_others_in_its_tick()
    {
        var victim = new Recorder();
        Acting? remover = null;
        remover = new Acting(_ =>
        {
            _pacer.Remove(victim);
            _pacer.Remove(remover!);
        });
        _pacer.Add(remover);
        _pacer.Add(victim);
        _pacer.RunDueTicks();
        Advance(20);

        Assert.Equal(1, remover.Calls);
        Assert.Empty(victim.Ticks);
    }

    [Fact]
    public async Task A_removal_waits_for_the_tick_in_progress()
    {
        await using var pacer = new MediaPacer(TimeProvider.System, NullLogger<MediaPacer>.Instance, new MediaPacerOptions { Loops = 1 });
        using var inTick = new ManualResetEventSlim();
        using var letGo = new ManualResetEventSlim();
        var ended = false;
        var paced = new Acting(_ =>
        {
            inTick.Set();
            letGo.Wait();
            Volatile.Write(ref ended, true);
        });
        pacer.Add(paced);
        inTick.Wait(TestContext.Current.CancellationToken);

        var removal = Task.Run(() => pacer.Remove(paced), TestContext.Current.CancellationToken);
        while (pacer.Statistics.Members > 0)
        {
            await Task.Yield();
        }

        Assert.False(removal.IsCompleted);
        letGo.Set();
        Assert.True(await removal);
        Assert.True(Volatile.Read(ref ended));
        Assert.Equal(1, paced.Calls);
    }

    [Fact]
    public async Task Its_own_threads_keep_the_clock_and_stop_when_asked()
    {
        var pacer = new MediaPacer(TimeProvider.System, NullLogger<MediaPacer>.Instance);
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var behind = false;
        var paced = new Acting(tick =>
        {
            // Never early; how late is a matter of the machine, and measured elsewhere.
            behind |= TimeProvider.System.GetElapsedTime(pacer.StartTimestamp) < new MediaTick(tick).MediaTime;
            if (tick >= 10)
            {
                enough.TrySetResult();
            }
        });
        pacer.Add(paced);
        await enough.Task.WaitAsync(TestContext.Current.CancellationToken);
        await pacer.DisposeAsync();
        var calls = paced.Calls;

        Assert.False(behind);
        Assert.Throws<ObjectDisposedException>(() => pacer.Add(new Recorder()));
        await pacer.DisposeAsync();
        Assert.Equal(calls, paced.Calls);
    }

    [Fact]
    public void Sound_and_pictures_are_places_on_one_clock()
    {
        var tick = new MediaTick(3 * 60 * 60 * 50);

        Assert.Equal(TimeSpan.FromHours(3), tick.MediaTime);
        Assert.True(tick.HasPicture);
        Assert.Equal(3 * 60 * 60 * 25, tick.PictureIndex);
        Assert.False(new MediaTick(7).HasPicture);
    }

    private MediaPacer NewPacer(int loops) =>
        new(_time, NullLogger<MediaPacer>.Instance, new MediaPacerOptions { Loops = loops, StartThreads = false });

    private void Advance(int milliseconds)
    {
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        _pacer.RunDueTicks();
    }

    private sealed class Told(List<string> told) : IPacedOutput
    {
        public void Begin() => told.Add("begin");

        public void Continue() => told.Add("continue");

        public void End() => told.Add("end");
    }

    private sealed class Recorder : IPaced
    {
        internal List<long> Ticks { get; } = [];

        internal int Thrift { get; private set; }

        public void Tick(in MediaTick tick)
        {
            Ticks.Add(tick.Index);
            Thrift = tick.Thrift;
        }
    }

    private sealed class Busy(Action<MediaTick> act) : IPaced
    {
        public void Tick(in MediaTick tick) => act(tick);
    }

    private sealed class Acting(Action<long> act) : IPaced
    {
        private int _calls;

        internal int Calls => Volatile.Read(ref _calls);

        internal Exception? Fault { get; private set; }

        public void Tick(in MediaTick tick)
        {
            Interlocked.Increment(ref _calls);
            act(tick.Index);
        }

        public void OnFaulted(Exception exception) => Fault = exception;
    }

    private sealed class Thrower : IPaced
    {
        private readonly TaskCompletionSource _faulted = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Faulted => _faulted.Task;

        public void Tick(in MediaTick tick) => throw new InvalidOperationException("Always.");

        public void OnFaulted(Exception exception) => _faulted.SetResult();
    }

    private sealed class Counter(int enough) : IPaced
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _ticks;

        public Task Reached => _reached.Task;

        public void Tick(in MediaTick tick)
        {
            if (++_ticks == enough)
            {
                _reached.SetResult();
            }
        }

        public void OnFaulted(Exception exception)
        {
        }
    }

    private sealed class ThrowingLog : ILogger<MediaPacer>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new IOException("The log's disk is full.");
    }

    private sealed class Worker(Action work) : IPaced
    {
        public void Tick(in MediaTick tick) => work();
    }
}
