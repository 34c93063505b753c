using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Holdfast.Media;

namespace Holdfast.Sessions;

/// <summary>A session's record as bytes: JSON. Whatever the bytes are, reading them never throws.</summary>
internal static class SessionRecordFormat
{
    private const int HashLength = 32;

    /// <summary>Longer than any server's settings allow, and short enough to be added to any time.</summary>
    private static readonly TimeSpan LongestGrace = TimeSpan.FromDays(30);

    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // It is no HTML, and Chinese written as it is takes half the bytes.
    private static readonly SessionRecordJson Json = new(new JsonSerializerOptions(SessionRecordJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public static byte[] Write(SessionRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, Json.SessionRecord);

    public static byte[] Write(IReadOnlyList<JournalEntry> entries) => JsonSerializer.SerializeToUtf8Bytes(entries, Json.IReadOnlyListJournalEntry);

    /// <summary>Reads a piece of a journal.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out IReadOnlyList<JournalEntry>? entries)
    {
        entries = null;
        try
        {
            entries = JsonSerializer.Deserialize(bytes, Json.IReadOnlyListJournalEntry);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException or FormatException or NotSupportedException)
        {
            // A piece of a conversation less.
        }

        return entries is not null;
    }

    /// <summary>Reads a record, and makes sure that a session can be made from it.</summary>
    /// <param name="bytes">The session.</param>
    /// <param name="entries">Its journal, piece by piece.</param>
    /// <param name="companion">What its companion left.</param>
    /// <param name="record">The whole.</param>
    /// <param name="error">Why it is none.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> bytes, IReadOnlyList<JournalEntry> entries, string? companion, [NotNullWhen(true)] out SessionRecord? record, [NotNullWhen(false)] out string? error)
    {
        record = null;
        try
        {
            if (JsonSerializer.Deserialize(bytes, Json.SessionRecord) is { } read)
            {
                var journal = read.Journal with
                {
                    Entries = [.. entries.Where(entry => entry.Number > read.Journal.GoneUpTo && entry.Number <= read.Journal.Last)],
                };
                record = read with { Companion = companion, Journal = journal };
            }

            error = record is null ? "it is empty" : FaultOf(record);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException or FormatException or NotSupportedException)
        {
            // The message of the exception may repeat what was said: it does not belong in a log.
            error = "it is no record of a session";
        }

        record = error is null ? record : null;
        return record is not null;
    }

    private static string? FaultOf(SessionRecord record)
    {
        if (record.Version != SessionRecord.CurrentVersion)
        {
            return string.Create(CultureInfo.InvariantCulture, $"it is of version {record.Version}, and this server reads {SessionRecord.CurrentVersion}");
        }

        var times = new[] { record.CreatedAt, record.LastSignOfLife, record.HeldUntilAtMost, record.StateSince, record.AwaySince };
        var isSound = SessionId.TryFrom(record.Id, out _)
            && Enum.IsDefined(record.GapPolicy)
            && Enum.IsDefined(record.Attendance)
            && record.State is SessionState.Connected or SessionState.Interrupted or SessionState.Held
            && record.Grace > TimeSpan.Zero && record.Grace <= LongestGrace
            && times.All(static time => time > Earliest && time < Latest)
            && record.Stage is null or { Width: >= 0 and <= StageSize.Most, Height: >= 0 and <= StageSize.Most }
            && record is { Generations: >= 0, Utterances: >= 0, Playout: { Repeated: >= 0, Lost: >= 0 } }
            && IsSound(record.Owner)
            && IsSound(record.Journal)
            && record.Keys.All(static key => key is { Key: not null, UtteranceId: not null })
            && record.Unsaid.All(static text => text is { Id: not null, Text: not null })
            && record.Unsaid.DistinctBy(static text => text.Id, StringComparer.Ordinal).Count() == record.Unsaid.Count
            && (record.Mark is not { } mark || (mark.UtteranceId is not null && mark.Offset >= TimeSpan.Zero));
        return isSound ? null : "it contradicts itself";
    }

    private static bool IsSound(OwnerRecord owner) =>
        owner.Current.Length == HashLength && owner.Next?.Length is null or HashLength && owner.Last?.Length is null or HashLength;

    private static bool IsSound(JournalRecord journal)
    {
        // Room for what will be written yet.
        if (journal.GoneUpTo < 0 || journal.Last is < 0 or > long.MaxValue / 2 || journal.GoneUpTo > journal.Last)
        {
            return false;
        }

        var before = journal.GoneUpTo;
        foreach (var (number, at, happened) in journal.Entries)
        {
            if (number <= before || number > journal.Last || at <= Earliest || at >= Latest || happened is null || !IsSound(happened))
            {
                return false;
            }

            before = number;
        }

        return true;
    }

    private static bool IsSound(SessionEvent happened) => happened switch
    {
        SessionEvent.StateChanged changed =>
            Enum.IsDefined(changed.To) && Enum.IsDefined(changed.Reason) && (changed.From is not { } from || Enum.IsDefined(from)),
        SessionEvent.UtteranceFailed failed => Enum.IsDefined(failed.Fault),
        SessionEvent.VoiceFellBack fellBack => Enum.IsDefined(fellBack.Fault),
        _ => true,
    };
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SessionRecord))]
[JsonSerializable(typeof(IReadOnlyList<JournalEntry>))]
[JsonSerializable(typeof(AliveRecord))]
internal sealed partial class SessionRecordJson : JsonSerializerContext;
