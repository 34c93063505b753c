using System.Net;
using Holdfast.Rtc.Tests.Kit;

namespace Holdfast.Rtc.Tests.Peer;

/// <summary>Further offers on a connection that works.</summary>
public sealed class RenegotiationTests
{
    private static readonly OfferOptions s_listening = new();
    private static readonly OfferOptions s_speaking = new() { HasMicrophone = true };

    [Fact]
    public void A_microphone_is_turned_on_and_off_again_on_the_path_there_is()
    {
        using var call = Connected();
        var (ufrag, password) = (call.Client.Answer.Ufrag, call.Client.Answer.Password);

        var on = Change(call, s_speaking);
        Assert.Equal((ufrag, password), (TestSdp.Read(on).Ufrag, TestSdp.Read(on).Password));
        Assert.Equal(["a=sendrecv", "a=sendonly"], Directions(on), StringComparer.Ordinal);
        Assert.Equal(5, Speak(call, 5));

        var off = Change(call, s_listening);
        Assert.Equal(["a=sendonly", "a=sendonly"], Directions(off), StringComparer.Ordinal);
        Assert.Equal(0, Speak(call, 5));

        Change(call, s_speaking);
        Assert.Equal(5, Speak(call, 5));
        Assert.Equal(10, call.Peer.GetStatistics().AudioPacketsReceived);

        Assert.Equal(0, call.Peer.Generation);
        Assert.DoesNotContain(call.Server.Events, told => told is RtcEvent.PathChanged or RtcEvent.GenerationChanged or RtcEvent.KeyFrameRequested);
        AssertMediaFlows(call);
    }

    [Fact]
    public void A_microphone_is_turned_on_with_a_restart()
    {
        using var call = Connected();

        var offer = call.Client.OfferRestart(options: s_speaking);
        Assert.True(call.Peer.TryRestart(call.Network.Now, offer, null, out var answer, out var generation, out var error), error);
        call.Client.FinishRestart(answer);
        call.Network.RunFor(TimeSpan.FromSeconds(1));

        Assert.Equal((1, 1), (generation, call.Peer.Generation));
        Assert.Equal(5, Speak(call, 5));
        AssertMediaFlows(call);
    }

    [Fact]
    public void The_same_offer_gets_the_same_answer()
    {
        using var call = Connected();

        Assert.Equal(call.Peer.Answer, Answer(call, call.Client.Offer));

        var change = call.Client.OfferChange(s_speaking);
        var changed = Answer(call, change);
        Assert.Equal(changed, Answer(call, change));

        var restart = call.Client.OfferRestart();
        var restarted = Answer(call, restart);
        Assert.Equal(restarted, Answer(call, restart));
        Assert.Contains("a=ice-ufrag:abcdEFGH1234/1", restarted, StringComparison.Ordinal);

        call.Client.FinishRestart(restarted);
        call.Network.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(1, call.Peer.Generation);
        Assert.Equal(restarted, Answer(call, restart));
    }

    [Fact]
    public void An_offer_with_other_words_and_the_same_credentials_does_not_restart()
    {
        using var call = Connected();

        var changed = Answer(call, call.Client.Offer.Replace("useinbandfec=1", "useinbandfec=1;stereo=1", StringComparison.Ordinal));

        Assert.Contains("a=ice-ufrag:abcdEFGH1234/0", changed, StringComparison.Ordinal);
        Assert.Equal(Version(call.Peer.Answer) + 1, Version(changed));
    }

    [Fact]
    public void After_a_restart_without_any_message_a_change_is_answered_with_the_credentials_of_then()
    {
        using var call = Connected();
        call.Client.RestartByDerivation(3, SimulatedServer.Secret);
        call.Network.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(3, call.Peer.Generation);
        call.Server.Events.Clear();

        var answer = Change(call, s_speaking);

        Assert.Contains("a=ice-ufrag:abcdEFGH1234/3", answer, StringComparison.Ordinal);
        Assert.Equal(5, Speak(call, 5));
        AssertMediaFlows(call);
    }

    [Fact]
    public void Pictures_that_pause_begin_again_with_a_key_frame_and_with_new_numbers()
    {
        using var call = Connected();
        var before = call.Media.Frames().Count;

        Change(call, s_listening with { WantsPictures = false });
        Assert.Empty(call.SendFrames(3));
        Assert.DoesNotContain(call.Server.Events, told => told is RtcEvent.KeyFrameRequested);

        Change(call, s_listening);
        call.Server.HandleTimeout(call.Network.Now);
        Assert.Contains(call.Server.Events, told => told is RtcEvent.KeyFrameRequested);
        call.SendFrames(3);
        Assert.Equal(before + 3, call.Media.Frames().Count);
    }

    [Fact]
    public void Pictures_that_were_not_wanted_at_first_begin_when_they_are()
    {
        using var call = new Call(client: network => new SimulatedClient(network, s_listening with { WantsPictures = false }));
        Assert.True(call.Connect());
        Assert.Empty(call.SendFrames(1));

        Change(call, s_listening);

        AssertMediaFlows(call);
    }

    [Fact]
    public void A_restart_is_answered_with_the_addresses_of_now_and_a_change_with_those_of_before()
    {
        using var call = Connected();
        IPEndPoint[] now = [IPEndPoint.Parse("203.0.113.77:8010")];

        Assert.True(call.Peer.TryRestart(call.Network.Now, call.Client.OfferChange(s_speaking), now, out var changed, out _, out _));
        Assert.True(call.Peer.TryRestart(call.Network.Now, call.Client.OfferRestart(), now, out var restarted, out _, out _));

        Assert.DoesNotContain("203.0.113.77", changed, StringComparison.Ordinal);
        Assert.Equal(now, TestSdp.Read(restarted).Candidates);
    }

    private static Call Connected()
    {
        var call = new Call();
        Assert.True(call.Connect());
        call.SendFrames(2);
        call.Network.RunFor(TimeSpan.FromMilliseconds(300));
        call.Server.Events.Clear();
        return call;
    }

    private static string Change(Call call, OfferOptions options) => Answer(call, call.Client.OfferChange(options));

    private static string Answer(Call call, string offer)
    {
        Assert.True(call.Peer.TryRestart(call.Network.Now, offer, null, out var answer, out _, out var error), error);
        return answer;
    }

    private static IEnumerable<string> Directions(string answer) =>
        answer.Split("\r\n").Where(line => line is "a=sendrecv" or "a=sendonly" or "a=recvonly" or "a=inactive");

    private static int Version(string answer) =>
        int.Parse(answer.Split("\r\n").Single(line => line.StartsWith("o=", StringComparison.Ordinal)).Split(' ')[2], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>How many of so many packets were heard.</summary>
    private static int Speak(Call call, int packets)
    {
        call.Server.Heard.Clear();
        for (var i = 0; i < packets; i++)
        {
            call.Media.Speak([(byte)i, 7]);
            call.Network.RunFor(TimeSpan.FromMilliseconds(20));
        }

        call.Network.RunFor(TimeSpan.FromMilliseconds(100));
        call.Server.HandleTimeout(call.Network.Now);
        return call.Server.Heard.Count;
    }

    private static void AssertMediaFlows(Call call)
    {
        var before = call.Media.Frames().Count;
        call.SendFrames(3);

        // Of a new line the client tells first how the first arrived.
        call.Network.RunFor(TimeSpan.FromMilliseconds(300));
        Assert.Equal(before + 3, call.Media.Frames().Count);
    }
}
