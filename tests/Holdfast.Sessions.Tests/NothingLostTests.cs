using Holdfast.Rtc.Tests.Kit;
using Holdfast.Sessions.Tests.Kit;

namespace Holdfast.Sessions.Tests;

/// <summary>Speech through the whole house, over a network that fails again and again: nothing said is lost.</summary>
public sealed class NothingLostTests
{
    /// <summary>Some 17 s of speech, pauses included.</summary>
    private const string Text = "abcdefghijklmnopqrstuvwxyz0123";

    private static readonly TimeSpan MostRepeated = TimeSpan.FromSeconds(1.5);

    public static TheoryData<int> Seeds(int count) => [.. Enumerable.Range(1, count)];

    [Trait("Speed", "Slow")]
    [Theory]
    [MemberData(nameof(Seeds), 45)]
    public void Whatever_outages_come_every_word_is_heard_in_order(int seed)
    {
        var random = new Random(seed);
        using var listener = new Listener(seed);
        listener.House.Network.Conditions = new NetworkConditions(
            TimeSpan.FromMilliseconds(random.Next(1, 120)), TimeSpan.FromMilliseconds(random.Next(15)), Loss: seed % 3 == 0 ? 0.02 : 0);
        Assert.IsType<SayOutcome.Accepted>(listener.Visit.Session.Say(Text));
        for (var i = 0; i < 4; i++)
        {
            listener.Visit.RunFor(0.2 + random.NextDouble() * 3);
            listener.LoseTheNetworkFor(random.Next(3) switch
            {
                0 => random.NextDouble(),
                1 => 1 + random.NextDouble() * 8,
                _ => 12 + random.NextDouble() * 30,
            });
            switch (random.Next(3))
            {
                case 0:
                    listener.Restart();
                    break;
                case 1:
                    listener.Reload(random.Next(2) == 0 ? listener.NewestTimestamp : null);
                    break;
                default:
                    break;
            }
        }

        Assert.True(listener.ListenToTheEnd(seconds: 120), "It did not come to its end.");
        var isLossy = seed % 3 == 0;
        Assert.True(listener.HeardAllInOrder(isLossy ? PlayoutTolerance.Default.MaxUnknown : PlayoutTolerance.Default.MaxLost), listener.Words.ToString());
        Assert.Equal(TimeSpan.Zero, listener.Playout.Lost);

        // What was lost singly, and an outage of less than 80 ms, is filled in by the decoder.
        Assert.InRange(listener.NeverHeard, 0, isLossy ? 60 : 4 * PlayoutTolerance.Default.MaxLost);
    }

    [Theory]
    [InlineData(0.4)]
    [InlineData(3)]
    [InlineData(40)]
    public void After_a_clean_outage_it_goes_on_at_the_pause_before_the_first_unheard_word(double seconds)
    {
        using var listener = new Listener(51);
        listener.Visit.Session.Say(Text);
        listener.Visit.RunFor(5.3);
        listener.LoseTheNetworkFor(seconds);
        Assert.True(listener.ListenToTheEnd(60));

        Assert.True(listener.HeardAllInOrder(filledIn: 0));
        var twice = listener.Heard.Count - listener.Heard.Distinct().Count();
        Assert.InRange(twice, 1, (int)(MostRepeated / TimeSpan.FromMilliseconds(20)));
        var last = Assert.IsType<Resumption>(listener.Playout.LastResumption);
        Assert.Equal("u1", last.UtteranceId);
        Assert.InRange(last.Offset, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(5.4));
        Assert.InRange(last.Repeated, TimeSpan.Zero, MostRepeated);
        Assert.InRange(last.Away.TotalSeconds, 0, seconds + 3);
        Assert.Equal(seconds > 1, last.Away > TimeSpan.Zero);
    }

    [Fact]
    public void Without_an_outage_nothing_is_said_twice()
    {
        using var listener = new Listener(52);
        listener.Visit.Session.Say(Text);
        Assert.True(listener.ListenToTheEnd(30));
        Assert.Equal(listener.Show.Places, listener.Heard.Count);
        Assert.True(listener.HeardAllInOrder(filledIn: 0));
        Assert.Equal(new PlayoutSnapshot(null, TimeSpan.Zero, TimeSpan.Zero), listener.Playout);
    }

