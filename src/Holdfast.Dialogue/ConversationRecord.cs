namespace Holdfast.Dialogue;

/// <summary>All of a conversation that another process needs to go on with it. Plain data, for JSON.</summary>
internal sealed record ConversationRecord
{
    /// <summary>Raised when an older server could not read it any more.</summary>
    public const int CurrentVersion = 1;

    /// <summary>See <see cref="CurrentVersion"/>.</summary>
    public required int Version { get; init; }

    /// <summary>The number of the newest turn.</summary>
    public required long Turn { get; init; }

    /// <summary>The model that was chosen; null for the default.</summary>
    public string? Model { get; init; }

    /// <summary>What was said and heard, the oldest first.</summary>
    public required IReadOnlyList<SaidLine> History { get; init; }

    /// <summary>Questions that wait, the oldest first.</summary>
    public required IReadOnlyList<Question> Waiting { get; init; }

    /// <summary>The outages so far.</summary>
    public required IReadOnlyList<SurvivedOutage> Outages { get; init; }

    /// <summary>The answer that was being thought about or said; null where none was.</summary>
    public OpenAnswer? Open { get; init; }

    /// <summary>The same where pieces were handed on that nobody knows of: they are still to be said, before all that was not handed on.</summary>
    /// <param name="isUnknown">Tells of an utterance whether it was never accepted.</param>
    public ConversationRecord TakeBack(Func<string, bool> isUnknown)
    {
        if (Open is not { } open)
        {
            return this;
        }

        var isLost = open.Parts.ToLookup(part => part is { IsOver: false, UtteranceId: { } id } && isUnknown(id));
        return !isLost[true].Any() ? this : this with
        {
            Open = open with { Parts = [.. isLost[false]], Unsaid = [.. isLost[true].Select(static part => part.Text), .. open.Unsaid] },

            // What is asked again is not noted yet.
            History = isLost[false].Any() ? History : [.. History.SkipLast(1)],
        };
    }
}

/// <summary>An answer that was being given when the process ended.</summary>
/// <param name="Question">What was asked.</param>
/// <param name="Parts">What was handed on to be said.</param>
/// <param name="Unsaid">What was written and not handed on.</param>
/// <param name="Trace">The turn's span, as the W3C's traceparent; null where nobody traced it.</param>
internal sealed record OpenAnswer(Question Question, IReadOnlyList<OpenPart> Parts, IReadOnlyList<string> Unsaid, string? Trace = null)
{
    /// <summary>What was received and was no piece yet: the beginning of a sentence, and what waited for room.</summary>
    public string Uncut { get; init; } = "";

    /// <summary>Whether the model was done. An older server, which does not tell, said nothing about the rest.</summary>
    public bool IsWritten { get; init; } = true;

    /// <summary>When it was asked; null where an older server does not tell.</summary>
    public DateTimeOffset? AskedAt { get; init; }

    /// <summary>Whether it was told that its first sound was sent.</summary>
    public bool IsSoundTold { get; init; }
}

/// <summary>A piece of an answer that was handed on.</summary>
/// <param name="Text">As it was written.</param>
/// <param name="UtteranceId">Its name, or null where it was only shown.</param>
/// <param name="Heard">How much of it is known to have been heard, in UTF-16 units.</param>
/// <param name="IsOver">Whether nothing more comes of it.</param>
internal sealed record OpenPart(string Text, string? UtteranceId, int Heard, bool IsOver);
