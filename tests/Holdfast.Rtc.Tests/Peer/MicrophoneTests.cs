using Holdfast.Rtc.Rtcp;
using Holdfast.Rtc.Rtp;
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

    [Fact]
    public void What_the_network_lost_is_asked_for_and_heard_in_its_place()
    {
        var lossy = new NetworkConditions(TimeSpan.FromMilliseconds(30), Jitter: TimeSpan.FromMilliseconds(15), Loss: 0.1);
        using var call = new Call(5, Repeating, lossy);
        call.Connect();

        var said = Speak(call, 500);

        // One of a hundred is lost together with what asks for it again and again; none of those that are heard is out of place.
        var heard = call.Server.Heard;
        Assert.InRange(heard.Count, 495, 500);
        Assert.Equal(said.Where(packet => heard.Exists(one => one.AsSpan().SequenceEqual(packet))), heard);
        Assert.InRange(call.Peer.GetStatistics().AudioPacketsRecovered, 30, 80);
    }

    [Fact]
    public void Who_did_not_promise_to_send_again_is_not_asked()
    {
        var lossy = new NetworkConditions(TimeSpan.FromMilliseconds(30), Loss: 0.1);
        using var call = new Call(5, Repeating with { RepeatsSound = false }, lossy);
        call.Connect();

        Speak(call, 500);

        Assert.Empty(call.Media.AskedFor);
        Assert.InRange(call.Server.Heard.Count, 400, 480);
        Assert.Equal(0, call.Peer.GetStatistics().AudioPacketsRecovered);
    }

    [Fact]
    public void A_packet_that_does_not_come_is_asked_for_a_few_times_and_then_given_up()
    {
        using var call = new Call(5, Repeating);
        call.Connect();
        Speak(call, 50);
        var lost = call.Media.NextSpoken;
        var skipped = call.Media.SkipSpoken();

        Speak(call, 50);

        Assert.Equal(lost, skipped);
        Assert.InRange(call.Media.AskedFor.Count(number => number == skipped), 2, 4);
        Assert.Equal(100, call.Server.Heard.Count);
    }

    [Fact]
    public void However_long_it_is_waited_for_and_however_short_the_way_a_packet_is_asked_for_four_times()
    {
        var missing = new MissingSound();
        var now = new RtcTime(1_000_000_000);
        Hear(65_535);
        Hear(1);
        Span<ushort> numbers = stackalloc ushort[MissingSound.Most];
        var asked = 0;

        for (var i = 0; i < 200; i++)
        {
            now += TimeSpan.FromMilliseconds(5);
            asked += missing.Take(now, TimeSpan.FromMilliseconds(1), patience: TimeSpan.FromSeconds(10), numbers);
        }

        Assert.Equal((4, RtcTime.Never), (asked, missing.NextAt));
        Assert.Equal(0, numbers[0]);

        void Hear(ushort sequence)
        {
            var buffer = new byte[20];
            new RtpHeaderWriter(buffer, marker: false, 111, sequence, (uint)(short)sequence * 960, 7).Finish();
            Assert.True(RtpPacket.TryParse(buffer, out var packet));
            missing.OnPacket(now, packet, out _);
        }
    }

    [Fact]
    public void Padding_that_is_lost_is_neither_asked_for_nor_waited_for_nor_made_up()
    {
        using var call = new Call(5, Repeating);
        call.Connect();
        Speak(call, 10);
        call.Network.IsLost = datagram => datagram.Source.Equals(call.Client.Address) && DatagramKinds.Of(datagram.Bytes) == DatagramKind.Media;
        call.Media.Pad(3);
        call.Network.RunFor(TimeSpan.FromMilliseconds(5));
        call.Network.IsLost = _ => false;
        call.Server.Listens = false;
        var buffer = new byte[2048];

        call.Media.Speak([7]);
        call.Network.RunFor(TimeSpan.FromMilliseconds(15));

        Assert.True(call.Peer.TryPollAudio(call.Network.Now, buffer, out var audio));
        Assert.Equal((1, 0), (audio.Length, audio.LostBefore));
        Assert.Empty(call.Media.AskedFor);
    }

    [Fact]
    public void Of_sound_and_padding_that_are_lost_together_only_the_sound_is_told()
    {
        using var call = new Call(5, Repeating with { RepeatsSound = false });
        call.Connect();
        Speak(call, 10);
        call.Network.IsLost = datagram => datagram.Source.Equals(call.Client.Address) && DatagramKinds.Of(datagram.Bytes) == DatagramKind.Media;
        call.Media.Speak([1]);
        call.Media.Pad(4);
        call.Network.RunFor(TimeSpan.FromMilliseconds(5));
        call.Network.IsLost = _ => false;
        call.Server.Listens = false;
        var buffer = new byte[2048];

        call.Media.Speak([7]);
        call.Network.RunFor(TimeSpan.FromMilliseconds(100));

        Assert.True(call.Peer.TryPollAudio(call.Network.Now, buffer, out var audio));
        Assert.Equal((1, 1), (audio.Length, audio.LostBefore));
    }

    [Fact]
    public void After_an_outage_nothing_is_asked_for_that_nobody_has_any_more()
    {
        using var call = new Call(5, Repeating);
        call.Connect();
        Speak(call, 20);

        call.Media.Speak([1], skip: 33);
        Speak(call, 20);

        Assert.Empty(call.Media.AskedFor);
        Assert.Equal(41, call.Server.Heard.Count);
    }

    [Fact]
    public void What_follows_a_gap_is_held_as_long_as_an_answer_takes_and_no_longer_than_a_bound()
    {
        Assert.Equal(TimeSpan.FromMilliseconds(40), PatienceOf(Repeating with { RepeatsSound = false }, TimeSpan.Zero));
        Assert.Equal(TimeSpan.FromMilliseconds(120), PatienceOf(Repeating with { RepeatsSound = false }, TimeSpan.FromMilliseconds(200)));
        Assert.Equal(TimeSpan.FromMilliseconds(245), PatienceOf(Repeating, TimeSpan.Zero));
        Assert.Equal(TimeSpan.FromMilliseconds(300), PatienceOf(Repeating, TimeSpan.FromMilliseconds(200)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_client_is_told_when_each_of_its_packets_arrived_and_which_did_not(bool takesReducedSize)
    {
        using var call = new Call(5, Repeating with { RepeatsSound = false, TakesReducedSize = takesReducedSize });
        call.Connect();
        call.Network.IsLost = datagram => datagram.Source.Equals(call.Client.Address) && DatagramKinds.Of(datagram.Bytes) == DatagramKind.Media
            && call.Media.SentTransport.Count % 7 == 0;

        Speak(call, 100);

        // Its numbers wrap on the way: what was told of is each of them, lost or not, but for the last that were lost.
        var sent = call.Media.SentTransport;
        Assert.True(sent[0] > sent[^1]);
        Assert.Equal(sent[..^2], call.Media.Told.Keys.Where(number => sent.IndexOf(number) < sent.Count - 2).OrderBy(sent.IndexOf));
        var lost = sent.Where((_, place) => (place + 1) % 7 == 0).ToHashSet();
        var times = sent.Where(number => !lost.Contains(number)).Select(number => call.Media.Told[number]!.Value).ToArray();
        Assert.All(sent.Where(lost.Contains), number => Assert.Null(call.Media.Told[number]));

        // 20 ms apart, as they were sent, to the quarter of a millisecond that the format has.
        Assert.All(times.Zip(times[1..]), pair => Assert.InRange((pair.Second - pair.First) % 20_000, 0, 0));
        Assert.InRange(call.Media.ToldAt.Count, 14, 18);
        Assert.Equal(takesReducedSize, call.Media.FirstTypes.Contains(RtcpPacketType.TransportFeedback));
    }

    [Fact]
    public void Numbers_that_jump_cost_no_more_than_a_datagram_at_a_time()
    {
        using var call = new Call(5, Repeating);
        call.Connect();
        var before = call.Peer.GetStatistics().DatagramsSent;

        for (var i = 0; i < 1_000; i++)
        {
            call.Media.Speak([1], skip: (ushort)(1 + (i * 7_919 % 30_000)), transportSkip: (ushort)(i * 104_729));
        }

        call.Network.RunFor(TimeSpan.FromMilliseconds(150));

        Assert.InRange(call.Peer.GetStatistics().DatagramsSent - before, 1, 40);
        Assert.Equal(RtcConnectionState.Connected, call.Peer.State);
    }

    [Fact]
    public void A_client_that_misses_sound_gets_the_same_bytes_again_once_a_round_trip()
    {
        using var call = new Call(5, Repeating);
        call.Connect();
        for (var i = 0; i < 10; i++)
        {
            call.Network.IsLost = datagram => i == 3 && datagram.Source.Equals(SimulatedServer.Address) && IsSound(datagram.Bytes);
            call.Peer.SendAudio(call.Network.Now, call.Network.Now, [(byte)i, 1]);
            call.Network.RunFor(Tick);
        }

        call.Network.IsLost = _ => false;
        Assert.Equal(9, call.Media.Audio.Count);
        var missing = call.Media.MissingSound();
        call.Media.NackSound(missing, missing);
        call.Media.NackSound(missing);
        call.Network.RunFor(Tick);

        Assert.Equal(10, call.Media.Audio.Count);
        Assert.Equal([3, 1], call.Media.Audio[^1]);
        Assert.Equal(1, call.Peer.GetStatistics().PacketsRetransmitted);
        Assert.Empty(call.Media.Failures);

        static bool IsSound(byte[] datagram) => DatagramKinds.Of(datagram) == DatagramKind.Media && !RtcpCompound.IsRtcp(datagram);
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    public void Sound_is_asked_for_again_only_where_a_microphone_is_and_both_know_how(bool hasMicrophone, bool repeats, bool expected)
    {
        using var call = new Call(5, Repeating with { HasMicrophone = hasMicrophone, RepeatsSound = repeats });

        Assert.Equal(expected, call.Peer.Answer.Contains("a=rtcp-fb:111 nack\r\n", StringComparison.Ordinal));
    }

    [Fact]
    public void A_packet_of_the_microphone_allocates_nothing_nor_does_what_is_answered()
    {
        using var microphone = new Microphone(111) { TransportSequenceId = 3, IsRepeated = true };
        var (packet, reply, heard) = (new byte[200], new byte[PacketSender.MaximumDatagram], new byte[2048]);
        var now = new RtcTime(1_000_000_000);
        var (told, asked) = (0, 0);

        void Hear(ushort sequence)
        {
            var header = new RtpHeaderWriter(packet, marker: false, 111, sequence, sequence * 960u, 7);
            header.AddTransportSequence(3, sequence);
            var length = header.Finish() + 80;
            Assert.True(RtpPacket.TryParse(packet.AsSpan(0, length), out var parsed));
            microphone.Add(now, parsed, TimeSpan.FromMilliseconds(30));
        }

        void Second(int first)
        {
            for (var i = 0; i < 50; i++)
            {
                now += Tick;
                if (i % 10 != 0)
                {
                    Hear((ushort)(first + i));
                }

                if (i % 10 == 3 && i > 10)
                {
                    // What was missing comes late.
                    Hear((ushort)(first + i - 3));
                }

                while (microphone.NextReplyAt <= now)
                {
                    var writer = new RtcpWriter(reply);
                    microphone.WriteReply(now, ref writer, reply.Length, 1, TimeSpan.FromMilliseconds(30));
                    told++;
                    asked += writer.Length > 0 ? 1 : 0;
                }

                while (microphone.TryPoll(now, heard, out _))
                {
                }
            }
        }

        for (var i = 0; i < 20; i++)
        {
            Second(i * 50);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 20; i < 40; i++)
        {
            Second(i * 50);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(told > 400 && asked > 400);
        Assert.InRange(microphone.Recovered, 100, 160);
    }

    private static OfferOptions Repeating => new() { HasMicrophone = true, RepeatsSound = true };

    private static TimeSpan PatienceOf(OfferOptions offer, TimeSpan jitter)
    {
        using var call = new Call(5, offer);
        call.Connect();
        call.Network.Conditions = call.Network.Conditions with { Jitter = jitter };
        Speak(call, 100);
        return call.Peer.MicrophonePatience;
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
