using Holdfast.Media;

namespace Holdfast.Sessions;

/// <summary>
/// Tells the journal of utterances, each in the order of its life: accepted, started, words, one end. What a show tells too early, twice
/// or too late is put right or left out here.
/// </summary>
/// <remarks>
/// A show may tell that an utterance started, or even ended, before the call that accepted it has returned; and it lets go
/// of its utterances only after its session is over, when the journal is complete.
/// </remarks>
internal sealed class UtteranceLog
{
    private readonly EventJournal _journal;
    private readonly Lock _gate = new();
    private readonly List<UnsaidRecord> _alive = [];
    private string? _offered;
    private List<SessionEvent>? _early;

    public UtteranceLog(EventJournal journal, IEnumerable<UnsaidRecord>? kept = null)
    {
        _journal = journal;
        _alive.AddRange(kept ?? []);
    }

    /// <summary>A text is about to be handed to the show; <see cref="Accept"/> or <see cref="Refuse"/> follows. One at a time.</summary>
    public void Offer(string utteranceId)
    {
        lock (_gate)
        {
            _offered = utteranceId;
        }
    }

    /// <summary>The show took what was offered.</summary>
    /// <param name="utterance">What was offered.</param>
    /// <param name="key">The client's own name for it.</param>
    /// <param name="part">What it is a part of; null: the person said it, and it is said as it is.</param>
    public void Accept(Utterance utterance, string? key, string? part = null)
    {
        lock (_gate)
        {
            var (id, text) = utterance;
            if (part is null)
            {
                _journal.Append(new SessionEvent.PersonSaid(text, key, id));
            }

            _journal.Append(new SessionEvent.UtteranceAccepted(id, text, key, part));
            _alive.Add(new UnsaidRecord(id, text, Started: false, part, utterance.Language, UnsaidRecord.Write(utterance.Trace)));
            var early = _early;
            (_offered, _early) = (null, null);
            foreach (var happened in early ?? [])
            {
                Write(id, happened);
            }
        }
    }

    /// <summary>The show did not take what was offered.</summary>
    public void Refuse()
    {
        lock (_gate)
        {
            (_offered, _early) = (null, null);
        }
    }

    /// <summary>Something happened to an utterance.</summary>
    public void Tell(string utteranceId, SessionEvent happened)
    {
        lock (_gate)
        {
            if (string.Equals(_offered, utteranceId, StringComparison.Ordinal))
            {
                (_early ??= []).Add(happened);
            }
            else
            {
                Write(utteranceId, happened);
            }
        }
    }

    /// <summary>The session is over, and with it whatever was still to be said.</summary>
    public void End()
    {
        lock (_gate)
        {
            foreach (var utterance in _alive)
            {
                _journal.Append(new SessionEvent.UtteranceInterrupted(utterance.Id) { Part = utterance.Part });
            }

            _alive.Clear();
        }
    }

    /// <summary>What is still to be said, while it goes on.</summary>
    /// <param name="heard">What was heard to its end, though that was not told yet.</param>
    public IReadOnlyList<UnsaidRecord> Capture(IReadOnlyCollection<string> heard)
    {
        lock (_gate)
        {
            return [.. _alive.Where(utterance => !heard.Contains(utterance.Id, StringComparer.Ordinal))];
        }
    }

    /// <summary>Lets go of what is still to be said, for another process to go on with. What is told of it from now on is left out.</summary>
    public IReadOnlyList<UnsaidRecord> PutAside()
    {
        lock (_gate)
        {
            UnsaidRecord[] unsaid = [.. _alive];
            _alive.Clear();
            return unsaid;
        }
    }

    private void Write(string utteranceId, SessionEvent happened)
    {
        var at = _alive.FindIndex(utterance => string.Equals(utterance.Id, utteranceId, StringComparison.Ordinal));
        if (at < 0)
        {
            return;
        }

        switch (happened)
        {
            case SessionEvent.UtteranceStarted when _alive[at].Started:
                // It was rewound to its beginning.
                return;
            case SessionEvent.UtteranceStarted:
                _alive[at] = _alive[at] with { Started = true };
                break;
            case SessionEvent.UtteranceInterrupted interrupted:
                happened = interrupted with { Part = _alive[at].Part };
                _alive.RemoveAt(at);
                break;
            case SessionEvent.UtteranceFinished or SessionEvent.UtteranceDropped or SessionEvent.UtteranceFailed:
                _alive.RemoveAt(at);
                break;
        }

        _journal.Append(happened);
    }
}
