namespace Holdfast.Speech.Tests;

/// <summary>Who waits is served by turns. Nothing here is a matter of time: the order is counted.</summary>
public sealed class FairTurnsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_who_floods_delays_another_by_one_job()
    {
        var turns = new FairTurns(1);
        var order = new List<string>();
        var first = await turns.TakeAsync("flood", Cancel);
        Task[] jobs =
        [
            .. Enumerable.Range(0, 100).Select(_ => WorkAsync(turns, "flood", order)),
            .. Enumerable.Range(0, 3).Select(_ => WorkAsync(turns, "quiet", order)),
            WorkAsync(turns, "late", order),
        ];
        Assert.Equal(104, turns.Waiting);
        first.Dispose();
        await Task.WhenAll(jobs);
        Assert.Equal(["flood", "quiet", "late", "flood", "quiet", "flood", "quiet", "flood"], order.Take(8), StringComparer.Ordinal);
        Assert.Equal(104, order.Count);
    }

    [Fact]
    public async Task No_more_work_at_a_time_than_there_are_places()
    {
        var turns = new FairTurns(3);
        var (working, most) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 60).Select(async i =>
        {
            await Task.Yield();
            using (await turns.TakeAsync($"{i % 5}", Cancel))
            {
                InterlockedMax(ref most, Interlocked.Increment(ref working));
                await Task.Yield();
                Interlocked.Decrement(ref working);
            }
        }));
        Assert.InRange(most, 1, 3);
        Assert.Equal(0, turns.Waiting);
    }

    [Fact]
    public async Task Who_gives_up_is_passed_over_and_keeps_no_place()
    {
        var turns = new FairTurns(1);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var first = await turns.TakeAsync("a", Cancel);
        var leaving = turns.TakeAsync("b", given.Token).AsTask();
        var staying = turns.TakeAsync("c", Cancel).AsTask();
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        first.Dispose();
        (await staying).Dispose();
        (await turns.TakeAsync("d", Cancel)).Dispose();
    }

    [Fact]
    public async Task Of_one_only_so_many_may_wait()
    {
        var turns = new FairTurns(1, maxWaiting: 2);
        var first = await turns.TakeAsync("a", Cancel);
        var order = new List<string>();
        Task[] waiting = [WorkAsync(turns, "a", order), WorkAsync(turns, "a", order)];
        await Assert.ThrowsAsync<SpeechException>(async () => await turns.TakeAsync("a", Cancel));
        var other = WorkAsync(turns, "b", order);
        first.Dispose();
        await Task.WhenAll([.. waiting, other]);
        Assert.Equal(3, order.Count);
    }

    private static async Task WorkAsync(FairTurns turns, string who, List<string> order)
    {
        using (await turns.TakeAsync(who, Cancel))
        {
            lock (order)
            {
                order.Add(who);
            }
        }
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen;)
        {
            var before = Interlocked.CompareExchange(ref most, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
