using System.Diagnostics;
using System.Text.Json.Serialization;
using Holdfast.Media;

namespace Holdfast.Sessions;

/// <summary>All of a session that another process needs to go on with it, but for its connection. No sound, no pictures, no token.</summary>
internal sealed record SessionRecord
{
    /// <summary>Raised when an older server could not read it any more.</summary>
    public const int CurrentVersion = 2;

    public required int Version { get; init; }

    /// <summary>Until when the process that wrote this plays it on, though another one has it: that one begins then. Null: it does not.</summary>
    public DateTimeOffset? PlayedOnUntil { get; init; }

    public required long Id { get; init; }

    /// <summary>Whether whoever knows its id may speak for it.</summary>
    public bool AnswersToId { get; init; }

    /// <summary>Who it is there for.</summary>
    public Attendance Attendance { get; init; }

    public required string Show { get; init; }

    /// <summary>The voice that was asked for; null for the avatar's own.</summary>
    public string? Voice { get; init; }

    /// <summary>How fast is spoken; null as usual.</summary>
    public float? Speed { get; init; }

    /// <summary>How high is spoken; null as usual.</summary>
    public float? Pitch { get; init; }

    /// <summary>In which language something was said last; null where that is not known.</summary>
    public string? Language { get; init; }

    /// <summary>How large it is seen; null where nobody told.</summary>
    public StageSize? Stage { get; init; }

    /// <summary>Whose it is; null where nobody said it.</summary>
    public string? User { get; init; }

    /// <summary>The app's own words; null for none.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required TimeSpan Grace { get; init; }

    public required GapPolicy GapPolicy { get; init; }

    /// <summary>The wall clock: the grace period goes on counting while there is no server.</summary>
    public required DateTimeOffset LastSignOfLife { get; init; }

    public required DateTimeOffset HeldUntilAtMost { get; init; }

    /// <summary>Where it was in its life: connected, interrupted or held. After a polite stop it is what it was before that.</summary>
    public required SessionState State { get; init; }

    public required DateTimeOffset StateSince { get; init; }

    public required DateTimeOffset AwaySince { get; init; }

    /// <summary>The number of its newest connection.</summary>
    public required int Generations { get; init; }

    /// <summary>How many texts were ever offered to its show; the next one's id follows from it.</summary>
    public required int Utterances { get; init; }

    public required OwnerRecord Owner { get; init; }

    public required JournalRecord Journal { get; init; }

    /// <summary>The oldest first.</summary>
    public required IReadOnlyList<SentKeyRecord> Keys { get; init; }

    /// <summary>What was accepted and not heard to its end, in the order in which it is said.</summary>
    public required IReadOnlyList<UnsaidRecord> Unsaid { get; init; }

    /// <summary>Where in one of them it goes on; null where each is said from its beginning.</summary>
    public required SpeechMark? Mark { get; init; }

    public required PlayoutTotals Playout { get; init; }

    /// <summary>What was made from the mark on, for a show that begins at once; empty: nothing. A part of its own, since it is large and of one moment.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> Made { get; init; }

    /// <summary>What was known of the line to its client last; null where nothing was.</summary>
    public LineRecord? Line { get; init; }

    /// <summary>What its companion left; null where it has none.</summary>
    public string? Companion { get; init; }

    /// <summary>The record of a session of nobody, who was there and heard something, for a rehearsal.</summary>
    /// <param name="show">What it shows.</param>
    /// <param name="now">When it was written down.</param>
    public static SessionRecord OfNobody(string show, DateTimeOffset now) => new()
    {
        Version = CurrentVersion,
        Id = 1,
        Show = show,
        CreatedAt = now,
        Grace = TimeSpan.FromMinutes(1),
        GapPolicy = GapPolicy.Pause,
        LastSignOfLife = now,
        HeldUntilAtMost = now + TimeSpan.FromMinutes(1),
        State = SessionState.Connected,
        StateSince = now,
        AwaySince = now,
        Generations = 0,
        Utterances = 1,
        Owner = new OwnerRecord(new byte[32], null, null),
        Journal = new JournalRecord(0, 0, []),
        Keys = [new SentKeyRecord("k", "u1", 1, 1)],
        Unsaid = [new UnsaidRecord("u1", "1 2 3 4 5.", Started: true)],
        Mark = new SpeechMark("u1", TimeSpan.FromSeconds(0.5), Word: 2, TimeSpan.Zero),
        Playout = new PlayoutTotals(0, 0),
    };
}

/// <summary>The hashes of a session's resume tokens, 32 bytes each.</summary>
internal sealed record OwnerRecord(byte[] Current, byte[]? Next, byte[]? Last);

/// <summary>What a journal keeps; apart from the session, so that a long one is not written again each time.</summary>
/// <param name="Last">The number of its newest event.</param>
/// <param name="GoneUpTo">Events up to this one are gone.</param>
/// <param name="Entries">In their order.</param>
internal sealed record JournalRecord(long Last, long GoneUpTo, IReadOnlyList<JournalEntry> Entries);

/// <summary>A text that was sent under a key, and what it was accepted as.</summary>
internal sealed record SentKeyRecord(string Key, string UtteranceId, int Length, long Hash);

/// <summary>A text that is still to be said.</summary>
internal sealed record UnsaidRecord(string Id, string Text, bool Started, string? Part = null, string? Language = null, string? Trace = null)
{
    /// <summary>The trace that it belongs to, which is written as the W3C's traceparent.</summary>
    [JsonIgnore]
    public ActivityContext TraceContext => ActivityContext.TryParse(Trace, traceState: null, isRemote: true, out var context) ? context : default;

    /// <summary>A trace as it is written; null for none.</summary>
    public static string? Write(ActivityContext trace) => trace == default ? null
        : $"00-{trace.TraceId.ToHexString()}-{trace.SpanId.ToHexString()}-{(trace.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? "01" : "00")}";
}

/// <summary>What became of the speech before this process, in units of 20 ms.</summary>
internal sealed record PlayoutTotals(long Repeated, long Lost);

/// <summary>What is known of a line: the client's address, and what it carries in bits a second.</summary>
internal sealed record LineRecord(string Remote, int BitsPerSecond);
