using Holdfast.Media;

namespace Holdfast.Avatar;

// What was taken, until it is released: so that it can be taken again.
internal sealed partial class SpeechQueue
{
    /// <summary>Everything before a place was heard: what nothing needs any more is forgotten.</summary>
    public void Release(long place)
    {
        lock (_gate)
        {
            if (!IsHere)
            {
                return;
            }

            // Between two utterances a session keeps nothing of what speaking needs.
            if (_next == _ring.End && _making is null && place > _places)
            {
                _ring.Empty();
                return;
            }

            var index = _ring.First;
            while (index < _next && _ring[index].Place < place - SpeechPauses.MaxBack)
            {
                index++;
            }

            _ring.Forget(index);
        }
    }

    /// <summary>Goes back to the last pause before a place (<see cref="IRewindableShow.Rewind"/>).</summary>
    /// <returns>Where it goes on; null where nothing is to be handed out again, or speech is put aside.</returns>
    public RewindPoint? Rewind(long place)
    {
        lock (_gate)
        {
            if (!IsHere)
            {
                return null;
            }

            var target = _next;
            for (var i = _next - 1; i >= _ring.First && (_ring[i].Place == 0 || _ring[i].Place >= place); i--)
            {
                target = _ring[i].Place == 0 ? target : i;
            }

            if (target == _next)
            {
                return null;
            }

            _next = StartOfWord(target);
            ref readonly var block = ref _ring[_next];
            return new RewindPoint(block.Place, block.UtteranceId!, SoundFormat.FrameDuration * block.Offset);
        }
    }

    /// <summary>The entry at which to begin so that the word at an entry is heard whole.</summary>
    private long StartOfWord(long target)
    {
        Span<float> levels = stackalloc float[SpeechPauses.MaxBack + 1];
        var id = _ring[target].UtteranceId;
        var first = target;
        while (first > _ring.First && target - first < SpeechPauses.MaxBack && _ring[first - 1] is { Kind: SpeechBlockKind.Sound } before
            && string.Equals(before.UtteranceId, id, StringComparison.Ordinal))
        {
            first--;
        }

        levels = levels[..(int)(target - first + 1)];
        var loudest = 0f;
        for (var i = first; i < _ring.End && i <= target + SpeechPauses.MaxBack; i++)
        {
            loudest = MathF.Max(loudest, _ring[i].Level);
            if (i <= target)
            {
                levels[(int)(i - first)] = _ring[i].Level;
            }
        }

        return first + SpeechPauses.FindStart(levels, loudest, isWhole: _ring[first].Offset == 0);
    }
}
