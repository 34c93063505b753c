using Holdfast.Media;
using Holdfast.Rtc.Tests.Kit;
using Holdfast.Sessions.Tests.Kit;
using Microsoft.Extensions.Logging;

namespace Holdfast.Sessions.Tests;

/// <summary>What nobody foresaw ends the session it happened in, with a reason of its own, and nothing else.</summary>
public sealed class FaultTests
{
    [Fact]
    public void A_first_picture_that_cannot_be_made_ends_its_session_and_leaves_nobody_with_a_dead_picture()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(501));
        var other = house.Connect();
        var visit = house.Connect();
        visit.CutOff();
        Assert.True(visit.Reaches(SessionState.Held, 30));
        Assert.True(house.Network.RunUntil(() => other.Session.State == SessionState.Held, TimeSpan.FromSeconds(5)));
        house.Shows.Made[1].Drawing = static () => throw new InvalidOperationException("The brush is gone.");
        visit.Restore();
        visit.Reconnect("a");
        Assert.True(visit.Reaches(SessionState.Closed, 10));
        AssertFaulted(visit.Session);
        Assert.Equal(1, house.Sessions.Faults);
        Assert.True(other.Reaches(SessionState.Connected, 10));
        Assert.Equal(1, house.Sessions.Count);
    }

    [Fact]
    public void A_fault_at_one_session_s_clock_is_told_to_its_owner_and_the_others_go_on()
    {
        var log = new ThrowingLog();
        using var house = new SimulatedHouse(new SimulatedNetwork(502), logger: log);
        var (first, second) = (house.Connect(), house.Connect());
        log.FailsWhere = line => line.Contains($"{first.Session.Id}", StringComparison.Ordinal) && line.Contains("Connected -> Interrupted", StringComparison.Ordinal);
        first.CutOff();
        Assert.True(house.Network.RunUntil(() => second.Session.State == SessionState.Interrupted, TimeSpan.FromSeconds(5)));
        Assert.True(first.Reaches(SessionState.Closed, 1));
        AssertFaulted(first.Session);
        first.Restore();
        Assert.True(second.Reaches(SessionState.Connected, 5));
        Assert.Equal(1, house.Sessions.Faults);
    }

    [Fact]
    public void A_fault_while_the_wire_tells_of_a_connection_ends_that_session_and_the_wire_goes_on()
    {
        var log = new ThrowingLog();
        using var house = new SimulatedHouse(new SimulatedNetwork(503), logger: log);
        log.FailsWhere = static line => line.Contains("Negotiating -> Connected", StringComparison.Ordinal);
        var visit = house.Open();
        Assert.True(visit.Reaches(SessionState.Closed, 5));
        AssertFaulted(visit.Session);
        log.FailsWhere = static _ => false;
        Assert.Equal(SessionState.Connected, house.Connect().Session.State);
    }

    [Fact]
    public void A_log_that_fails_whatever_it_is_told_ends_sessions_and_not_the_process()
    {
        var log = new ThrowingLog();
        using var house = new SimulatedHouse(new SimulatedNetwork(504), logger: log);
        var visit = house.Connect();
        log.FailsWhere = static _ => true;
        visit.CutOff();
        visit.RunFor(30);
        Assert.InRange(house.Sessions.Faults, 1, 10);
        log.FailsWhere = static _ => false;
        visit.Restore();
        Assert.Equal(SessionState.Connected, house.Connect().Session.State);
    }

    [Fact]
    public void What_the_media_clock_says_of_a_fault_names_the_session()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(506));
        house.Connect();
        var visit = house.Connect();
        visit.Show.Ticked = static () => throw new InvalidOperationException("The string is broken.");
        Assert.True(visit.Reaches(SessionState.Closed, 10));
        Assert.NotEmpty(house.Lines);
        Assert.All(house.Lines, line => Assert.StartsWith($"Session {visit.Session.Id} ", line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_show_that_throws_when_it_is_asked_ends_its_session_and_the_asker_gets_an_answer(bool interrupts)
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(505));
        var visit = house.Connect();
        visit.Session.Say("abc");
        visit.Show.Asked = static () => throw new InvalidOperationException("It does not want to.");
        if (interrupts)
        {
            Assert.Equal(0, visit.Session.Interrupt());
        }
        else
        {
            Assert.Equal(new SayOutcome.NotConnected(SessionState.Closed), visit.Session.Say("def"));
        }

        AssertFaulted(visit.Session);
        Assert.Equal(1, house.Sessions.Faults);
    }

    [Fact]
    public void What_a_show_tells_and_nobody_can_take_in_never_reaches_the_thread_of_the_show()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(506));
        var visit = house.Connect();
        var observer = new GuardedObserver(visit.Session, new Deaf());
        observer.UtteranceStarted("u1");
        AssertFaulted(visit.Session);
        observer.WordReached("u1", 0, 1);
        observer.UtteranceResumed("u1", TimeSpan.Zero, TimeSpan.Zero);
        observer.UtteranceEnded("u1", UtteranceEnd.Finished);
        observer.UtteranceFailed("u1", UtteranceFault.Other);
        Assert.Equal(5, house.Sessions.Faults);
    }

    private static void AssertFaulted(Session session)
    {
        Assert.Equal((SessionState.Closed, SessionReason.Faulted), (session.State, session.EndReason));
        var entries = new JournalEntry[512];
        var count = session.Journal.Read(0, entries, out _, out var isEnd);
        Assert.True(isEnd);
        var last = Assert.IsType<SessionEvent.StateChanged>(entries[count - 1].Event);
        Assert.Equal((SessionState.Closed, SessionReason.Faulted), (last.To, last.Reason));
    }

    private sealed class ThrowingLog : ILogger<Session>
    {
        public Func<string, bool> FailsWhere { get; set; } = static _ => false;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (FailsWhere(formatter(state, exception)))
            {
                throw new IOException("The log's disk is full.");
            }
        }
    }

    private sealed class Deaf : IShowObserver
    {
        public void UtteranceStarted(string utteranceId) => throw new InvalidOperationException();

        public void WordReached(string utteranceId, int textOffset, int textLength) => throw new InvalidOperationException();

        public void UtteranceResumed(string utteranceId, TimeSpan offset, TimeSpan repeated) => throw new InvalidOperationException();

        public void UtteranceEnded(string utteranceId, UtteranceEnd end) => throw new InvalidOperationException();

        public void UtteranceFailed(string utteranceId, UtteranceFault fault) => throw new InvalidOperationException();
    }
}
