using Holdfast.Media;

namespace Holdfast.Avatar;

/// <summary>
/// Where in the ring the listener is: takes one entry after the other, goes back to what was taken and not heard, and forgets what nothing
/// needs any more. Not thread-safe.
/// </summary>
/// <remarks>Sound is taken as often as it is gone back to; a mark only once.</remarks>
/// <param name="ring">What there is to take. Whoever empties it calls <see cref="Restart"/>.</param>
internal sealed class SpeechCursor(SpeechRing ring)
{
    /// <summary>What was taken and is never released is forgotten after so much: 20 s.</summary>
    private const int MaxKept = 1_000;

    /// <summary>Marks before this entry were taken once and are not taken again.</summary>
    private long _told;

    /// <summary>Entries before this one were taken at least once.</summary>
    private long _taken;

    /// <summary>The utterance whose beginning was taken and whose end was not.</summary>
    private string? _saying;

    /// <summary>Entries from this one on are somebody else's.</summary>
    private long _end = long.MaxValue;

    /// <summary>The number of the entry that is taken next.</summary>
    public long Next { get; private set; }

    /// <summary>Entries that wait.</summary>
    public int Waiting => (int)(ring.End - Next);

    /// <summary>Entries that were taken and are kept.</summary>
    public int Kept => (int)Math.Max(0, Next - ring.First);

    /// <summary>Takes the next entry, going past marks that were taken before.</summary>
    /// <param name="block">The entry; its samples are the ring's.</param>
    public bool TryTake(out SpeechBlock block)
    {
        block = default;
        var taken = false;
        while (!taken && Next < Math.Min(ring.End, _end))
        {
            block = ring[Next];
            taken = Pass(block);
        }

        return taken;
    }

    /// <summary>The sound that is taken next; null where that is silence, or a mark.</summary>
    public short[]? Peek() => Next < Math.Min(ring.End, _end) && ring[Next].Kind == SpeechBlockKind.Sound ? ring[Next].Pcm : null;

    /// <summary>Takes the next entry if it is a mark, not sound.</summary>
    public bool TryTakeMark(out SpeechBlock block)
    {
        while (Next < Math.Min(ring.End, _end) && ring[Next].Kind != SpeechBlockKind.Sound)
        {
            block = ring[Next];
            if (Pass(block))
            {
                return true;
            }
        }

        block = default;
        return false;
    }

    /// <summary>Takes only a little more sound, to a pause where there is one: the rest is somebody else's, and the next utterance as a whole.</summary>
    /// <param name="least">Of one utterance, in blocks, or less.</param>
    /// <param name="most">At the most.</param>
    /// <returns>The first entry that is not taken here; what is before it may be the utterance's end.</returns>
    public long EndAfter(int least, int most)
    {
        var (end, loudest) = (Next, 0f);
        for (; end < ring.End && end - Next < most && ring[end].Kind == SpeechBlockKind.Sound; end++)
        {
            loudest = MathF.Max(loudest, ring[end].Level);
        }

        if (end > Next && end < ring.End && ring[end].Kind == SpeechBlockKind.End)
        {
            return _end = end + 1;
        }

        // In the middle of the longest pause: on neither side of it is there a sound that fades.
        var longest = SpeechPauses.MinPause - 1;
        _end = end;
        for (var (i, run) = (Next + least, 0); i < end; i++)
        {
            run = SpeechPauses.IsQuiet(ring[i].Level, loudest) ? run + 1 : 0;
            if (run > longest)
            {
                (longest, _end) = (run, i - (run / 2));
            }
        }

        return _end;
    }

    /// <summary>Forgets what was taken so long ago that nobody will ask for it. Not before what was taken last has been used.</summary>
    public void Trim()
    {
        if (Next - ring.First > MaxKept)
        {
            ring.Forget(Next - MaxKept);
        }
    }

    /// <summary>Forgets what was heard, but for what going back may need.</summary>
    /// <param name="place">The first place that was not heard.</param>
    public void Release(long place)
    {
        var index = ring.First;
        while (index < Next && ring[index].Place < place - SpeechPauses.MaxBack)
        {
            index++;
        }

        ring.Forget(index);
    }

