using System.Net;
using System.Text;
using Holdfast.Lab.Tests.Kit;
using Holdfast.Rtc;
using Holdfast.Rtc.Srtp;
using Holdfast.Rtc.Stun;
using Holdfast.Rtc.Tests.Kit;

namespace Holdfast.Lab.Tests.Peer;

public sealed class ClientPeerTests
{
    private static readonly IPEndPoint OtherAddress = IPEndPoint.Parse("203.0.113.9:51000");

    [Fact]
    public void It_connects_to_the_real_server_side_and_gets_what_was_sent_byte_for_byte()
    {
        using var call = new LabCall();
        Assert.True(call.Connect());
        var requests = call.KeyFrameRequests;
        var received = new List<byte[]>();
        call.Media.Video.OnPicture = (in picture, frame) => received.Add(frame.ToArray());

        var sent = call.SendFrames(25);
        call.Run(0.2);

        Assert.Equal(SrtpProfile.AeadAes128Gcm, call.Client.Peer.Profile);
        Assert.Equal(sent, received);
        Assert.Equal(25, call.Media.Video.Pictures);
        Assert.Equal(1, call.Media.Video.KeyFrames);
        Assert.Equal(25, call.Media.Audio.Statistics!.PacketsReceived);
        Assert.Equal(0, call.Media.Audio.Statistics.PacketsLost);
        Assert.Equal(0, call.Media.Refused);
        Assert.Equal(requests, call.KeyFrameRequests);
    }

