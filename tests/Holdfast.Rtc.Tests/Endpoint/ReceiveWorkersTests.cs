using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using CsCheck;

namespace Holdfast.Rtc.Tests.Endpoint;

/// <summary>What was received is taken in by a few threads: in order for each connection, and nobody waits for another.</summary>
public sealed class ReceiveWorkersTests : IDisposable
{
    private readonly DatagramPool _pool = new(static () => new SocketAddress(AddressFamily.InterNetwork));
    private readonly ConcurrentQueue<Exception> _faults = new();

    [Fact]
    public void Each_connections_datagrams_are_all_taken_in_in_their_order_before_it_ends_and_all_memory_comes_back()
    {
        Gen.Select(Gen.Int[1, 4], Gen.Int[0, 5].Array[1, 400]).Sample(
            (threads, script) =>
            {
                var taken = Enumerable.Range(0, 6).Select(static _ => new ConcurrentQueue<int>()).ToArray();
                var inboxes = taken.Select(static queue => new Inbox(datagram => queue.Enqueue(NumberOf(datagram)))).ToArray();
                var posted = Enumerable.Range(0, 6).Select(static _ => new List<int>()).ToArray();
                using (var workers = new ReceiveWorkers(threads, _pool, outboxes: null, _faults.Enqueue))
                {
                    for (var i = 0; i < script.Length; i++)
                    {
                        if (TryPost(workers, inboxes[script[i]], i))
                        {
                            posted[script[i]].Add(i);
                        }
                    }
                }

                Assert.All(taken.Zip(posted), pair => Assert.Equal(pair.Second, pair.First));
            },
            iter: 100,
            threads: 1);

        Assert.Equal(DatagramPool.Maximum, Drain());
        Assert.Empty(_faults);
    }

    [Fact]
    public void One_that_is_held_up_holds_up_nobody_else()
    {
        using var letGo = new ManualResetEventSlim();
        using var inIt = new CountdownEvent(2);
        using var workers = new ReceiveWorkers(3, _pool, outboxes: null, _faults.Enqueue);
        var held = new[] { new ConcurrentQueue<int>(), new ConcurrentQueue<int>() };
        var slow = Array.ConvertAll(held, queue => new Inbox(datagram =>
        {
            if (NumberOf(datagram) == 0)
            {
                inIt.Signal();
                letGo.Wait();
            }

            queue.Enqueue(NumberOf(datagram));
        }));
        Assert.All(slow, inbox => Assert.True(TryPost(workers, inbox, 0)));
        inIt.Wait(TestContext.Current.CancellationToken);

        // Two of three threads are held up. All of these are still taken in, and so is nothing of those two.
        var others = new ConcurrentQueue<int>();
        var quick = Enumerable.Range(0, 20).Select(_ => new Inbox(datagram => others.Enqueue(NumberOf(datagram)))).ToArray();
        for (var i = 1; i <= 10; i++)
        {
            Assert.All(slow, inbox => Assert.True(TryPost(workers, inbox, i)));
            Assert.All(quick, inbox => Assert.True(TryPost(workers, inbox, i)));
        }

        SpinUntil(() => others.Count == 200);
        Assert.All(held, Assert.Empty);

        letGo.Set();
        SpinUntil(() => held.All(static queue => queue.Count == 11));
        Assert.All(held, queue => Assert.Equal(Enumerable.Range(0, 11), queue));
    }

    /// <summary>One thread is woken for all that was received together. If it is held up, another takes the rest.</summary>
    [Fact]
    public void What_was_received_together_with_one_that_is_held_up_does_not_wait_for_it()
    {
        using var letGo = new ManualResetEventSlim();
        using var isIn = new ManualResetEventSlim();
        using var workers = new ReceiveWorkers(2, _pool, outboxes: null, _faults.Enqueue);
        var taken = new ConcurrentQueue<int>();
        var slow = new Inbox(_ =>
        {
            isIn.Set();
            letGo.Wait();
        });
        var quick = new Inbox(datagram => taken.Enqueue(NumberOf(datagram)));
        Assert.True(slow.TryAdd(Numbered(0), out _));
        Assert.True(quick.TryAdd(Numbered(1), out _));
        workers.Post([slow, quick]);
        isIn.Wait(TestContext.Current.CancellationToken);
        Assert.True(workers.IsAnyWaiting);
        Assert.Empty(taken);

        workers.WakeForWaiting();

        SpinUntil(() => taken.Count == 1);
        Assert.False(workers.IsAnyWaiting);
        letGo.Set();
    }

