using Holdfast.Rtc;
using Holdfast.Rtc.Tests.Kit;
using Holdfast.Sessions.Tests.Kit;

namespace Holdfast.Sessions.Tests;

/// <summary>Sessions without a viewer, and outputs of those that have one.</summary>
public sealed class UnattendedTests
{
    [Fact]
    public void Without_anybody_a_session_costs_nothing_and_expires()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(1), new SessionSettings { Grace = TimeSpan.FromSeconds(60), UnspokenGrace = TimeSpan.FromSeconds(10) });
        var session = Begin(house);

        Run(house, 55);

        Assert.Equal(SessionState.Held, session.State);
        Assert.Equal((0, 1, 1), (house.Shows.Made.Count, house.Sessions.Count, house.Sessions.Settled));
        Run(house, 10);
        Assert.Equal(SessionReason.GraceOver, session.EndReason);
        Assert.Equal(0, house.Sessions.Count);
    }

    [Fact]
    public void A_text_waits_until_something_hears_it_and_is_said_to_its_end_for_an_output()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(2));
        var session = Begin(house);
        Assert.IsType<SayOutcome.Accepted>(session.Say("abc"));
        Run(house, 5);
        Assert.Equal((0, 1), (house.Shows.Made[0].Ticks, session.Snapshot().Queued));

        var output = new TakenOutput();
        Assert.True(session.TryAddOutput(output));
        Run(house, 1);
        Assert.True(session.Snapshot().Speaking);
        Run(house, 3);

        Assert.Equal(0, session.Snapshot().Queued);
        Assert.InRange(output.Sounding, 150, 156);
        Assert.True(output.BeginsWithKeyFrame);
        Assert.True(output.IsUnbroken);
        Assert.InRange(output.Pictures, 95, 101);
        Assert.Contains(session.Journal.Capture(0).Entries, static entry => entry.Event is SessionEvent.UtteranceFinished);
    }

    [Fact]
    public void An_output_keeps_it_alive_and_after_it_the_grace_period_counts_in_full()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(3), new SessionSettings { Grace = TimeSpan.FromSeconds(10), MaxHold = TimeSpan.FromSeconds(20) });
        var session = Begin(house);
        var output = new TakenOutput();
        session.TryAddOutput(output);
        Run(house, 60);
        Assert.Equal((SessionState.Held, 1), (session.State, session.Outputs));

        session.RemoveOutput(output);
        Run(house, 9);
        var ticks = house.Shows.Made[0].Ticks;
        Assert.Equal((SessionState.Held, 0, 1), (session.State, session.Outputs, output.Ends));
        Run(house, 2);

        Assert.Equal(SessionReason.GraceOver, session.EndReason);
        Assert.Equal(ticks, house.Shows.Made[0].Ticks);
    }

    [Fact]
    public void One_that_stays_alive_lives_until_it_is_ended()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(4), new SessionSettings { Grace = TimeSpan.FromSeconds(5), MaxHold = TimeSpan.FromSeconds(5) });
        var session = Begin(house, staysAlive: true);
        Run(house, 60);
        Assert.Equal(SessionState.Held, session.State);
        session.Close(SessionReason.ClosedByOwner);
        Assert.Equal(SessionReason.ClosedByOwner, session.EndReason);
    }

    [Fact]
    public void A_viewer_joins_and_leaves_and_the_output_misses_nothing()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(5));
        var session = Begin(house);
        var output = new TakenOutput();
        session.TryAddOutput(output);
        session.Say("abcdefghij");
        Run(house, 2);

        var client = house.NewClient();
        var answered = Assert.IsType<ReconnectResult.Answered>(session.Reconnect(client.Offer, "page"));
        client.Start(answered.Answer.Sdp);
        Assert.True(house.Network.RunUntil(() => session.State == SessionState.Connected, TimeSpan.FromSeconds(5)));
        Run(house, 2);
        Assert.InRange(client.Media!.Audio.Count, 80, 110);
        Assert.NotEmpty(client.Media.Frames());

        house.Network.Conditions = house.Network.Conditions with { IsDown = true };
        Assert.True(house.Network.RunUntil(() => session.State == SessionState.Held, TimeSpan.FromSeconds(20)));
        Run(house, 3);

        Assert.True(output.IsUnbroken);
        Assert.Equal(0, session.Snapshot().Queued);
        Assert.InRange(output.Sounding, 500, 506);
        session.Close(SessionReason.ClosedByOwner);
        house.Settle();
        Assert.Equal(1, output.Ends);
    }

    [Fact]
    public void While_a_viewer_is_waited_for_the_output_shows_it_and_nothing_is_said_without_them()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(6), new SessionSettings { Grace = TimeSpan.FromSeconds(30) });
        var visit = house.Connect();
        var output = new TakenOutput();
        Assert.True(visit.Session.TryAddOutput(output));
        visit.Session.Say("abcdef");
        visit.RunFor(2);
        var before = output.Sounding;
        Assert.InRange(before, 90, 110);

        visit.CutOff();
        Assert.True(visit.Reaches(SessionState.Held, 20));
        var atHold = (output.Sounding, output.Silent);
        visit.RunFor(5);
        Assert.Equal(atHold.Sounding, output.Sounding);
        Assert.True(output.Silent > atHold.Silent);
        Assert.True(visit.Session.Snapshot().Queued > 0);

        // Its output does not keep a session that has a viewer.
        visit.RunFor(40);
        Assert.Equal(SessionReason.GraceOver, visit.Session.EndReason);
        Assert.Equal(1, output.Ends);
    }

    [Fact]
    public void An_output_that_throws_is_taken_off_and_the_session_goes_on()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(7));
        var visit = house.Connect();
        var broken = new TakenOutput { Throws = new IOException("The disk is gone.") };
        var sound = new TakenOutput();
        visit.Session.TryAddOutput(broken);
        visit.Session.TryAddOutput(sound);
        visit.RunFor(1);

        Assert.Equal((1, 1, SessionState.Connected), (broken.Ends, visit.Session.Outputs, visit.Session.State));
        Assert.InRange(sound.Silent, 45, 52);
        Assert.Equal(0, house.Sessions.Faults);
    }

    [Fact]
    public void A_picture_that_needs_no_other_comes_when_an_output_wants_one()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(8));
        var session = Begin(house);
        var output = new TakenOutput();
        session.TryAddOutput(output);
        Run(house, 2);
        var before = output.KeyFrames;
        output.WantsKeyFrame = true;
        Run(house, 0.1);
        output.WantsKeyFrame = false;
        Assert.True(output.KeyFrames > before);
    }

    [Fact]
    public void There_are_only_so_many_and_none_gives_way_to_a_newcomer()
    {
        using var few = new SimulatedHouse(new SimulatedNetwork(9), new SessionSettings { MaxUnattended = 1 });
        Begin(few, staysAlive: true);
        Assert.Equal(AdmissionLimit.Unattended, Assert.IsType<CreateSessionResult.Full>(few.Sessions.Create(new SessionRequest(null, null))).Limit);

        using var house = new SimulatedHouse(new SimulatedNetwork(9), new SessionSettings { MaxSessions = 2 });
        Begin(house, staysAlive: true);
        var second = Begin(house, staysAlive: true);
        var visitor = Assert.IsType<CreateSessionResult.Full>(house.Sessions.Create(new SessionRequest(house.NewClient().Offer, null)));
        Assert.Equal(AdmissionLimit.Sessions, visitor.Limit);
        second.Close(SessionReason.ClosedByOwner);
        Assert.IsType<CreateSessionResult.Created>(house.Sessions.Create(new SessionRequest(house.NewClient().Offer, null)));
    }

    [Fact]
    public void The_next_process_goes_on_with_it_as_what_it_was()
    {
        var network = new SimulatedNetwork(10);
        IReadOnlyList<StoredSession> kept;
        long id;
        using (var house = new SimulatedHouse(network))
        {
            var session = Begin(house, staysAlive: true);
            session.Say("abc");
            id = session.Id.Value;
            kept = house.PutAside();
        }

        using var next = new SimulatedHouse(network, new SessionSettings { Grace = TimeSpan.FromSeconds(5), MaxHold = TimeSpan.FromSeconds(5) });
        next.TakeUp(kept);
        Assert.True(SessionId.TryFrom(id, out var name));
        var again = Assert.IsType<SessionLookup.Live>(next.Sessions.Find(name)).Session;
        Run(next, 400);
        Assert.True(again.IsUnattended);
        var output = new TakenOutput();
        Assert.True(again.TryAddOutput(output));
        Run(next, 4);
        Assert.InRange(output.Sounding, 150, 156);
    }

    private static Session Begin(SimulatedHouse house, bool staysAlive = false)
    {
        var session = Assert.IsType<CreateSessionResult.Begun>(house.Sessions.Create(new SessionRequest(null, null) { StaysAlive = staysAlive })).Session;
        house.Know([session.Id.Value]);
        return session;
    }

    private static void Run(SimulatedHouse house, double seconds) => house.Network.RunFor(TimeSpan.FromSeconds(seconds));
}
