using System.Net;
using Holdfast.Rtc.Tests.Kit;

namespace Holdfast.Rtc.Tests.Peer;

/// <summary>
/// A client that writes somebody else's address into its checks, and what that somebody receives. The figures in docs/evidence/measurements.md are these tests';
/// run with <c>-showLiveOutput</c> they are shown.
/// </summary>
public sealed class ReflectorTests(ITestOutputHelper output)
{
    private const int FrameLength = 4_500;
    private static readonly IPEndPoint Victim = IPEndPoint.Parse("203.0.113.9:50000");
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(40);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_never_answers_gets_no_more_than_the_credit_and_three_times_what_came(bool hasTransportFeedback)
    {
        using var call = new Call(offer: new OfferOptions { HasTransportFeedback = hasTransportFeedback });
        Assert.True(call.Connect());
        var (sent, received) = Meter(call);
        call.Client.IsAlive = false;

        // A minute of checks in the victim's name, each 2.5 s; the client says nothing from its own address.
        for (var i = 0; i < 24; i++)
        {
            call.Client.CheckFrom(Victim);
            Stream(call, TimeSpan.FromSeconds(2.5));
        }

        output.WriteLine($"feedback {hasTransportFeedback}: {sent()} bytes sent in its name, {received()} bytes at the victim");
        Assert.Equal(Victim, call.Peer.Path);
        Assert.InRange(received(), 1, PeerPath.Credit + 4 * sent());
        Assert.True(call.Peer.GetStatistics().Dropped[DropReason.Unacknowledged] > 0);
    }

    [Fact]
    public void Many_victims_share_one_credit()
    {
        using var call = new Call();
        Assert.True(call.Connect());
        var (sent, received) = Meter(call, anyPort: true);
        call.Client.IsAlive = false;
        for (var i = 0; i < 24; i++)
        {
            call.Client.CheckFrom(new IPEndPoint(Victim.Address, 50_000 + i));
            Stream(call, TimeSpan.FromSeconds(1.2));
        }

        Assert.InRange(received(), 1, PeerPath.Credit + 4 * sent());
    }

    [Fact]
    public void Requests_in_the_victims_name_send_nothing_again()
    {
        using var call = new Call();
        Assert.True(call.Connect());
        call.SendFrames(5);
        call.Client.CheckFrom(Victim);
        call.Network.RunFor(TimeSpan.FromMilliseconds(20));
        Assert.Equal(Victim, call.Peer.Path);
        var own = call.Client.Address;
        call.Client.Address = Victim;
        call.Media.Nack([.. Enumerable.Range(0, 0x8000).Select(i => (ushort)i).Take(200)]);
        call.Client.Address = own;
        call.Network.RunFor(TimeSpan.FromMilliseconds(50));

        Assert.Equal(0, call.Peer.GetStatistics().PacketsRetransmitted);
    }

    [Fact]
    public void Feedback_that_is_made_up_proves_nothing()
    {
        using var call = new Call();
        Assert.True(call.Connect());
        call.SendFrames(5);
        var (_, received) = Meter(call);
        call.Client.IsAlive = false;
        call.Client.CheckFrom(Victim);
        call.Network.RunFor(TimeSpan.FromMilliseconds(20));
        var own = call.Client.Address;
        for (var i = 0; i < 200; i++)
        {
            // It knows which numbers came last at its own address, and goes on counting.
            call.SendFrames(1, FrameLength);
            call.Client.Address = Victim;
            call.Media.Claim(from: 1 + i * 5, count: 5);
            call.Client.Address = own;
        }

        Assert.Null(call.Peer.Addresses.Find(Victim)!.AcknowledgedAt);
        Assert.InRange(received(), 1, PeerPath.Credit + 200 * 4 * 100);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_client_that_has_really_moved_gets_a_key_frame_at_once_and_all_the_rest(bool hasTransportFeedback)
    {
        using var call = new Call(offer: new OfferOptions { HasTransportFeedback = hasTransportFeedback });
        Assert.True(call.Connect());
        call.SendFrames(3);
        call.Network.RunFor(TimeSpan.FromSeconds(1));
        call.Client.Address = Victim;
        call.Client.RestartByDerivation(1, SimulatedServer.Secret);
        Assert.True(call.Network.RunUntil(() => Victim.Equals(call.Peer.Path), TimeSpan.FromSeconds(1)));

        var before = call.Media.Frames().Count;
        Assert.Single(call.SendFrames(1, 10_000));
        Assert.Equal(before + 1, call.Media.Frames().Count);
        for (var i = 0; i < 50; i++)
        {
            call.SendFrames(1, FrameLength);
            if (!hasTransportFeedback && i % 20 == 19)
            {
                call.Media.ReportSound();
            }
        }

        Assert.NotNull(call.Peer.Addresses.Find(Victim)!.AcknowledgedAt);
        Assert.Equal(10, call.SendFrames(10, FrameLength).Count);
    }

    [Fact]
    public void A_client_whose_port_changes_again_and_again_never_runs_out()
    {
        using var call = new Call();
        Assert.True(call.Connect());
        for (var i = 0; i < 40; i++)
        {
            call.Client.Address = new IPEndPoint(Victim.Address, 50_000 + i);
            call.Client.RestartByDerivation(i + 1, SimulatedServer.Secret);
            call.Network.RunFor(TimeSpan.FromMilliseconds(50));
            Assert.Equal(12, call.SendFrames(1, 30_000).Count + call.SendFrames(11, FrameLength).Count);
        }

        Assert.Equal(0, call.Peer.GetStatistics().Dropped.GetValueOrDefault(DropReason.Unacknowledged));
    }

    private static void Stream(Call call, TimeSpan duration)
    {
        for (var time = TimeSpan.Zero; time < duration; time += Step)
        {
            call.Peer.SendAudio(call.Network.Now, call.Network.Now, new byte[100]);
            call.Peer.SendAudio(call.Network.Now, call.Network.Now, new byte[100]);
            call.SendFrames(1, FrameLength);
        }
    }

    /// <summary>What is sent in the victim's name, and what it receives.</summary>
    private static (Func<int> Sent, Func<int> Received) Meter(Call call, bool anyPort = false)
    {
        var (sent, received) = (0, 0);
        call.Network.IsLost = datagram =>
        {
            sent += IsVictim(datagram.Source) ? datagram.Bytes.Length : 0;
            received += IsVictim(datagram.Destination) ? datagram.Bytes.Length : 0;
            return false;
        };
        return (() => sent, () => received);

        bool IsVictim(IPEndPoint address) => anyPort ? Victim.Address.Equals(address.Address) : Victim.Equals(address);
    }
}