    [Fact]
    public void The_server_hears_what_arrived_and_how_far_away_the_peer_is()
    {
        using var call = new LabCall();
        Assert.True(call.Connect());

        call.SendFrames(50);
        call.Run(1);

        var statistics = call.Server.Peer.GetStatistics();
        Assert.True(statistics.PacketsAcknowledged > 150, $"{statistics.PacketsAcknowledged} acknowledged");
        Assert.Equal(0, statistics.PacketsLost);
        Assert.Equal(20, statistics.RoundTrip!.Value.TotalMilliseconds, tolerance: 2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void On_a_network_that_loses_a_tenth_nearly_every_picture_is_there_in_the_end(int seed)
    {
        using var call = new LabCall(seed, NetworkConditions.Good with { Loss = 0.1, Jitter = TimeSpan.FromMilliseconds(8) });
        Assert.True(call.Connect());

        var sent = call.SendFrames(250);
        call.Run(1);

        Assert.True(call.Media.Video.PacketsRepeated > 30, $"{call.Media.Video.PacketsRepeated} repeated");
        // What the estimate leaves for sending again is bounded: a few pictures fewer than there were when nothing bounded it.
        Assert.True(call.Media.Video.Pictures > sent.Count * 0.92, $"{call.Media.Video.Pictures} of {sent.Count} pictures");
        Assert.InRange(call.Media.Audio.Statistics!.PacketsLost, 5, 60);
    }

    [Fact]
    public void A_lost_picture_makes_those_that_build_on_it_undecodable_until_the_key_frame_that_it_asks_for()
    {
        using var call = new LabCall();
        Assert.True(call.Connect());
        call.SendFrames(10);

        // Longer than anything is sent again for.
        call.Network.Conditions = call.Network.Conditions with { Loss = 0.9 };
        var requests = call.KeyFrameRequests;
        call.SendFrames(40, startsWithKey: false);
        call.Network.Conditions = NetworkConditions.Good;
        var before = call.Media.Video.Pictures;
        call.SendFrames(50, startsWithKey: false);
        call.Run(0.2);

        Assert.True(call.KeyFrameRequests > requests);
        Assert.True(call.Media.Video.Pictures - before >= 35, $"{call.Media.Video.Pictures - before} of 50 pictures");
    }

    [Fact]
    public void A_stream_whose_beginning_never_came_is_asked_for_a_key_frame_with_its_first_picture()
    {
        using var call = new LabCall();
        Assert.True(call.Connect());
        call.Network.Conditions = call.Network.Conditions with { IsDown = true };
        call.SendFrames(1);
        call.Network.Conditions = NetworkConditions.Good;
        var requests = call.KeyFrameRequests;
        call.SendFrames(3, startsWithKey: false);
        call.Run(0.05);

        Assert.Equal(requests + 1, call.KeyFrameRequests);
        Assert.Equal(1, call.Media.Video.KeyFrames);
        Assert.Equal(1, call.Media.Video.PicturesUndecodable);
    }

    [Fact]
    public void It_restarts_by_its_own_answer_and_keeps_its_keys()
    {
        using var call = new LabCall();
        Assert.True(call.Connect());
        call.SendFrames(5);
        call.Network.Conditions = call.Network.Conditions with { IsDown = true };
        call.Run(40);
        call.Network.Conditions = NetworkConditions.Good;
        call.Client.Address = OtherAddress;
        var connectedAt = call.Client.Peer.ConnectedAt;

        call.Client.Peer.RestartAlone(call.Network.Now, call.Tag, SimulatedServer.Secret);
        Assert.True(call.Network.RunUntil(() => call.Client.Peer.Ice.IsConfirmed, TimeSpan.FromSeconds(1)));
        var before = call.Media.Video.Pictures;
        call.SendFrames(5);
        call.Run(0.2);

        Assert.Equal(1, call.Server.Peer.GetStatistics().Generation);
        Assert.Equal(OtherAddress, call.Server.Peer.GetStatistics().Remote);
        Assert.Equal(connectedAt, call.Client.Peer.ConnectedAt);
        Assert.Equal(5, call.Media.Video.Pictures - before);
    }

    [Fact]
    public void It_restarts_by_an_offer_that_the_server_answers()
    {
        using var call = new LabCall();
        Assert.True(call.Connect());

        var offer = call.Client.Peer.OfferRestart();
        Assert.True(call.Server.Peer.TryRestart(call.Network.Now, offer, null, out var answer, out _, out var error), error);
        Assert.True(call.Client.Peer.TryAcceptRestart(call.Network.Now, answer, out error), error);

        Assert.True(call.Network.RunUntil(() => call.Client.Peer.Ice.IsConfirmed, TimeSpan.FromSeconds(1)));
        Assert.Equal(1, call.Client.Peer.Generation);
        Assert.Equal(1, call.Server.Peer.GetStatistics().Generation);
    }

    [Fact]
    public void A_wrong_secret_is_refused_and_leaves_the_old_path_working()
    {
        using var call = new LabCall();
        Assert.True(call.Connect());

        call.Client.Peer.RestartAlone(call.Network.Now, call.Tag, new byte[32]);
        call.Run(1);
        call.SendFrames(5);

        Assert.False(call.Client.Peer.Ice.IsConfirmed);
        Assert.Equal(401, call.Client.Peer.Ice.LastErrorCode);
        Assert.Equal(0, call.Server.Peer.GetStatistics().Generation);
        Assert.Equal(5, call.Media.Video.Pictures);
    }

    [Fact]
    public void A_new_address_is_learned_from_a_check_without_a_restart()
    {
        using var call = new LabCall();
        Assert.True(call.Connect());

        call.Client.Address = OtherAddress;
        call.Client.Peer.OnAddressChanged(call.Network.Now);
        call.Run(0.1);
        call.SendFrames(5);

        // Of a new line the client tells first how the first picture arrived.
        call.Run(0.3);
        Assert.Equal(OtherAddress, call.Server.Peer.GetStatistics().Remote);
        Assert.Equal(5, call.Media.Video.Pictures);
    }

    [Fact]
    public void A_check_of_the_other_sides_own_is_answered_if_it_knows_the_password_and_not_otherwise()
    {
        using var call = new LabCall();
        var peer = call.Client.Peer;
        Assert.True(peer.TryAccept(call.Network.Now, call.Server.Peer.Answer, null, null, out var error), error);
        while (peer.TryTakeDatagram(out _))
        {
            // Its own checks.
        }

        Assert.Null(AnswerTo(peer.Offer.Split("a=ice-pwd:")[1].Split('\r')[0] + "x"));
        var password = Encoding.ASCII.GetBytes(peer.Offer.Split("a=ice-pwd:")[1].Split('\r')[0]);
        var answer = AnswerTo(Encoding.ASCII.GetString(password));

        Assert.NotNull(answer);
        Assert.True(StunMessage.TryParse(answer, out var message));
        Assert.Equal(StunClass.SuccessResponse, message.Class);
        Assert.True(message.VerifyIntegrity(password));
        Assert.True(message.VerifyFingerprint());
        Assert.Equal(OtherAddress, MappedAddress.In(answer));

        byte[]? AnswerTo(string key)
        {
            Span<byte> check = new byte[256];
            var writer = new StunWriter(check, StunClass.Request, "0123456789ab"u8);
            writer.WriteUsername("ours:theirs"u8);
            writer.WritePriority(1);
            writer.WriteMessageIntegrity(Encoding.ASCII.GetBytes(key));
            writer.WriteFingerprint();
            peer.HandleDatagram(call.Network.Now, OtherAddress, check[..writer.Length]);
            return peer.TryTakeDatagram(out var datagram) && datagram.Destination.Equals(OtherAddress) ? datagram.Bytes : null;
        }
    }

    [Fact]
    public void It_hands_on_each_picture_and_all_sound_from_the_first_on()
    {
        using var call = new LabCall();
        var (pictures, sound) = (0, 0);
        call.Client.Peer.OnPicture = (in picture, frame) => pictures++;
        call.Client.Peer.OnSound = (now, timestamp, opus) => sound++;
        Assert.True(call.Connect());

        call.SendFrames(10);
        call.Run(0.2);

        Assert.Equal((10, 10), (pictures, sound));
    }

    [Fact]
    public void It_keeps_its_consent_for_as_long_as_it_lives()
    {
        using var call = new LabCall();
        Assert.True(call.Connect());

        call.Run(60);

        Assert.Equal(RtcConnectionState.Connected, call.Server.Peer.State);
        Assert.True(call.Network.Now - call.Client.Peer.Ice.LastAnswered!.Value < TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void It_says_goodbye()
    {
        using var call = new LabCall();
        Assert.True(call.Connect());

        call.Client.Peer.Close(call.Network.Now);
        call.Run(0.1);

        Assert.True(call.Server.CloseReason is RtcReason.ClosedByPeer || call.Server.Events.OfType<RtcEvent.GoodbyeReceived>().Any());
        Assert.Equal(RtcReason.ClosedLocally, call.Client.Peer.End);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Whatever_arrives_it_does_not_throw_and_goes_on(int seed)
    {
        using var call = new LabCall();
        Assert.True(call.Connect());
        var random = new Random(seed);
        for (var i = 0; i < 5000; i++)
        {
            var garbage = new byte[random.Next(0, 200)];
            random.NextBytes(garbage);
            if (garbage.Length > 0 && random.Next(2) == 0)
            {
                garbage[0] = (byte)(new[] { 0, 1, 22, 23, 128, 144 }[random.Next(6)]);
            }

            call.Client.Peer.HandleDatagram(call.Network.Now, SimulatedServer.Address, garbage);
        }

        call.SendFrames(5);

        Assert.Equal(5, call.Media.Video.Pictures);
    }
}