    [Fact]
    public void One_who_sends_without_end_waits_its_turn_behind_others()
    {
        using var begun = new ManualResetEventSlim();
        using var letGo = new ManualResetEventSlim();
        using var workers = new ReceiveWorkers(1, _pool, outboxes: null, _faults.Enqueue);
        var order = new ConcurrentQueue<string>();
        var (flood, other) = (Named("flood"), Named("other"));
        Assert.True(TryPost(workers, flood, 0));
        begun.Wait(TestContext.Current.CancellationToken);
        for (var i = 1; i < Inbox.Capacity; i++)
        {
            Assert.True(TryPost(workers, flood, i));
        }

        Assert.True(TryPost(workers, other, 0));
        letGo.Set();
        SpinUntil(() => order.Count == Inbox.Capacity + 1);

        Assert.Equal(ReceiveWorkers.Turn, order.ToList().IndexOf("other"));

        Inbox Named(string name) => new(_ =>
        {
            begun.Set();
            letGo.Wait();
            order.Enqueue(name);
        });
    }

    [Fact]
    public void More_than_there_is_room_for_is_refused_and_the_first_stay()
    {
        var taken = new List<int>();
        var inbox = new Inbox(datagram => taken.Add(NumberOf(datagram)));
        for (var i = 0; i < Inbox.Capacity; i++)
        {
            Assert.True(inbox.TryAdd(Numbered(i), out var isNews));
            Assert.Equal(i == 0, isNews);
        }

        Assert.False(inbox.TryAdd(Numbered(99), out var again));
        Assert.False(again);
        while (inbox.TryTake(out var datagram))
        {
            inbox.Handle(datagram);
        }

        Assert.Equal(Enumerable.Range(0, Inbox.Capacity), taken);
        Assert.True(inbox.TryAdd(Numbered(100), out again));
        Assert.True(again);
    }

    [Fact]
    public void What_throws_is_told_and_what_follows_is_taken_in()
    {
        using var workers = new ReceiveWorkers(2, _pool, outboxes: null, _faults.Enqueue);
        var taken = new ConcurrentQueue<int>();
        var inbox = new Inbox(datagram =>
        {
            taken.Enqueue(NumberOf(datagram));
            if (NumberOf(datagram) % 2 == 0)
            {
                throw new ArithmeticException("on purpose");
            }
        });
        for (var i = 0; i < 10; i++)
        {
            Assert.True(TryPost(workers, inbox, i));
        }

        SpinUntil(() => taken.Count == 10);
        workers.Dispose();
        Assert.Equal(5, _faults.Count);
        Assert.Equal(DatagramPool.Maximum, Drain());
    }

    [Fact]
    public void A_datagram_costs_no_memory()
    {
        var allocated = new ConcurrentQueue<long>();
        using var workers = new ReceiveWorkers(1, _pool, outboxes: null, _faults.Enqueue);
        var inbox = new Inbox(_ => allocated.Enqueue(GC.GetAllocatedBytesForCurrentThread()));
        var own = new List<long>();
        for (var i = 0; i < 2000; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.True(TryPost(workers, inbox, i));
            own.Add(GC.GetAllocatedBytesForCurrentThread() - before);
            SpinUntil(() => allocated.Count == i + 1);
        }

        // The queue that notes it grows now and then, and the runtime compiles once more; most cost nothing at all.
        var between = allocated.Zip(allocated.Skip(1), static (one, next) => next - one).ToArray();
        Assert.True(between.Count(static bytes => bytes == 0) > 1500, $"{between.Count(static bytes => bytes == 0)}");
        Assert.True(own.Count(static bytes => bytes == 0) > 1500);
    }

