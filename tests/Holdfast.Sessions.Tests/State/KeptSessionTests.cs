using System.Net;
using CsCheck;
using Holdfast.Media;
using Holdfast.Rtc;
using static Holdfast.Sessions.Tests.Sessions;

namespace Holdfast.Sessions.Tests;

/// <summary>A snapshot is a read, a restore is an assignment.</summary>
public sealed class KeptSessionTests
{
    private static readonly SessionSettings Settings = new()
    {
        MaxHold = MaxHold,
        HeldAfter = HeldAfter,
        ReconnectTimeout = ReconnectTimeout,
    };

    private static readonly SessionLook Look = new("kai", "another", Speed: 1.25f, Pitch: 0.9f);

    [Theory]
    [InlineData(SessionState.Connected)]
    [InlineData(SessionState.Interrupted)]
    [InlineData(SessionState.Held)]
    public void What_was_written_down_is_found_again_and_it_is_held(SessionState state)
    {
        var line = new KnownLine(IPAddress.Parse("192.0.2.1"), 1_000_000);
        var facts = In(state) with
        {
            Look = Look,
            Line = line,
            Utterances = 17,
            Language = "zh",
            Stage = new StageSize(900, 700),
            Generations = 3,
            Owner = new SessionOwner(FirstToken).Offer(SecondToken),
        };
        var (record, found) = Pass(facts, At(5), new PriorProcess(At(5).Now, IsClean: true, CanGoOn: true), At(6).Now);
        Assert.Equal((state, SessionState.Held), (record.State, found.State));
        Assert.Equal((Look, line, 17, "zh", 3), (found.Look, found.Line, found.Utterances, found.Language, found.Generations));
        Assert.Equal(new StageSize(900, 700), found.Stage);
        Assert.Equal((Ownership.Owner, Ownership.Owner), (found.Owner.Of(FirstToken), found.Owner.Of(SecondToken)));
        Assert.Equal(Grace, found.Terms.Grace);
        Assert.Same(record, found.Kept);
        Assert.Null(found.After(new SessionInput.ShowMade()).Kept);
    }

    [Fact]
    public void Who_was_there_when_the_process_was_killed_was_heard_of_then_and_may_have_heard_of_texts_that_were_not_written_down()
    {
        var alive = At(20).Now;
        var (_, found) = Pass(In(SessionState.Connected), At(5), new PriorProcess(alive, IsClean: false, CanGoOn: true), At(22).Now);
        Assert.Equal((alive, alive, alive), (found.Since, found.AwaySince, found.Lease.LastSignOfLife));
        Assert.Equal(alive + MaxHold, found.Lease.HeldUntilAtMost);
        Assert.Equal(1_000, found.Utterances);
    }

    [Fact]
    public void Nobody_gains_time_by_it_and_nobody_loses_any() =>
        Gen.Select(Gen.Int[0, 400], Gen.Int[0, 2_000], Gen.Int[-2_000, 4_000]).Sample(static (beat, after, restored) =>
        {
            var written = beat + after;
            var held = In(SessionState.Held).Take(SessionInput.SignOfLife.Instance, beat).After;
            var (_, found) = Pass(held, At(written), new PriorProcess(At(written).Now, IsClean: true, CanGoOn: true), At(written + restored).Now);

            // That somebody spoke, the journal says.
            var expires = found.Lease.Spoken().ExpiresAt;
            Assert.True(expires <= held.Lease.ExpiresAt);

            // A clock that was set back is the only thing that takes some: what was heard cannot have been heard later than now.
            Assert.True(restored < 0 || expires == held.Lease.ExpiresAt);
        });

    [Fact]
    public void Taken_again_before_anything_happened_it_is_the_same()
    {
        var first = Pass(In(SessionState.Held), At(5), new PriorProcess(At(5).Now, IsClean: true, CanGoOn: true), At(6).Now);
        var second = Pass(first.Found with { Kept = null }, At(7), new PriorProcess(At(7).Now, IsClean: true, CanGoOn: true), At(8).Now);
        Assert.Equal(first.Found with { Kept = null, Owner = second.Found.Owner, Terms = second.Found.Terms }, second.Found with { Kept = null });
    }

