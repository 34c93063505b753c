using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Holdfast.Media;

namespace Holdfast.Sessions;

/// <summary>What is to be said in a session: takes texts in, one after the other.</summary>
/// <param name="session">Whose they are.</param>
/// <param name="services">What it works with.</param>
/// <param name="kept">What another process had taken in; null: nothing.</param>
internal sealed class SessionSpeech(Session session, SessionServices services, SessionRecord? kept)
{
    /// <summary>Far more than a client has unanswered at any time.</summary>
    private const int KeysKept = 256;

    private readonly SentKeys _keys = new(KeysKept, kept?.Keys);

    /// <summary>Held while a text is handed to the show, so that texts are queued in the order of their ids.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Tells the journal of each.</summary>
    public UtteranceLog Log { get; } = new(session.Journal, kept?.Unsaid);

    /// <summary>What was sent under a key, the oldest first. Under the lock.</summary>
    public IReadOnlyList<SentKeyRecord> Keys => _keys.ToRecords();

    /// <inheritdoc cref="Session.Act"/>
    public SayOutcome Act(string action)
    {
        ArgumentException.ThrowIfNullOrEmpty(action);
        lock (Gate)
        {
            var outcome = Offer(string.Empty, key: null, part: null, sound: default, action);
            if (outcome is SayOutcome.Accepted(var utterance))
            {
                session.Tell("action", JsonSerializer.Serialize(new { utterance, name = action }));
            }

            return outcome;
        }
    }

    /// <inheritdoc cref="Session.Say"/>
    public SayOutcome Say(string text, string? key, ReadOnlyMemory<short> sound)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (key is not null)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, Session.MaxKeyLength, nameof(key));
        }

        lock (Gate)
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

    /// <inheritdoc cref="Session.Speak"/>
    public SayOutcome Speak(string text, string part, string? language = null, ActivityContext trace = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(part);
        lock (Gate)
        {
            return Offer(text, key: null, part, sound: default, language: language, trace: trace);
        }
    }

    /// <inheritdoc cref="Session.NoteQuestion"/>
    public SayOutcome NoteQuestion(string text, string? key)
    {
        ArgumentNullException.ThrowIfNull(text);
        lock (Gate)
        {
            if (FindSent(text, key) is { } answer)
            {
                return answer;
            }

            var facts = session.Facts;
            if (facts.IsPutAside)
            {
                return new SayOutcome.Stopping();
            }

            if (!facts.IsOpen)
            {
                return new SayOutcome.NotConnected(facts.State);
            }

            var number = facts.Utterances + 1;
            var id = "q" + number.ToString(CultureInfo.InvariantCulture);
            session.Take(new SessionInput.Offered(number, facts.Language));
            session.Journal.Append(new SessionEvent.PersonSaid(text, key, UtteranceId: null));
            if (key is not null)
            {
                _keys.Add(key, text, id);
            }

            return new SayOutcome.Accepted(id);
        }
    }

    private SayOutcome? FindSent(string text, string? key) => key is null || !_keys.TryFind(key, out var sent)
        ? null
        : sent.IsSame(text) ? new SayOutcome.Repeated(sent.UtteranceId) : new SayOutcome.KeyTaken();

    /// <summary>Under the lock of what is said.</summary>
    private SayOutcome Offer(string text, string? key, string? part, ReadOnlyMemory<short> sound, string? action = null, string? language = null, ActivityContext trace = default)
    {
        var performance = session.PerformanceOrUnsaid();
        var facts = session.Facts;
        if (facts.IsPutAside)
        {
            return new SayOutcome.Stopping();
        }

        if (performance is null || facts.IsOver)
        {
            return new SayOutcome.NotConnected(facts.State);
        }

        var number = facts.Utterances + 1;
        var id = "u" + number.ToString(CultureInfo.InvariantCulture);
        var own = language ?? session.Companion?.Language;
        var told = text.Length == 0 ? null : services.Shows.LanguageOf(text);
        var utterance = new Utterance(id, text)
        {
            Sound = sound,
            Action = action,
            Language = own ?? told ?? facts.Language,
            Trace = trace == default ? Activity.Current?.Context ?? default : trace,
        };
        var outcome = HandToShow(performance, utterance);
        var isAccepted = outcome is SayOutcome.Accepted;
        session.Take(new SessionInput.Offered(number, isAccepted ? told ?? own ?? facts.Language : facts.Language));
        if (isAccepted)
        {
            Log.Accept(utterance, key, part);
        }
        else
        {
            Log.Refuse();
        }

        return outcome;
    }

    private SayOutcome HandToShow(Performance performance, Utterance utterance)
    {
        Log.Offer(utterance.Id);
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
            return new SayOutcome.NotConnected(session.State);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            session.OnFault("handing a text to its show", exception);
            return new SayOutcome.NotConnected(session.State);
        }
    }
}
