using System.Buffers;
using Holdfast.Media;

namespace Holdfast.Avatar;

// What becomes of it while nobody is there to hear it (docs/architecture.md has the table of states).
internal sealed partial class SpeechQueue
{
    /// <summary>Entries that are copied, written and read at a time: 64 KiB. The lock is held for no longer than copying them takes.</summary>
    private const int EntriesAtOnce = 32;

    private Whereabouts _where = Whereabouts.Memory;

    /// <summary>Whether nobody is there.</summary>
    private bool _isAway;

    /// <summary>Which move between memory and file is the last; one that is under way and is not the last comes to nothing.</summary>
    private long _move;

    private SpeechFile? _file;

    /// <summary>Where the entries are.</summary>
    private enum Whereabouts
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

    /// <summary>Whether speech is put aside, or being put aside or taken back; for tests.</summary>
    internal string State
    {
        get
        {
            lock (_gate)
            {
                return _where.ToString();
            }
        }
    }

    /// <summary>Somebody is there, and nothing is in a file.</summary>
    private bool IsHere => !_isAway && _where == Whereabouts.Memory;

    /// <summary>
    /// Nobody is there: no further sentence is made, and all there is goes into a file as soon as the sentence that is being made has
    /// come. Nothing can be taken until <see cref="TakeBack"/> says so.
    /// </summary>
    public void PutAside()
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            _isAway = true;
            if (_where == Whereabouts.Returning)
            {
                // The file is as good as before.
                _move++;
                _where = Whereabouts.File;
            }

            Leave();
            (room, _room) = (_room, null);
        }

        room?.TrySetResult();
    }

    /// <summary>Somebody is there again, and wants what was put aside. Asking again does no harm, and little else while all is there.</summary>
    /// <returns>Whether it is all there; if not, it will be soon.</returns>
    public bool TakeBack()
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            if (IsHere)
            {
                return true;
            }

            _isAway = false;
            switch (_where)
            {
                case Whereabouts.Memory:
                    break;
                case Whereabouts.Leaving:
                    _move++;
                    _where = Whereabouts.Memory;
                    break;
                case Whereabouts.File:
                    _where = Whereabouts.Returning;
                    _store!.Read(Reading(_file!, ++_move));
                    return false;
                case Whereabouts.Returning:
                    return false;
            }

            (room, _room) = (_room, null);
        }

        room?.TrySetResult();
        return true;
    }

    /// <summary>No sentence is being made any more. Under the lock.</summary>
    private void EndSentence()
    {
        _isInSentence = false;
        Leave();
    }

    /// <summary>Begins to put aside what there is, where it is time to. Under the lock.</summary>
    private void Leave()
    {
        if (_isAway && !_isInSentence && _where == Whereabouts.Memory && _store is not null && _ring.First < _ring.End)
        {
            _where = Whereabouts.Leaving;
            _store.Write(Writing(++_move));
        }
    }

    /// <summary>What was put aside is not wanted any more, nor what is being put aside. Under the lock.</summary>
    private void GiveUpFile()
    {
        _move++;
        _where = Whereabouts.Memory;
        _file?.Dispose();
        (_file, _landmarks) = (null, null);
    }

    private IEnumerable<SpeechStore.Step> Writing(long move)
    {
        if (!IsLast(move) || _store!.TryCreate() is not { } file)
        {
            StayInMemory(move);
            yield break;
        }

        var slots = ArrayPool<byte>.Shared.Rent(EntriesAtOnce * SpeechFile.SlotBytes);
        var isWritten = false;
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

        ArrayPool<byte>.Shared.Return(slots);
        if (!isWritten)
        {
            file.Dispose();
            StayInMemory(move);
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

            _landmarks = Survey();
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
        while (read < blocks.Length && IsLast(move))
        {
            var piece = blocks.AsMemory(read, Math.Min(EntriesAtOnce, blocks.Length - read));
            if (!_store!.TryRead(file, read, piece.Span, slots))
            {
                break;
            }

            read += piece.Length;
            yield return default;
        }

        ArrayPool<byte>.Shared.Return(slots);
        TaskCompletionSource? room = null;
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
                    Fail(file);
                }

                GiveUpFile();
                (room, _room) = (_room, null);
            }
        }

        room?.TrySetResult();
        foreach (var block in blocks)
        {
            SamplePool.Return(block.Pcm);
        }
    }

    /// <summary>What is in the file cannot be read: its utterances are told to have failed, rather than wait for ever. Under the lock.</summary>
    private void Fail(SpeechFile file)
    {
        var after = _ring.End;
        _ring.Empty();
        _next = _told = _taken = after;
        _saying = null;
        foreach (var text in file.Texts)
        {
            _ring.Append(new SpeechBlock(
                SpeechBlockKind.Failure, null, default, 0, text, UtteranceFault.Lost));
        }

        if (_making is not null)
        {
            _dropped = _making;
            _isInSentence = false;
        }
    }
}
