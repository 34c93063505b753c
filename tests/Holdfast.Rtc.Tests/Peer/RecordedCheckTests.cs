using System.Net;
using Holdfast.Rtc.Tests.Kit;

namespace Holdfast.Rtc.Tests.Peer;

/// <summary>What somebody recorded on the way and sends again, without any key.</summary>
public sealed class RecordedCheckTests
{
    private static readonly IPEndPoint Elsewhere = IPEndPoint.Parse("203.0.113.9:50000");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_recorded_check_from_elsewhere_moves_nothing_and_is_no_sign_of_life(bool clientNominates)
    {
        using var call = new Call();
        var recorded = Record(call);
        Assert.True(call.Connect());
        call.Client.Nominates = clientNominates;
        call.SendFrames(10);
        var (path, heard) = (call.Peer.Path, call.Peer.LastAuthenticated);
        call.Client.IsAlive = false;

        foreach (var check in recorded.Where(IsCheck).ToArray())
        {
            Play(call, check, Elsewhere);
        }

        Assert.Equal(path, call.Peer.Path);
        Assert.Equal(heard, call.Peer.LastAuthenticated);
        Assert.Null(call.Peer.Addresses.Find(Elsewhere));
        Assert.False(call.Peer.TryPollTransmit(out _));
        Assert.True(call.Peer.GetStatistics().Dropped[DropReason.Replayed] > 0);
    }

    [Fact]
    public void A_recorded_check_from_where_the_client_was_does_not_bring_the_path_back_there()
    {
        using var call = new Call();
        var recorded = Record(call);
        Assert.True(call.Connect());
        var before = call.Client.Address;
        call.Client.Address = Elsewhere;
        call.Network.RunFor(TimeSpan.FromSeconds(3));
        Assert.Equal(Elsewhere, call.Peer.Path);
        var heard = call.Peer.Addresses.Find(before)!.HeardAt;

        foreach (var check in recorded.Where(check => IsCheck(check) && check.Source.Equals(before)).ToArray())
        {
            Play(call, check, before);
        }

        Assert.Equal(Elsewhere, call.Peer.Path);
        Assert.Equal(heard, call.Peer.Addresses.Find(before)!.HeardAt);
        Assert.NotEmpty(call.SendFrames(3));
    }

    [Fact]
    public void Recorded_media_counts_for_nothing_wherever_it_comes_from()
    {
        using var call = new Call(offer: new OfferOptions { HasMicrophone = true });
        var recorded = Record(call);
        Assert.True(call.Connect());
        for (var i = 0; i < 20; i++)
        {
            call.Media.Speak([1, 2, 3]);
            call.SendFrames(1);
        }

        var (own, heard) = (call.Client.Address, call.Peer.LastAuthenticated);
        call.Client.IsAlive = false;
        call.Network.RunFor(TimeSpan.FromSeconds(5));

        foreach (var packet in recorded.Where(packet => DatagramKinds.Of(packet.Bytes) == DatagramKind.Media).ToArray())
        {
            Play(call, packet, own);
            Play(call, packet, Elsewhere);
        }

        Assert.Equal(heard, call.Peer.LastAuthenticated);
        Assert.Equal(20, call.Server.Heard.Count);
    }

    [Fact]
    public void Recorded_checks_of_a_generation_that_was_left_move_nothing()
    {
        using var call = new Call();
        var recorded = Record(call);
        Assert.True(call.Connect());
        call.Client.RestartByDerivation(1, SimulatedServer.Secret);
        call.Network.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(1, call.Peer.Generation);

        foreach (var check in recorded.Where(IsCheck).ToArray())
        {
            Play(call, check, Elsewhere);
        }

        Assert.Equal((1, call.Client.Address), (call.Peer.Generation, call.Peer.Path));
        Assert.Null(call.Peer.Addresses.Find(Elsewhere));
    }

    [Fact]
    public void Many_recorded_checks_from_many_addresses_do_not_crowd_the_client_out()
    {
        using var call = new Call();
        Assert.True(call.Connect());
        for (var i = 0; i < 50; i++)
        {
            // These were kept from the server when they were sent: they are new to it, and genuine.
            call.Client.Nominates = false;
            call.Client.CheckFrom(new IPEndPoint(Elsewhere.Address, 50_000 + i));
        }

        call.Network.RunFor(TimeSpan.FromMilliseconds(100));

        Assert.Equal(ValidatedAddresses.Capacity, call.Peer.Addresses.All.Count());
        Assert.NotNull(call.Peer.Addresses.Find(call.Client.Address));
        var before = call.Media.Frames().Count;
        call.SendFrames(3);
        call.Network.RunFor(TimeSpan.FromMilliseconds(300));
        Assert.Equal(before + 3, call.Media.Frames().Count);
    }

    [Fact]
    public void A_check_that_was_kept_back_and_comes_from_elsewhere_takes_the_path_for_half_a_second()
    {
        using var call = new Call(offer: new OfferOptions { HasMicrophone = true });
        Assert.True(call.Connect());
        var own = call.Client.Address;
        call.Client.CheckFrom(Elsewhere);
        call.Network.RunFor(TimeSpan.FromMilliseconds(20));
        Assert.Equal(Elsewhere, call.Peer.Path);

        // The client nominates no more, as Firefox does not; but it goes on to send media from where it is.
        call.Client.Nominates = false;
        for (var i = 0; i < 40 && !own.Equals(call.Peer.Path); i++)
        {
            call.Media.Speak([1, 2, 3]);
            call.SendFrames(1);
        }

        Assert.Equal(own, call.Peer.Path);
        Assert.Contains(new RtcEvent.PathChanged(own, 0), call.Server.Events);
        Assert.InRange(call.Media.Audio.Count + call.Server.Heard.Count, 1, 20);
    }

    private static List<SimulatedDatagram> Record(Call call)
    {
        var recorded = new List<SimulatedDatagram>();
        call.Network.IsLost = datagram =>
        {
            if (datagram.Destination.Equals(SimulatedServer.Address))
            {
                recorded.Add(datagram with { Bytes = [.. datagram.Bytes] });
            }

            return false;
        };
        return recorded;
    }

    private static bool IsCheck(SimulatedDatagram datagram) => DatagramKinds.Of(datagram.Bytes) == DatagramKind.Stun;

    private static void Play(Call call, SimulatedDatagram recorded, IPEndPoint source) =>
        call.Peer.HandleDatagram(call.Network.Now, source, [.. recorded.Bytes]);
}
