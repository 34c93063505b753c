using Holdfast.Media;

namespace Holdfast.Sessions;

// What is done on the pacing loop, 20 ms at a time.
internal sealed partial class Performance
{
    /// <summary>Every so many ticks it is looked at what is left of the pictures.</summary>
    private const int TicksPerLook = 5;

    /// <inheritdoc/>
    public void Tick(in MediaTick tick)
    {
        _reading = tick.MediaTime;
        _isSparing = tick.Thrift > 0;
        var playback = _playback;
        if (_lastTicks is { } lastTicks)
        {
            lastTicks.Play(tick, _stream, playback!.Sink);
            return;
        }

        playback?.Connection.ReceiveMicrophone();
        WantKeyFrame();
        switch (playback)
        {
            case { IsPaused: false }:
                Play(tick, playback);
                break;
            case { IsPaused: true }:
                if (_outputs.Length > 0)
                {
                    PlayToOutputs(tick);
                }
                else
                {
                    PassTime(tick);
                }

                if (tick.Index % TicksPerProbe == 0)
                {
                    _stream.Probe(tick, new Sink(this, playback.Connection, isProbe: true));
                }

                break;
            default:
                if (_outputs.Length > 0)
                {
                    PlayToOutputs(tick);
                    break;
                }

                PassTime(tick);
                LeaveWhenAllIsSaid();
                break;
        }
    }

    /// <inheritdoc/>
    public void OnFaulted(Exception exception) => _session.OnShowFailed(exception);

    private void Play(in MediaTick tick, Playback playback)
    {
        // The picture does not wait for what the show put aside, and what is heard begins where it is to: nothing is skipped.
        _isWaiting = !_show.TakeBack();
        if (_isWaiting)
        {
            _stream.Tick(tick, playback.Sink);
            return;
        }

        _isGivenUp = false;
        if (_isHushed || !HasTurn(tick))
        {
            KeepSilent(tick, playback);
            return;
        }

        (_show as IHushableShow)?.Hush(false);
        var resumption = playback.Resuming.Take() is { } cause ? Resume(cause)
            : Interlocked.Exchange(ref _isUnhushed, 0) == 1 ? Playout.Resume(default)
            : Repair();
        if (resumption is not null)
        {
            _finishing.BeginAgain();
            _session.Spoken.OnResumed(resumption);
        }

        _stream.Tick(tick, playback.Sink);
        if (tick.Index % TicksPerLook == 0 && _pictures.Look(tick.MediaTime, _stream.Statistics.Quality))
        {
            _session.OnPictures(_pictures.Told);
        }

        Playout.Release(tick);
        _finishing.Tick(Volatile.Read(ref _place), isPromised: playback.Connection.FeedbackAwaitedSince is not null);
    }

    /// <summary>20 ms in which nothing is said: the person speaks, or others do whom the machine has no time beside.</summary>
    private void KeepSilent(in MediaTick tick, Playback playback)
    {
        if (_show is IHushableShow hushable)
        {
            hushable.Hush(true);
            _stream.Tick(tick, playback.Sink);
        }
        else
        {
            _stream.Probe(tick, playback.Sink);
        }

        Playout.Release(tick);
        _finishing.Tick(Volatile.Read(ref _place), isPromised: playback.Connection.FeedbackAwaitedSince is not null);
    }

    private Resumption? Resume(in ResumeCause cause)
    {
        _away = cause.Away;
        return Playout.Resume(cause);
    }

    /// <summary>A broadcast says nothing twice.</summary>
    private Resumption? Repair() => _session.GapPolicy == GapPolicy.Finish ? null : Playout.Repair();

    /// <summary>20 ms in which nobody can hear anything.</summary>
    private void PassTime(in MediaTick tick)
    {
        switch (_session.GapPolicy)
        {
            case GapPolicy.Pause:
                break;
            case GapPolicy.Finish:
                Playout.OnSkipped(tick, _stream.Skip());
                OnHandedOut((_show as IRewindableShow)?.Place ?? 0);
                _finishing.Flush();
                break;
            case GapPolicy.Drop:
                GiveUp();
                break;
        }
    }

    private void OnHandedOut(long place)
    {
        Volatile.Write(ref _place, place);
        _furthest = Math.Max(_furthest, place);
    }

    private void GiveUp()
    {
        if (_session.GapPolicy == GapPolicy.Drop && !_isGivenUp)
        {
            _isGivenUp = true;
            if (Playout.GiveUp() is { } id && _finishing.Remove(id))
            {
                Ended(id, UtteranceEnd.Dropped);
            }

            _finishing.Flush();
        }
    }

    private void LeaveWhenAllIsSaid()
    {
        if (Queued == 0 && !_isLeaving)
        {
            _isLeaving = true;
            Note(() =>
            {
                if (_playback is null)
                {
                    Leave();
                    _show.PutAside();
                }
            });
        }
    }

    /// <summary>Hands on what is sent to a connection, with the ledger's mark on what is speech.</summary>
    /// <param name="performance">Whose.</param>
    /// <param name="connection">Whom to.</param>
    /// <param name="isProbe">Whether it only asks whether the path is back: then it is nobody else's.</param>
    private sealed class Sink(Performance performance, SessionConnection connection, bool isProbe) : IMediaSink
    {
        public MediaRoom Room => connection.Room;

        public string? VideoCodec => connection.VideoCodec;

        public void Flush() => connection.Flush();

        public void SendAudio(TimeSpan mediaTime, ReadOnlySpan<byte> opus, bool silent, long place)
        {
            performance.OnHandedOut(place);

            // That this silence arrives says nothing of the speech before it: what came in between is still to be gone back to.
            var tag = performance._isWaiting ? 0 : performance.Playout.OnSending(place, mediaTime.Ticks / MediaTick.Duration.Ticks, silent);
            connection.SendAudio(mediaTime, opus, tag, mayWait: silent && tag == 0 && performance._isSparing && !isProbe);
            if (!isProbe)
            {
                performance.SendAudioToOutputs(mediaTime, opus, silent, place);
            }
        }

        public void SendVideo(TimeSpan mediaTime, in EncodedPicture picture)
        {
            connection.SendVideo(mediaTime, picture);
            performance.SendVideoToOutputs(mediaTime, picture);
        }
    }
}
