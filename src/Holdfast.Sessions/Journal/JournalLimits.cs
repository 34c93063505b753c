namespace Holdfast.Sessions;

/// <summary>How much a session's journal keeps at the most.</summary>
public sealed record JournalLimits
{
    /// <summary>Events other than words.</summary>
    public int MaxEvents { get; init; } = 512;

    /// <summary>UTF-16 units of text in those events.</summary>
    public int MaxCharacters { get; init; } = 100_000;

    /// <summary>Events that tell of a word; only subtitles need them, so the oldest may go early.</summary>
    public int MaxWords { get; init; } = 128;

    /// <summary>Readers at once; the one that has been there longest makes room for one more.</summary>
    public int MaxReaders { get; init; } = 8;
}