    /// <summary>What happens while it is written down comes before it or after it: both are found as they were.</summary>
    [Fact]
    public void What_happens_while_it_is_written_down_is_in_it_as_a_whole_or_not_at_all()
    {
        var line = new KnownLine(IPAddress.Parse("192.0.2.1"), 64_000);
        (SessionInput Input, Found Before, Found After)[] rows =
        [
            (new SessionInput.ComesBack(Second, Generation: 1, "page", Played: null, SecondToken), new(), new() { Generations = 1, IsSecondsOwner = true }),
            (new SessionInput.Offered(5, "zh"), new(), new() { Utterances = 5, Language = "zh" }),
            (new SessionInput.Adjusted(Look), new(), new() { Look = Look }),
            (new SessionInput.ConnectionLost(First, SessionReason.LeftByPeer, line), new(), new() { Line = line }),
            (new SessionInput.ConnectionLost(Second, SessionReason.LeftByPeer, line), new(), new()),
            (new SessionInput.PathUsable(First, SessionReason.PathHealed), new(), new()),
            (SessionInput.SignOfLife.Instance, new(), new()),
            (new SessionInput.ShowMade(), new(), new()),
        ];
        foreach (var (input, before, after) in rows)
        {
            foreach (var state in new[] { SessionState.Connected, SessionState.Interrupted, SessionState.Held })
            {
                var facts = In(state);
                Assert.Equal((input, state, before), (input, state, Found.Of(facts)));
                Assert.Equal((input, state, after), (input, state, Found.Of(facts.After(input))));
            }
        }
    }

    [Fact]
    public void What_was_left_is_told_to_have_ended_where_nobody_goes_on_with_it_and_is_nothing_to_one_that_is_not_put_aside()
    {
        IReadOnlyList<UnsaidRecord> unsaid = [new UnsaidRecord("u1", "Nothing.", Started: true)];
        var serving = In(SessionState.Connected);
        Assert.Same(serving, serving.After(new SessionInput.SpeechLeft(unsaid)));
        var aside = serving.After(new SessionInput.PutAside()).After(new SessionInput.SpeechLeft(unsaid));
        Assert.Same(unsaid, Assert.Single(aside.Take(new SessionInput.NotKept()).Effects.OfType<SessionEffect.GiveUp>()).Unsaid);
    }

    /// <summary>What another process finds of it.</summary>
    private sealed record Found
    {
        public SessionLook Look { get; init; } = new("lin");

        public KnownLine? Line { get; init; }

        public int Utterances { get; init; }

        public string? Language { get; init; }

        public int Generations { get; init; }

        public bool IsSecondsOwner { get; init; }

        public static Found Of(SessionFacts facts)
        {
            var (_, found) = Pass(facts, At(1), new PriorProcess(At(1).Now, IsClean: true, CanGoOn: true), At(2).Now);
            Assert.Equal(Ownership.Owner, found.Owner.Of(FirstToken));
            return new Found
            {
                Look = found.Look,
                Line = found.Line,
                Utterances = found.Utterances,
                Language = found.Language,
                Generations = found.Generations,
                IsSecondsOwner = found.Owner.Of(SecondToken) == Ownership.Owner,
            };
        }
    }

    private static (SessionRecord Record, SessionFacts Found) Pass(SessionFacts facts, Sight sight, PriorProcess prior, RtcTime now)
    {
        var parts = new KeptParts(new JournalRecord(0, 0, []), [], [], new PutAsideSpeech(null, new PlayoutTotals(0, 0)), Line: null);
        Assert.True(SessionId.TryFrom(1, out var id));
        var record = facts.ToRecord(id, facts.State, sight, parts);
        return (record, record.ToFacts(facts.Look, prior, Settings, now));
    }
}
