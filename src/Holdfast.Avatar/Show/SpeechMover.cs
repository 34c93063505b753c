using System.Buffers;

namespace Holdfast.Avatar;

/// <summary>
/// Moves what is in the ring into a file while nobody is there to hear it, and back (docs/architecture.md has the table of states). Everything
/// but the moves themselves is called under the lock.
/// </summary>
/// <remarks>
/// Each move has a number, and what comes of one that is not the last counts for nothing. A move takes the lock for pieces, never while
/// it writes or reads.
/// </remarks>
internal sealed class SpeechMover
{
    /// <summary>Entries that are copied, written and read at a time: 64 KiB. The lock is held for no longer than copying them takes.</summary>
    private const int EntriesAtOnce = 32;

    private readonly Lock _gate;
    private readonly SpeechRing _ring;
    private readonly SpeechCursor _cursor;
    private readonly SpeechStore? _store;
    private readonly object? _owner;
    private readonly Action _onBack;
    private readonly Action<IReadOnlyList<string>> _onLost;

    private Whereabouts _where = Whereabouts.Memory;

    /// <summary>Whether nobody is there.</summary>
    private bool _isAway;

    /// <summary>Whether a sentence is being made; between two, nothing is.</summary>
    private bool _isInSentence;

    /// <summary>Which move between memory and file is the last; one that is under way and is not the last comes to nothing.</summary>
    private long _move;

    private SpeechFile? _file;

    /// <param name="gate">The lock.</param>
    /// <param name="ring">What is moved.</param>
    /// <param name="cursor">Where in it the listener is.</param>
    /// <param name="store">Where it goes; null where it stays in memory.</param>
    /// <param name="owner">Whose it is, for the log.</param>
    /// <param name="onBack">Is told, under the lock, when all is back in memory.</param>
    /// <param name="onLost">Is told, under the lock and before <paramref name="onBack"/>, which texts cannot be read back.</param>
    public SpeechMover(
        Lock gate, SpeechRing ring, SpeechCursor cursor, SpeechStore? store, object? owner, Action onBack, Action<IReadOnlyList<string>> onLost)
    {
        _gate = gate;
        _ring = ring;
        _cursor = cursor;
        _store = store;
        _owner = owner;
        _onBack = onBack;
        _onLost = onLost;
    }

    /// <summary>Where the entries are.</summary>
    internal enum Whereabouts
    {
        /// <summary>In memory, and there they stay for now.</summary>
        Memory,

        /// <summary>In memory, all of them, while they are written to a file that counts only once it is whole.</summary>
        Leaving,

        /// <summary>In the file.</summary>
        File,

        /// <summary>In the file, all of them, while they are read.</summary>
        Returning,
    }

    public Whereabouts Where => _where;

    /// <summary>Somebody is there, and nothing is in a file.</summary>
    public bool IsHere => !_isAway && _where == Whereabouts.Memory;

    /// <summary>What is kept of the entries while they are in the file; null while they are here.</summary>
    public SpeechLandmarks? Landmarks { get; private set; }

    /// <summary>A sentence is being made: nothing leaves before its end.</summary>
    public void SentenceBegan() => _isInSentence = true;

    /// <summary>No sentence is being made any more.</summary>
    public void SentenceEnded()
    {
        _isInSentence = false;
        Leave();
    }

    /// <summary>Nobody is there: all there is goes into a file as soon as no sentence is being made.</summary>
    public void PutAside()
    {
        _isAway = true;
        if (_where == Whereabouts.Returning)
        {
            // The file is as good as before.
            _move++;
            _where = Whereabouts.File;
        }

        Leave();
    }

    /// <summary>Somebody is there again. Asking again does no harm, and little else while all is there.</summary>
    /// <returns>Whether all is here; if not, it will be soon.</returns>
    public bool TakeBack()
    {
        _isAway = false;
        switch (_where)
        {
            case Whereabouts.Memory:
                return true;
            case Whereabouts.Leaving:
                _move++;
                _where = Whereabouts.Memory;
                return true;
            case Whereabouts.File:
                _where = Whereabouts.Returning;
                _store!.Read(Reading(_file!, ++_move), _owner);
                return false;
            case Whereabouts.Returning:
                return false;
        }

        return false;
    }

