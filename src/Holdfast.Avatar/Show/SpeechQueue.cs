namespace Holdfast.Avatar;

/// <summary>
/// Speech that was made and not yet heard, bounded. One thread makes, another hears; neither holds the lock for longer than an
/// entry takes.
/// </summary>
/// <remarks>
/// Each interruption begins a new epoch, and what belongs to an older one is not taken any more: speech that was still being
/// made when it was interrupted can never be heard.
/// </remarks>
internal sealed class SpeechQueue
{
    private readonly Lock _gate = new();
    private readonly int _capacity;
    private Queue<SpeechBlock>? _blocks;
    private TaskCompletionSource? _room;
    private int _epoch;

    /// <param name="capacity">Blocks, that is 20 ms each, made ahead.</param>
    public SpeechQueue(int capacity) => _capacity = capacity;

    /// <summary>Blocks that wait.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _blocks?.Count ?? 0;
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

    /// <summary>Puts an entry at the end; marks always fit.</summary>
    /// <returns>False if its epoch is over: it was dropped.</returns>
    public bool Add(int epoch, in SpeechBlock block)
    {
        lock (_gate)
        {
            if (epoch == _epoch)
            {
                _blocks ??= new Queue<SpeechBlock>(_capacity + 16);
                _blocks.Enqueue(block);
                return true;
            }
        }

        SamplePool.Return(block.Pcm);
        return false;
    }

    /// <summary>Waits until so much was heard that more may be made.</summary>
    public async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            TaskCompletionSource room;
            lock (_gate)
            {
                if (_blocks is null || _blocks.Count < _capacity)
                {
                    return;
                }

                room = _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            await room.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Takes the next entry.</summary>
    public bool TryTake(out SpeechBlock block)
    {
        TaskCompletionSource? room = null;
        bool taken;
        lock (_gate)
        {
            block = default;
            taken = _blocks is not null && _blocks.TryDequeue(out block);
            if (_room is not null && _blocks!.Count <= _capacity / 2)
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
            block = default;
            return _blocks is not null && _blocks.TryPeek(out block) && block.Kind != SpeechBlockKind.Sound && _blocks.TryDequeue(out block);
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
            while (_blocks is not null && _blocks.TryDequeue(out var block))
            {
                if (next is null && block.Pcm is not null)
                {
                    next = block.Pcm;
                }
                else
                {
                    SamplePool.Return(block.Pcm);
                }
            }

            // A session that only listens again keeps nothing of what speaking needs.
            _blocks = null;
            (room, _room) = (_room, null);
        }

        room?.TrySetResult();
        return next;
    }
}
