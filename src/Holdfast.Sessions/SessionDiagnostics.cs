using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Holdfast.Media;
using Holdfast.Rtc;

namespace Holdfast.Sessions;

/// <summary>What sessions measure of themselves; docs/observability.md lists it.</summary>
public static class SessionDiagnostics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Holdfast.Sessions";

    /// <summary>The name of the source of spans: one for each outage that ended.</summary>
    public const string SourceName = "Holdfast.Sessions";

    private static readonly ConcurrentDictionary<SessionDirectory, bool> Directories = [];
    private static readonly ConcurrentDictionary<Enum, string> Names = [];
    private static readonly Meter Meter = new(MeterName);
    private static readonly ActivitySource Source = new(SourceName);

    private static readonly Counter<long> Created = Meter.CreateCounter<long>(
        "holdfast.sessions.created", "{session}", "Sessions that were started.");

    private static readonly Counter<long> Refused = Meter.CreateCounter<long>(
        "holdfast.sessions.refused", "{session}", "Sessions that were asked for and not started, by reason.");

    private static readonly Counter<long> Ended = Meter.CreateCounter<long>(
        "holdfast.sessions.ended", "{session}", "Sessions that are over, by reason.");

    private static readonly Counter<long> Outages = Meter.CreateCounter<long>(
        "holdfast.session.outages", "{outage}", "Times that a session was interrupted, and that it was held.");

    private static readonly Histogram<double> Recoveries = Meter.CreateHistogram(
        "holdfast.session.recovery.duration", "s", "For how long nobody was there before a session went on, by how it came back.", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.25, 0.5, 1, 2, 5, 10, 20, 60, 120, 300, 900, 1_800] });

    private static readonly Counter<long> Words = Meter.CreateCounter<long>(
        "holdfast.session.words", "{word}", "Words that were said, said again after an outage, or passed while nobody was there.");

    private static readonly Counter<long> Utterances = Meter.CreateCounter<long>(
        "holdfast.session.utterances", "{utterance}", "Utterances that are over, by how they ended.");

    private static readonly Histogram<double> Waits = Meter.CreateHistogram(
        "holdfast.speech.wait.duration", "s", "For how long speech waited for its turn, since the server had little head room.", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.25, 0.5, 1, 2, 5, 10, 20, 60] });

    static SessionDiagnostics()
    {
        Meter.CreateObservableGauge(
            "holdfast.load.level", static () => Directories.Keys.Select(static sessions => (int)(sessions.Load?.Level ?? LoadLevel.Free)).DefaultIfEmpty().Max(), "{level}",
            "How full the server is: 0 not at all, 1 fewer pictures, 2 speech waits its turn, 3 nobody new is let in.");
        Meter.CreateObservableGauge(
            "holdfast.load.strain", static () => Directories.Keys.Select(static sessions => sessions.Load?.Strain ?? 0).DefaultIfEmpty().Max(), "1",
            "How near the server is to tearing words: 1 is there.");
        Meter.CreateObservableUpDownCounter(
            "holdfast.speech.waiting", static () => Directories.Keys.Sum(static sessions => sessions.SpeechWaiting), "{session}", "Sessions whose speech waits for its turn.");
        Meter.CreateObservableUpDownCounter("holdfast.sessions", static () => ByState(), "{session}", "Sessions there are, by state.");
        Meter.CreateObservableUpDownCounter(
            "holdfast.sessions.limit", static () => Directories.Keys.Sum(static sessions => sessions.Capacity), "{session}", "How many sessions there may be that were ever connected.");
        Meter.CreateObservableCounter(
            "holdfast.session.faults", static () => Directories.Keys.Sum(static sessions => sessions.Faults), "{fault}", "Faults that nobody foresaw.");
        Meter.CreateObservableCounter(
            "holdfast.session.speech", static () => Speech(), "s", "Speech that was said again, and that was lost.");
    }

    internal static void Add(SessionDirectory sessions)
    {
        Directories[sessions] = true;

        // A counter that first shows at 1 has not risen, to who compares it with what was before: what graphs and alerts look at is there from the start.
        Created.Add(0);
        foreach (var reason in (SessionReason[])[SessionReason.ClosedByOwner, SessionReason.GraceOver, SessionReason.HeldTooLong])
        {
            Ended.Add(0, new KeyValuePair<string, object?>("holdfast.reason", NameOf(reason)));
        }

        foreach (var state in (SessionState[])[SessionState.Interrupted, SessionState.Held])
        {
            Outages.Add(0, new KeyValuePair<string, object?>("holdfast.state", NameOf(state)));
        }

        foreach (var kind in (string[])["said", "again", "unheard"])
        {
            Words.Add(0, new KeyValuePair<string, object?>("holdfast.kind", kind));
        }

        foreach (var end in Enum.GetValues<UtteranceEnd>())
        {
            Utterances.Add(0, new KeyValuePair<string, object?>("holdfast.end", NameOf(end)));
        }

        Utterances.Add(0, new KeyValuePair<string, object?>("holdfast.end", "failed"));
    }

    internal static void Remove(SessionDirectory sessions) => Directories.TryRemove(sessions, out _);

    /// <summary>Somebody asked for a session.</summary>
    internal static void OnAsked(CreateSessionResult result)
    {
        var refused = result switch
        {
            CreateSessionResult.BadOffer => "bad_offer",
            CreateSessionResult.UnknownShow => "unknown_show",
            CreateSessionResult.Stopping => "stopping",
            CreateSessionResult.Full full => "full_" + NameOf(full.Limit),
            _ => null,
        };
        if (refused is null)
        {
            Created.Add(1);
        }
        else
        {
            Refused.Add(1, new KeyValuePair<string, object?>("holdfast.reason", refused));
        }
    }

    /// <summary>A session went from one state to another.</summary>
    /// <param name="services">What it works with.</param>
    /// <param name="id">Which.</param>
    /// <param name="change">From where to where, and why.</param>
    /// <param name="away">Since when nobody was there, where it was so.</param>
    internal static void OnTransition(SessionServices services, SessionId id, SessionEvent.StateChanged change, RtcTime? away)
    {
        if (services.IsRehearsal)
        {
            return;
        }

        var (from, to, reason, now) = (change.From!.Value, change.To, change.Reason, services.Endpoint.Now);
        if (SessionLifecycle.IsOver(to))
        {
            Ended.Add(1, new KeyValuePair<string, object?>("holdfast.reason", NameOf(reason)));
        }
        else if (to != from && to is SessionState.Interrupted or SessionState.Held)
        {
            Outages.Add(1, new KeyValuePair<string, object?>("holdfast.state", NameOf(to)));
        }

        if (away is not { } left || from == to || to is SessionState.Interrupted or SessionState.Held)
        {
            return;
        }

        if (to == SessionState.Connected)
        {
            Recoveries.Record((now - left).TotalSeconds, new KeyValuePair<string, object?>("holdfast.level", LevelOf(reason)));
        }

        using var span = Source.StartActivity("outage", ActivityKind.Internal, default(ActivityContext), startTime: left.ToDateTimeOffset());
        span?.SetTag("holdfast.session.id", id.Value);
        span?.SetTag("holdfast.reason", NameOf(reason));
        if (to != SessionState.Connected)
        {
            span?.SetStatus(ActivityStatusCode.Error);
        }

        span?.SetEndTime(now.ToDateTimeOffset().UtcDateTime);
    }

    /// <summary>A word began in the sound that is handed out.</summary>
    /// <param name="services">What its session works with.</param>
    /// <param name="isAgain">Whether it had begun before.</param>
    /// <param name="isHeard">Whether anybody was there.</param>
    internal static void OnWord(SessionServices services, bool isAgain, bool isHeard)
    {
        if (!services.IsRehearsal)
        {
            Words.Add(1, new KeyValuePair<string, object?>("holdfast.kind", !isHeard ? "unheard" : isAgain ? "again" : "said"));
        }
    }

    /// <summary>Speech that waited for its turn has it.</summary>
    internal static void OnSpeechWaited(TimeSpan wait) => Waits.Record(wait.TotalSeconds);

    internal static void OnUtteranceEnded(SessionServices services, UtteranceEnd end) => OnUtteranceEnded(services, NameOf(end));

    internal static void OnUtteranceFailed(SessionServices services) => OnUtteranceEnded(services, "failed");

    private static void OnUtteranceEnded(SessionServices services, string end)
    {
        if (!services.IsRehearsal)
        {
            Utterances.Add(1, new KeyValuePair<string, object?>("holdfast.end", end));
        }
    }

    /// <summary>The rungs of the ladder, as docs/protocol.md numbers them.</summary>
    private static string LevelOf(SessionReason reason) => reason switch
    {
        SessionReason.PathHealed => "healed",
        SessionReason.PathRestarted => "path_restarted",
        SessionReason.Reconnected => "reconnected",
        _ => NameOf(reason),
    };

    private static string NameOf(Enum value) => Names.GetOrAdd(value, static value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));

    private static IEnumerable<Measurement<long>> ByState()
    {
        var counts = Directories.Keys.SelectMany(static sessions => sessions.Live).CountBy(static session => session.State).ToDictionary();
        SessionState[] states = [SessionState.Negotiating, SessionState.Connected, SessionState.Interrupted, SessionState.Held];
        return states.Select(state => new Measurement<long>(
            counts.GetValueOrDefault(state), new KeyValuePair<string, object?>("holdfast.state", NameOf(state))));
    }

    private static Measurement<double>[] Speech()
    {
        var (again, lost) = (TimeSpan.Zero, TimeSpan.Zero);
        foreach (var sessions in Directories.Keys)
        {
            var speech = sessions.Speech;
            (again, lost) = (again + speech.Repeated, lost + speech.Lost);
        }

        return
        [
            new(again.TotalSeconds, new KeyValuePair<string, object?>("holdfast.kind", "again")),
            new(lost.TotalSeconds, new KeyValuePair<string, object?>("holdfast.kind", "lost")),
        ];
    }
}
