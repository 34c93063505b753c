using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Holdfast.Media;

namespace Holdfast.Sessions;

public sealed partial class Session
{
    /// <summary>The longest idempotency key, in UTF-16 units.</summary>
    public const int MaxKeyLength = 64;

    /// <summary>Far more than a client has unanswered at any time.</summary>
    private const int KeysKept = 256;

    /// <summary>Held while a text is handed to the show, so that texts are queued in the order of their ids.</summary>
    private readonly Lock _saying = new();
    private readonly SentKeys _keys;
    private readonly UtteranceLog _utteranceLog;
    private int _utterances;

    /// <summary>In which language something was said last: a text that does not tell its own is in the same. Null where nothing is known.</summary>
    private string? _language;

    /// <summary>The word of the newest utterance that was reached last but for going back.</summary>
    private (string? UtteranceId, int Offset) _furthestWord;

    /// <summary>What happened in it, numbered; readable also after its end, for as long as it is remembered.</summary>
    public EventJournal Journal { get; }

    /// <summary>
    /// Puts a text at the end of what is to be said. While the session is interrupted or held the text waits, and is said
    /// when somebody is there to hear it.
    /// </summary>
    /// <param name="text">What is to be said.</param>
    /// <param name="key">
    /// The client's own name for this sending, at most <see cref="MaxKeyLength"/> characters: sent again under the same key, it is not
    /// said again. Null for none.
    /// </param>
    public SayOutcome Say(string text, string? key = null) => Say(text, key, sound: default);

    /// <summary>Puts a recording at the end of what is to be said; it is an utterance without a text, and is not kept over a restart of the server.</summary>
    /// <param name="sound">48 kHz mono.</param>
    public SayOutcome Play(ReadOnlyMemory<short> sound) => Say(string.Empty, key: null, sound);

    /// <summary>
    /// Puts one of the show's actions at the end of what is to be said: pictures and sound, played to their end before what comes after it. It is an utterance without a text, goes on
    /// after an outage as speech does, and is not kept over a restart of the server.
    /// </summary>
    /// <param name="action">One of <see cref="ShowDescription.Actions"/>.</param>
    public SayOutcome Act(string action)
    {
        ArgumentException.ThrowIfNullOrEmpty(action);
        lock (_saying)
        {
            var outcome = Offer(string.Empty, key: null, part: null, sound: default, action);
            if (outcome is SayOutcome.Accepted(var utterance))
            {
                Tell("action", JsonSerializer.Serialize(new { utterance, name = action }));
            }

            return outcome;
        }
    }