    [Fact]
    public void Dense_is_more_than_one_in_a_millisecond_and_ends_when_it_ends()
    {
        var rate = new ArrivalRate();
        var at = RtcTime.From(DateTimeOffset.UnixEpoch) + TimeSpan.FromHours(1);
        bool Run(int milliseconds, int each)
        {
            var isDense = false;
            for (var i = 0; i < milliseconds; i++, at += TimeSpan.FromMilliseconds(1))
            {
                isDense = each > 0 && rate.Note(at, each);
            }

            return isDense;
        }

        Assert.False(Run(100, 1));
        Assert.True(Run(100, 2));
        Assert.False(Run(100, 1));
        Assert.True(Run(100, 10));

        // After a while without anything the next one is nothing of a crowd.
        Run(100, 0);
        Assert.False(Run(1, 10));
    }

    [Fact]
    public void Where_all_memory_is_in_use_the_socket_is_emptied_all_the_same()
    {
        var pool = new DatagramPool(static () => new SocketAddress(AddressFamily.InterNetwork), DatagramPool.PerBlock);
        var batch = new IncomingBatch(pool);
        batch.Prepare();
        Assert.Equal(IncomingBatch.Capacity, batch.Room);
        List<IncomingDatagram> kept = [];
        for (var rounds = 0; rounds < 10; rounds++)
        {
            batch.Prepare();
            batch.OnReceived(batch.Room);
            for (var i = 0; i < batch.Count; i++)
            {
                if (batch.Take(i) is { } taken)
                {
                    kept.Add(taken);
                }
            }
        }

        // All but the batch's own, each once; and that one serves on.
        Assert.Equal(DatagramPool.PerBlock - 1, kept.Distinct().Count());
        Assert.Equal(kept.Count, kept.Distinct().Count());
        batch.Prepare();
        Assert.Equal(1, batch.Room);
        Assert.DoesNotContain(batch[0], kept);

        pool.Return(kept[0]);
        pool.Return(kept[1]);
        batch.Prepare();
        Assert.Equal(2, batch.Room);
        batch.OnReceived(2);
        Assert.Equal([kept[1], kept[0]], new[] { batch.Take(0), batch.Take(1) });
    }

    public void Dispose() => Assert.All(_faults, static fault => Assert.Equal("on purpose", fault.Message));

    private static int NumberOf(IncomingDatagram datagram) => BinaryPrimitives.ReadInt32BigEndian(datagram.Bytes);

    /// <summary>A server to which nobody says anything for an hour keeps nobody in memory who has left.</summary>
    [Fact]
    public void Threads_that_wait_hold_on_to_nobody()
    {
        using var workers = new ReceiveWorkers(2, _pool, outboxes: null, _faults.Enqueue);
        var left = Enumerable.Range(0, 20).Select(_ => TakenIn(workers)).ToArray();
        SpinUntil(() =>
        {
            GC.Collect();
            return Array.TrueForAll(left, static one => !one.IsAlive);
        });
    }

    /// <summary>An inbox that had more than one turn, and is empty now; by itself, so that nothing of it is left on the stack.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference TakenIn(ReceiveWorkers workers)
    {
        var taken = 0;
        var inbox = new Inbox(_ => Interlocked.Increment(ref taken));
        for (var i = 0; i <= ReceiveWorkers.Turn; i++)
        {
            Assert.True(TryPost(workers, inbox, i));
        }

        SpinUntil(() => Volatile.Read(ref taken) == ReceiveWorkers.Turn + 1);
        return new WeakReference(inbox);
    }

    private static void SpinUntil(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(60)));

    private IncomingDatagram Numbered(int number)
    {
        var datagram = _pool.TryTake();
        Assert.NotNull(datagram);
        datagram.Length = sizeof(int);
        BinaryPrimitives.WriteInt32BigEndian(datagram.Bytes, number);
        return datagram;
    }

    private bool TryPost(ReceiveWorkers workers, Inbox inbox, int number)
    {
        var datagram = Numbered(number);
        if (!inbox.TryAdd(datagram, out var isNews))
        {
            _pool.Return(datagram);
            return false;
        }

        if (isNews)
        {
            workers.Post([inbox]);
        }

        return true;
    }

    /// <summary>How many the pool has.</summary>
    private int Drain()
    {
        HashSet<IncomingDatagram> all = [];
        while (_pool.TryTake() is { } datagram)
        {
            Assert.True(all.Add(datagram));
        }

        return all.Count;
    }
}
