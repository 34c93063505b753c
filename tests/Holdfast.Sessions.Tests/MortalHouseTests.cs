using Holdfast.Sessions.Tests.Kit;

namespace Holdfast.Sessions.Tests;

/// <summary>Sessions over the death of their process: the same client, which knows nothing of it, hears on.</summary>
public sealed class MortalHouseTests
{
    /// <summary>Some 17 s of speech, pauses included.</summary>
    private const string Text = "abcdefghijklmnopqrstuvwxyz0123";

    public static TheoryData<int> Seeds(int count) => [.. Enumerable.Range(1, count)];

    [Theory]
    [MemberData(nameof(Seeds), 12)]
    public void Killed_again_and_again_no_word_is_lost_and_nobody_does_anything(int seed)
    {
        var random = new Random(seed);
        using var house = new MortalHouse(seed);
        house.Session.Say(Text, "key");
        house.Session.Say("xyz", "other");
        house.Write();
        for (var i = random.Next(1, 4); i >= 0; i--)
        {
            house.RunFor(0.2 + (random.NextDouble() * 4));
            house.Kill();
            house.Start(0.1 + (random.NextDouble() * 5));
            Assert.Equal(SessionState.Connected, house.Session.State);
        }

        Assert.True(house.ListenToTheEnd(60));
        Assert.Empty(house.Lost("u1", Text));
        Assert.Empty(house.Lost("u2", "xyz"));
        Assert.Empty(house.Client.Media!.Failures);
        var told = Read(house.Session.Journal);
        Assert.Equal(["u1", "u2"], told.OfType<SessionEvent.UtteranceFinished>().Select(static one => one.UtteranceId).Distinct(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Contains(told, static one => one is SessionEvent.StateChanged { Reason: SessionReason.ServerRestarted, To: SessionState.Held });
        Assert.Contains(told, static one => one is SessionEvent.StateChanged { Reason: SessionReason.ServerRestarted, To: SessionState.Connected });
    }

    [Fact]
    public void Stopped_politely_it_goes_on_at_the_very_place_and_says_goodbye_to_nobody()
    {
        using var house = new MortalHouse(21);
        house.Session.Say(Text);
        house.RunFor(5);
        house.Stop();
        Assert.Equal(0, house.Client.Media!.Goodbyes);
        house.Start(1);
        Assert.Equal(SessionState.Connected, house.Session.State);
        Assert.True(house.ListenToTheEnd(60));
        Assert.Empty(house.Lost("u1", Text));
        Assert.Empty(house.Client.Media.Failures);
        Assert.Equal(0, house.Client.Media.Goodbyes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2.7)]
    [InlineData(5)]
    [InlineData(12.3)]
    public void Lent_it_plays_on_to_the_moment_at_which_the_next_house_goes_on_with_the_very_next_sound(double after)
    {
        using var house = new MortalHouse(22);
        house.Session.Say(Text);
        house.Session.Say("xyz");
        house.RunFor(after);
        var before = house.Shows.Made[0];
        var from = before.Furthest;
        house.Lend(TimeSpan.FromSeconds(0.4));
        Assert.InRange(before.Furthest - from, 19, 20);
        Assert.Equal(0, house.Client.Media!.Goodbyes);

        house.Start(0);
        Assert.Equal(SessionState.Connected, house.Session.State);
        Assert.Equal(before.Furthest, house.Shows.Made[0].Before);
        Assert.True(house.ListenToTheEnd(60));
        Assert.Empty(house.Lost("u1", Text));
        Assert.Empty(house.Lost("u2", "xyz"));
        Assert.Equal(TimeSpan.Zero, house.Session.SpeechFate.Repeated);
        Assert.Empty(house.Client.Media.Failures);
        Assert.Equal(
            ["u1", "u2"], Read(house.Session.Journal).OfType<SessionEvent.UtteranceFinished>().Select(static one => one.UtteranceId), StringComparer.Ordinal);
    }

    /// <summary>A machine on which a server starts has no time: ticks that the clock leaves out are sent late, and none is left out.</summary>
    [Theory]
    [InlineData(0.08)]
    [InlineData(0.2)]
    [InlineData(0.3)]
    public void Lent_on_a_machine_that_has_no_time_it_plays_all_that_the_next_house_does_not(double stall)
    {
        using var house = new MortalHouse(25);
        house.Session.Say(Text);
        house.RunFor(3);
        var before = house.Shows.Made[0];
        var (from, got) = (before.Furthest, house.Client.Media!.Timestamps.Count);
        house.Lend(TimeSpan.FromSeconds(0.4), TimeSpan.FromSeconds(stall));
        Assert.InRange(before.Furthest - from, 19, 20);
        var timestamps = house.Client.Media.Timestamps.Skip(got).Where(packet => packet.Ssrc == house.Client.Answer.AudioSsrc).Select(static packet => packet.Timestamp).ToList();
        Assert.InRange(timestamps.Count, 19, 21); // one may have been on its way
        Assert.All(timestamps.Zip(timestamps.Skip(1)), static pair => Assert.Equal(960u, pair.Second - pair.First));

        house.Start(0);
        Assert.Equal(before.Furthest, house.Shows.Made[0].Before);
        Assert.True(house.ListenToTheEnd(60));
        Assert.Equal(TimeSpan.Zero, house.Session.SpeechFate.Repeated);
    }

    [Fact]
    public void Lent_in_its_last_words_it_says_them_to_the_end_and_nobody_says_them_again()
    {
        using var house = new MortalHouse(23);
        house.Session.Say("ab");
        house.RunFor(0.2);
        for (var shows = house.Shows; shows.Made[0].Places - shows.Made[0].Furthest > 10;)
        {
            house.RunFor(0.02);
        }

        house.Session.Say("xyz");
        house.Lend(TimeSpan.FromSeconds(0.4));
        Assert.Empty(house.Lost("u1", "ab"));
        house.Start(0);
        Assert.True(house.ListenToTheEnd(30));
        Assert.Empty(house.Lost("u2", "xyz"));
        Assert.Equal(0, house.Shows.Made[0].Before);
        Assert.Equal(
            ["u1", "u2"], Read(house.Session.Journal).OfType<SessionEvent.UtteranceFinished>().Select(static one => one.UtteranceId), StringComparer.Ordinal);
    }

    [Fact]
    public void Lent_while_its_network_is_away_it_stands_still_and_is_held_by_the_next_house()
    {
        using var house = new MortalHouse(24);
        house.Session.Say(Text);
        house.RunFor(3);
        house.Client.IsAlive = false;
        house.RunFor(1.5);
        var before = house.Shows.Made[0].Furthest;
        house.Lend(TimeSpan.FromSeconds(0.4));
        Assert.Equal(before, house.Shows.Made.Count > 0 ? house.Shows.Made[0].Furthest : 0);
        house.Client.IsAlive = true;
        house.Start(0);
        Assert.True(house.ListenToTheEnd(60));
        Assert.Empty(house.Lost("u1", Text));
    }

    /// <summary>A voice takes longer than all else: what it had made goes with the session, to the next house and no further.</summary>
    [Fact]
    public void What_its_voice_had_made_goes_with_it_when_it_stops()
    {
        using var house = new MortalHouse(25);
        var part = (house.Id.Value, StoredParts.Made);
        house.Session.Say(Text);
        house.RunFor(5);
        Assert.False(house.Store.Parts.ContainsKey(part));
        house.Stop();
        Assert.True(house.Store.Parts.ContainsKey(part));

        house.Start(1);
        var given = Assert.Single(house.Shows.Made[0].Given);
        Assert.StartsWith(nameof(Holdfast.Media.SpeechMark), given, StringComparison.Ordinal);
        house.RunFor(2);
        Assert.False(house.Store.Parts.ContainsKey(part));

        // After a crash there is none, and that does no harm.
        house.Kill();
        house.Start(1);
        Assert.Equal("", Assert.Single(house.Shows.Made[0].Given));
        Assert.True(house.ListenToTheEnd(60));
        Assert.Empty(house.Lost("u1", Text));
    }

    /// <summary>Five hundred that nobody listens to must not make the stop slow: they have time when they are back.</summary>
    [Fact]
    public void Of_one_that_nobody_listens_to_no_sound_is_kept()
    {
        using var house = new MortalHouse(26);
        house.Session.Say(Text);
        house.RunFor(3);
        house.Client.IsAlive = false;
        house.RunFor(15);
        Assert.Equal(SessionState.Held, house.Session.State);
        house.Stop();
        Assert.DoesNotContain(house.Store.Parts.Keys, static key => string.Equals(key.Name, StoredParts.Made, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_goes_on_the_moment_it_may_though_its_show_was_wanted_before_that(bool isPolite)
    {
        using var house = new MortalHouse(31);
        house.Session.Say(Text);
        house.RunFor(5);
        if (isPolite)
        {
            house.Stop();
        }
        else
        {
            house.Kill();
        }

        // Whoever accompanies it may ask for what it shows while its packets' numbers are still being reserved.
        house.Store.OnNextCommit = () => house.Session.PerformanceOrUnsaid();
        house.Start(0);
        Assert.Equal(SessionState.Connected, house.Session.State);
    }

    [Fact]
    public void What_was_known_of_the_line_before_a_crash_is_known_after_it_and_to_a_new_connection_too()
    {
        using var house = new MortalHouse(23);
        house.Session.Say(Text);
        house.RunFor(6);
        var known = house.Session.Connection!.Line!;
        Assert.True(known.BitsPerSecond > 1_000_000, $"{known}");
        house.Kill();
        house.Start(0.5);
        Assert.InRange(house.Session.Snapshot().Connection!.Line!.Value.Estimate, known.BitsPerSecond / 2, int.MaxValue);

        // It was not measured again yet, and is killed again.
        house.Write();
        house.Kill();
        house.Start(0.5);
        Assert.InRange(house.Session.Snapshot().Connection!.Line!.Value.Estimate, known.BitsPerSecond / 2, int.MaxValue);
        Assert.Equal(known.Remote, house.Session.KnownLine!.Remote);
    }

    [Fact]
    public void What_was_promised_before_a_crash_is_true_after_it()
    {
        using var house = new MortalHouse(22);
        var promised = house.Session.Say("promised", "key");
        house.Write();
        house.Kill();
        house.Start(1);
        Assert.Equal(Assert.IsType<SayOutcome.Accepted>(promised).UtteranceId, Assert.IsType<SayOutcome.Repeated>(house.Session.Say("promised", "key")).UtteranceId);
        Assert.Equal(Ownership.Owner, house.Session.OwnershipOf(house.Token.Value));

        // What may have been told and was not written down is not told of something else.
        Assert.NotEqual("u2", Assert.IsType<SayOutcome.Accepted>(house.Session.Say("more", "other")).UtteranceId, StringComparer.Ordinal);
        Assert.True(house.Session.Journal.Last > 1_000_000);
    }

    [Fact]
    public void One_that_ended_does_not_come_back()
    {
        using var house = new MortalHouse(23);
        house.RunFor(1);
        Assert.Contains(house.Store.Parts.Keys, key => key.Session == house.Id.Value);
        house.Session.Close(SessionReason.ClosedByOwner);
        house.Write();
        Assert.DoesNotContain(house.Store.Parts.Keys, key => key.Session == house.Id.Value);
    }

    [Fact]
    public void One_whose_client_is_gone_is_noticed_and_held_with_the_time_it_had_left()
    {
        using var house = new MortalHouse(24);
        house.Session.Say("a");
        house.RunFor(3);
        house.Kill();
        house.Client.IsAlive = false;
        house.Start(1);
        house.RunFor(15);
        Assert.Equal(SessionState.Held, house.Session.State);
        Assert.InRange(house.Session.Snapshot().ExpiresIn.TotalSeconds, 270, 300);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(45)]
    public void A_server_that_was_away_for_longer_goes_on_as_soon_as_the_client_is_heard(double seconds)
    {
        using var house = new MortalHouse(25);
        house.Session.Say(Text);
        house.RunFor(5);
        house.Kill();
        house.Start(seconds);
        Assert.Equal(SessionState.Held, house.Session.State);
        Assert.True(house.ListenToTheEnd(60));
        Assert.Empty(house.Lost("u1", Text));
        Assert.Empty(house.Client.Media!.Failures);
    }

    [Fact]
    public void After_two_minutes_the_connection_is_gone_and_the_session_is_not()
    {
        using var house = new MortalHouse(26);
        house.Session.Say(Text);
        house.RunFor(5);
        house.Kill();
        house.Start(120);
        house.RunFor(5);
        Assert.Equal(SessionState.Held, house.Session.State);
        Assert.IsType<RestartResult.ConnectionGone>(house.Session.Restart(house.House.NewClient().Offer));
        Assert.IsType<ReconnectResult.Answered>(house.Session.Reconnect(house.House.NewClient().Offer, "page"));
    }

    [Fact]
    public void A_full_disk_is_told_and_ends_nothing()
    {
        using var house = new MortalHouse(27);
        house.RunFor(1);
        house.Store.Fault = SessionStoreFault.Unavailable;
        house.Session.Say(Text);
        var heard = house.Client.Media!.Audio.Count;
        house.RunFor(30);
        Assert.NotNull(house.Keeper.Problem);
        Assert.Equal(SessionState.Connected, house.Session.State);
        Assert.InRange(house.Client.Media.Audio.Count - heard, 1_450, 1_510);
        house.Store.Fault = null;
        house.RunFor(2);
        Assert.Null(house.Keeper.Problem);
    }

    [Fact]
    public void A_process_that_lost_the_store_to_another_sends_nothing_more()
    {
        using var house = new MortalHouse(28);
        house.RunFor(1);
        var isTold = false;
        house.Keeper.Lost = () => isTold = true;
        house.Store.Fault = SessionStoreFault.Taken;
        house.RunFor(2);
        var heard = house.Client.Media!.Audio.Count;
        house.RunFor(5);
        Assert.True(isTold);
        Assert.Equal(heard, house.Client.Media.Audio.Count);
    }

    [Fact]
    public void A_session_at_rest_is_not_written_again()
    {
        using var house = new MortalHouse(29);
        house.RunFor(3);
        var before = house.Store.Parts.Where(part => part.Key.Session == house.Id.Value).ToDictionary(static part => part.Key, static part => part.Value);
        house.RunFor(5);
        Assert.All(before, part => Assert.Same(part.Value, house.Store.Parts[part.Key]));
    }

    private static List<SessionEvent> Read(EventJournal journal)
    {
        using var reader = journal.Open(0);
        var entries = new JournalEntry[1_000];
        return [.. entries.Take(reader.Read(entries, out _, out _)).Select(static entry => entry.Event)];
    }
}
