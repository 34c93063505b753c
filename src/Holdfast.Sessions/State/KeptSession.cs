using System.Net;
using Holdfast.Rtc;

namespace Holdfast.Sessions;

/// <summary>The way of a session's facts to another process: what is written down of them, and how the other finds them.</summary>
internal static class KeptSession
{
    /// <summary>Numbers of texts that a process which was killed may have given and not written down.</summary>
    private const int UtterancesLeftOut = 1_000;

    /// <summary>What another process needs. Taking it changes nothing.</summary>
    /// <param name="facts">How the session is.</param>
    /// <param name="id">Which it is.</param>
    /// <param name="state">What it is in; of one that is put aside, what it was in before that.</param>
    /// <param name="sight">What is to be seen now of what is not in the facts.</param>
    /// <param name="parts">What lives beside them.</param>
    public static SessionRecord ToRecord(this SessionFacts facts, SessionId id, SessionState state, in Sight sight, KeptParts parts) => new()
    {
        Version = SessionRecord.CurrentVersion,
        Id = id.Value,
        AnswersToId = facts.Terms.AnswersToId,
        Attendance = facts.Terms.Attendance,
        Show = facts.Look.Show,
        Voice = facts.Look.Voice,
        Speed = facts.Look.Speed is 1 ? null : facts.Look.Speed,
        Pitch = facts.Look.Pitch is 1 ? null : facts.Look.Pitch,
        Language = facts.Language,
        Stage = facts.Stage == default ? null : facts.Stage,
        CreatedAt = facts.Terms.CreatedAt,
        User = facts.Terms.Labels.User,
        Tags = facts.Terms.Labels.Tags.Count == 0 ? null : facts.Terms.Labels.Tags,
        Line = (parts.Line ?? facts.Line) is { } line ? new LineRecord(line.Remote.ToString(), line.BitsPerSecond) : null,
        Grace = facts.Terms.Grace,
        GapPolicy = facts.Terms.GapPolicy,
        LastSignOfLife = facts.Lease.SignOfLife(sight.Heard).LastSignOfLife.ToDateTimeOffset(),
        HeldUntilAtMost = RtcTime.Min(facts.Lease.HeldUntilAtMost, sight.Now + facts.Terms.LongestHold).ToDateTimeOffset(),
        State = state,
        StateSince = facts.Since.ToDateTimeOffset(),
        AwaySince = (facts.AwaySince ?? facts.Since).ToDateTimeOffset(),
        Generations = Math.Max(sight.Generation, facts.Generations),
        Utterances = facts.Utterances,
        Owner = facts.Owner.ToRecord(),
        Journal = parts.Journal,
        Keys = parts.Keys,
        Unsaid = parts.Unsaid,
        Mark = parts.Speech.Mark,
        Made = parts.Speech.Made,
        Playout = parts.Speech.Totals,
    };

    /// <summary>A session that another process had: held, whatever it was, until there is a path to its client.</summary>
    /// <param name="record">What the other process wrote down.</param>
    /// <param name="look">Who is seen and heard here, where not everybody need be whom the other process had.</param>
    /// <param name="prior">How the other process ended.</param>
    /// <param name="settings">What sessions live by here.</param>
    /// <param name="now">Now. A clock that was set back meanwhile does not make its time longer.</param>
    public static SessionFacts ToFacts(this SessionRecord record, SessionLook look, PriorProcess prior, SessionSettings settings, RtcTime now)
    {
        var terms = new SessionTerms
        {
            CreatedAt = record.CreatedAt,
            Grace = record.Grace,
            MaxHold = settings.MaxHold,
            UnspokenGrace = settings.UnspokenGrace,
            HeldAfter = settings.HeldAfter,
            ReconnectTimeout = settings.ReconnectTimeout,
            Attendance = record.Attendance,
            GapPolicy = record.GapPolicy,
            AnswersToId = record.AnswersToId,
            Labels = new SessionLabels(record.User, record.Tags ?? []),
        };

        // Who was there when the process was killed was heard of then.
        var wasThere = record.State != SessionState.Held && !prior.IsClean;
        var since = RtcTime.Min(wasThere ? prior.AliveAt : RtcTime.From(record.StateSince), now);
        var heard = RtcTime.From(record.LastSignOfLife);
        var heldUntil = record.State == SessionState.Held ? RtcTime.From(record.HeldUntilAtMost) : since + terms.LongestHold;
        var lease = terms.LeaseFrom(RtcTime.Min(wasThere && prior.AliveAt > heard ? prior.AliveAt : heard, now)) with
        {
            HeldUntilAtMost = RtcTime.Min(heldUntil, now + terms.LongestHold),
        };
        return new SessionFacts(terms, SessionState.Held, since, lease, new SessionOwner(record.Owner), look)
        {
            AwaySince = wasThere ? since : RtcTime.Min(RtcTime.From(record.AwaySince), now),
            Generations = record.Generations,
            Language = record.Language,
            Stage = record.Stage ?? default,
            Utterances = record.Utterances + (prior.IsClean ? 0 : UtterancesLeftOut),
            Line = record.Line is { } line && IPAddress.TryParse(line.Remote, out var remote) ? new KnownLine(remote, line.BitsPerSecond) : null,
            WasServed = record.State != SessionState.Held,
            Kept = record,
        };
    }
}

/// <summary>What is kept of all that lives beside a session's facts.</summary>
/// <param name="Journal">Its journal.</param>
/// <param name="Keys">What was sent under a key.</param>
/// <param name="Unsaid">What is still to be said.</param>
/// <param name="Speech">Where in it.</param>
/// <param name="Line">What its connection knows of the line; null: nothing.</param>
internal sealed record KeptParts(
    JournalRecord Journal, IReadOnlyList<SentKeyRecord> Keys, IReadOnlyList<UnsaidRecord> Unsaid, PutAsideSpeech Speech, KnownLine? Line);