    /// <summary>What was put aside is not wanted any more, nor what is being put aside.</summary>
    public void GiveUp()
    {
        _move++;
        _where = Whereabouts.Memory;
        _file?.Dispose();
        (_file, Landmarks) = (null, null);
    }

    /// <summary>Begins to put aside what there is, where it is time to.</summary>
    private void Leave()
    {
        if (_isAway && !_isInSentence && _where == Whereabouts.Memory && _store is not null && _ring.First < _ring.End)
        {
            _where = Whereabouts.Leaving;
            _store.Write(Writing(++_move), _owner);
        }
    }

    private IEnumerable<SpeechStore.Step> Writing(long move)
    {
        var slots = ArrayPool<byte>.Shared.Rent(EntriesAtOnce * SpeechFile.SlotBytes);
        SpeechFile? file = null;
        var isWritten = false;
        try
        {
            if (!IsLast(move) || (file = _store!.TryCreate()) is null)
            {
                yield break;
            }

            while (Copy(move, file, slots) is { } count)
            {
                yield return default;
                if (!_store.TryAppend(file, slots.AsSpan(0, count * SpeechFile.SlotBytes)))
                {
                    break;
                }

                if (ForgetWhatIsIn(file, move))
                {
                    isWritten = true;
                    break;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(slots);
            if (!isWritten)
            {
                file?.Dispose();
                StayInMemory(move);
            }
        }
    }

    private bool IsLast(long move)
    {
        lock (_gate)
        {
            return move == _move;
        }
    }

    /// <summary>It could not be put aside: so it stays, and nothing is lost. It is tried again the next time.</summary>
    private void StayInMemory(long move)
    {
        lock (_gate)
        {
            if (move == _move)
            {
                _where = Whereabouts.Memory;
            }
        }
    }

    /// <summary>Copies the entries that come after those in the file; null where that is not wanted any more.</summary>
    private int? Copy(long move, SpeechFile file, Span<byte> slots)
    {
        lock (_gate)
        {
            if (move != _move)
            {
                return null;
            }

            var first = _ring.First + file.Count;
            var count = (int)Math.Min(EntriesAtOnce, _ring.End - first);
            for (var i = 0; i < count; i++)
            {
                file.Encode(_ring[first + i], slots[(i * SpeechFile.SlotBytes)..]);
            }

            return count;
        }
    }

    /// <summary>Once all is in the file, nothing is in memory; false where it is not yet, or is not wanted any more.</summary>
    private bool ForgetWhatIsIn(SpeechFile file, long move)
    {
        lock (_gate)
        {
            if (move != _move || _ring.First + file.Count < _ring.End)
            {
                return false;
            }

            Landmarks = SpeechLandmarks.Of(_ring, _cursor.Next);
            _ring.Empty();
            (_file, _where) = (file, Whereabouts.File);
            return true;
        }
    }

    private IEnumerable<SpeechStore.Step> Reading(SpeechFile file, long move)
    {
        var slots = ArrayPool<byte>.Shared.Rent(EntriesAtOnce * SpeechFile.SlotBytes);
        var blocks = new SpeechBlock[file.Count];
        var read = 0;
        try
        {
            while (read < blocks.Length && IsLast(move))
            {
                var piece = blocks.AsMemory(read, Math.Min(EntriesAtOnce, blocks.Length - read));
                if (!_store!.TryRead(file, read, piece.Span, slots, _owner))
                {
                    break;
                }

                read += piece.Length;
                yield return default;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(slots);
            EndReading(file, move, blocks, read);
        }
    }

    /// <summary>All of the file was read, or no more of it can be, or nobody wants it any more.</summary>
    private void EndReading(SpeechFile file, long move, SpeechBlock[] blocks, int read)
    {
        lock (_gate)
        {
            if (move == _move)
            {
                if (read == blocks.Length)
                {
                    _ring.Prepend(blocks);
                    blocks = [];
                }
                else
                {
                    _onLost(file.Texts);
                }

                GiveUp();
                _onBack();
            }
        }

        foreach (var block in blocks)
        {
            SamplePool.Return(block.Pcm);
        }
    }
}
