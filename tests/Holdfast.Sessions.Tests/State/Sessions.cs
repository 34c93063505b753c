using Holdfast.Media;
using Holdfast.Rtc;

namespace Holdfast.Sessions.Tests;

/// <summary>Sessions in every state there is, as records: nothing runs.</summary>
internal static class Sessions
{
    public const int First = 1;
    public const int Second = 2;
    public const int Third = 3;

    public static readonly RtcTime Start = new(1_000_000_000_000);
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(300);
    public static readonly TimeSpan MaxHold = TimeSpan.FromSeconds(1_800);
    public static readonly TimeSpan HeldAfter = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan ReconnectTimeout = TimeSpan.FromSeconds(10);
    public static readonly ResumeTokenHash FirstToken = ResumeTokenHash.Of("first");
    public static readonly ResumeTokenHash SecondToken = ResumeTokenHash.Of("second");

    /// <summary>Every input there is, each with a connection in use, one that is being built and one of long ago.</summary>
    public static IReadOnlyList<SessionInput> AllInputs { get; } =
    [
        SessionInput.TimePassed.Instance,
        SessionInput.SignOfLife.Instance,
        new SessionInput.ComesBack(Third, Generation: 7, "another page", Played: null, SecondToken),
        .. from connection in (int[])[First, Second, Third] select new SessionInput.ConnectionUp(connection),
        .. from connection in (int[])[First, Second, Third] select new SessionInput.PathUsable(connection, SessionReason.PathHealed),
        .. from connection in (int[])[First, Second, Third] select new SessionInput.ConnectionLost(connection, SessionReason.LeftByPeer),
        new SessionInput.CloseRequested(SessionReason.ClosedByOwner),
        new SessionInput.TokenShown(FirstToken),
        new SessionInput.TokenShown(SecondToken),
        new SessionInput.PlugPulled(Start + TimeSpan.FromHours(1)),
        new SessionInput.PutAside(),
        new SessionInput.NotKept(),
        new SessionInput.SpeechLeft([new UnsaidRecord("u1", "Nothing.", Started: true)]),
        new SessionInput.ShowMade(),
        new SessionInput.Offered(1, "en"),
        new SessionInput.Adjusted(new SessionLook("kai")),
        new SessionInput.StageTold(new StageSize(900, 900)),
    ];

    /// <summary>As it is when its first offer was answered.</summary>
    public static SessionFacts New(Attendance attendance = Attendance.Viewer) => new(
        TermsOf(attendance),
        SessionState.Negotiating,
        Start,
        TermsOf(attendance).LeaseFrom(Start).Spoken(),
        new SessionOwner(FirstToken),
        new SessionLook("lin"))
    {
        InUse = First,
    };

    public static SessionTerms TermsOf(Attendance attendance) => new()
    {
        CreatedAt = Start.ToDateTimeOffset(),
        Grace = Grace,
        MaxHold = MaxHold,
        HeldAfter = HeldAfter,
        ReconnectTimeout = ReconnectTimeout,
        Attendance = attendance,
    };

    /// <summary>In a state, which it has just come to by the ordinary way.</summary>
    public static SessionFacts In(SessionState state) => state switch
    {
        SessionState.Negotiating => New(),
        SessionState.Connected => In(SessionState.Negotiating).After(new SessionInput.ConnectionUp(First)),
        SessionState.Interrupted => In(SessionState.Connected).After(SessionInput.TimePassed.Instance, At(0) with { IsFeedbackMissing = true }),
        SessionState.Held => In(SessionState.Connected).After(new SessionInput.ConnectionLost(First, SessionReason.LeftByPeer)),
        SessionState.Expired => In(SessionState.Held).After(SessionInput.TimePassed.Instance, At(Grace.TotalSeconds)),
        SessionState.Closed => In(SessionState.Connected).After(new SessionInput.CloseRequested(SessionReason.ClosedByOwner)),
    };

    /// <summary>In a state, while a second connection is being built for a page.</summary>
    public static SessionFacts ComingBackIn(SessionState state) =>
        In(state).After(new SessionInput.ComesBack(Second, Generation: 1, "page", Played: 42, SecondToken));

    /// <summary>What is to be seen so many seconds after the start: nothing was heard since.</summary>
    public static Sight At(double seconds) => new(Start + TimeSpan.FromSeconds(seconds)) { Heard = Start };

    public static SessionStep Take(this SessionFacts facts, SessionInput input, double seconds = 0) => SessionReducer.Reduce(facts, input, At(seconds));

    public static SessionFacts After(this SessionFacts facts, SessionInput input, Sight? sight = null) =>
        SessionReducer.Reduce(facts, input, sight ?? At(0)).After;

    /// <summary>Which connections are to be ended.</summary>
    public static IEnumerable<int> Closed(this SessionStep step) => step.Effects.OfType<SessionEffect.Close>().Select(static close => close.Connection);
}