    [Fact]
    public void A_policy_of_finishing_loses_what_a_broadcast_would()
    {
        using var listener = new Listener(53, GapPolicy.Finish);
        listener.Visit.Session.Say(Text);
        listener.Visit.RunFor(3);
        listener.Visit.CutOff();
        Assert.True(listener.Visit.Reaches(SessionState.Interrupted, 2));
        listener.Visit.RunFor(0.1);
        var drawn = listener.Show.Drawn;
        listener.Visit.RunFor(4.9);
        Assert.Equal(drawn, listener.Show.Drawn);
        listener.Visit.Restore();
        Assert.True(listener.ListenToTheEnd(30));
        Assert.InRange(listener.NeverHeard, 100, 300);
        Assert.InRange(listener.Playout.Lost.TotalSeconds, 2, 6);
        Assert.Null(listener.Playout.LastResumption);
    }

    [Fact]
    public void A_policy_of_finishing_says_all_to_nobody_while_held_and_then_costs_nothing()
    {
        using var listener = new Listener(54, GapPolicy.Finish);
        listener.Visit.Session.Say(Text);
        listener.Visit.RunFor(1);
        listener.Visit.CutOff();
        Assert.True(listener.Visit.Reaches(SessionState.Held, 15));
        listener.Visit.RunFor(20);
        Assert.Equal(0, listener.Visit.Session.Snapshot().Queued);
        Assert.False(listener.Visit.Session.Snapshot().Speaking);
        var asked = listener.Show.HandedOut.Count;
        listener.Visit.RunFor(20);
        Assert.Equal(asked, listener.Show.HandedOut.Count);
    }

    [Fact]
    public void A_policy_of_dropping_gives_up_the_rest_of_the_utterance_and_says_the_next()
    {
        using var listener = new Listener(55, GapPolicy.Drop);
        listener.Visit.Session.Say(Text);
        listener.Visit.Session.Say("xyz");
        listener.Visit.RunFor(3);
        listener.LoseTheNetworkFor(3);
        Assert.True(listener.ListenToTheEnd(30));
        var heard = listener.Heard.ToHashSet();
        var second = Enumerable.Range(1, (int)listener.Show.Places).Where(place => listener.Show.IsIn(place, "u2")).ToArray();
        Assert.All(second, place => Assert.Contains(place, heard));
        Assert.InRange(heard.Count(place => listener.Show.IsIn(place, "u1")), 100, 200);
        Assert.Null(listener.Playout.LastResumption);
    }

    [Fact]
    public void What_the_person_interrupted_while_away_is_not_said_again()
    {
        using var listener = new Listener(56);
        listener.Visit.Session.Say(Text);
        listener.Visit.RunFor(3);
        listener.Visit.CutOff();
        listener.Visit.RunFor(3);
        Assert.Equal(1, listener.Visit.Session.Interrupt());
        listener.Visit.Restore();
        listener.Visit.Session.Say("xyz");
        Assert.True(listener.ListenToTheEnd(30));
        var heard = listener.Heard;
        Assert.InRange(heard.Count(place => listener.Show.IsIn(place, "u1")), 100, 160);
        Assert.Equal(heard.Count, heard.Distinct().Count());
        Assert.True(listener.Show.IsIn(heard[^1], "u2"));
    }

    [Fact]
    public void An_utterance_is_being_said_until_its_end_was_heard()
    {
        using var listener = new Listener(57);
        listener.Visit.Session.Say("ab");
        Assert.True(listener.House.Network.RunUntil(() => listener.Show.HandedOut.Contains(listener.Show.Places - 10), TimeSpan.FromSeconds(5)));
        listener.LoseTheNetworkFor(5);
        Assert.Equal(listener.Show.Places, listener.Show.HandedOut.Max());
        Assert.Equal((true, 1), (listener.Visit.Session.Snapshot().Speaking, listener.Visit.Session.Snapshot().Queued));
        Assert.True(listener.ListenToTheEnd(10));
        Assert.True(listener.HeardAllInOrder(filledIn: 0));
    }

    [Fact]
    public void What_a_page_had_received_and_not_played_before_it_was_loaded_again_is_said_again()
    {
        using var listener = new Listener(58);
        listener.Visit.Session.Say(Text);
        listener.Visit.RunFor(4);

        // It says that it played only up to 400 ms before what reached it last.
        var unplayed = listener.Heard[^20];
        var played = listener.NewestTimestamp - 20 * 960;
        var before = listener.Heard.Count;
        listener.Reload(played);
        Assert.True(listener.ListenToTheEnd(30));
        Assert.Contains(unplayed, listener.Heard.Skip(before));
        Assert.True(listener.HeardAllInOrder(filledIn: 0));
    }

