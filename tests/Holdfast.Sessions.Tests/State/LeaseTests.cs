using CsCheck;
using Holdfast.Rtc;

namespace Holdfast.Sessions.Tests;

public sealed class LeaseTests
{
    private static readonly RtcTime Start = new(1_000_000_000_000);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan MaxHold = TimeSpan.FromSeconds(1_800);

    [Fact]
    public void It_runs_for_the_grace_period_from_the_last_sign_of_life()
    {
        var lease = new Lease(Grace, MaxHold, Start);
        lease = lease.SignOfLife(Start + TimeSpan.FromSeconds(50)).Hold(Start + TimeSpan.FromSeconds(60));
        Assert.Equal(Start + TimeSpan.FromSeconds(350), lease.ExpiresAt);
        Assert.False(lease.IsBoundByHold);
    }

    [Fact]
    public void A_heartbeat_prolongs_it_and_then_silence_ends_it()
    {
        // D1 of the original: one heartbeat during the grace period leaked the session for ever.
        var lease = new Lease(Grace, MaxHold, Start).Hold(Start);
        lease = lease.SignOfLife(Start + TimeSpan.FromSeconds(200));
        Assert.Equal(Start + TimeSpan.FromSeconds(500), lease.ExpiresAt);
    }

    [Fact]
    public void A_heart_that_never_stops_does_not_hold_a_session_for_ever()
    {
        var lease = new Lease(Grace, MaxHold, Start).Hold(Start);
        for (var seconds = 20; seconds < 10_000; seconds += 20)
        {
            lease = lease.SignOfLife(Start + TimeSpan.FromSeconds(seconds));
        }

        Assert.Equal(Start + MaxHold, lease.ExpiresAt);
        Assert.True(lease.IsBoundByHold);
    }

    [Fact]
    public void A_connection_that_comes_back_begins_it_anew()
    {
        var lease = new Lease(Grace, MaxHold, Start).Hold(Start);
        var back = Start + TimeSpan.FromSeconds(1_700);
        lease = lease.Release(back);
        Assert.Equal(back + Grace, lease.ExpiresAt);
        lease = lease.Hold(back);
        Assert.Equal(back + Grace, lease.ExpiresAt);
    }

    [Fact]
    public void Signs_of_life_out_of_order_never_shorten_it() =>
        Gen.Int[0, 5_000].Array[1, 50].Sample(seconds =>
        {
            var lease = new Lease(Grace, MaxHold, Start);
            var previous = lease.ExpiresAt;
            foreach (var second in seconds)
            {
                lease = lease.SignOfLife(Start + TimeSpan.FromSeconds(second));
                Assert.True(lease.ExpiresAt >= previous);
                previous = lease.ExpiresAt;
            }

            Assert.Equal(Start + TimeSpan.FromSeconds(seconds.Max()) + Grace, lease.ExpiresAt);
        });
}
