using Holdfast.Rtc.Tests.Kit;

namespace Holdfast.Rtc.Tests.Peer;

public sealed class KeyFrameTests
{
    private static readonly TimeSpan AWhile = TimeSpan.FromMilliseconds(50);

    [Fact]
    public void A_picture_loss_is_told_at_once()
    {
        using var call = Connected();

        call.Media.RequestKeyFrame();
        call.Network.RunFor(AWhile);

        Assert.Equal(1, Requests(call));
    }

    [Fact]
    public void Requests_before_the_key_frame_are_one_request()
    {
        using var call = Connected();

        for (var i = 0; i < 5; i++)
        {
            call.Media.RequestKeyFrame();
            call.Network.RunFor(AWhile);
        }

        call.Network.RunFor(TimeSpan.FromSeconds(2));

        Assert.Equal(1, Requests(call));
        Assert.Equal(5, call.Peer.GetStatistics().KeyFrameRequests);
    }

    [Fact]
    public void A_request_after_the_key_frame_waits_its_turn_and_is_not_forgotten()
    {
        using var call = Connected();
        call.Media.RequestKeyFrame();
        call.Network.RunFor(AWhile);
        call.SendFrames(1);

        call.Media.RequestKeyFrame();
        call.Network.RunFor(AWhile);
        Assert.Equal(1, Requests(call));
        call.Network.RunFor(KeyFrameGate.Interval);

        Assert.Equal(2, Requests(call));
    }

    [Fact]
    public void A_client_in_a_loop_gets_three_key_frames_a_second()
    {
        using var call = Connected();

        for (var i = 0; i < 100; i++)
        {
            call.Media.RequestKeyFrame();
            call.SendFrames(1);
        }

        // 4 s
        Assert.InRange(Requests(call), 12, 14);
    }

    [Fact]
    public void A_repeated_full_intra_request_is_the_same_request()
    {
        using var call = Connected();

        call.Media.RequestFullIntra(5);
        call.Network.RunFor(AWhile);
        call.SendFrames(1);
        call.Network.RunFor(TimeSpan.FromSeconds(1));
        call.Media.RequestFullIntra(5);
        call.Network.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(1, Requests(call));

        call.Media.RequestFullIntra(6);
        call.Network.RunFor(AWhile);

        Assert.Equal(2, Requests(call));
    }

    [Fact]
    public void A_client_that_missed_the_first_one_does_not_wait_as_long_as_one_that_asks_again()
    {
        using var call = new Call();
        call.Connect();
        call.SendFrames(1);
        call.Server.Events.Clear();

        call.Media.RequestKeyFrame();
        call.Network.RunFor(KeyFrameGate.IntervalAfterNeed);
        Assert.Equal(1, Requests(call));

        call.SendFrames(1);
        call.Media.RequestKeyFrame();
        call.Network.RunFor(KeyFrameGate.IntervalAfterNeed);
        Assert.Equal(1, Requests(call));
        call.Network.RunFor(KeyFrameGate.Interval);
        Assert.Equal(2, Requests(call));
    }

    private static Call Connected()
    {
        var call = new Call();
        call.Connect();
        call.SendFrames(1);
        call.Network.RunFor(TimeSpan.FromSeconds(1));
        call.Server.Events.Clear();
        return call;
    }

    private static int Requests(Call call) => call.Server.Events.OfType<RtcEvent.KeyFrameRequested>().Count();
}
