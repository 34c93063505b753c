using CsCheck;
using Holdfast.Rtc;
using static Holdfast.Sessions.Tests.Sessions;

namespace Holdfast.Sessions.Tests;

/// <summary>What holds whatever happens, in whatever order and at whatever times.</summary>
public sealed class SessionReducerProperties
{
    private static readonly Gen<SessionInput> Inputs = Gen.Frequency(
        (6, Gen.Const<SessionInput>(SessionInput.TimePassed.Instance)),
        (10, Gen.Int[0, AllInputs.Count - 1].Select(static index => AllInputs[index])),
        (4, Gen.Select(Gen.Int[1, 6], Gen.Int[0, 1]).Select(static (connection, page) => (SessionInput)
            new SessionInput.ComesBack(connection, Generation: connection, page == 0 ? "page" : null, connection * 10, ResumeTokenHash.Of($"{connection}")))),
        (4, Gen.Int[1, 6].Select(static connection => (SessionInput)new SessionInput.ConnectionUp(connection))),
        (2, Gen.Int[1, 6].Select(static connection => (SessionInput)new SessionInput.ConnectionLost(connection, SessionReason.PathLost))),
        (2, Gen.Int[1, 6].Select(static connection => (SessionInput)new SessionInput.PathUsable(connection, SessionReason.PathHealed))));

    private static readonly Gen<Happening[]> Lives = Gen.Select(Inputs, Gen.Int[0, 20_000], Gen.Int[0, 15_000], Gen.Int[0, 7])
        .Select(static (input, after, unheard, flags) => new Happening(input, after, unheard, flags)).Array[1, 60];

    [Fact]
    public void Whatever_happens_these_things_hold() => Gen.Select(Gen.Enum<Attendance>(), Lives).Sample(static (attendance, life) =>
    {
        var facts = New(attendance);
        var now = Start;
        var newest = First;
        var open = new HashSet<int> { First };
        var farthest = RtcTime.Never;
        foreach (var (input, after, unheard, flags) in life)
        {
            if (input is SessionInput.ComesBack { Connection: var coming } && coming <= newest)
            {
                // Numbers are never given twice.
                continue;
            }

            now += TimeSpan.FromMilliseconds(after);
            var sight = new Sight(now)
            {
                Heard = RtcTime.Min(now, now + -TimeSpan.FromMilliseconds(unheard)),
                IsSpokenTo = (flags & 1) != 0,
                IsFeedbackMissing = (flags & 2) != 0,
                HasOutputs = (flags & 4) != 0,
            };
            var step = SessionReducer.Reduce(facts, input, sight);
            Assert.Same(facts, step.Before);
            Holds(step, now);

            newest = input is SessionInput.ComesBack answered ? answered.Connection : newest;
            Connections(step, open);
            Held(step, now, ref farthest);
            facts = step.After;
        }
    });

    private static void Holds(SessionStep step, RtcTime now)
    {
        var (before, after) = (step.Before, step.After);
        Assert.True(!before.IsOver || (ReferenceEquals(before, after) && step.Effects.IsEmpty), "Over is over.");
        Assert.Equal(after.IsOver, after.EndReason is not null);
        Assert.True(after.Changes >= before.Changes && after.Generations >= before.Generations && after.Since >= before.Since);
        Assert.True(after.Since == now || !step.IsMove);
        Assert.True(after.Lease.LastSignOfLife >= before.Lease.LastSignOfLife && (after.Lease.WasSpokenTo || !before.Lease.WasSpokenTo));
        Assert.True(before.IsPutAside ? after.IsPutAside && (after.State == before.State || after.State == SessionState.Closed) : true);
        Assert.True(after.State is not (SessionState.Interrupted or SessionState.Held) || after.AwaySince is not null);
        Assert.True(after.State is not (SessionState.Connected or SessionState.Negotiating) || after.AwaySince is null);

        // One word for each change, and no word without one.
        var told = step.Effects.OfType<SessionEffect.Tell>().Select(static tell => tell.Change)
            .Concat(step.Effects.OfType<SessionEffect.GiveUp>().Select(static ending => ending.Change)).ToList();
        var isToldLater = after.IsPutAside && !before.IsPutAside && !after.IsOver;
        Assert.Equal(step.IsMove && !isToldLater ? 1 : 0, told.Count);
        Assert.All(told, change => Assert.Equal(after.State, change.To));
        Assert.Equal(isToldLater, after.Farewell is not null && before.Farewell is null);
        Assert.Equal(step.IsMove && after.IsOver ? 1 : 0, step.Effects.OfType<SessionEffect.Leave>().Count());
        Assert.True(step.Effects.OfType<SessionEffect.Report>().Count() == told.Count + (isToldLater ? 1 : 0));
        Assert.True(step.Effects.OfType<SessionEffect.Note>().Count(static note => note is not SessionEffect.Tell) <= 1, "The performance is told one thing at a time.");
    }

    /// <summary>A connection that the session does not mean any more is ended once, unless it had ended by itself. One that it means is not.</summary>
    private static void Connections(SessionStep step, HashSet<int> open)
    {
        if (step.After.Try is { } begun && step.Before.Try?.Connection != begun.Connection)
        {
            open.Add(begun.Connection);
        }

        foreach (var closed in step.Closed())
        {
            Assert.True(open.Remove(closed), $"{closed} is ended twice.");
        }

        if (step.Before.Try is { } gone && step.After.Try is null && step.After.InUse != gone.Connection && step.Closed().All(closed => closed != gone.Connection))
        {
            // It said itself that it had ended.
            open.Remove(gone.Connection);
        }

        Assert.Equal([.. open.Order()], ((int?[])[step.After.InUse, step.After.Try?.Connection]).OfType<int>().Order());
    }

    /// <summary>However many signs of life come: who is not there for outputs is held for as long as may be, and once somebody is coming back for a little longer.</summary>
    private static void Held(SessionStep step, RtcTime now, ref RtcTime farthest)
    {
        var (before, after) = (step.Before, step.After);
        if (after.State != SessionState.Held || after.Terms.IsUnattended)
        {
            farthest = RtcTime.Never;
            return;
        }

        if (before.State != SessionState.Held)
        {
            farthest = now + MaxHold;
        }

        Assert.True(after.Lease.HeldUntilAtMost <= farthest, "Held time grows.");
        Assert.True(after.Lease.ExpiresAt <= farthest);
        farthest = RtcTime.Min(farthest, after.Lease.HeldUntilAtMost);
    }

    private readonly record struct Happening(SessionInput Input, int AfterMilliseconds, int UnheardMilliseconds, int Flags);
}
