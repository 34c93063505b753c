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
/// What there is lies in a <see cref="SpeechRing"/>, where the <see cref="SpeechIntake"/> puts it. What was taken stays in it until it is
/// released, so that it can be taken again: the <see cref="SpeechCursor"/> knows where in it the listener is.
/// </para>
/// <para>
/// Speech is made sentence by sentence: a sentence is begun only where there is room, and only while somebody is there; what of it
/// has come is all in the queue, and nowhere else. So all of it can be put aside, by the <see cref="SpeechMover"/>.
/// </para>
/// </remarks>
internal sealed class SpeechQueue
{
    private readonly Lock _gate = new();
    private readonly int _capacity;
    private readonly SpeechRing _ring;
    private readonly SpeechIntake _intake;
    private readonly SpeechCursor _cursor;
    private readonly SpeechMover _mover;
    private readonly SpeechDoor _door;

    /// <param name="capacity">Blocks, that is 20 ms each, made ahead; what belongs to a sentence that was begun may be more.</param>
    /// <param name="store">Where it is put aside; null where it stays in memory.</param>
    /// <param name="owner">Whose it is: what it calls itself is in the log.</param>
    public SpeechQueue(int capacity, SpeechStore? store = null, object? owner = null)
    {
        _capacity = capacity;
        _ring = new SpeechRing(capacity + 16);
        _intake = new SpeechIntake(_ring);
        _cursor = new SpeechCursor(_ring);
        _door = new SpeechDoor(_gate);
        _mover = new SpeechMover(_gate, _ring, _cursor, store, owner, _door.Open, Fail);
    }