    [Trait("Speed", "Slow")]
    [Theory]
    [MemberData(nameof(Seeds), 20)]
    public void What_a_page_had_received_and_not_played_when_it_died_is_said_again(int seed)
    {
        var random = new Random(seed);
        using var listener = new Listener(1_000 + seed);
        listener.House.Network.Conditions = new NetworkConditions(TimeSpan.FromMilliseconds(random.Next(1, 120)), TimeSpan.FromMilliseconds(random.Next(15)));
        Assert.IsType<SayOutcome.Accepted>(listener.Visit.Session.Say(Text));
        for (var i = 0; i < 3; i++)
        {
            listener.Visit.RunFor(1 + random.NextDouble() * 2);
            listener.Crash(random.Next(3) switch { 0 => 0.1, 1 => 1 + random.NextDouble() * 4, _ => 15 }, buffered: random.Next(3, 11));
        }

        Assert.True(listener.ListenToTheEnd(seconds: 120), "It did not come to its end.");
        Assert.True(listener.HeardAllInOrder(filledIn: 0), listener.Words.ToString());
    }

    /// <summary>As a load of the lab is: single losses, jitter, and outages at any moment, most of them at the end of a passage.</summary>
    [Theory]
    [MemberData(nameof(Seeds), 30)]
    public void A_passage_is_told_of_as_said_when_every_word_of_it_was_heard_whole(int seed)
    {
        var random = new Random(seed);
        using var listener = new Listener(2_000 + seed);
        listener.House.Network.Conditions = new NetworkConditions(TimeSpan.FromMilliseconds(30), TimeSpan.FromMilliseconds(8), Loss: 0.01);
        for (var passage = 0; passage < 3; passage++)
        {
            listener.Visit.RunFor(random.NextDouble());
            Assert.IsType<SayOutcome.Accepted>(listener.Visit.Session.Say("abcdef"));
            var before = random.Next(-10, 60);
            listener.House.Network.RunUntil(() => listener.Show.Furthest >= listener.Show.Places - before, TimeSpan.FromSeconds(20));
            listener.Visit.RunFor(before < 0 ? before * -0.02 : 0);
            for (var outages = random.Next(1, 4); outages > 0; outages--)
            {
                listener.LoseTheNetworkFor(random.Next(3) == 0 ? 11 + random.NextDouble() * 4 : 1 + random.NextDouble() * 5);
                switch (random.Next(3))
                {
                    case 0:
                        listener.Restart();
                        break;
                    case 1:
                        listener.Reload();
                        break;
                    default:
                        break;
                }

                listener.Visit.Reaches(SessionState.Connected, 5);
                listener.Visit.RunFor(random.NextDouble() * 1.5);
            }

            // As somebody does who asks whether it is still being said, whatever the session's state.
            Assert.True(
                listener.House.Network.RunUntil(() => listener.Visit.Session.Snapshot() is { Queued: 0, Speaking: false }, TimeSpan.FromSeconds(60)),
                "It did not come to its end.");
            var lost = listener.Words.Lost(PlayoutTolerance.Default.MaxLost);
            Assert.True(lost.Count == 0, $"Lost: {string.Join(' ', lost)}. Heard: {listener.Words}");
        }

        Assert.True(listener.Words.LongestRepeat <= MostRepeated / TimeSpan.FromMilliseconds(20), listener.Words.ToString());
        Assert.Equal(TimeSpan.Zero, listener.Playout.Lost);
    }

    [Fact]
    public void What_was_interrupted_while_it_was_said_again_is_said_again_from_the_same_pause()
    {
        using var listener = new Listener(63);
        listener.Visit.Session.Say("abcd");
        var (_, first, last) = listener.Show.Words.Last();
        listener.House.Network.RunUntil(() => listener.Show.Furthest >= (first + last) / 2, TimeSpan.FromSeconds(10));
        listener.LoseTheNetworkFor(3);
        Assert.True(listener.Visit.Reaches(SessionState.Connected, 5));

        // Back in the word, and nothing of it gets through: neither this nor that part of it is enough.
        listener.LoseTheNetworkFor(3);
        Assert.Equal((true, 1), (listener.Visit.Session.Snapshot().Speaking, listener.Visit.Session.Snapshot().Queued));
        Assert.True(listener.ListenToTheEnd(20));
        Assert.Empty(listener.Words.Lost(filledIn: 0));
        Assert.InRange(listener.Words.LongestRepeat, 1, 75);
    }

    [Fact]
    public void An_end_that_the_show_tells_of_later_than_its_last_sound_is_heard_all_the_same()
    {
        using var listener = new Listener(64);
        listener.Show.EndsLateBy = 5;
        listener.Visit.Session.Say("ab");
        listener.House.Network.RunUntil(() => listener.Show.Furthest >= listener.Show.Places - 5, TimeSpan.FromSeconds(10));
        listener.LoseTheNetworkFor(3);
        Assert.Equal(1, listener.Visit.Session.Snapshot().Queued);
        Assert.True(listener.ListenToTheEnd(20));
        Assert.Empty(listener.Words.Lost(filledIn: 0));
    }

