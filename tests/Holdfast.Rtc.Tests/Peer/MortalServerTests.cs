using Holdfast.Rtc.Dtls;
using Holdfast.Rtc.Tests.Kit;

namespace Holdfast.Rtc.Tests.Peer;

/// <summary>A server that is killed at any moment and started again: the same client, which knows nothing of it, plays on.</summary>
public sealed class MortalServerTests
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(40);

    public static TheoryData<int> Seeds(int count) => [.. Enumerable.Range(1, count)];

    [Fact]
    public void The_same_client_plays_on()
    {
        using var call = new MortalCall(1);
        call.Play(seconds: 2);
        call.Store();
        call.Play(seconds: 3);
        var (sound, newest) = (call.Client.Media!.Audio.Count, call.Client.Media.AudioTimestamps[^1]);
        call.Server.Kill();
        call.Network.RunFor(TimeSpan.FromSeconds(2));
        Assert.True(call.Start());
        Assert.Equal(RtcConnectionState.Connected, call.Peer.State);

        // Nothing before numbers are reserved.
        Assert.False(call.Peer.SendAudio(call.Network.Now, call.Network.Now, new byte[80]));
        call.Store();
        call.Play(seconds: 3);
        Assert.InRange(call.Client.Media.Audio.Count - sound, 140, 152);
        Assert.True(call.Client.Media.AudioTimestamps[sound] > newest);
        Assert.Empty(call.Client.Media.Failures);
        Assert.Empty(call.Server.Refused);
        Assert.Contains(call.Server.Events, static told => told is RtcEvent.FeedbackReceived { Acknowledged: > 0 });
        Assert.Equal(1, call.Handshakes);
        Assert.Equal(call.Before.Generation, call.Peer.Generation);
    }

    [Fact]
    public void Lent_it_plays_on_with_numbers_that_the_next_process_leaves_out()
    {
        using var call = new MortalCall(7);
        call.Play(seconds: 1);
        call.Store();
        call.Play(seconds: 1);
        var lent = Assert.IsType<KeptConnection>(call.Peer.Lend(call.Network.Now));
        Assert.Null(call.Peer.Keep(call.Network.Now));
        Assert.False(call.Peer.WantsReservation);
        var sound = call.Client.Media!.Audio.Count;
        call.Play(seconds: 0.4);
        Assert.InRange(call.Client.Media.Audio.Count - sound, 18, 22);

        call.Peer.GiveAway(call.Network.Now);
        Assert.False(call.Peer.SendAudio(call.Network.Now, call.Network.Now, new byte[80]));
        call.Server.Replace(lent);
        Assert.True(call.Start());
        call.Store();
        sound = call.Client.Media.Audio.Count;
        call.Play(seconds: 1);
        Assert.InRange(call.Client.Media.Audio.Count - sound, 48, 52);
        Assert.Empty(call.Client.Media.Failures);
        Assert.Empty(call.Server.Refused);
    }

    [Fact]
    public void Lent_it_sends_no_more_than_it_kept_numbers_for()
    {
        using var call = new MortalCall(8);
        call.Play(seconds: 1);
        call.Store();
        call.Play(seconds: 1);
        var lent = Assert.IsType<KeptConnection>(call.Peer.Lend(call.Network.Now));
        call.Burst(2 * NumberLine.FirstBlock);
        call.Play(seconds: 1);
        call.Server.Replace(lent);
        Assert.True(call.Start());
        call.Store();
        call.Play(seconds: 1);
        Assert.Empty(call.Client.Media!.Failures);
        Assert.Empty(call.Server.Refused);
    }

    [Fact]
    public void The_path_is_restarted_without_signalling_and_by_an_offer_as_if_nothing_had_happened()
    {
        using var call = new MortalCall(2);
        call.Play(seconds: 1);
        call.Store();
        call.Server.Kill();
        Assert.True(call.Start(heardAt: call.Network.Now - TimeSpan.FromSeconds(40)));
        call.Store();

        // Too long ago: nothing is sent to an address that nothing was heard from.
        Assert.False(call.Peer.SendAudio(call.Network.Now, call.Network.Now, new byte[80]));
        call.Client.RestartByDerivation(1, SimulatedServer.Secret);
        Assert.True(call.Network.RunUntil(() => call.Peer.Generation == 1, TimeSpan.FromSeconds(3)));
        call.Play(seconds: 1);
        call.Store();
        call.Server.Kill();
        Assert.True(call.Start());
        Assert.Equal(1, call.Peer.Generation);
        Assert.True(call.Peer.TryRestart(call.Network.Now, call.Client.OfferRestart(), null, out var answer, out var generation, out var error), error);
        Assert.Equal(2, generation);
        call.Client.FinishRestart(answer);
        Assert.True(call.Network.RunUntil(() => call.Peer.Generation == 2, TimeSpan.FromSeconds(3)));
        call.Store();
        var sound = call.Client.Media!.Audio.Count;
        call.Play(seconds: 1);
        Assert.True(call.Client.Media.Audio.Count > sound + 40);
        Assert.Empty(call.Server.Refused);
    }

    [Fact]
    public void The_same_offer_gets_the_same_answer_from_the_next_process_and_a_microphone_can_be_turned_on()
    {
        using var call = new MortalCall(3, new OfferOptions { HasMicrophone = false });
        var offer = call.Client.OfferChange(new OfferOptions { HasMicrophone = true });
        call.Play(seconds: 1);
        Assert.True(call.Peer.TryRestart(call.Network.Now, offer, null, out var before, out _, out _));
        call.Store();
        call.Server.Kill();
        Assert.True(call.Start());
        Assert.True(call.Peer.TryRestart(call.Network.Now, offer, null, out var after, out _, out _));
        Assert.Equal(before, after);
    }

    [Fact]
    public void A_client_that_leaves_is_heard_by_the_process_that_did_not_shake_hands_with_it()
    {
        using var call = new MortalCall(4);
        call.Play(seconds: 1);
        call.Store();
        call.Server.Kill();
        Assert.True(call.Start());
        call.Client.Dtls!.Close();
        call.Network.RunFor(TimeSpan.FromSeconds(1));
        call.Client.HandleTimeout(call.Network.Now);
        call.Network.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(RtcConnectionState.Closed, call.Peer.State);
        Assert.Contains(call.Server.Events, static told => told is RtcEvent.StateChanged { Reason: RtcReason.ClosedByPeer });
    }

    [Fact]
    public void Who_gives_a_connection_away_falls_silent_and_the_next_goes_on_without_a_gap()
    {
        using var call = new MortalCall(5);
        call.Play(seconds: 1);
        call.Store();
        call.Play(seconds: 1);
        var given = call.Peer.GiveAway(call.Network.Now);
        Assert.NotNull(given);
        Assert.False(call.Peer.SendAudio(call.Network.Now, call.Network.Now, new byte[80]));
        call.Peer.Close(call.Network.Now);
        var opened = call.Server.Opened;
        call.Network.RunFor(TimeSpan.FromMilliseconds(100));
        Assert.Equal(opened, call.Server.Opened);
        Assert.Equal(0, call.Client.Media!.Goodbyes);
        call.Server.Replace(given);
        Assert.True(call.Start());
        call.Store();
        call.Play(seconds: 1);
        Assert.Empty(call.Server.Refused);
        Assert.Empty(call.Client.Media.Failures);
        Assert.True(call.Client.Dtls!.End is null);
    }

    [Fact]
    public void A_disk_that_does_not_answer_silences_nobody_once_nobody_would_go_on_with_what_is_on_it()
    {
        using var call = new MortalCall(6);
        call.Play(seconds: 1);
        call.Store();
        call.Server.KeptUntil = call.Network.Now + TimeSpan.FromSeconds(60);
        call.Play(seconds: 420);
        Assert.Equal(0, call.Peer.GetStatistics().Dropped.GetValueOrDefault(DropReason.Unreserved));
        Assert.True(call.Peer.WantsReservation);

        // It answers again: what is written now may be used at once, and a successor keeps away from it.
        call.Server.BeginWriting();
        call.Server.KeptUntil = call.Network.Now + TimeSpan.FromSeconds(60);
        call.Play(seconds: 1);
        call.Server.EndWriting();
        call.Server.Kill();
        Assert.True(call.Start());
        call.Store();
        call.Play(seconds: 2);
        Assert.Empty(call.Server.Refused);
        Assert.Empty(call.Client.Media!.Failures);
    }

    /// <summary>Kills at any point of any interleaving of sending, storing and hearing; looks at everything that was ever sent.</summary>
    [Trait("Speed", "Slow")]
    [Theory]
    [MemberData(nameof(Seeds), 25)]
    public void No_number_is_ever_used_twice(int seed)
    {
        var random = new Random(seed);
        using var call = new MortalCall(seed);
        call.Play(seconds: 0.5);
        call.Server.BeginWriting();
        call.Server.EndWriting();
        var (kills, lost) = (0, random.NextDouble() * 0.3);
        for (var i = 0; i < 200; i++)
        {
            call.Network.Conditions = call.Network.Conditions with { Loss = random.Next(4) == 0 ? lost : 0, IsDown = random.Next(30) == 0 };
            switch (random.Next(12))
            {
                case 0:
                    call.Server.BeginWriting();
                    break;
                case 1:
                    call.Server.EndWriting();
                    break;
                case 2 when kills < 25:
                    // Written, torn, or written without the process having heard of it.
                    kills++;
                    call.Server.Kill(isWritten: random.Next(2) == 0);
                    call.Network.RunFor(TimeSpan.FromMilliseconds(random.Next(0, 1_500)));
                    Assert.True(call.Start());
                    break;
                case 3:
                    call.Store();
                    break;
                case 4 when random.Next(6) == 0:
                    call.Burst(random.Next(2_000, 9_000));
                    break;
                default:
                    call.Play(random.NextDouble() * 0.4);
                    break;
            }
        }

        call.Network.Conditions = call.Network.Conditions with { Loss = 0, IsDown = false };
        call.Network.RunFor(TimeSpan.FromSeconds(3));
        call.Store();
        var sound = call.Client.Media!.Audio.Count;
        call.Play(seconds: 2);
        Assert.True(kills > 5);
        Assert.True(call.Server.Opened > 500);
        Assert.Empty(call.Server.Refused);
        Assert.Empty(call.Client.Media.Failures);
        Assert.True(call.Client.Media.Audio.Count > sound + 50, "The client still understands what is sent.");
    }

    private sealed class MortalCall : IDisposable
    {
        public MortalCall(int seed, OfferOptions? offer = null)
        {
            Network = new SimulatedNetwork(seed);
            Client = new SimulatedClient(Network, offer);
            Server = new MortalServer(Network, Client.Offer);
            Before = Peer;
            Client.Start(Peer.Answer);
            Assert.True(Network.RunUntil(() => Client.IsConnected && Peer.State == RtcConnectionState.Connected, TimeSpan.FromSeconds(14)));
            Server.LookOn(Client.Dtls!.Keys!);
        }

        public SimulatedNetwork Network { get; }

        public SimulatedClient Client { get; }

        public MortalServer Server { get; }

        public RtcPeer Before { get; }

        public RtcPeer Peer => Server.Peer!;

        public int Handshakes => Client.Dtls!.Keys is null ? 0 : 1;

        public bool Start(RtcTime? heardAt = null) => Server.Start(heardAt ?? Network.Now - TimeSpan.FromSeconds(1));

        public void Store()
        {
            Server.BeginWriting();
            Server.EndWriting();
        }

        /// <summary>Sends sound and pictures as a session does.</summary>
        public void Play(double seconds)
        {
            var end = Network.Now + TimeSpan.FromSeconds(seconds);
            for (var i = 0; Network.Now < end; i++)
            {
                Peer.SendAudio(Network.Now, Network.Now, new byte[80], tag: 1);
                Peer.SendAudio(Network.Now, Network.Now + Frame / 2, new byte[80], tag: 1);
                Peer.SendVideo(Network.Now, Network.Now, new byte[1500], isKeyFrame: i == 0);
                Network.RunFor(Frame);
            }
        }

        /// <summary>Many packets at once, so that counters roll over.</summary>
        public void Burst(int count)
        {
            for (var i = 0; i < count; i++)
            {
                Peer.SendAudio(Network.Now, Network.Now, new byte[10]);
                if (i % 50 == 0)
                {
                    Network.RunFor(TimeSpan.FromMilliseconds(5));
                }
            }
        }

        public void Dispose()
        {
            Client.Dispose();
            Server.Dispose();
        }
    }
}
