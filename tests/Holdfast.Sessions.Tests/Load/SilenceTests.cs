using Holdfast.Rtc.Tests.Kit;
using Holdfast.Sessions.Tests.Kit;

namespace Holdfast.Sessions.Tests.Load;

/// <summary>What is sent while nothing is said.</summary>
public sealed class SilenceTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(0, 500)]
    [InlineData(1, 167)]
    public void Silence_leaves_three_in_one_where_there_is_little_time(int load, int expected)
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(541), new SessionSettings { LeastLoad = load });
        var visit = house.Connect();
        house.Network.RunFor(Second);
        var before = visit.Client.Media!.Copies.Count;

        house.Network.RunFor(10 * Second);

        Assert.InRange(visit.Client.Media!.Copies.Count - before, expected - 2, expected + 2);
        Assert.Equal(SessionState.Connected, visit.Session.State);
    }

    [Fact]
    public void Of_speech_nothing_waits_or_is_lost_where_there_is_little_time()
    {
        using var listener = new Listener(542, settings: new SessionSettings { LeastLoad = 1 });
        listener.Visit.RunFor(1.03);
        listener.Visit.Session.Say("abc");
        Assert.True(listener.ListenToTheEnd(seconds: 20));
        listener.Visit.RunFor(1.01);
        listener.Visit.Session.Say("def");
        Assert.True(listener.ListenToTheEnd(seconds: 20));

        Assert.True(listener.HeardAllInOrder(filledIn: 0), listener.Words.ToString());
        Assert.Equal(listener.Show.Places, listener.Heard.Count);
        Assert.Equal(TimeSpan.Zero, listener.Playout.Lost);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Whether_a_path_is_back_is_asked_as_soon_where_there_is_little_time(int load)
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(543), new SessionSettings { LeastLoad = load });
        var visit = house.Connect();
        house.Network.RunFor(Second);

        visit.CutOff();
        Assert.True(visit.Reaches(SessionState.Interrupted, withinSeconds: 3));
        visit.Restore();

        Assert.True(visit.Reaches(SessionState.Connected, withinSeconds: 0.35));
    }
}
