using Holdfast.Rtc.Tests.Kit;

namespace Holdfast.Rtc.Tests.Peer;

public sealed class MicrophoneTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    [Fact]
    public void What_the_client_says_is_heard_in_order()
    {
        var jittery = new NetworkConditions(TimeSpan.FromMilliseconds(20), Jitter: TimeSpan.FromMilliseconds(35), Duplication: 0.1);
        using var call = new Call(3, new OfferOptions { HasMicrophone = true }, jittery);
        call.Connect();

        var said = Speak(call, 100);

        Assert.Equal(said, call.Server.Heard);
        Assert.Equal(100, call.Peer.GetStatistics().AudioPacketsReceived);
    }

    [Fact]
    public void A_gap_is_told_to_the_decoder_after_a_short_wait()
    {
        using var call = new Call(offer: new OfferOptions { HasMicrophone = true });
        call.Connect();
        Speak(call, 3);
        var buffer = new byte[2048];

        call.Media.Speak([9], skip: 2);
        call.Network.RunFor(TimeSpan.FromMilliseconds(30));
        Assert.False(call.Peer.TryPollAudio(call.Network.Now, buffer, out _));
        call.Network.RunFor(TimeSpan.FromMilliseconds(60));

        Assert.True(call.Peer.TryPollAudio(call.Network.Now, buffer, out var audio));
        Assert.Equal(2, audio.LostBefore);
        Assert.Equal(1, audio.Length);
    }

    [Fact]
    public void It_is_reported_on()
    {
        using var call = new Call(offer: new OfferOptions { HasMicrophone = true });
        call.Connect();

        Speak(call, 60);
        call.Media.Speak([1], skip: 3);
        call.Network.RunFor(TimeSpan.FromSeconds(1.5));

        var last = call.Media.ReportBlocks[^1];
        Assert.Equal(3, last.CumulativeLost);
        Assert.Equal(1000u + 63, last.HighestSequence);
    }

    [Fact]
    public void Where_none_was_negotiated_it_is_dropped()
    {
        using var call = new Call();
        call.Connect();

        call.Media.Speak([1]);
        call.Network.RunFor(Tick);

        Assert.Empty(call.Server.Heard);
        Assert.Equal(1, call.Peer.GetStatistics().Dropped[DropReason.NotNegotiated]);
    }

    [Fact]
    public void A_listener_that_went_away_finds_the_newest()
    {
        using var call = new Call(offer: new OfferOptions { HasMicrophone = true });
        call.Connect();
        call.Server.Listens = false;

        var said = Speak(call, 200);
        call.Server.Listens = true;
        call.Server.HandleTimeout(call.Network.Now);

        Assert.Equal(said[^50..], call.Server.Heard);
    }

    [Fact]
    public void What_nobody_took_in_time_is_lost_and_told_with_what_comes_next()
    {
        using var call = new Call(offer: new OfferOptions { HasMicrophone = true });
        call.Connect();
        call.Server.Listens = false;
        Speak(call, 20);
        call.Media.Speak([9], skip: 3);
        Speak(call, 99);
        var buffer = new byte[2048];

        List<int> lost = [];
        while (call.Peer.TryPollAudio(call.Network.Now, buffer, out var audio))
        {
            lost.Add(audio.LostBefore);
        }

        // 50 are held: of the 123 that were sent, 3 never came and 70 were pushed out.
        Assert.Equal([73, .. Enumerable.Repeat(0, 49)], lost);
    }

    private static List<byte[]> Speak(Call call, int packets)
    {
        var said = new List<byte[]>();
        for (var i = 0; i < packets; i++)
        {
            byte[] opus = [(byte)i, (byte)(i >> 8), 7];
            call.Media.Speak(opus);
            said.Add(opus);
            call.Network.RunFor(Tick);
        }

        call.Network.RunFor(TimeSpan.FromMilliseconds(100));
        call.Server.HandleTimeout(call.Network.Now);
        return said;
    }
}
