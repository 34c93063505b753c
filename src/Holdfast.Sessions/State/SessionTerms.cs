using Holdfast.Rtc;

namespace Holdfast.Sessions;

/// <summary>What a session lives by, from its beginning to its end.</summary>
internal sealed record SessionTerms
{
    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>How long it is kept after the last sign of life, once anybody has spoken in it.</summary>
    public required TimeSpan Grace { get; init; }

    /// <summary>How long it is held at the most.</summary>
    public required TimeSpan MaxHold { get; init; }

    /// <summary>How long it is held at the most while nobody has spoken in it; null: as long as any.</summary>
    public TimeSpan? UnspokenGrace { get; init; }

    /// <summary>How long nothing authentic may come before its connection is lost.</summary>
    public required TimeSpan HeldAfter { get; init; }

    /// <summary>How long a new connection may take to come about.</summary>
    public required TimeSpan ReconnectTimeout { get; init; }

    /// <summary>Who it is there for.</summary>
    public Attendance Attendance { get; init; }

    /// <summary>What becomes of what is being said while nobody can hear it.</summary>
    public GapPolicy GapPolicy { get; init; }

    /// <summary>Whether whoever knows its id may speak for it.</summary>
    public bool AnswersToId { get; init; }

    /// <summary>What the app knows of it.</summary>
    public SessionLabels Labels { get; init; } = SessionLabels.None;

    /// <summary>Whether it began without a viewer.</summary>
    public bool IsUnattended => Attendance != Attendance.Viewer;

    /// <summary>The longest time from the moment it is held to its end.</summary>
    public TimeSpan LongestHold => MaxHold > Grace ? MaxHold : Grace;

    /// <summary>Whether something keeps it that is not its viewer.</summary>
    public bool IsKept(bool hasOutputs) => Attendance == Attendance.None || (Attendance == Attendance.Outputs && hasOutputs);

    /// <summary>How long it is kept, from a first sign of life.</summary>
    public Lease LeaseFrom(RtcTime heard) => new(Grace, MaxHold, heard, AnswersToId || IsUnattended ? null : UnspokenGrace);
}
