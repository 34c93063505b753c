using Holdfast.Media;

namespace Holdfast.Sessions;

/// <summary>
/// What is heard of a performance: tells the ledger what is sent and what arrived, and takes the show back to what was not heard.
/// </summary>
/// <remarks>
/// What is about the show (<see cref="Resume"/>, <see cref="Repair"/>, <see cref="Release"/>, <see cref="GiveUp"/>) is called by the one who reads its
/// sound; the rest comes from any thread. One short lock guards the ledger, and nothing is called under it.
/// </remarks>
internal sealed class Playout
{
    /// <summary>The show is told of what was heard twice a second: it only has to forget.</summary>
    private const int ReleaseInterval = 25;

    /// <summary>What a page that is gone may not have played of what it had received: 300 ms.</summary>
    private const int JitterBufferTicks = 15;

    private readonly IRewindableShow? _show;
    private readonly PlayoutLedger _ledger;
    private readonly Lock _gate = new();
    private long _released;

    // What had been heard at a tick, to be let go once the client has said anything after it.
    private long _heard;
    private long _heardAt;
    private long _newestTick;
    private long _toldAt;
    private long _skipped;
    private long _repeated;
    private readonly PlayoutTotals? _before;
    private volatile Resumption? _last;

    public Playout(IShow show, PlayoutTolerance? tolerance = null, PlayoutTotals? before = null)
    {
        _show = show as IRewindableShow;
        _before = before;
        (_repeated, _skipped) = before is null ? (0, 0) : (before.Repeated, before.Lost);
        _ledger = new PlayoutLedger(tolerance);
    }

    public PlayoutSnapshot Snapshot
    {
        get
        {
            lock (_gate)
            {
                return new PlayoutSnapshot(
                    _last, SoundFormat.FrameDuration * _repeated, SoundFormat.FrameDuration * (_ledger.Lost + _skipped));
            }
        }
    }

    /// <summary>How much was said again, and how much was lost, without what a process before this one told of.</summary>
    public (TimeSpan Repeated, TimeSpan Lost) Fate
    {
        get
        {
            lock (_gate)
            {
                var (repeated, lost) = (_repeated - (_before?.Repeated ?? 0), _ledger.Lost + _skipped - (_before?.Lost ?? 0));
                return (SoundFormat.FrameDuration * repeated, SoundFormat.FrameDuration * lost);
            }
        }
    }

    /// <summary>20 ms of sound are about to be sent.</summary>
    /// <returns>What the packet is to be tagged with; 0 where nobody needs to know what becomes of it.</returns>
    public ulong OnSending(long place, long tick, bool silent)
    {
        lock (_gate)
        {
            _newestTick = tick;
            return place == 0 ? _ledger.SentSilence() : _ledger.Sent(place, tick, silent);
        }
    }

    /// <summary>The client said what arrived.</summary>
    /// <param name="acknowledged">The tags of what did.</param>
    /// <param name="lost">The tags of what did not.</param>
    /// <param name="witnesses">Whether these are pictures, each of which stands for the sound of the two ticks before it.</param>
    public void OnFeedback(ReadOnlySpan<ulong> acknowledged, ReadOnlySpan<ulong> lost, bool witnesses)
    {
        lock (_gate)
        {
            _toldAt = _newestTick;
            foreach (var tag in lost)
            {
                _ledger.ReportedLost(tag);
                if (witnesses)
                {
                    _ledger.ReportedLost(tag - 1);
                }
            }

            foreach (var tag in acknowledged)
            {
                if (witnesses)
                {
                    _ledger.Acknowledged(tag - 1);
                }

                _ledger.Acknowledged(tag);
            }
        }
    }

    /// <summary>The client said up to where it has received, and how much is missing since it said so last.</summary>
    public void OnReport(ulong highest, int lost)
    {
        lock (_gate)
        {
            _toldAt = _newestTick;
            _ledger.ReachedUpTo(highest, lost);
        }
    }

    /// <summary>The client said what it played last.</summary>
    public void OnPlayed(long tick)
    {
        lock (_gate)
        {
            _toldAt = _newestTick;
            _ledger.Played(tick);
        }
    }

    /// <summary>The first place that was sent and not heard; 0 where there is none.</summary>
    public long FirstUnheard
    {
        get
        {
            lock (_gate)
            {
                return _ledger.FirstUnheard;
            }
        }
    }

    /// <summary>Whether everything up to a place was heard, or is not waited for any more.</summary>
    public bool WasHeard(long place)
    {
        lock (_gate)
        {
            return _ledger.FirstUnheard == 0 || _ledger.FirstUnheard > place;
        }
    }

