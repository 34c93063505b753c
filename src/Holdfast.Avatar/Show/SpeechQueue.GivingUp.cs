namespace Holdfast.Avatar;

// What nobody is to hear any more.
internal sealed partial class SpeechQueue
{
    /// <summary>Forgets the rest of the utterance that is being said, and all that was taken.</summary>
    /// <returns>Its id; null where none is being said, as none is while speech is put aside.</returns>
    public string? DropUtterance()
    {
        TaskCompletionSource? room;
        string? id;
        lock (_gate)
        {
            if (!IsHere)
            {
                return null;
            }

            // Back in an utterance that was said before: that is the one. Otherwise the one that has begun.
            var isBack = _next < _ring.End && _ring[_next] is { Kind: SpeechBlockKind.Sound } next && (next.Offset > 0 || _next < _taken);
            id = isBack ? _ring[_next].UtteranceId : _saying;
            if (id is null)
            {
                return null;
            }

            _dropped = id;
            _isInSentence &= !IsDropped(_making);
            while (_next < _ring.End && string.Equals(_ring[_next].UtteranceId, id, StringComparison.Ordinal))
            {
                _next++;
            }

            _told = Math.Max(_told, _next);
            _saying = string.Equals(_saying, id, StringComparison.Ordinal) ? null : _saying;
            _ring.Forget(_next);
            (room, _room) = (_room, null);
        }

        room?.TrySetResult();
        return id;
    }

    /// <summary>Whether an utterance was given up.</summary>
    public bool WasDropped(string id)
    {
        lock (_gate)
        {
            return IsDropped(id);
        }
    }

    /// <summary>Ends the epoch and forgets everything.</summary>
    /// <returns>The samples that would have been heard next, to fade out with; null if there were none.</returns>
    public short[]? Clear()
    {
        TaskCompletionSource? room;
        short[]? next = null;
        lock (_gate)
        {
            _epoch++;
            GiveUpFile();
            for (var i = Math.Max(_next, _ring.First); i < _ring.End && next is null; i++)
            {
                next = _ring[i].Pcm;
                _ring[i] = default;
            }

            // A session that only listens again keeps nothing of what speaking needs.
            _ring.Empty();
            _next = _told = _taken = _ring.End;
            (_making, _saying, _isInSentence) = (null, null, false);
            (room, _room) = (_room, null);
        }

        room?.TrySetResult();
        return next;
    }

    private bool IsDropped(string? id) => id is not null && string.Equals(id, _dropped, StringComparison.Ordinal);
}