    /// <summary>Goes back to the last pause before a place (<see cref="IRewindableShow.Rewind"/>).</summary>
    /// <returns>Where it goes on; null where nothing is to be handed out again.</returns>
    public RewindPoint? Rewind(long place)
    {
        var target = FirstFrom(place);
        var start = target == ring.End ? target : StartOfWord(target);
        if (start > Next || start >= _taken)
        {
            return null;
        }

        Next = start;
        ref readonly var block = ref ring[Next];
        return new RewindPoint(block.Place, block.UtteranceId!, SoundFormat.FrameDuration * block.Offset);
    }

    /// <summary>Forgets the rest of the utterance that is being said, and all that was taken.</summary>
    /// <returns>Its id; null where none is being said.</returns>
    public string? Drop()
    {
        // Back in an utterance that was said before: that is the one. Otherwise the one that has begun.
        var isBack = Next < ring.End && ring[Next] is { Kind: SpeechBlockKind.Sound } next && (next.Offset > 0 || Next < _taken);
        var id = isBack ? ring[Next].UtteranceId : _saying;
        if (id is null)
        {
            return null;
        }

        while (Next < ring.End && string.Equals(ring[Next].UtteranceId, id, StringComparison.Ordinal))
        {
            Next++;
        }

        _told = Math.Max(_told, Next);
        _saying = string.Equals(_saying, id, StringComparison.Ordinal) ? null : _saying;
        ring.Forget(Next);
        return id;
    }

    /// <summary>Forgets everything; a session that only listens again keeps nothing of what speaking needs.</summary>
    /// <returns>The samples that would have been heard next, now the caller's; null if there were none.</returns>
    public short[]? Clear()
    {
        short[]? next = null;
        for (var i = Math.Max(Next, ring.First); i < ring.End && next is null; i++)
        {
            next = ring[i].Pcm;
            ring[i] = default;
        }

        ring.Empty();
        Restart();
        return next;
    }

    /// <summary>Nothing that was in the ring is there any more: what comes next is the first.</summary>
    public void Restart()
    {
        Next = _told = _taken = ring.End;
        _saying = null;
    }

    /// <summary>The first sound from a place on; the ring's end where there is none.</summary>
    /// <param name="place">The place; 0 for what is taken next.</param>
    public long FirstFrom(long place)
    {
        if (place == 0)
        {
            var next = Next;
            while (next < ring.End && ring[next].Place == 0)
            {
                next++;
            }

            return next;
        }

        // It may be further on than the next entry: what was to lead up to it was interrupted too.
        var target = ring.End;
        for (var i = Math.Min(_taken, ring.End - 1); i >= ring.First && (ring[i].Place == 0 || ring[i].Place >= place); i--)
        {
            target = ring[i].Place == 0 ? target : i;
        }

        return target;
    }

    /// <summary>The entry at which to begin so that the word at an entry is heard whole.</summary>
    public long StartOfWord(long target)
    {
        Span<float> levels = stackalloc float[SpeechPauses.MaxBack + 1];
        var id = ring[target].UtteranceId;
        var first = target;
        while (first > ring.First && target - first < SpeechPauses.MaxBack && ring[first - 1] is { Kind: SpeechBlockKind.Sound } before
            && string.Equals(before.UtteranceId, id, StringComparison.Ordinal))
        {
            first--;
        }

        levels = levels[..(int)(target - first + 1)];
        var loudest = 0f;
        for (var i = first; i < ring.End && i <= target + SpeechPauses.MaxBack; i++)
        {
            loudest = MathF.Max(loudest, ring[i].Level);
            if (i <= target)
            {
                levels[(int)(i - first)] = ring[i].Level;
            }
        }

        return first + SpeechPauses.FindStart(levels, loudest, isWhole: ring[first].Offset == 0);
    }

    /// <summary>Goes past the next entry; false where it is a mark that was taken before.</summary>
    private bool Pass(in SpeechBlock block)
    {
        var index = Next++;
        _taken = Math.Max(_taken, Next);
        if (block.Kind == SpeechBlockKind.Sound)
        {
            return true;
        }

        if (index < _told)
        {
            return false;
        }

        _told = index + 1;
        _saying = block.Kind == SpeechBlockKind.Start ? block.UtteranceId : null;
        return true;
    }

}
