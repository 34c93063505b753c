using System.Numerics;
using Holdfast.Media;

namespace Holdfast.Avatar;

/// <summary>
/// Speech that was made and not yet heard, bounded. One thread makes, another hears; neither holds the lock for longer than an
/// entry takes.
/// </summary>
/// <remarks>
/// <para>
/// Each interruption begins a new epoch, and what belongs to an older one is not taken any more: speech that was still being
/// made when it was interrupted can never be heard.
/// </para>
/// <para>
/// What was taken stays until it is released, so that it can be taken again. It is one ring with three places in it: the oldest entry
/// that is kept, the next to be taken, and the end.
/// </para>
/// </remarks>
internal sealed class SpeechQueue
{
    /// <summary>What was taken and is never released is forgotten after so much: 20 s.</summary>
    private const int MaxKept = 1_000;

    private readonly Lock _gate = new();
    private readonly int _capacity;
    private SpeechBlock[]? _ring;
    private TaskCompletionSource? _room;
    private int _epoch;
    private long _first;
    private long _next;
    private long _end;

    /// <summary>Marks before this entry were taken once and are not taken again.</summary>
    private long _told;

    /// <summary>Entries before this one were taken at least once.</summary>
    private long _taken;
    private long _places;
    private string? _making;
    private int _offset;
    private string? _saying;
    private string? _dropped;

    /// <param name="capacity">Blocks, that is 20 ms each, made ahead.</param>
    public SpeechQueue(int capacity) => _capacity = capacity;

