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
/// <para>
/// Speech is made sentence by sentence: a sentence is begun only where there is room, and only while somebody is there; what of it
/// has come is all in the queue, and nowhere else. So all of it can be put aside (<see cref="PutAside"/>).
/// </para>
/// </remarks>
internal sealed partial class SpeechQueue
{
    /// <summary>What was taken and is never released is forgotten after so much: 20 s.</summary>
    private const int MaxKept = 1_000;

    private readonly Lock _gate = new();
    private readonly int _capacity;
    private readonly SpeechStore? _store;
    private readonly SpeechRing _ring;
    private TaskCompletionSource? _room;
    private int _epoch;
    private long _next;

    /// <summary>Marks before this entry were taken once and are not taken again.</summary>
    private long _told;

    /// <summary>Entries before this one were taken at least once.</summary>
    private long _taken;
    private long _places;
    private string? _making;

    /// <summary>Whether a sentence is being made; between two, nothing is.</summary>
    private bool _isInSentence;
    private int _offset;
    private string? _saying;
    private string? _dropped;

    /// <param name="capacity">Blocks, that is 20 ms each, made ahead; what belongs to a sentence that was begun may be more.</param>
    /// <param name="store">Where it is put aside; null where it stays in memory.</param>
    public SpeechQueue(int capacity, SpeechStore? store = null)
    {
        _capacity = capacity;
        _store = store;
        _ring = new SpeechRing(capacity + 16);
    }

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
                return (int)Math.Max(0, _next - _ring.First);
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

    /// <summary>Whether what makes speech waits for room, or for somebody to be there.</summary>
    public bool IsFull
    {
        get
        {
            lock (_gate)
            {
                return _room is not null;
            }
        }
    }

    private int Waiting => (int)(_ring.End - _next);

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
                    _ring.Append(block.Kind == SpeechBlockKind.Sound
                        ? block with { UtteranceId = _making, Place = ++_places, Offset = _offset++, Level = level }
                        : block);
                    if (block.Kind is SpeechBlockKind.End or SpeechBlockKind.Failure)
                    {
                        _making = null;
                        EndSentence();
                    }

                    return true;
                }
            }
        }

        SamplePool.Return(block.Pcm);
        return false;
    }

    /// <summary>Waits, between two sentences, until the next may be made: until there is room, and somebody to hear it.</summary>
    /// <exception cref="OperationCanceledException">The utterance that is being made was dropped.</exception>
    public ValueTask WaitForSentenceAsync(int epoch, CancellationToken cancellationToken) => WaitAsync(() =>
    {
        if (epoch != _epoch)
        {
            return true;
        }

        if (IsHere && Waiting < _capacity)
        {
            _isInSentence = true;
            return true;
        }

        EndSentence();
        return false;
    }, cancellationToken);

    /// <summary>
    /// Waits, within a sentence, until so much was heard that more may be made. Where nobody is there to hear it, it is made to its
    /// end at once: a voice that was stopped in the middle would have to keep what it has, and only what is whole can be put aside.
    /// </summary>
    /// <exception cref="OperationCanceledException">The utterance that is being made was dropped.</exception>
    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => WaitAsync(() => !IsHere || Waiting < _capacity, cancellationToken);

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
            while (!taken && IsHere && _next < _ring.End)
            {
                block = _ring[_next];
                taken = Pass(block);
            }

            if (taken && block.Pcm is { } samples)
            {
                samples.AsSpan(0, SoundFormat.SamplesPerFrame).CopyTo(pcm);
            }

            if (_next - _ring.First > MaxKept)
            {
                _ring.Forget(_next - MaxKept);
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
            while (IsHere && _next < _ring.End && _ring[_next].Kind != SpeechBlockKind.Sound)
            {
                block = _ring[_next];
                if (Pass(block))
                {
                    return true;
                }
            }
        }

        block = default;
        return false;
    }

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

    private async ValueTask WaitAsync(Func<bool> isReady, CancellationToken cancellationToken)
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

                if (isReady())
                {
                    return;
                }

                room = _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            await room.Task.WaitAsync(cancellationToken);
        }
    }
}
