using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Holdfast.Media.Tests;

/// <summary>Loops share what there is to do, and who goes from one to another misses no tick and has none twice.</summary>
public sealed class BalanceTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly MediaPacer _pacer;
    private DateTimeOffset _start;

    public BalanceTests() => _pacer = NewPacer(loops: 2);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _pacer.DisposeAsync();

    [Fact]
    public void Those_who_have_much_to_do_are_spread_over_the_loops()
    {
        // All of them in the same loop: every other member.
        var members = Add(20, i => i % 2 == 0 ? TimeSpan.FromMilliseconds(1) : TimeSpan.Zero);

        // Four of the ten, as soon as it is known what they take: three tenths of the time and two.
        Assert.Equal(4, Run(seconds: 4));
        Assert.Equal(0, Run(seconds: 4));
        AssertEachTickOnce(members);
    }

    [Fact]
    public void Nobody_is_moved_for_a_little()
    {
        Add(20, i => i % 2 == 0 ? TimeSpan.FromMilliseconds(0.25) : TimeSpan.Zero);

        Assert.Equal(0, Run(seconds: 4));
    }

    [Fact]
    public void One_who_has_more_to_do_than_all_others_does_not_go_to_and_fro()
    {
        var members = Add(8, static i => TimeSpan.FromMilliseconds(i == 0 ? 8 : i % 2 == 0 ? 0.8 : 0));

        Assert.InRange(Run(seconds: 6), 1, 3);
        Assert.Equal(0, Run(seconds: 6));
        AssertEachTickOnce(members);
    }

    [Fact]
    public void Many_who_each_have_little_to_do_are_spread_too()
    {
        var members = Add(60, static i => TimeSpan.FromMilliseconds(i % 2 == 0 ? 0.25 : 0));

        // Thirty of 0.0125: 0.375 beside nothing.
        Assert.InRange(Run(seconds: 6), 9, 16);
        Assert.Equal(0, Run(seconds: 4));
        AssertEachTickOnce(members);
    }

    [Fact]
    public void Nobody_is_moved_where_that_changes_nothing_or_turns_it_round()
    {
        Add(19, static i => TimeSpan.FromMilliseconds(i == 0 ? 4 : i % 2 == 0 ? 0.005 : 0));

        Assert.Equal(0, Run(seconds: 6));
    }

    [Fact]
    public void Whoever_is_taken_out_by_a_tick_that_is_made_up_for_has_no_other()
    {
        var paced = new Member(_time, static () => TimeSpan.Zero);
        var member = new PacedMember(paced, lastTick: 0).TryMove()!;
        paced.OnTick = member.OnRemoved;

        Assert.Null(member.Tick(new MediaTick(5), mostMissed: 4));

        Assert.Equal([1L], paced.Ticks);
    }

    [Fact]
    public void Nobody_is_moved_from_within_its_own_tick()
    {
        var paced = new Member(_time, static () => TimeSpan.Zero);
        var member = new PacedMember(paced, lastTick: 0);
        var moved = member;
        paced.OnTick = () => moved = member.TryMove();

        member.Tick(new MediaTick(1));

        Assert.Null(moved);
    }

    [Fact]
    public void What_was_due_on_the_way_is_made_up_for()
    {
        // The fifth of the one loop is due 4 ms after the first of the other, to which it is moved between the two.
        var members = Add(9, static i => TimeSpan.FromMilliseconds(i switch { 0 => 2, 2 => 1, 8 => 5, _ => 0 }));
        Assert.All((int[])[3, 5, 7], i => Assert.True(_pacer.Remove(members[i])));
        Step(4_000);
        _pacer.RunDueTicks();
        Assert.Equal(members[0].Ticks[^1] - 1, members[8].Ticks[^1]);

        Assert.Equal(1, _pacer.Balance());
        Step(1_000);

        Assert.Equal(members[0].Ticks[^1], members[8].Ticks[^1]);
        AssertEachTickOnce([members[0], members[8]]);
    }

    [Fact]
    public void Whoever_is_moved_may_leave()
    {
        var members = Add(20, i => i % 2 == 0 ? TimeSpan.FromMilliseconds(1) : TimeSpan.Zero);
        Assert.True(Run(seconds: 4) > 0);

        Assert.All(members, member => Assert.True(_pacer.Remove(member)));
        Assert.Equal(0, _pacer.Statistics.Members);
        var before = members.Sum(static member => member.Ticks.Count);
        Run(seconds: 1);
        Assert.Equal(before, members.Sum(static member => member.Ticks.Count));
    }

    [Fact]
    public void Whatever_they_have_to_do_each_has_each_tick_once_and_in_order() =>
        Gen.Select(Gen.Int[0, 30].Array[2, 40], Gen.Int[2, 4]).Sample((shares, loops) =>
        {
            var time = new FakeTimeProvider();
            var pacer = NewPacer(loops, time);

            // Three quarters of the time, all together.
            var unit = 15.0 / Math.Max(1, shares.Sum());
            var members = shares.Select(share => new Member(time, () => TimeSpan.FromMilliseconds(share * unit))).ToArray();
            Array.ForEach(members, pacer.Add);
            for (var i = 0; i < 600; i++)
            {
                pacer.RunDueTicks();
                time.Advance(TimeSpan.FromMilliseconds(4));
                if (i % 23 == 0)
                {
                    pacer.Balance();
                }
            }

            Assert.Equal(members.Length, pacer.Statistics.Members);
            AssertEachTickOnce(members);
        }, iter: 60);

    [Fact]
    public async Task Whoever_is_moved_and_taken_out_at_the_same_time_is_out()
    {
        await using var pacer = new MediaPacer(TimeProvider.System, NullLogger<MediaPacer>.Instance, new MediaPacerOptions { Loops = 2 });
        var (moved, isOver) = (0, false);
        var moving = Task.Run(
            () =>
            {
                while (!Volatile.Read(ref isOver))
                {
                    Interlocked.Add(ref moved, pacer.Balance());
                }
            },
            TestContext.Current.CancellationToken);
        for (var i = 0; i < 3; i++)
        {
            var before = Volatile.Read(ref moved);
            var members = Enumerable.Range(0, 12).Select(static n => new Busy(n % 2 == 0)).ToArray();
            Array.ForEach(members, pacer.Add);
            SpinWait.SpinUntil(() => Volatile.Read(ref moved) > before);

            Assert.All(members, member => Assert.True(pacer.Remove(member)));
            Assert.Equal(0, pacer.Statistics.Members);
            var ticks = members.Sum(static member => member.Ticks);
            Assert.False(SpinWait.SpinUntil(() => members.Sum(static member => member.Ticks) != ticks, TimeSpan.FromMilliseconds(60)));
        }

        Volatile.Write(ref isOver, true);
        await moving;
    }

    private static void AssertEachTickOnce(IEnumerable<Member> members) => Assert.All(
        members,
        static member => Assert.Equal(Enumerable.Range((int)member.Ticks[0], member.Ticks.Count).Select(static i => (long)i), member.Ticks));

    private MediaPacer NewPacer(int loops) => NewPacer(loops, _time);

    private static MediaPacer NewPacer(int loops, FakeTimeProvider time) =>
        new(time, NullLogger<MediaPacer>.Instance, new MediaPacerOptions { Loops = loops, StartThreads = false });

    private Member[] Add(int count, Func<int, TimeSpan> work)
    {
        var members = Enumerable.Range(0, count).Select(i => new Member(_time, () => work(i))).ToArray();
        Array.ForEach(members, _pacer.Add);
        return members;
    }

    private void Step(int milliseconds)
    {
        _start = _time.GetUtcNow();
        for (var i = 0; i < milliseconds; i += 2)
        {
            _pacer.RunDueTicks();
            _time.SetUtcNow(_start + TimeSpan.FromMilliseconds(Math.Max(i + 2, (_time.GetUtcNow() - _start).TotalMilliseconds)));
        }
    }

    /// <returns>How many were moved.</returns>
    private int Run(double seconds)
    {
        var moved = 0;
        for (var end = _time.GetUtcNow() + TimeSpan.FromSeconds(seconds); _time.GetUtcNow() < end;)
        {
            for (var i = 0; i < 23; i++)
            {
                _pacer.RunDueTicks();
                _time.Advance(TimeSpan.FromMilliseconds(4));
            }

            moved += _pacer.Balance();
        }

        return moved;
    }

    /// <summary>Takes its time, on the clock that stands still otherwise.</summary>
    private sealed class Member(FakeTimeProvider time, Func<TimeSpan> work) : IPaced
    {
        public List<long> Ticks { get; } = [];

        public Action? OnTick { get; set; }

        public void Tick(in MediaTick tick)
        {
            Ticks.Add(tick.Index);
            OnTick?.Invoke();
            time.Advance(work());
        }

        public void OnFaulted(Exception exception)
        {
        }
    }

    private sealed class Busy(bool works) : IPaced
    {
        private int _ticks;

        public int Ticks => Volatile.Read(ref _ticks);

        public void Tick(in MediaTick tick)
        {
            Interlocked.Increment(ref _ticks);
            for (var end = Environment.TickCount64 + (works ? 2 : 0); Environment.TickCount64 < end;)
            {
                Thread.SpinWait(50);
            }
        }

        public void OnFaulted(Exception exception)
        {
        }
    }
}
