using Holdfast.Media;

namespace Holdfast.Sessions;

// Where the server has little head room, speech waits for its turn before it begins; never in its middle.
internal sealed partial class Performance
{
    /// <summary>A pause within an answer, whose next sentence is being thought of, is no end of the turn: 2 s.</summary>
    private const int LingerTicks = 2 * MediaTick.PerSecond;

    /// <summary>After so long a turn, others who wait come first at the next end of what is to be said: 10 s.</summary>
    private const int LongTurnTicks = 10 * MediaTick.PerSecond;

    /// <summary>A wait that hardly anybody notices is not told: 400 ms.</summary>
    private const int UntoldTicks = 2 * MediaTick.PerSecond / 5;

    private readonly SpeechTurns _turns;

    // All of these are the pacing thread's, or belong to whoever has stopped it.
    private bool _hasTurn;
    private long _turnSince;
    private long _silentSince;
    private long _waitingSince = -1;
    private volatile bool _isTurnAwaited;

    /// <summary>Whether what is to be said waits for its turn, and that has been told.</summary>
    public bool IsTurnAwaited => _isTurnAwaited;

    /// <summary>Whether it may go on saying what there is to say. One that has nothing to say may.</summary>
    private bool HasTurn(in MediaTick tick)
    {
        if (_show is not IHushableShow)
        {
            // Its picture would stand still.
            return true;
        }

        if (Queued == 0 && !Speaking)
        {
            // Without the turn it waited for it, and was interrupted meanwhile.
            if (!_hasTurn || tick.Index - _silentSince > LingerTicks || (tick.Index - _turnSince > LongTurnTicks && _turns.Level >= LoadLevel.SpeechWaits))
            {
                GiveTurnBack();
            }

            return true;
        }

        _silentSince = tick.Index;
        if (_hasTurn)
        {
            return true;
        }

        if (Speaking || _continuing is not null)
        {
            // It was begun before an outage, or by another process.
            _turns.GoOn(this, tick.MediaTime);
        }
        else if (!_turns.TryBegin(this, tick.MediaTime))
        {
            Wait(tick);
            return false;
        }

        (_hasTurn, _turnSince, _waitingSince, _isTurnAwaited) = (true, tick.Index, -1, false);
        return true;
    }

    private void Wait(in MediaTick tick)
    {
        _waitingSince = _waitingSince < 0 ? tick.Index : _waitingSince;
        if (!_isTurnAwaited && tick.Index - _waitingSince >= UntoldTicks)
        {
            _isTurnAwaited = true;
            _session.OnTurnAwaited();
        }
    }

    /// <summary>There is nothing to be said any more, or nobody to say it to.</summary>
    private void GiveTurnBack()
    {
        if (_hasTurn || _waitingSince >= 0)
        {
            _turns.Leave(this);
            (_hasTurn, _waitingSince, _isTurnAwaited) = (false, -1, false);
        }
    }
}