    /// <summary>Entries that wait.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _cursor.Waiting;
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
                return _cursor.Kept;
            }
        }
    }

    public int Epoch
    {
        get
        {
            lock (_gate)
            {
                return _intake.Epoch;
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
                return _door.IsShut;
            }
        }
    }

    /// <summary>Whether speech is put aside, or being put aside or taken back; for tests.</summary>
    internal string State
    {
        get
        {
            lock (_gate)
            {
                return _mover.Where.ToString();
            }
        }
    }

    /// <summary>What is added from now on belongs to this utterance.</summary>
    public void Begin(int epoch, string utteranceId)
    {
        lock (_gate)
        {
            _intake.Begin(epoch, utteranceId);
        }
    }

    /// <summary>What is added from now on is so many blocks into its utterance: those before it were heard.</summary>
    public void SkipTo(int epoch, int offset)
    {
        lock (_gate)
        {
            _intake.SkipTo(epoch, offset);
        }
    }

    /// <summary>Puts an entry at the end; marks always fit.</summary>
    /// <returns>False if its epoch is over or its utterance was dropped: so was the entry.</returns>
    public bool Add(int epoch, in SpeechBlock block)
    {
        var level = SpeechPauses.LevelOf(block.Pcm);
        lock (_gate)
        {
            if (_intake.TryAppend(epoch, block, level))
            {
                if (block.Kind is SpeechBlockKind.End or SpeechBlockKind.Failure)
                {
                    _mover.SentenceEnded();
                }

                return true;
            }
        }

        SamplePool.Return(block.Pcm);
        return false;
    }

    /// <summary>Waits, between two sentences, until the next may be made: until there is room, and somebody to hear it.</summary>
    /// <exception cref="OperationCanceledException">The utterance that is being made was dropped.</exception>
    public ValueTask WaitForSentenceAsync(int epoch, CancellationToken cancellationToken) => _door.WaitAsync(() =>
    {
        ThrowIfDropped();
        if (epoch != _intake.Epoch)
        {
            return true;
        }

        if (_mover.IsHere && _cursor.Waiting < _capacity)
        {
            _mover.SentenceBegan();
            return true;
        }

        _mover.SentenceEnded();
        return false;
    }, cancellationToken);

    /// <summary>
    /// Waits, within a sentence, until so much was heard that more may be made. Where nobody is there to hear it, it is made to its
    /// end at once: a voice that was stopped in the middle would have to keep what it has, and only what is whole can be put aside.
    /// </summary>
    /// <exception cref="OperationCanceledException">The utterance that is being made was dropped.</exception>
    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => _door.WaitAsync(() =>
    {
        ThrowIfDropped();
        return !_mover.IsHere || _cursor.Waiting < _capacity;
    }, cancellationToken);

    /// <summary>Takes the next entry.</summary>
    /// <param name="pcm">Receives its sound, where it has some: it is copied here because what is kept may be let go at any time.</param>
    /// <param name="block">The entry; its own samples are not to be read.</param>
    public bool TryTake(Span<short> pcm, out SpeechBlock block)
    {
        lock (_gate)
        {
            block = default;
            var taken = _mover.IsHere && _cursor.TryTake(out block);
            if (taken && block.Pcm is { } samples)
            {
                samples.AsSpan(0, SoundFormat.SamplesPerFrame).CopyTo(pcm);
            }

            _cursor.Trim();
            if (_cursor.Waiting <= _capacity / 2)
            {
                _door.Open();
            }

            return taken;
        }
    }

    /// <summary>Looks at the sound that is taken next, and leaves it where it is.</summary>
    /// <returns>False where what comes next does not sound.</returns>
    public bool TryPeek(Span<short> pcm)
    {
        lock (_gate)
        {
            if (!_mover.IsHere || _cursor.Peek() is not { } samples)
            {
                return false;
            }

            samples.AsSpan(0, SoundFormat.SamplesPerFrame).CopyTo(pcm);
            return true;
        }
    }

    /// <summary>Takes the next entry if it is a mark, not sound.</summary>
    public bool TryTakeMark(out SpeechBlock block)
    {
        lock (_gate)
        {
            block = default;
            return _mover.IsHere && _cursor.TryTakeMark(out block);
        }
    }

    /// <summary>Everything before a place was heard: what nothing needs any more is forgotten.</summary>
    public void Release(long place)
    {
        lock (_gate)
        {
            if (!_mover.IsHere)
            {
                return;
            }

            if (_cursor.Waiting == 0 && _intake.Making is null && place > _intake.Places)
            {
                // Between two utterances a session keeps nothing of what speaking needs.
                _ring.Empty();
                return;
            }

            _cursor.Release(place);
        }
    }

    /// <summary>Goes back to the last pause before a place (<see cref="IRewindableShow.Rewind"/>).</summary>
    /// <returns>Where it goes on; null where nothing is to be handed out again, or speech is put aside.</returns>
    public RewindPoint? Rewind(long place)
    {
        lock (_gate)
        {
            return _mover.IsHere ? _cursor.Rewind(place) : null;
        }
    }

    /// <summary>Where in its text a place is (<see cref="IResumableShow.MarkOf"/>), also while speech is put aside.</summary>
    public SpeechMark? MarkOf(long place)
    {
        lock (_gate)
        {
            return (_mover.Landmarks ?? SpeechLandmarks.Of(_ring, _cursor.Next)).MarkOf(place, _intake.Making, _intake.Made);
        }
    }

    /// <summary>What was made from the last pause before a place on (<see cref="IResumableShow.MadeFrom"/>); empty where there is none in memory.</summary>
    public ReadOnlyMemory<byte> MadeFrom(long place)
    {
        lock (_gate)
        {
            var target = _cursor.FirstFrom(place);
            if (_mover.Landmarks is not null || target >= _ring.End)
            {
                return default;
            }

            var landmarks = SpeechLandmarks.Of(_ring, _cursor.Next);
            return MadeSpeech.Of(_ring, _cursor.StartOfWord(target), target, at => landmarks.MarkOf(at, _intake.Making, _intake.Made))?.Write() ?? default;
        }
    }

    /// <summary>Nothing is taken any more after some blocks of the utterance that is being said (<see cref="IResumableShow.LeaveAfter"/>).</summary>
    /// <returns>Null where speech is put aside.</returns>
    public SpeechLeft? LeaveAfter(int least, int most)
    {
        lock (_gate)
        {
            if (_mover.Landmarks is not null || !_mover.IsHere)
            {
                return null;
            }

            var end = _cursor.EndAfter(least, most);
            var landmarks = SpeechLandmarks.Of(_ring, end);
            var made = end < _ring.End && _ring[end] is { Kind: SpeechBlockKind.Sound, UtteranceId: not null }
                ? MadeSpeech.Of(_ring, end, end, at => landmarks.MarkOf(at, _intake.Making, _intake.Made))?.Write()
                : null;
            var finished = end > _cursor.Next && _ring[end - 1] is { Kind: SpeechBlockKind.End } last ? last.UtteranceId : null;
            return new SpeechLeft(landmarks.MarkOf(0, _intake.Making, _intake.Made), made ?? default(ReadOnlyMemory<byte>), finished, (int)(end - _cursor.Next) - (finished is null ? 0 : 1));
        }
    }

    /// <summary>Forgets the rest of the utterance that is being said, and all that was taken.</summary>
    /// <returns>Its id; null where none is being said, as none is while speech is put aside.</returns>
    public string? DropUtterance()
    {
        lock (_gate)
        {
            if (!_mover.IsHere || _cursor.Drop() is not { } id)
            {
                return null;
            }

            _intake.Drop(id);
            if (_intake.IsDropped(_intake.Making))
            {
                _mover.SentenceEnded();
            }

            _door.Open();
            return id;
        }
    }

    /// <summary>Whether an utterance was given up.</summary>
    public bool WasDropped(string id)
    {
        lock (_gate)
        {
            return _intake.IsDropped(id);
        }
    }

    /// <summary>Ends the epoch and forgets everything.</summary>
    /// <returns>The samples that would have been heard next, to fade out with; null if there were none.</returns>
    public short[]? Clear()
    {
        lock (_gate)
        {
            _intake.BeginEpoch();
            _mover.GiveUp();
            var next = _cursor.Clear();
            _mover.SentenceEnded();
            _door.Open();
            return next;
        }
    }

    /// <summary>
    /// Nobody is there: no further sentence is made, and all there is goes into a file as soon as the sentence that is being made has
    /// come. Nothing can be taken until <see cref="TakeBack"/> says so.
    /// </summary>
    public void PutAside()
    {
        lock (_gate)
        {
            _mover.PutAside();
            _door.Open();
        }
    }

    /// <summary>Somebody is there again, and wants what was put aside. Asking again does no harm, and little else while all is there.</summary>
    /// <returns>Whether it is all there; if not, it will be soon.</returns>
    public bool TakeBack()
    {
        lock (_gate)
        {
            if (_mover.IsHere)
            {
                return true;
            }

            if (!_mover.TakeBack())
            {
                return false;
            }

            _door.Open();
            return true;
        }
    }

    /// <summary>What was put aside cannot be read: its utterances are told to have failed, rather than wait for ever. Under the lock.</summary>
    private void Fail(IReadOnlyList<string> utterances)
    {
        // The failures come after where the next would have been taken, as what is lost would have.
        _ring.Empty();
        _cursor.Restart();
        foreach (var id in utterances)
        {
            _ring.Append(new SpeechBlock(SpeechBlockKind.Failure, null, default, 0, id, UtteranceFault.Lost));
        }

        if (_intake.Making is { } making)
        {
            _intake.Drop(making);
            _mover.SentenceEnded();
        }
    }

    private void ThrowIfDropped()
    {
        if (_intake.IsDropped(_intake.Making))
        {
            throw new OperationCanceledException("Its utterance was dropped.");
        }
    }
}
