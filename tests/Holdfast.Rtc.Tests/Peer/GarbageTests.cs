using System.Net;
using CsCheck;
using Holdfast.Rtc.Tests.Kit;

namespace Holdfast.Rtc.Tests.Peer;

public sealed class GarbageTests
{
    [Fact]
    public void Any_datagram_is_dropped_and_counted()
    {
        using var call = new Call(offer: new OfferOptions { HasMicrophone = true });
        call.Connect();
        var address = call.Client.Address;

        Gen.Byte.Array[0, 100].Sample(
            datagram =>
            {
                var before = Dropped(call);
                call.Peer.HandleDatagram(call.Network.Now, address, datagram);
                Assert.True(datagram.Length > 0 && DatagramKinds.Of(datagram) == DatagramKind.Dtls || Dropped(call) == before + 1);
            },
            iter: 5_000, threads: 1);

        call.Server.Events.Clear();
        Assert.NotEmpty(call.SendFrames(1));
        Assert.Equal(RtcConnectionState.Connected, call.Peer.State);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_really_is_sent_may_be_mutilated_in_any_way(int seed)
    {
        using var call = new Call(seed, new OfferOptions { HasMicrophone = true });
        var random = new Random(seed);
        call.Network.IsLost = datagram =>
        {
            if (datagram.Destination.Equals(SimulatedServer.Address))
            {
                for (var i = 0; i < 3; i++)
                {
                    byte[] mutilated = [.. datagram.Bytes.AsSpan(0, random.Next(datagram.Bytes.Length + 1))];
                    if (mutilated.Length > 0 && i > 0)
                    {
                        mutilated[random.Next(mutilated.Length)] ^= (byte)random.Next(1, 256);
                    }

                    // A handshake has no protection against forged plaintext from the client's own address.
                    if (DatagramKinds.Of(mutilated) != DatagramKind.Dtls || call.Client.IsConnected)
                    {
                        call.Peer.HandleDatagram(call.Network.Now, call.Client.Address, mutilated);
                    }
                }
            }

            return false;
        };

        Assert.True(call.Connect());
        for (var i = 0; i < 50; i++)
        {
            call.Media.Speak([1, 2, 3]);
            call.SendFrames(1);
        }

        Assert.Equal(RtcConnectionState.Connected, call.Peer.State);
        Assert.Equal(50, call.Server.Heard.Count);
    }

    [Theory]
    [InlineData("15FEFD0001000000FF0000000202A8", "a protected record that is too short to be one")]
    [InlineData("15FEFD00000000000000330002022A", "a fatal alert without protection")]
    [InlineData("15FEFD000000000000003300020100", "a goodbye without protection")]
    [InlineData("1EFEFC000000000000000A00044001FE0225FEFC0000000000033417000E01407F68A80120B480097180004214FEFD000156A200000004000403002581", "found by fuzzing, seed 3")]
    public void A_forged_DTLS_record_from_the_clients_address_does_not_end_its_connection(string datagram, string what)
    {
        using var call = new Call();
        call.Connect();
        call.SendFrames(1);

        call.Network.Inject(new SimulatedDatagram(call.Client.Address, SimulatedServer.Address, Convert.FromHexString(datagram)));
        call.Network.RunFor(TimeSpan.FromSeconds(1));

        Assert.True(call.Peer.State == RtcConnectionState.Connected && call.Client.Dtls!.End is null, what);
        Assert.Single(call.SendFrames(1));
    }

    [Fact]
    public void A_stranger_gets_no_answer_but_to_a_check()
    {
        using var call = new Call();
        call.Connect();
        var stranger = IPEndPoint.Parse("203.0.113.66:6666");
        var sent = call.Peer.GetStatistics().DatagramsSent;

        foreach (byte first in new byte[] { 0, 3, 4, 19, 20, 22, 63, 64, 79, 80, 127, 128, 191, 192, 255 })
        {
            var datagram = new byte[100];
            datagram[0] = first;
            call.Peer.HandleDatagram(call.Network.Now, stranger, datagram);
        }

        Assert.False(call.Peer.TryPollTransmit(out _));
        Assert.Equal(sent, call.Peer.GetStatistics().DatagramsSent);
    }

    private static long Dropped(Call call) => call.Peer.GetStatistics().Dropped.Values.Sum();
}
