using Holdfast.Rtc.Tests.Kit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Rtc.Tests.Endpoint;

/// <summary>Deadlines on the system's clock, which have a thread of their own.</summary>
public sealed class DeadlineQueueTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public void An_alarm_rings_when_its_time_has_come_also_where_it_was_set_to_a_later_one_before()
    {
        using var rung = new ManualResetEventSlim();
        Thread? thread = null;
        using var alarm = new AlarmThread(TimeProvider.System, () =>
        {
            thread = Thread.CurrentThread;
            rung.Set();
        });
        alarm.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        Assert.True(rung.Wait(s_patience, TestContext.Current.CancellationToken));
        rung.Reset();
        Assert.True(SpinWait.SpinUntil(() => thread!.ThreadState.HasFlag(ThreadState.WaitSleepJoin), s_patience));

        alarm.Change(TimeSpan.FromDays(1), Timeout.InfiniteTimeSpan);
        var (since, wait) = (TimeProvider.System.GetTimestamp(), TimeSpan.FromMilliseconds(3));
        alarm.Change(wait, Timeout.InfiniteTimeSpan);

        Assert.True(rung.Wait(s_patience, TestContext.Current.CancellationToken));
        Assert.True(TimeProvider.System.GetElapsedTime(since) >= wait);
    }

    [Fact]
    public void An_alarm_that_is_set_while_it_rings_rings_again()
    {
        var left = 3;
        using var rung = new ManualResetEventSlim();
        AlarmThread? alarm = null;
        using var ringing = alarm = new AlarmThread(TimeProvider.System, () =>
        {
            if (--left == 0)
            {
                rung.Set();
            }
            else
            {
                alarm!.Change(TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
            }
        });

        alarm.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);

        Assert.True(rung.Wait(s_patience, TestContext.Current.CancellationToken));
        Assert.Equal(0, left);
    }

    [Fact]
    public void An_alarm_that_is_stopped_by_what_it_calls_ends()
    {
        using var rung = new ManualResetEventSlim();
        AlarmThread? alarm = null;
        Thread? thread = null;
        alarm = new AlarmThread(TimeProvider.System, () =>
        {
            thread = Thread.CurrentThread;
            alarm!.Dispose();
            rung.Set();
        });

        alarm.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);

        Assert.True(rung.Wait(s_patience, TestContext.Current.CancellationToken));
        Assert.True(thread!.Join(s_patience));
        Assert.False(alarm.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public async Task A_connection_that_holds_the_thread_up_delays_itself_and_no_other()
    {
        await using var endpoint = new RtcEndpoint(new RtcEndpointOptions { BindAddress = "127.0.0.1" }, TimeProvider.System, NullLogger<RtcEndpoint>.Instance);
        endpoint.Start();
        using var go = new ManualResetEventSlim();
        var (slow, quick) = (new Slow(go), new Slow(null));
        Accept(endpoint, slow, "slowslow");
        Assert.True(slow.IsTold.Wait(s_patience, TestContext.Current.CancellationToken));

        // Whoever else has a deadline sees to it that those are served who are due.
        Accept(endpoint, quick, "quickquick");
        var others = 0;
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                Accept(endpoint, new Slow(null), $"other{others++:D6}");
                return quick.IsTold.Wait(TimeSpan.FromMilliseconds(10));
            },
            s_patience));
        Assert.False(go.IsSet);
        go.Set();
    }

    private static void Accept(RtcEndpoint endpoint, Slow observer, string tag)
    {
        using var client = new LoopbackClient(() => endpoint.Now);
        var options = new RtcPeerOptions { Tag = tag, IceSecret = SimulatedServer.Secret, SetupTimeout = TimeSpan.FromMilliseconds(2) };
        Assert.True(endpoint.TryAccept(options, client.Client.Offer, observer, out _, out var error), error);
    }

    /// <summary>Does not come back from being told that it is over before it may.</summary>
    private sealed class Slow(ManualResetEventSlim? go) : IRtcConnectionObserver
    {
        public ManualResetEventSlim IsTold { get; } = new();

        public void OnEvent(RtcConnection connection, RtcEvent rtcEvent)
        {
            if (rtcEvent is RtcEvent.StateChanged { State: RtcConnectionState.Closed, Reason: RtcReason.SetupTimeout })
            {
                IsTold.Set();
                go?.Wait(TestContext.Current.CancellationToken);
            }
        }
    }
}
