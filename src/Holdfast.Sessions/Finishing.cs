using Holdfast.Media;

namespace Holdfast.Sessions;

/// <summary>
/// Utterances whose last sound was handed out and may not have been heard yet. They are told of as finished when it was: until then
/// they are still being said, and may be said again.
/// </summary>
/// <param name="playout">Knows what was heard.</param>
/// <param name="heard">Is told, never under a lock.</param>
internal sealed class Finishing(Playout playout, Action<string> heard)
{
    /// <summary>Where nobody says what arrives, it is taken for heard after so much: 2 s.</summary>
    private const int Patience = 2 * MediaTick.PerSecond;

    /// <summary>Whoever promised to say it, says it; that a path has gone dead is noticed long before this, at any round trip: 10 s.</summary>
    private const int PatienceWithPromise = 10 * MediaTick.PerSecond;

    private readonly Lock _gate = new();
    private readonly List<(string Id, long Place)> _waiting = [];
    private int _ticks;

    /// <summary>The last sound of an utterance was handed out.</summary>
    public void Add(string utteranceId, long place)
    {
        lock (_gate)
        {
            _waiting.Add((utteranceId, place));
            _ticks = 0;
        }
    }

    /// <summary>Takes an utterance out again that has not ended after all; false where it is not there.</summary>
    public bool Remove(string utteranceId)
    {
        lock (_gate)
        {
            return _waiting.RemoveAll(waiting => string.Equals(waiting.Id, utteranceId, StringComparison.Ordinal)) > 0;
        }
    }

    /// <summary>It is said again, or may be: what was waited until now counts for nothing.</summary>
    public void BeginAgain()
    {
        lock (_gate)
        {
            _ticks = 0;
        }
    }

    /// <summary>20 ms passed in which somebody could hear; tells of the utterances that were heard to their end.</summary>
    /// <param name="place">What was said in them; 0: nothing. What is said again is not waited for before its end.</param>
    /// <param name="isPromised">Whether the client says what arrives.</param>
    public void Tick(long place, bool isPromised)
    {
        bool isOver;
        lock (_gate)
        {
            _ticks += _waiting.Count > 0 && (place == 0 || place > _waiting[0].Place) ? 1 : 0;
            isOver = _ticks >= (isPromised ? PatienceWithPromise : Patience);
        }

        TellOfHeard(isOver);
    }

    /// <summary>Tells of the utterances that were heard to their end, where nobody waits for more.</summary>
    public void TellOfHeard() => TellOfHeard(isOver: false);

    /// <summary>Those that were heard to their end, though that was not told yet.</summary>
    public IReadOnlyList<string> Heard()
    {
        lock (_gate)
        {
            return [.. _waiting.TakeWhile(waiting => playout.WasHeard(waiting.Place)).Select(static waiting => waiting.Id)];
        }
    }

    /// <summary>Tells of all: nobody will hear them again.</summary>
    public void Flush()
    {
        while (TryTake(isOver: true, out var id))
        {
            heard(id);
        }
    }

    private void TellOfHeard(bool isOver)
    {
        while (TryTake(isOver, out var id))
        {
            isOver = false;
            heard(id);
        }
    }

    private bool TryTake(bool isOver, out string id)
    {
        id = "";
        lock (_gate)
        {
            if (_waiting.Count == 0 || !(isOver || playout.WasHeard(_waiting[0].Place)))
            {
                return false;
            }

            id = _waiting[0].Id;
            _waiting.RemoveAt(0);
            _ticks = 0;
            return true;
        }
    }
}