    private SayOutcome Say(string text, string? key, ReadOnlyMemory<short> sound)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (key is not null)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, MaxKeyLength, nameof(key));
        }

        lock (_saying)
        {
            if (FindSent(text, key) is { } answer)
            {
                return answer;
            }

            var outcome = Offer(text, key, part: null, sound);
            if (outcome is SayOutcome.Accepted(var id) && key is not null)
            {
                _keys.Add(key, text, id);
            }

            return outcome;
        }
    }

    /// <summary>Puts a text at the end of what is to be said that nobody asked for in these words: a part of an answer.</summary>
    /// <param name="text">What is to be said.</param>
    /// <param name="part">What it is a part of.</param>
    /// <param name="language">The language that it is in, as <see cref="Utterance.Language"/> has it; null: the session's.</param>
    /// <param name="trace">The trace that it belongs to; none: whatever is current.</param>
    public SayOutcome Speak(string text, string part, string? language = null, ActivityContext trace = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(part);
        lock (_saying)
        {
            return Offer(text, key: null, part, sound: default, language: language, trace: trace);
        }
    }

    /// <summary>Writes down that the person asked something, and remembers its key, as <see cref="Say"/> does.</summary>
    /// <param name="text">Their words.</param>
    /// <param name="key">As for <see cref="Say"/>.</param>
    /// <returns>Accepted under the question's own id ("q1"); as for <see cref="Say"/> otherwise.</returns>
    public SayOutcome NoteQuestion(string text, string? key)
    {
        ArgumentNullException.ThrowIfNull(text);
        lock (_saying)
        {
            if (FindSent(text, key) is { } answer)
            {
                return answer;
            }

            var facts = _facts;
            if (facts.IsPutAside)
            {
                return new SayOutcome.Stopping();
            }

            if (!facts.IsOpen)
            {
                return new SayOutcome.NotConnected(facts.State);
            }

            var id = "q" + (++_utterances).ToString(CultureInfo.InvariantCulture);
            Journal.Append(new SessionEvent.PersonSaid(text, key, UtteranceId: null));
            if (key is not null)
            {
                _keys.Add(key, text, id);
            }

            return new SayOutcome.Accepted(id);
        }
    }

    /// <summary>Writes an event of whatever accompanies the session into its journal.</summary>
    /// <param name="name">As in <see cref="SessionEvent.Told"/>.</param>
    /// <param name="json">A JSON object.</param>
    /// <returns>The event's number; 0 where the journal is complete.</returns>
    public long Tell(string name, string json) => Journal.Append(new SessionEvent.Told(name, json));

    /// <summary>What accompanies it; null where nothing does.</summary>
    public ISessionCompanion? Companion { get; internal set; }

    /// <summary>Reads the journal for as long as the session lives, besides the readers that are counted. Dispose of it when done.</summary>
    /// <param name="after">The number of the last event that is known.</param>
    public JournalReader Follow(long after) => new(Journal, after);

    private SayOutcome? FindSent(string text, string? key) => key is null || !_keys.TryFind(key, out var sent)
        ? null
        : sent.IsSame(text) ? new SayOutcome.Repeated(sent.UtteranceId) : new SayOutcome.KeyTaken();

    /// <summary>Under the lock of what is said.</summary>
    private SayOutcome Offer(string text, string? key, string? part, ReadOnlyMemory<short> sound, string? action = null, string? language = null, ActivityContext trace = default)
    {
        var performance = PerformanceOrUnsaid();
        var facts = _facts;
        if (facts.IsPutAside)
        {
            return new SayOutcome.Stopping();
        }

        if (performance is null || facts.IsOver)
        {
            return new SayOutcome.NotConnected(facts.State);
        }

        var id = "u" + (++_utterances).ToString(CultureInfo.InvariantCulture);
        var own = language ?? Companion?.Language;
        var told = text.Length == 0 ? null : _services.Shows.LanguageOf(text);
        var utterance = new Utterance(id, text)
        {
            Sound = sound,
            Action = action,
            Language = own ?? told ?? _language,
            Trace = trace == default ? Activity.Current?.Context ?? default : trace,
        };
        var outcome = HandToShow(performance, utterance);
        if (outcome is SayOutcome.Accepted)
        {
            _language = told ?? own ?? _language;
            _utteranceLog.Accept(utterance, key, part);
        }
        else
        {
            _utteranceLog.Refuse();
        }

        return outcome;
    }

    /// <summary>The first sound of an utterance was handed out.</summary>
    internal void OnUtteranceStarted(string utteranceId) =>
        _utteranceLog.Tell(utteranceId, new SessionEvent.UtteranceStarted(utteranceId));

    /// <summary>What is to be said waits, since others speak for whom the machine has just enough time.</summary>
    internal void OnTurnAwaited() => Tell("waits", """{"reason":"manySpeak"}""");

    /// <summary>A word begins in the sound that is handed out.</summary>
    /// <param name="utteranceId">Whose word.</param>
    /// <param name="textOffset">Where in its text, in UTF-16 units.</param>
    /// <param name="textLength">How long it is there.</param>
    /// <param name="mediaTime">Where on the media clock.</param>
    /// <param name="rtpTimestamp">The same on the connection that the sound is sent to.</param>
    internal void OnWordReached(string utteranceId, int textOffset, int textLength, TimeSpan mediaTime, uint? rtpTimestamp)
    {
        TellResumption(utteranceId, textOffset);
        Count(utteranceId, textOffset);
        _utteranceLog.Tell(utteranceId, new SessionEvent.WordReached(utteranceId, textOffset, textLength, mediaTime, rtpTimestamp));
    }

    /// <summary>The last sound of an utterance was heard, or it was stopped, or given up. From any thread, never under a lock.</summary>
    /// <param name="utteranceId">Which.</param>
    /// <param name="end">How.</param>
    /// <param name="heard">Of one that was stopped: how much of its text was heard, where that is known.</param>
    internal void OnUtteranceEnded(string utteranceId, UtteranceEnd end, int? heard = null)
    {
        if (end == UtteranceEnd.Dropped)
        {
            LogDropped(_services.Logger, Id, utteranceId);
        }

        SessionDiagnostics.OnUtteranceEnded(end);

        _utteranceLog.Tell(utteranceId, end switch
        {
            UtteranceEnd.Finished => new SessionEvent.UtteranceFinished(utteranceId),
            UtteranceEnd.Interrupted => new SessionEvent.UtteranceInterrupted(utteranceId, heard),
            UtteranceEnd.Dropped => new SessionEvent.UtteranceDropped(utteranceId),
        });
    }

    /// <summary>A text could not be spoken, which is told and does not end the session.</summary>
    internal void OnUtteranceFailed(string utteranceId, UtteranceFault fault)
    {
        LogUtteranceFailed(_services.Logger, Id, utteranceId, fault);
        SessionDiagnostics.OnUtteranceFailed();
        _utteranceLog.Tell(utteranceId, new SessionEvent.UtteranceFailed(utteranceId, fault));
    }

    /// <summary>Another voice says what the one that was asked for should have said.</summary>
    internal void OnVoiceFellBack(string utteranceId, string voice, UtteranceFault fault)
    {
        LogVoiceFellBack(_services.Logger, Id, utteranceId, voice, fault);
        Journal.Append(new SessionEvent.VoiceFellBack(utteranceId, voice, fault));
    }

    /// <summary>Called by the one who reads the sound, as its words are.</summary>
    private void Count(string utteranceId, int textOffset)
    {
        var isSame = string.Equals(_furthestWord.UtteranceId, utteranceId, StringComparison.Ordinal);
        var isAgain = isSame && textOffset <= _furthestWord.Offset;
        if (!isAgain)
        {
            _furthestWord = (utteranceId, textOffset);
        }

        SessionDiagnostics.OnWord(isAgain, isHeard: State == SessionState.Connected);
    }

    private SayOutcome HandToShow(Performance performance, Utterance utterance)
    {
        _utteranceLog.Offer(utterance.Id);
        try
        {
            return performance.Say(utterance) switch
            {
                SayResult.Accepted => new SayOutcome.Accepted(utterance.Id),
                SayResult.QueueFull => new SayOutcome.TooMuch(),
                SayResult.NothingToSay => new SayOutcome.NothingToSay(),
            };
        }
        catch (ObjectDisposedException)
        {
            // The session ended in the meantime, and its show with it.
            return new SayOutcome.NotConnected(State);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            OnFault("handing a text to its show", exception);
            return new SayOutcome.NotConnected(State);
        }
    }
}
