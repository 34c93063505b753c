namespace Holdfast.Sessions;

/// <summary>
/// What happened in one session, numbered, and kept so that a client that was away can read what it missed.
/// </summary>
/// <remarks>
/// <para>
/// It is bounded. When it is full the oldest goes, and a reader that comes for it is told how much it missed. Words are kept on a
/// shelf of their own, since a few minutes of speech would push everything else out: the oldest of them go unannounced, and the
/// numbers a reader sees then have gaps.
/// </para>
/// <para>
/// Writing never waits for a reader: readers fetch at their own pace, and have no buffer here. May be called from any thread, also under
/// a caller's lock: nothing is called back.
/// </para>
/// </remarks>
public sealed class EventJournal
{
    private readonly Lock _gate = new();
    private readonly JournalLimits _limits;
    private readonly TimeProvider _time;
    private readonly JournalShelf _events = new();
    private readonly JournalShelf _words = new();
    private readonly LinkedList<JournalReader> _readers = [];
    private TaskCompletionSource? _news;
    private long _last;
    private long _goneUpTo;
    private int _characters;
    private bool _complete;
    private bool _hasWords;

    /// <summary>Its last event, once nothing else is written any more: not told until it is known whether it is true.</summary>
    private JournalEntry? _farewell;

    /// <summary>Another process goes on with it.</summary>
    private bool _isHandedOver;

    /// <summary>
    /// Whoever follows all sessions; told under the lock, so in order, and calls nobody back. Null once nothing more is written: it knows the session, which is not to
    /// stay in memory for as long as its journal is remembered.
    /// </summary>
    private Action<JournalEntry>? _onWritten;

    /// <summary>Whether one reader at a time is all there may be: a session that nobody connected is not to take streams from those that somebody did.</summary>
    internal bool IsForOne { get; set; }

    internal EventJournal(JournalLimits limits, TimeProvider time, JournalRecord? kept = null, Action<JournalEntry>? onWritten = null)
    {
        _onWritten = onWritten;
        _limits = limits;
        _time = time;
        if (kept is not null)
        {
            _goneUpTo = kept.GoneUpTo;
            foreach (var entry in kept.Entries)
            {
                Put(entry);
            }

            _last = kept.Last;
        }
    }

    /// <summary>The number of the newest event; 0 before the first.</summary>
    public long Last
    {
        get
        {
            lock (_gate)
            {
                return _last;
            }
        }
    }

    /// <summary>Whether nothing more will be written: its session is over.</summary>
    public bool IsComplete
    {
        get
        {
            lock (_gate)
            {
                return _complete;
            }
        }
    }

    /// <summary>Whether anybody ever said or typed anything in its session.</summary>
    internal bool HasWords
    {
        get
        {
            lock (_gate)
            {
                return _hasWords;
            }
        }
    }

    /// <summary>How much memory it keeps, roughly, in bytes.</summary>
    internal long Weight
    {
        get
        {
            lock (_gate)
            {
                return ((_events.Count + _words.Count) * 96L) + (_characters * sizeof(char));
            }
        }
    }

    /// <summary>Begins to read after the event of a number; 0 is from the beginning. Dispose of the reader when done.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such number yet.</exception>
    public JournalReader Open(long after)
    {
        JournalReader? displaced = null;
        JournalReader reader;
        lock (_gate)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(after);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(after, _last);
            if (_readers.Count >= (IsForOne ? 1 : _limits.MaxReaders))
            {
                displaced = _readers.First!.Value;
                _readers.RemoveFirst();
            }

            reader = new JournalReader(this, after);
            _readers.AddLast(reader);
        }