    /// <summary>Entries that wait.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return Waiting;
            }
        }
    }

    /// <summary>Entries that were taken and are kept.</summary>
    public int Kept
    {
        get
        {
            lock (_gate)
            {
                return (int)(_next - _first);
            }
        }
    }

    public int Epoch
    {
        get
        {
            lock (_gate)
            {
                return _epoch;
            }
        }
    }

    private int Waiting => (int)(_end - _next);

    /// <summary>What is added from now on belongs to this utterance.</summary>
    public void Begin(int epoch, string utteranceId)
    {
        lock (_gate)
        {
            if (epoch == _epoch)
            {
                (_making, _offset) = (utteranceId, 0);
            }
        }
    }

    /// <summary>What is added from now on is so many blocks into its utterance: those before it were heard.</summary>
    public void SkipTo(int epoch, int offset)
    {
        lock (_gate)
        {
            if (epoch == _epoch)
            {
                _offset = offset;
            }
        }
    }

    /// <summary>Puts an entry at the end; marks always fit.</summary>
    /// <returns>False if its epoch is over or its utterance was dropped: so was the entry.</returns>
    public bool Add(int epoch, in SpeechBlock block)
    {
        var level = SpeechPauses.LevelOf(block.Pcm);
        lock (_gate)
        {
            if (epoch == _epoch)
            {
                if (!IsDropped(block.UtteranceId ?? _making))
                {
                    Append(block.Kind == SpeechBlockKind.Sound
                        ? block with { UtteranceId = _making, Place = ++_places, Offset = _offset++, Level = level }
                        : block);
                    if (block.Kind is SpeechBlockKind.End or SpeechBlockKind.Failure)
                    {
                        _making = null;
                    }

                    return true;
                }
            }
        }

        SamplePool.Return(block.Pcm);
        return false;
    }

    /// <summary>Waits until so much was heard that more may be made.</summary>
    /// <exception cref="OperationCanceledException">The utterance that is being made was dropped.</exception>
    public async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            TaskCompletionSource room;
            lock (_gate)
            {
                if (IsDropped(_making))
                {
                    throw new OperationCanceledException("Its utterance was dropped.");
                }

                if (Waiting < _capacity)
                {
                    return;
                }

                room = _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            await room.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Takes the next entry.</summary>
    /// <param name="pcm">Receives its sound, where it has some: it is copied here because what is kept may be let go at any time.</param>
    /// <param name="block">The entry; its own samples are not to be read.</param>
    public bool TryTake(Span<short> pcm, out SpeechBlock block)
    {
        TaskCompletionSource? room = null;
        var taken = false;
        lock (_gate)
        {
            block = default;
            while (!taken && _next < _end)
            {
                block = At(_next);
                taken = Pass(block);
            }

            if (taken && block.Pcm is { } samples)
            {
                samples.AsSpan(0, SoundFormat.SamplesPerFrame).CopyTo(pcm);
            }

            if (_next - _first > MaxKept)
            {
                Forget(_next - MaxKept);
            }

            if (_room is not null && Waiting <= _capacity / 2)
            {
                (room, _room) = (_room, null);
            }
        }

        room?.TrySetResult();
        return taken;
    }

    /// <summary>Takes the next entry if it is a mark, not sound.</summary>
    public bool TryTakeMark(out SpeechBlock block)
    {
        lock (_gate)
        {
            while (_next < _end && At(_next).Kind != SpeechBlockKind.Sound)
            {
                block = At(_next);
                if (Pass(block))
                {
                    return true;
                }
            }
        }

        block = default;
        return false;
    }

    /// <summary>Everything before a place was heard: what nothing needs any more is forgotten.</summary>
    public void Release(long place)
    {
        lock (_gate)
        {
            // Between two utterances a session keeps nothing of what speaking needs.
            if (_next == _end && _making is null && place > _places)
            {
                Forget(_next);
                _ring = null;
                return;
            }

            var index = _first;
            while (index < _next && At(index).Place < place - SpeechPauses.MaxBack)
            {
                index++;
            }

            Forget(index);
        }
    }

    /// <summary>Goes back to the last pause before a place (<see cref="IRewindableShow.Rewind"/>).</summary>
    public RewindPoint? Rewind(long place)
    {
        lock (_gate)
        {
            var target = _next;
            for (var i = _next - 1; i >= _first && (At(i).Place == 0 || At(i).Place >= place); i--)
            {
                target = At(i).Place == 0 ? target : i;
            }

            if (target == _next)
            {
                return null;
            }

            _next = StartOfWord(target);
            ref readonly var block = ref At(_next);
            return new RewindPoint(block.Place, block.UtteranceId!, SoundFormat.FrameDuration * block.Offset);
        }
    }

    /// <summary>Where in its text a place is (<see cref="IResumableShow.MarkOf"/>).</summary>
    public SpeechMark? MarkOf(long place)
    {
        lock (_gate)
        {
            var target = place > 0 ? _first : _next;
            while (target < _end && (At(target).Kind != SpeechBlockKind.Sound || At(target).Place < place))
            {
                target++;
            }

            var (id, offset) = target < _end ? (At(target).UtteranceId, At(target).Offset) : (_making, _offset);
            if (id is null || offset == 0)
            {
                return null;
            }

            var word = FindWord(target, id, step: -1) ?? FindWord(target, id, step: 1);
            return new SpeechMark(
                id,
                SoundFormat.FrameDuration * offset,
                word is { } index ? At(index).Word.Offset : null,
                SoundFormat.FrameDuration * (word is { } at ? target - at : 0));
        }
    }

    /// <summary>Forgets the rest of the utterance that is being said, and all that was taken.</summary>
    /// <returns>Its id; null where none is being said.</returns>
    public string? DropUtterance()
    {
        TaskCompletionSource? room;
        string? id;
        lock (_gate)
        {
            // Back in an utterance that was said before: that is the one. Otherwise the one that has begun.
            var isBack = _next < _end && At(_next) is { Kind: SpeechBlockKind.Sound } next && (next.Offset > 0 || _next < _taken);
            id = isBack ? At(_next).UtteranceId : _saying;
            if (id is null)
            {
                return null;
            }

            _dropped = id;
            while (_next < _end && string.Equals(At(_next).UtteranceId, id, StringComparison.Ordinal))
            {
                _next++;
            }

            _told = Math.Max(_told, _next);
            _saying = string.Equals(_saying, id, StringComparison.Ordinal) ? null : _saying;
            Forget(_next);
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
            for (var i = _next; i < _end && next is null; i++)
            {
                next = At(i).Pcm;
                At(i) = default;
            }

            // A session that only listens again keeps nothing of what speaking needs.
            Forget(_end);
            _next = _told = _taken = _end;
            (_ring, _making, _saying) = (null, null, null);
            (room, _room) = (_room, null);
        }

        room?.TrySetResult();
        return next;
    }

    /// <summary>The entry nearest to one, in one direction, at which a word of the same utterance begins.</summary>
    private long? FindWord(long from, string id, int step)
    {
        for (var i = from < _end ? from : from + step; i >= _first && i < _end; i += step)
        {
            ref readonly var block = ref At(i);
            if (block.Kind != SpeechBlockKind.Sound || !string.Equals(block.UtteranceId, id, StringComparison.Ordinal))
            {
                return null;
            }

            if (block.Word.Length > 0)
            {
                return i;
            }
        }

        return null;
    }

    private bool IsDropped(string? id) => id is not null && string.Equals(id, _dropped, StringComparison.Ordinal);

    private ref SpeechBlock At(long index) => ref _ring![index & (_ring.Length - 1)];

    /// <summary>Goes past the next entry; false where it is a mark that was taken before.</summary>
    private bool Pass(in SpeechBlock block)
    {
        var index = _next++;
        _taken = Math.Max(_taken, _next);
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

    private void Append(in SpeechBlock block)
    {
        if (_ring is null || _end - _first == _ring.Length)
        {
            var grown = new SpeechBlock[_ring?.Length * 2 ?? (int)BitOperations.RoundUpToPowerOf2((uint)_capacity + 16)];
            for (var i = _first; i < _end; i++)
            {
                grown[i & (grown.Length - 1)] = At(i);
            }

            _ring = grown;
        }

        At(_end++) = block;
    }

    private void Forget(long before)
    {
        for (; _first < before; _first++)
        {
            SamplePool.Return(At(_first).Pcm);
            At(_first) = default;
        }
    }

    /// <summary>The entry at which to begin so that the word at an entry is heard whole.</summary>
    private long StartOfWord(long target)
    {
        Span<float> levels = stackalloc float[SpeechPauses.MaxBack + 1];
        var id = At(target).UtteranceId;
        var first = target;
        while (first > _first && target - first < SpeechPauses.MaxBack && At(first - 1) is { Kind: SpeechBlockKind.Sound } before
            && string.Equals(before.UtteranceId, id, StringComparison.Ordinal))
        {
            first--;
        }

        levels = levels[..(int)(target - first + 1)];
        var loudest = 0f;
        for (var i = first; i < _end && i <= target + SpeechPauses.MaxBack; i++)
        {
            loudest = MathF.Max(loudest, At(i).Level);
            if (i <= target)
            {
                levels[(int)(i - first)] = At(i).Level;
            }
        }

        return first + SpeechPauses.FindStart(levels, loudest, isWhole: At(first).Offset == 0);
    }
}