    [Theory]
    [MemberData(nameof(Seeds), 10)]
    public void The_end_of_an_utterance_that_a_dying_page_had_received_and_not_played_is_said_again(int seed)
    {
        var random = new Random(seed);
        using var listener = new Listener(3_000 + seed);
        listener.Visit.Session.Say("abc");
        listener.House.Network.RunUntil(() => listener.Show.Furthest == listener.Show.Places, TimeSpan.FromSeconds(10));
        listener.Visit.RunFor(random.NextDouble() * 0.2);
        listener.Crash(random.Next(3) switch { 0 => 0.3, 1 => 1 + random.NextDouble() * 4, _ => 15 }, buffered: 5);
        listener.Visit.RunFor(3);
        Assert.True(listener.ListenToTheEnd(20));
        Assert.Empty(listener.Words.Lost(filledIn: 0));
    }

    [Fact]
    public void What_is_over_for_long_is_not_said_again_to_a_page_that_was_opened_anew()
    {
        using var listener = new Listener(60);
        listener.Visit.Session.Say("ab");
        Assert.True(listener.ListenToTheEnd(10));
        listener.Visit.RunFor(3);
        var heard = listener.Heard.Count;
        listener.Crash(away: 2, buffered: 0);
        listener.Visit.RunFor(3);
        Assert.Equal(heard, listener.Heard.Count);
    }

    [Fact]
    public void What_the_client_says_it_played_needs_no_saying_again()
    {
        using var listener = new Listener(59);
        listener.Visit.Session.Say(Text);
        listener.Visit.RunFor(3);

        // Nothing comes from the client any more, but all still comes to it: only its heartbeat gets through.
        listener.House.Network.IsLost = datagram => datagram.Destination.Port == 8010;
        Assert.True(listener.Visit.Reaches(SessionState.Interrupted, 2));
        listener.Visit.RunFor(0.1);
        for (var back = 60; back >= 0; back -= 10)
        {
            listener.Visit.Session.Heartbeat(unchecked(listener.NewestTimestamp - (uint)(back * 960)));
        }

        var before = listener.Heard.Count;
        listener.House.Network.IsLost = _ => false;
        Assert.True(listener.Visit.Reaches(SessionState.Connected, 5));
        listener.Visit.RunFor(1);
        Assert.True(listener.Playout.LastResumption is null or { Repeated.TotalSeconds: < 0.8 });
        Assert.True(listener.Heard.Count > before + 30);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(uint.MaxValue)]
    [InlineData(0x8000_0000u)]
    public void Nonsense_about_what_was_played_changes_nothing(uint played)
    {
        using var listener = new Listener(60);
        listener.Visit.Session.Say(Text);
        for (var i = 0; i < 20; i++)
        {
            listener.Visit.RunFor(0.2);
            listener.Visit.Session.Heartbeat(played);
            listener.Visit.Session.Heartbeat(unchecked(listener.NewestTimestamp + (uint)(i * 7_000_001)));
        }

        listener.Visit.Session.Restart("nonsense", played);
        Assert.True(listener.ListenToTheEnd(30));
        Assert.True(listener.HeardAllInOrder(filledIn: 0));
    }

    [Fact]
    public void A_client_that_only_reports_loses_nothing_and_hears_again_what_came_after_its_last_report()
    {
        using var listener = new Listener(61, offer: new OfferOptions { HasTransportFeedback = false });
        listener.Visit.Session.Say(Text);
        for (var i = 0; i < 3; i++)
        {
            listener.Visit.RunFor(1);
            listener.Visit.Client.Media!.ReportSound();
        }

        listener.Visit.RunFor(1.5);
        listener.LoseTheNetworkFor(30);
        listener.Restart();
        Assert.True(listener.ListenToTheEnd(60));
        Assert.True(listener.HeardAllInOrder(filledIn: 0));
        Assert.InRange(listener.Playout.LastResumption!.Offset, TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void A_client_that_had_said_nothing_of_what_arrived_loses_nothing_either()
    {
        using var listener = new Listener(62, offer: new OfferOptions { HasTransportFeedback = false });
        listener.Visit.Session.Say(Text);
        listener.Visit.RunFor(3);
        listener.LoseTheNetworkFor(30);
        listener.Restart();
        Assert.True(listener.ListenToTheEnd(60));
        Assert.True(listener.HeardAllInOrder(filledIn: 0));
    }
}
