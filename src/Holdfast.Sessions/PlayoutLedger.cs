namespace Holdfast.Sessions;

/// <summary>
/// Which places of the speech were sent and which of them were heard: it answers where to go on so that nothing said is lost.
/// </summary>
/// <remarks>
/// <para>
/// Pure: no clock, no I/O, no lock; one caller at a time. Bounded: it remembers the last <see cref="Capacity"/> places, and
/// gives up the oldest, which it counts. Nothing is allocated after the first packet.
/// </para>
/// <para>
/// Everything before <see cref="FirstUnheard"/> is settled. Losses so short that the receiver's decoder fills them in (Opus carries a coarse
/// copy of the packet before) settle too; a longer one is a hole, which is repaired by going back. Speech that is sent again is sent in
/// a new epoch, and what is told of an older epoch changes nothing: after a hole, what was heard was heard out of its context.
/// </para>
/// <para>
/// What is said again before the first unheard place is there for that place's sake: a word is heard where it is heard from its beginning. So all of
/// an epoch has to be heard, from where it began; where it breaks off too early, it was for nothing, and the place is the same as before.
/// </para>
/// </remarks>
internal sealed class PlayoutLedger
{
    /// <summary>Places remembered: 20 s and a little. A power of two.</summary>
    public const int Capacity = 1_024;

    // A tag is, from the top: the epoch, whether it is of silence after the speech, and the place.
    private const int EpochShift = 40;
    private const ulong SilenceFlag = 1UL << (EpochShift - 1);
    private const ulong PlaceMask = SilenceFlag - 1;

    private readonly PlayoutTolerance _tolerance;
    private Entry[]? _entries;
    private uint _epoch = 1;
    private long _next;
    private long _epochStart;

    /// <summary>Everything that was sent in this epoch before this place is settled.</summary>
    private long _settled;

    /// <summary>Everything before this place was heard in an epoch before.</summary>
    private long _frontier;
    private long _newestHeard;
    private int _silencesHeard;
    private long _repairedAt = -1;
    private int _repairs;

    public PlayoutLedger(PlayoutTolerance? tolerance = null) => _tolerance = tolerance ?? PlayoutTolerance.Default;

    /// <summary>The first place that is not known to have been heard; one past the last where all was. 0 where there is none.</summary>
    public long FirstUnheard => Math.Max(_settled, _frontier);

    /// <summary>Places that sounded and were given up unheard.</summary>
    public long Lost { get; private set; }

    /// <summary>Whether something was lost within what was heard, so that it has to be said again.</summary>
    public bool HasHole { get; private set; }

    /// <summary>Speech is being sent.</summary>
    /// <param name="place">Its place. Places come one after the other; what is left out does not exist.</param>
    /// <param name="tick">When it is played, in 20 ms of the media clock.</param>
    /// <param name="silent">Whether there is nothing in it to be heard.</param>
    /// <returns>Names this sending of this place: what comes back in the feedback. Never 0.</returns>
    public ulong Sent(long place, long tick, bool silent)
    {
        _entries ??= new Entry[Capacity];
        if (_next == 0 || place < _next)
        {
            // The first of all, or of an epoch: the show went back further than to what was not heard.
            StartAt(place);
        }

        Skip(place);
        _next = place + 1;
        _silencesHeard = 0;
        while (_next - _settled > Capacity)
        {
            GiveUp();
        }

        At(place) = new Entry { Tick = unchecked((uint)tick), State = PlaceState.Unknown, Silent = silent };
        return TagOf(place);
    }

    /// <summary>Silence that belongs to no speech is being sent. Where it arrives, the end of the speech before it should have too.</summary>
    /// <returns>As for <see cref="Sent"/>; 0 where nothing is to be learnt from it.</returns>
    public ulong SentSilence() => _settled < _next ? TagOf(_next) | SilenceFlag : 0;

    /// <summary>A packet arrived.</summary>
    public void Acknowledged(ulong tag)
    {
        if (tag == (TagOf(_next) | SilenceFlag))
        {
            _silencesHeard++;
            Settle();
        }
        else if (TryResolve(tag, out var place))
        {
            Hear(place);
            Settle();
        }
    }

    /// <summary>A packet is reported missing. It may still come, and is heard if it is not too late to be played.</summary>
    public void ReportedLost(ulong tag)
    {
        if (TryResolve(tag, out var place) && At(place).State == PlaceState.Unknown)
        {
            At(place).State = PlaceState.Lost;
            Settle();
        }
    }

