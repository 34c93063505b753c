namespace Holdfast.Lab.Fuzz;

/// <summary>What a run has done so far.</summary>
/// <param name="Datagrams">Hostile datagrams handed to a server's peer.</param>
/// <param name="Parsed">Datagrams and offers handed to the parsers alone.</param>
/// <param name="Conversations">Conversations that ended as they should: with the living client served.</param>
internal readonly record struct FuzzProgress(long Datagrams, long Parsed, long Conversations);

/// <summary>What was found, with all that it takes to see it again.</summary>
/// <param name="Seed">The seed of the conversation; a run that begins with it finds it at once.</param>
/// <param name="Message">What went wrong.</param>
/// <param name="Datagram">The last datagram as it arrived, in hex.</param>
/// <param name="Plain">The same before protection, where it was protected.</param>
internal sealed record FuzzFinding(ulong Seed, string Message, string Datagram, string Plain)
{
    public override string ToString() => $"seed {Seed}: {Message}\n  datagram: {Datagram}\n  before protection: {(Plain.Length > 0 ? Plain : "it was not protected")}";
}

/// <summary>Conversation after conversation, and the parsers between them. Choices follow from the seed; keys and stream numbers are new each time.</summary>
internal sealed class FuzzRun
{
    private const int DatagramsPerConversation = 40_000;
    private const int ParsedPerConversation = 20_000;

    private ulong _seed;
    private FuzzProgress _progress;

    /// <param name="seed">The first conversation's.</param>
    public FuzzRun(ulong seed) => _seed = seed;

    public FuzzProgress Progress => _progress;

    /// <summary>Runs one conversation.</summary>
    /// <returns>What was found, or null.</returns>
    public FuzzFinding? RunConversation()
    {
        var dice = new FuzzDice(_seed);
        using var conversation = new FuzzConversation(dice);
        var parsers = new ParserFuzz(new FuzzDice(dice.Seed()), conversation.Offer);
        using var disturbed = new FuzzConversation(new FuzzDice(dice.Seed()));
        var (isParsing, current) = (false, disturbed);
        try
        {
            disturbed.Disturb();
            current = conversation;
            conversation.Connect();
            conversation.Attack(DatagramsPerConversation);
            conversation.AssertServed();
            isParsing = true;
            for (var i = 0; i < ParsedPerConversation; i++)
            {
                parsers.Step();
            }
        }
#pragma warning disable CA1031 // Any exception is a find.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new FuzzFinding(
                _seed,
                e is FuzzException ? e.Message : e.ToString(),
                Convert.ToHexString(isParsing ? parsers.Last : current.Last),
                isParsing ? "" : Convert.ToHexString(current.LastPlain));
        }

        _progress = new FuzzProgress(_progress.Datagrams + disturbed.Datagrams + conversation.Datagrams, _progress.Parsed + ParsedPerConversation, _progress.Conversations + 1);
        _seed++;
        return null;
    }
}
