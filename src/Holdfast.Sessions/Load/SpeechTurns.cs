namespace Holdfast.Sessions;

/// <summary>
/// Who may begin to speak. While there is head room everybody may at once; where there is little, one after the other, in the order in which they came;
/// where there is hardly any, when somebody else has ended; and where there is none, not even then, down to one who always may. Who speaks is never stopped.
/// </summary>
/// <remarks>
/// Whoever has something to say asks at each tick until they may, so nothing calls back: the line is a list, and the first in it goes on with its own next question.
/// One that has not asked for a while (its session was interrupted) lets the others go first. All times are the media clock's.
/// </remarks>
/// <param name="processors">How many the machine has.</param>
internal sealed class SpeechTurns(int processors)
{
    /// <summary>So long the measure needs to see what those cost who began.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(500);

    /// <summary>After so long without a question somebody is not counted on.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _line = [];
    private readonly Dictionary<object, LinkedListNode<Waiter>> _waiting = [];
    private readonly HashSet<object> _speaking = [];
    private TimeSpan _windowSince;
    private int _begunInWindow;
    private LoadLevel _level;

    // How many may speak at a time while there is hardly any room: those who did when it was noticed, less those who ended while there was none.
    private int _most = 1;

    /// <summary>How full the server is.</summary>
    public LoadLevel Level
    {
        get
        {
            lock (_gate)
            {
                return _level;
            }
        }

        set
        {
            lock (_gate)
            {
                _most = _level < LoadLevel.SpeechWaits ? Math.Max(1, _speaking.Count) : _most;
                _level = value;
            }
        }
    }

    /// <summary>How many wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _line.Count;
            }
        }
    }

    /// <summary>How many have the turn.</summary>
    public int Speaking
    {
        get
        {
            lock (_gate)
            {
                return _speaking.Count;
            }
        }
    }

    /// <summary>Asks for the turn; gives it at once, or a place in the line, which is kept by asking again.</summary>
    /// <param name="who">Who has something to say.</param>
    /// <param name="now">The time.</param>
    public bool TryBegin(object who, TimeSpan now)
    {
        lock (_gate)
        {
            if (_speaking.Contains(who))
            {
                return true;
            }

            if (_waiting.TryGetValue(who, out var place))
            {
                place.Value = place.Value with { Asked = now };
            }

            while (_line.First is { } first && first != place && now - first.Value.Asked > Forgotten)
            {
                Remove(first);
            }

            if (_line.First == place && MayBegin(now))
            {
                Begin(who, now);
                return true;
            }

            if (place is null)
            {
                _waiting[who] = _line.AddLast(new Waiter(who, now, now));
            }

            return false;
        }
    }

    /// <summary>Has the turn from now on, whatever the line: it is in the middle of a word.</summary>
    public void GoOn(object who, TimeSpan now)
    {
        lock (_gate)
        {
            if (!_speaking.Contains(who))
            {
                Begin(who, now);
            }
        }
    }

    /// <summary>Has nothing to say any more, or nobody to say it to.</summary>
    public void Leave(object who)
    {
        lock (_gate)
        {
            if (_speaking.Remove(who) && _level == LoadLevel.Full)
            {
                _most = Math.Max(1, Math.Min(_most, _speaking.Count));
            }

            if (_waiting.TryGetValue(who, out var place))
            {
                Remove(place);
            }
        }
    }

    /// <summary>How long the first in the line has waited; zero where nobody does.</summary>
    public TimeSpan LongestWait(TimeSpan now)
    {
        lock (_gate)
        {
            while (_line.First is { } first && now - first.Value.Asked > Forgotten)
            {
                Remove(first);
            }

            return _line.First is { } longest ? now - longest.Value.Since : TimeSpan.Zero;
        }
    }

    private bool MayBegin(TimeSpan now)
    {
        if (now - _windowSince >= Window)
        {
            (_windowSince, _begunInWindow) = (now, 0);
        }

        return _level switch
        {
            LoadLevel.Free => _begunInWindow < 2 * processors,
            LoadLevel.FewerPictures => _begunInWindow < 1,
            LoadLevel.SpeechWaits => _speaking.Count < _most,
            _ => _speaking.Count == 0,
        };
    }

    private void Begin(object who, TimeSpan now)
    {
        if (_waiting.TryGetValue(who, out var place))
        {
            SessionDiagnostics.OnSpeechWaited(now - place.Value.Since);
            Remove(place);
        }

        _begunInWindow++;
        _speaking.Add(who);
    }

    private void Remove(LinkedListNode<Waiter> place)
    {
        _waiting.Remove(place.Value.Who);
        _line.Remove(place);
    }

    private readonly record struct Waiter(object Who, TimeSpan Since, TimeSpan Asked);
}