    /// <summary>
    /// Where packets are not told of one by one: everything up to a packet arrived but for a number, of which it is not known which they are.
    /// </summary>
    public void ReachedUpTo(ulong tag, int lost)
    {
        var isSilence = tag == (TagOf(_next) | SilenceFlag) && _settled < _next;
        if (!TryResolve(isSilence ? TagOf(_next - 1) : tag, out var place))
        {
            return;
        }

        _silencesHeard += isSilence ? _tolerance.Late : 0;
        var range = place - _settled + 1;
        if (lost <= _tolerance.MaxLost + range / 10)
        {
            for (var i = _settled; i <= place; i++)
            {
                At(i).State = PlaceState.Heard;
            }
        }

        if (!isSilence)
        {
            Hear(place);
        }

        Settle();
    }

    /// <summary>
    /// The client says what it played last: that it has heard, but not what came before it. Where more than the decoder fills in is not known
    /// to have arrived, this says nothing: feedback about it may be under way, and does say.
    /// </summary>
    /// <param name="tick">When that was to be played, on the media clock. Anything: only what was sent can be heard.</param>
    public void Played(long tick)
    {
        var played = FindPlayed(tick);
        if (played < Math.Max(_settled, OldestOfEpoch) || At(played).Tick != unchecked((uint)tick))
        {
            // That silence was played after it says nothing of the speech.
            return;
        }

        if (CountUnheard(played) <= _tolerance.MaxLost)
        {
            Hear(played);
            Settle();
        }
    }

    /// <summary>Nothing after a tick will be played any more, though it may have arrived: whoever was to play it is gone.</summary>
    public void NeverPlayedAfter(long tick)
    {
        var unplayed = FindPlayed(tick) + 1;
        _settled = Math.Min(_settled, unplayed);
        _newestHeard = Math.Min(_newestHeard, unplayed - 1);
        for (var place = unplayed; place < _next; place++)
        {
            At(place).State = PlaceState.Unknown;
        }
    }

    /// <summary>The first place that is not known to have been heard, if nothing after a tick is ever played; changes nothing.</summary>
    public long FirstUnheardIfGoneAfter(long tick) => Math.Max(Math.Min(_settled, FindPlayed(tick) + 1), _frontier);

    /// <summary>
    /// What is not known to have been heard will be sent again, in a new epoch; where it was given up too often already, it is let go.
    /// </summary>
    /// <returns>The first place that was not heard; 0 where nothing was ever sent.</returns>
    public long BeginAgain(bool isRepair)
    {
        if (isRepair && HasHole)
        {
            _repairs = _repairedAt == FirstUnheard ? _repairs + 1 : 1;
            _repairedAt = FirstUnheard;
            if (_repairs > _tolerance.MaxRepairs)
            {
                PassHole();
                return 0;
            }
        }

        _epoch = (_epoch + 1) & 0xFF_FFFF;
        HasHole = false;
        _frontier = FirstUnheard;
        StartAt(_frontier);
        _silencesHeard = 0;
        return _frontier;
    }

    /// <summary>Nothing that was sent will be sent again: it was interrupted, or given up.</summary>
    /// <param name="isLost">Whether it counts as lost.</param>
    public void Forget(bool isLost)
    {
        while (isLost && _settled < _next)
        {
            GiveUp();
        }

        _epoch = (_epoch + 1) & 0xFF_FFFF;
        HasHole = false;
        (_settled, _frontier, _next, _epochStart) = (0, 0, 0, 0);
    }

    /// <summary>Nothing of this epoch was sent before a place.</summary>
    private void StartAt(long place) => (_settled, _next, _epochStart, _newestHeard) = (place, place, place, place - 1);

    private long OldestOfEpoch => Math.Max(_epochStart, _next - Capacity);

    /// <summary>The last place that was to be played at a tick or before; one before the oldest there is where none was.</summary>
    private long FindPlayed(long tick)
    {
        var place = _next - 1;
        while (place >= OldestOfEpoch && unchecked((int)(At(place).Tick - (uint)tick)) > 0)
        {
            place--;
        }

        return place;
    }

