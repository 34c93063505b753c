using Holdfast.Rtc.Tests.Kit;
using Holdfast.Sessions.Tests.Kit;

namespace Holdfast.Sessions.Tests;

/// <summary>A held session's show puts aside what it has to say, and may need a while to get it back.</summary>
public sealed class PuttingAsideTests
{
    private const string Text = "abcdefghijklmnopqrstuvwxyz0123";

    /// <summary>A whole second.</summary>
    private const int Slow = 50;

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 12)];

    [Fact]
    public void An_interruption_of_seconds_puts_nothing_aside()
    {
        using var listener = new Listener(81);
        listener.Visit.Session.Say(Text);
        listener.Visit.RunFor(3);
        listener.LoseTheNetworkFor(8);
        Assert.True(listener.ListenToTheEnd(60));
        Assert.Equal(0, listener.Show.TimesAside);
    }

    [Fact]
    public void Who_is_held_is_put_aside_once_and_the_picture_does_not_wait_for_what_was()
    {
        using var listener = new Listener(82, asksUntilBack: Slow);
        listener.Visit.Session.Say(Text);
        listener.Visit.RunFor(5);
        listener.Visit.CutOff();
        Assert.True(listener.Visit.Reaches(SessionState.Held, 15));
        listener.Visit.RunFor(20);
        Assert.Equal((1, 0), (listener.Show.TimesAside, listener.Show.DrawnWhileAside));
        var asked = listener.Show.HandedOut.Count;

        listener.Visit.Restore();
        Assert.True(listener.Visit.Reaches(SessionState.Connected, 5));
        listener.Visit.RunFor(0.3);

        // The picture is there, a new one, and time stands still in what is said.
        Assert.InRange(listener.Show.DrawnWhileAside, 5, 10);
        Assert.All(listener.Show.HandedOut.Skip(asked), place => Assert.Equal(0, place));
        Assert.Null(listener.Playout.LastResumption);

        Assert.True(listener.ListenToTheEnd(60));
        Assert.True(listener.HeardAllInOrder(filledIn: 0));
        Assert.NotNull(listener.Playout.LastResumption);
        Assert.Equal(1, listener.Show.TimesAside);
    }

    [Fact]
    public void Who_goes_again_before_it_is_back_still_hears_all_from_the_first_unheard_word()
    {
        using var listener = new Listener(83, asksUntilBack: Slow);
        listener.Visit.Session.Say(Text);
        listener.Visit.RunFor(5);
        for (var i = 0; i < 3; i++)
        {
            listener.LoseTheNetworkFor(15);
            Assert.True(listener.Visit.Reaches(SessionState.Connected, 5));
            listener.Visit.RunFor(0.4);
        }

        listener.LoseTheNetworkFor(2);
        Assert.True(listener.ListenToTheEnd(60));
        Assert.True(listener.HeardAllInOrder(filledIn: 0));
        Assert.Equal(3, listener.Show.TimesAside);
        Assert.InRange(listener.Playout.LastResumption!.Away.TotalSeconds, 45, 60);
    }

    [Trait("Speed", "Slow")]
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whatever_outages_come_every_word_is_heard_though_the_show_is_slow(int seed)
    {
        var random = new Random(seed);
        using var listener = new Listener(seed, asksUntilBack: random.Next(1, 30));
        listener.Visit.Session.Say(Text);
        for (var i = 0; i < 4; i++)
        {
            listener.Visit.RunFor(0.2 + random.NextDouble() * 2);
            listener.LoseTheNetworkFor(random.Next(2) == 0 ? 1 + random.NextDouble() * 8 : 12 + random.NextDouble() * 30);
            if (random.Next(2) == 0)
            {
                listener.Reload(random.Next(2) == 0 ? listener.NewestTimestamp : null);
            }
        }

        Assert.True(listener.ListenToTheEnd(seconds: 120));
        Assert.True(listener.HeardAllInOrder(PlayoutTolerance.Default.MaxUnknown));
        Assert.Equal(TimeSpan.Zero, listener.Playout.Lost);
    }

    [Fact]
    public void What_the_first_page_had_not_played_is_said_again_though_a_second_page_came_and_went_before_it_was_back()
    {
        using var listener = new Listener(84, asksUntilBack: Slow);
        listener.Visit.Session.Say(Text);
        listener.Visit.RunFor(5);

        // It says that it played only up to 400 ms before what reached it last; then its network is gone until it is held.
        var unplayed = listener.Heard[^20];
        var played = listener.NewestTimestamp - 20 * 960;
        listener.LoseTheNetworkFor(13);
        var before = listener.Heard.Count;
        listener.Visit.CutOff();
        Assert.True(listener.Visit.Reaches(SessionState.Held, 15));
        listener.Visit.Restore();
        listener.Reload(played);
        listener.Visit.RunFor(0.2);
        listener.Reload(listener.NewestTimestamp);
        Assert.True(listener.ListenToTheEnd(60));
        Assert.Contains(unplayed, listener.Heard.Skip(before));
        Assert.True(listener.HeardAllInOrder(filledIn: 0));
    }

    [Fact]
    public void Interrupted_while_it_is_put_aside_it_says_only_what_comes_then()
    {
        using var listener = new Listener(85, asksUntilBack: Slow);
        listener.Visit.Session.Say(Text);
        listener.Visit.RunFor(3);
        listener.Visit.CutOff();
        Assert.True(listener.Visit.Reaches(SessionState.Held, 15));
        Assert.Equal(1, listener.Visit.Session.Interrupt());
        listener.Visit.Session.Say("xyz");
        listener.Visit.Restore();
        Assert.True(listener.ListenToTheEnd(30));
        Assert.True(listener.Show.IsIn(listener.Heard[^1], "u2"));
        Assert.Equal(listener.Heard.Count, listener.Heard.Distinct().Count());
    }

    [Theory]
    [InlineData(GapPolicy.Drop)]
    [InlineData(GapPolicy.Finish)]
    public void Whatever_the_policy_a_show_that_is_not_back_is_not_asked_about_its_place(GapPolicy policy)
    {
        using var listener = new Listener(86, policy, asksUntilBack: Slow);
        listener.Visit.Session.Say(Text);
        listener.Visit.Session.Say("xyz");
        listener.Visit.RunFor(3);
        for (var i = 0; i < 3; i++)
        {
            // The last but one finds it not back yet.
            listener.LoseTheNetworkFor(i == 1 ? 3 : 40);
            Assert.True(listener.Visit.Reaches(SessionState.Connected, 5));
            listener.Visit.RunFor(0.3);
        }

        Assert.True(listener.ListenToTheEnd(60));
        Assert.InRange(listener.Show.TimesAside, 2, 3);
    }
}
