namespace Holdfast.Sessions.Tests;

public sealed class CredentialTests
{
    [Fact]
    public void An_id_survives_the_trip_through_a_JavaScript_number()
    {
        for (var i = 0; i < 10_000; i++)
        {
            var id = SessionId.New();
            Assert.InRange(id.Value, 1, (1L << 53) - 1);
            Assert.Equal(id.Value, (long)(double)id.Value);
            Assert.True(SessionId.TryParse(id.ToString(), null, out var read));
            Assert.Equal(id, read);
        }
    }

    [Fact]
    public void Ids_use_all_their_bits()
    {
        long ones = 0, zeros = 0;
        for (var i = 0; i < 1_000; i++)
        {
            var value = SessionId.New().Value;
            ones |= value;
            zeros |= ~value;
        }

        Assert.Equal((1L << 53) - 1, ones);
        Assert.Equal((1L << 53) - 1, zeros & ((1L << 53) - 1));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("9007199254740992")]
    [InlineData("99999999999999999999999999")]
    [InlineData("0x10")]
    public void What_is_no_id_is_not_read_as_one(string? text) => Assert.False(SessionId.TryParse(text, null, out _));

    [Fact]
    public void A_token_matches_its_own_hash_only()
    {
        var token = ResumeToken.New();
        var hash = token.Hash();
        Assert.True(hash.Matches(token.Value));
        Assert.False(hash.Matches(ResumeToken.New().Value));
        Assert.False(hash.Matches(token.Value[..^1]));
        Assert.False(hash.Matches(string.Empty));
        Assert.Equal(43, token.Value.Length);
    }

    [Fact]
    public void A_token_does_not_print_itself() =>
        Assert.DoesNotContain(ResumeToken.New().Value, $"{ResumeToken.New()}", StringComparison.Ordinal);

    [Fact]
    public void The_oldest_ended_session_is_forgotten_first()
    {
        var ended = new EndedSessions(capacity: 3, journalBytes: 1_000_000);
        var ids = Enumerable.Range(0, 5).Select(_ => SessionId.New()).ToArray();
        foreach (var id in ids)
        {
            var journal = new EventJournal(new JournalLimits(), TimeProvider.System);
            ended.Add(new EndedSession(
                id, new SessionOwner(ResumeToken.New().Hash()), SessionReason.ClosedByOwner, DateTimeOffset.UnixEpoch, journal));
        }

        Assert.Equal([false, false, true, true, true], ids.Select(id => ended.TryFind(id, out _)));
    }
}