    /// <summary>What sounds before a place and is not known to have been heard.</summary>
    private int CountUnheard(long end)
    {
        var count = 0;
        for (var place = _settled; place < end; place++)
        {
            count += At(place) is { State: PlaceState.Heard } or { Silent: true } ? 0 : 1;
        }

        return count;
    }

    private ref Entry At(long place) => ref _entries![place & (Capacity - 1)];

    private ulong TagOf(long place) => ((ulong)_epoch << EpochShift) | ((ulong)place & PlaceMask);

    private bool TryResolve(ulong tag, out long place)
    {
        place = (long)(tag & PlaceMask);
        return tag >> EpochShift == _epoch && (tag & SilenceFlag) == 0 && place >= _settled && place < _next && _entries is not null;
    }

    private void Hear(long place)
    {
        ref var entry = ref At(place);
        if (entry.State == PlaceState.Lost && _newestHeard - place > _tolerance.Late)
        {
            // The decoder had to go on without it.
            return;
        }

        entry.State = PlaceState.Heard;
        _newestHeard = Math.Max(_newestHeard, place);
    }

    private void Settle()
    {
        while (_settled < _next)
        {
            if (At(_settled).State == PlaceState.Heard)
            {
                _settled++;
                continue;
            }

            var (end, isHole) = MeasureGap();
            var heardAfter = Math.Max(0, _newestHeard - end + 1) + _silencesHeard;
            if (heardAfter < _tolerance.Late)
            {
                // Nothing after it arrived yet, or so little that it may only be late.
                return;
            }

            if (isHole)
            {
                HasHole = true;
                return;
            }

            _settled = end;
        }
    }

    /// <summary>How far the gap at what is settled reaches, and whether it is too long to be filled in.</summary>
    private (long End, bool IsHole) MeasureGap()
    {
        var (place, lost, unknown) = (_settled, 0, 0);
        var end = _silencesHeard > 0 ? _next : _newestHeard + 1;
        for (; place < end && At(place).State != PlaceState.Heard; place++)
        {
            ref readonly var entry = ref At(place);
            if (!entry.Silent)
            {
                lost += entry.State == PlaceState.Lost ? 1 : 0;
                unknown += entry.State == PlaceState.Lost ? 0 : 1;
            }

            if (lost > _tolerance.MaxLost || lost + unknown > _tolerance.MaxUnknown)
            {
                return (place, true);
            }
        }

        return (place, false);
    }

    /// <summary>Goes on after a hole as if it had been heard.</summary>
    private void PassHole()
    {
        HasHole = false;
        while (_settled < _next && At(_settled).State != PlaceState.Heard)
        {
            GiveUp();
        }

        Settle();
    }

    private void GiveUp()
    {
        ref readonly var entry = ref At(_settled);
        Lost += entry is { State: PlaceState.Heard } or { Silent: true } || _settled < _frontier ? 0 : 1;
        _settled++;
    }

    /// <summary>What is left out between two places does not exist, and needs no hearing.</summary>
    private void Skip(long place)
    {
        if (_settled == _next)
        {
            // All was heard: what follows may begin anywhere.
            (_settled, _newestHeard) = (place, place - 1);
            return;
        }

        for (var i = Math.Max(_next, place - Capacity); i < place; i++)
        {
            At(i) = new Entry { State = PlaceState.Heard, Silent = true };
        }
    }

    private enum PlaceState : byte
    {
        Unknown,
        Lost,
        Heard,
    }

    private struct Entry
    {
        public uint Tick;
        public PlaceState State;
        public bool Silent;
    }
}

/// <summary>What the ledger lets pass, in 20 ms of speech.</summary>
/// <param name="MaxLost">
/// So much may be missing in one go, 80 ms: the last packet of it is in the one that follows (FEC), and without the 60 ms before it, which the decoder
/// fills in, a word is still whole.
/// </param>
/// <param name="MaxUnknown">
/// So much may be unknown between what is known to have arrived: feedback gets lost too, and then nobody says what became of the packets. 300 ms.
/// </param>
/// <param name="Late">A packet that comes so much later than those after it is not played any more: 100 ms. At least 1.</param>
/// <param name="MaxRepairs">How often the same hole is said again before it is let go and counted as lost.</param>
internal sealed record PlayoutTolerance(int MaxLost = 4, int MaxUnknown = 15, int Late = 5, int MaxRepairs = 3)
{
    public static PlayoutTolerance Default { get; } = new();
}