        displaced?.Displace();
        return reader;
    }

    /// <summary>Writes an event down.</summary>
    /// <returns>Its number, or 0 where the journal is complete and nothing was written.</returns>
    internal long Append(SessionEvent happened)
    {
        TaskCompletionSource? news;
        long number;
        lock (_gate)
        {
            if (_complete || _farewell is not null)
            {
                return 0;
            }

            number = ++_last;
            Write(new JournalEntry(number, _time.GetUtcNow(), happened));
            (news, _news) = (_news, null);
        }

        news?.TrySetResult();
        return number;
    }

    /// <summary>Nothing more will be written; readers come to the end.</summary>
    internal void Complete()
    {
        TaskCompletionSource? news;
        lock (_gate)
        {
            _complete = true;
            _onWritten = null;
            (news, _news) = (_news, null);
        }

        news?.TrySetResult();
    }

    /// <summary>What was written after a number, and is still there; for another process, should this one be killed.</summary>
    internal JournalRecord Capture(long after)
    {
        var entries = new JournalEntry[_limits.MaxEvents + _limits.MaxWords + 2];
        lock (_gate)
        {
            return new JournalRecord(_last, _goneUpTo, entries[..Copy(Math.Max(after, _goneUpTo), entries, out _)]);
        }
    }

    /// <summary>Leaves numbers out: a process before this one may have told of some that nobody wrote down.</summary>
    internal void Skip(long numbers)
    {
        lock (_gate)
        {
            _last += numbers;
        }
    }

    /// <summary>
    /// Another process is to go on with it: nothing more is written here. Readers are told of it by <see cref="HandOver"/>, once it is sure to, or
    /// by <see cref="GiveUp"/>.
    /// </summary>
    /// <param name="farewell">The last event before the other process goes on.</param>
    /// <param name="after">What the other process knows already.</param>
    internal JournalRecord PutAside(SessionEvent farewell, long after = 0)
    {
        var entries = new JournalEntry[_limits.MaxEvents + _limits.MaxWords + 2];
        lock (_gate)
        {
            _farewell ??= new JournalEntry(_last + 1, _time.GetUtcNow(), farewell);
            var count = Copy(after, entries, out _);
            entries[count++] = _farewell.Value;
            return new JournalRecord(_farewell.Value.Number, _goneUpTo, entries[..count]);
        }
    }

    /// <summary>Another process goes on with it: readers are told, and come to the end of what there is.</summary>
    internal void HandOver()
    {
        TaskCompletionSource? news;
        lock (_gate)
        {
            if (_farewell is not { } farewell || _isHandedOver || _complete)
            {
                return;
            }

            _last = farewell.Number;
            Write(farewell);
            _isHandedOver = true;
            _onWritten = null;
            (news, _news) = (_news, null);
        }

        news?.TrySetResult();
    }

    /// <summary>No other process goes on with it after all: this is what happened instead, and then it is complete.</summary>
    internal void GiveUp(IEnumerable<SessionEvent> last)
    {
        TaskCompletionSource? news;
        lock (_gate)
        {
            if (_isHandedOver || _complete)
            {
                return;
            }

            foreach (var happened in last)
            {
                Write(new JournalEntry(++_last, _time.GetUtcNow(), happened));
            }

            _complete = true;
            _onWritten = null;
            (news, _news) = (_news, null);
        }

        news?.TrySetResult();
    }

    /// <summary>Forgets everything but its last event: how its session ended.</summary>
    internal void ForgetAllButTheLast()
    {
        lock (_gate)
        {
            if (_events.Count == 0)
            {
                return;
            }

            var last = _events[_events.Count - 1];
            _events.Clear();
            _words.Clear();
            (_goneUpTo, _characters) = (last.Number - 1, 0);
            Put(last);
        }
    }

    /// <summary>Forgets everything but the numbers: readers are told that they missed it.</summary>
    internal void Forget()
    {
        lock (_gate)
        {
            _events.Clear();
            _words.Clear();
            (_goneUpTo, _characters) = (_last, 0);
        }
    }

    internal void Close(JournalReader reader)
    {
        lock (_gate)
        {
            _readers.Remove(reader);
        }
    }

    /// <summary>Copies the entries after a number, as many as fit.</summary>
    /// <param name="after">The last number that was read.</param>
    /// <param name="into">Receives them in their order.</param>
    /// <param name="missed">How many numbers after it are gone for good; they come before what was copied.</param>
    /// <param name="isEnd">Whether nothing comes after what was copied, now or later.</param>
    /// <returns>How many were copied.</returns>
    internal int Read(long after, Span<JournalEntry> into, out long missed, out bool isEnd)
    {
        lock (_gate)
        {
            missed = Math.Max(0, _goneUpTo - after);
            var count = Copy(after + missed, into, out var isAll);
            isEnd = isAll && (_complete || _isHandedOver);
            return count;
        }
    }

    /// <summary>Completes when there is something after a number, or the journal is complete.</summary>
    internal Task WaitAsync(long after)
    {
        lock (_gate)
        {
            if (_last > after || _complete || _isHandedOver)
            {
                return Task.CompletedTask;
            }

            // Asynchronous: a reader must not go on inside whoever writes.
            _news ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _news.Task;
        }
    }

    private void Write(JournalEntry entry)
    {
        Put(entry);
        _onWritten?.Invoke(entry);
    }

    private int Copy(long after, Span<JournalEntry> into, out bool isAll)
    {
        var (e, w) = (_events.IndexAfter(after), _words.IndexAfter(after));
        var count = 0;
        while (count < into.Length && (e < _events.Count || w < _words.Count))
        {
            var isWord = e == _events.Count || (w < _words.Count && _words[w].Number < _events[e].Number);
            into[count++] = isWord ? _words[w++] : _events[e++];
        }

        isAll = e == _events.Count && w == _words.Count;
        return count;
    }

    private void Put(in JournalEntry entry)
    {
        if (entry.Event is SessionEvent.WordReached)
        {
            if (_words.Count >= _limits.MaxWords)
            {
                _words.RemoveFirst();
            }

            _words.Add(entry);
            return;
        }

        _events.Add(entry);
        _hasWords |= entry.Event is SessionEvent.PersonSaid or SessionEvent.UtteranceAccepted;
        _characters += entry.Event.TextLength;

        // The newest stays, however long it is.
        while (_events.Count > 1 && (_events.Count > _limits.MaxEvents || _characters > _limits.MaxCharacters))
        {
            var gone = _events.RemoveFirst();
            _characters -= gone.Event.TextLength;
            _goneUpTo = gone.Number;
        }

        // What is gone is gone as a whole: a word whose neighbours are missing is of no use.
        while (_words.Count > 0 && _words[0].Number <= _goneUpTo)
        {
            _words.RemoveFirst();
        }
    }
}