    /// <summary>There is somebody to play to again: goes back to what was not heard.</summary>
    /// <returns>Where it goes on; null where there is nothing to repeat.</returns>
    public Resumption? Resume(in ResumeCause cause)
    {
        long place;
        lock (_gate)
        {
            if (cause.Replaced)
            {
                // What the old page had received and not played is gone with it.
                _ledger.NeverPlayedAfter(cause.Played ?? cause.ToldUpTo - JitterBufferTicks);
            }

            place = _ledger.BeginAgain(isRepair: false);
        }

        return Rewind(place, cause.Away);
    }

    /// <summary>Where another process has to go on if this one is killed now, whether the page lives on or is gone too.</summary>
    /// <returns>As for <see cref="PutAside"/>; nothing is changed.</returns>
    public (long Unheard, PlayoutTotals Totals) Capture()
    {
        lock (_gate)
        {
            return (_ledger.FirstUnheardIfGoneAfter(_newestTick - JitterBufferTicks), new PlayoutTotals(_repeated, _ledger.Lost + _skipped));
        }
    }

    /// <summary>Nobody plays it any more, here; somebody else may, to another page.</summary>
    /// <returns>The first place that was not heard, 0 where nothing was sent that has to be heard; and what became of the rest.</returns>
    public (long Unheard, PlayoutTotals Totals) PutAside(in ResumeCause cause)
    {
        lock (_gate)
        {
            _ledger.NeverPlayedAfter(cause.Played ?? cause.ToldUpTo - JitterBufferTicks);
            return (_ledger.FirstUnheard, new PlayoutTotals(_repeated, _ledger.Lost + _skipped));
        }
    }

    /// <summary>The show goes on with what another process had begun to play.</summary>
    public void OnContinued(Resumption resumption)
    {
        lock (_gate)
        {
            _repeated += resumption.Repeated.Ticks / SoundFormat.FrameDuration.Ticks;
        }

        _last = resumption;
    }

    /// <summary>Goes back if something was lost within what was heard, without the session having been interrupted.</summary>
    public Resumption? Repair()
    {
        long place;
        lock (_gate)
        {
            if (!_ledger.HasHole)
            {
                return null;
            }

            place = _ledger.BeginAgain(isRepair: true);
        }

        return Rewind(place, TimeSpan.Zero);
    }

    /// <summary>
    /// Lets the show forget what was heard, once in a while: what had arrived long enough before the client said anything more. A page that died
    /// before that has not played it.
    /// </summary>
    public void Release(in MediaTick tick)
    {
        if (_show is null || tick.Index % ReleaseInterval != 0)
        {
            return;
        }

        long heard;
        lock (_gate)
        {
            if (_toldAt < _heardAt + JitterBufferTicks)
            {
                return;
            }

            heard = _heard;
            (_heard, _heardAt) = (_ledger.FirstUnheard, tick.Index);
        }

        if (heard != _released)
        {
            _released = heard;
            _show.Release(heard);
        }
    }

    /// <summary>20 ms of the show passed and nobody could hear them.</summary>
    public void OnSkipped(in MediaTick tick, bool sounded)
    {
        lock (_gate)
        {
            _ledger.Forget(isLost: true);
            _skipped += sounded ? 1 : 0;
        }

        ReleaseAll(tick);
    }

    /// <summary>20 ms of the show were taken by whoever is not its viewer: what was handed out is done with.</summary>
    public void OnHeardElsewhere(in MediaTick tick)
    {
        lock (_gate)
        {
            _ledger.Forget(isLost: false);
        }

        ReleaseAll(tick);
    }

    private void ReleaseAll(in MediaTick tick)
    {
        if (tick.Index % ReleaseInterval == 0)
        {
            _show?.Release(long.MaxValue);
        }
    }

    /// <summary>The rest of the utterance that is being said is given up.</summary>
    /// <returns>Its id; null where none was being said, or the show knows nothing of that.</returns>
    public string? GiveUp()
    {
        lock (_gate)
        {
            _ledger.Forget(isLost: true);
        }

        return _show?.DropUtterance();
    }

    /// <summary>What was being said was interrupted: nobody goes back to it.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _ledger.Forget(isLost: false);
        }
    }

    private Resumption? Rewind(long unheard, TimeSpan away)
    {
        if (unheard == 0 || _show?.Rewind(unheard) is not { } point)
        {
            return null;
        }

        var repeated = Math.Max(0, unheard - point.Place);
        lock (_gate)
        {
            _repeated += repeated;
        }

        return _last = new Resumption(point.UtteranceId, point.Offset, SoundFormat.FrameDuration * repeated, away);
    }
}
