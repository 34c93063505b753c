using Holdfast.Media;

namespace Holdfast.Sessions;

/// <summary>
/// What a session shows, on the pacing loop while there is somebody to see it. It belongs to the session: connections
/// only borrow it.
/// </summary>
/// <remarks>
/// <see cref="Play"/>, <see cref="Pause"/>, <see cref="Stop"/> and <see cref="End"/> only note what is wanted, in the order of the calls, and
/// return at once; it is carried out one after the other on the thread pool. So a session may call them under its lock, and from
/// inside a tick, and two threads cannot carry out two changes of state the wrong way round.
/// </remarks>
internal sealed partial class Performance : IPaced, IShowObserver
{
    /// <summary>Sound of which nobody has said yet that it arrived, in ticks: a second. More of it is a line that has been lost.</summary>
    private const int MostOnItsWay = MediaTick.PerSecond;

    /// <summary>While paused, one silent packet in so many ticks asks whether the path is back: 200 ms.</summary>
    private const int TicksPerProbe = 10;

    private readonly Session _session;
    private readonly MediaPacer _pacer;
    private readonly IShow _show;
    private readonly ShowStream _stream;
    private readonly Finishing _finishing;
    private readonly InOrder _order = new();
    private volatile Playback? _playback;
    private SessionConnection? _playedTo;
    private volatile Resuming? _resuming;
    private readonly HeardWords _words = new();
    private readonly PictureWatch _pictures = new();
    private bool _isGivenUp;

    /// <summary>Whether the show says nothing for a while, though there is somebody to hear it.</summary>
    private volatile bool _isHushed;

    /// <summary>Whether it goes on after that with the next tick.</summary>
    private int _isUnhushed;

    /// <summary>Whether what is sent is silence in place of speech that the show has not got back yet.</summary>
    private bool _isWaiting;
    private bool _isSparing;
    private bool _isLeaving;

    // Where another process has it already: only what is due until that one goes on is played here.
    private volatile LastTicks? _lastTicks;
    private bool _isOver;
    private long _place;

    /// <summary>The furthest place that was handed out: places only ever grow, but for what is said again.</summary>
    private long _furthest;
    private int _queued;

    // The media time of the sound that the show is asked for now; belongs to the pacing thread, as what the show then tells does.
    private TimeSpan _reading;
    private volatile string? _speaking;

    // Where what another process had begun goes on, until the show has found it: should this process be killed before, the next begins there too.
    private SpeechMark? _continuing;

    // For how long nobody was there before this playback; belongs to the pacing thread too.
    private TimeSpan _away;

    /// <summary>In the log of the media clock, whose it is.</summary>
    public override string ToString() => Session.NameInLogs(_session.Id);

    /// <summary>Makes the session's show; nothing runs until <see cref="Play"/>.</summary>
    /// <param name="before">What became of the speech in a process before this one.</param>
    public Performance(Session session, SessionServices services, PlayoutTotals? before = null)
    {
        _session = session;
        _pacer = services.Pacer;
        _show = services.Shows.Create(session.ShowName, new GuardedObserver(session, this));
        Adjust(session.Adjustment);
        _stream = new ShowStream(_show, new ShowStreamOptions { VideoBitrate = services.Settings.MaxVideoBitrate });
        _stream.Stage = session.Stage;
        Playout = new Playout(_show, before: before);
        _turns = services.Turns;
        _finishing = new Finishing(Playout, id => Ended(id, UtteranceEnd.Finished));
    }

    /// <summary>What is heard of it.</summary>
    public Playout Playout { get; }

    /// <summary>Whether an utterance is being said, or said again.</summary>
    public bool Speaking => _speaking is not null || IsSounding;

    /// <summary>Whether what is handed out at this moment is speech.</summary>
    public bool IsSounding => Volatile.Read(ref _place) != 0;

    /// <summary>Utterances accepted and not yet ended, the one being said included.</summary>
    public int Queued => Volatile.Read(ref _queued);

    /// <summary>What was sent of it so far.</summary>
    public ShowStreamStatistics Sent => _stream.Statistics;

    /// <summary>
    /// Plays to a connection, beginning with a picture that needs no other, which is sent at once, and, where something was not heard, with the
    /// last pause before it.
    /// </summary>
    /// <param name="connection">The connection.</param>
    /// <param name="away">How long nobody was there.</param>
    /// <param name="told">How long ago what was sent of which the client of the connection before told last that it arrived; null: it never did.</param>
    /// <param name="played">The media tick that it played last, where it said so.</param>
    public void Play(SessionConnection connection, TimeSpan away, TimeSpan? told = null, long? played = null) => Note(() =>
    {
        var replaced = _playedTo is not null && !ReferenceEquals(_playedTo, connection);
        var cause = Cause(away, replaced, told, played);
        _playedTo = connection;
        _isLeaving = false;
        _resuming = new Resuming(_resuming?.Take() is { } before ? cause.After(before) : cause);
        _ = _show.TakeBack();

        // Nothing ticks while the first picture is made; then the loop goes on with the next tick.
        _pacer.Remove(this);
        var sink = new Sink(this, connection, isProbe: false);
        _playback = new Playback(connection, sink, _resuming, IsPaused: false);
        try
        {
            _stream.Begin(_pacer.CurrentTick, sink);
        }
        finally
        {
            _pacer.Add(this);
        }
    });

    /// <summary>Stands still, sound and picture together, and sends only what asks whether the path is back.</summary>
    public void Pause() => Note(() => _playback = _playback is { } playing ? playing with { IsPaused = true } : null);

    /// <summary>
    /// Stops: nothing is drawn, encoded or sent, and the show puts aside what it has to say. Only with <see cref="GapPolicy.Finish"/>
    /// what is being said goes on to its end first, unheard.
    /// </summary>
    public void Stop() => Note(() =>
    {
        _playback = null;
        if (_outputs.Length > 0)
        {
            PlayOnForOutputs();
            return;
        }

        StandStill();
    });

    private void StandStill()
    {
        Leave();
        GiveUp();
        if (_session.GapPolicy == GapPolicy.Finish && Queued > 0)
        {
            _pacer.Add(this);
        }
        else
        {
            _show.PutAside();
        }
    }

    /// <summary>While stopped: asks once whether the path is back.</summary>
    public void ProbeOnce(SessionConnection connection) => Note(() =>
    {
        if (_playback is null)
        {
            _stream.Probe(_pacer.CurrentTick, new Sink(this, connection, isProbe: true));
        }
    });

    /// <summary>Where another process has to go on, should this one be killed. Changes nothing; from any thread.</summary>
    public PutAsideSpeech Capture()
    {
        var (unheard, totals) = Playout.Capture();

        // The place first, then what there is to be said: of an utterance that ends in between the place counts for nothing.
        var mark = (_show as IResumableShow)?.MarkOf(unheard) ?? _continuing;
        return new PutAsideSpeech(mark, totals) { Heard = _finishing.Heard() };
    }

    /// <summary>Stops, and tells where another process has to go on.</summary>
    /// <param name="away">How long nobody has been there.</param>
    /// <param name="told">As for <see cref="Play"/>.</param>
    /// <param name="played">As for <see cref="Play"/>.</param>
    public async Task<PutAsideSpeech> PutAsideAsync(TimeSpan away, TimeSpan? told, long? played)
    {
        PutAsideSpeech? speech = null;
        await _order.Then(() =>
        {
            var isHeard = Speaking && _playback is not null;
            _playback = null;
            Leave();
            GiveUp();
            var (unheard, totals) = Playout.PutAside(Cause(away, replaced: true, told, played));

            // What was heard to its end is not said again.
            _finishing.TellOfHeard();
            var show = _show as IResumableShow;
            speech = new PutAsideSpeech(show?.MarkOf(unheard) ?? _continuing, totals) { Made = isHeard && show is not null ? show.MadeFrom(unheard) : default };
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        return speech!;
    }

    /// <summary>
    /// Goes on for a moment, though another process has it from then on: what is said until then is said here, and neither told of nor said there.
    /// </summary>
    /// <param name="least">The moment, in ticks, at the least.</param>
    /// <param name="most">At the most: in between it is left in a pause of what is being said.</param>
    /// <returns>Where the other process has to go on, and after how many ticks from now; null where it cannot be left like that, and stands still instead
    /// (<see cref="PutAsideAsync"/>).</returns>
    public async Task<(PutAsideSpeech Speech, int Ticks)?> PlayOnAsync(int least, int most)
    {
        (PutAsideSpeech Speech, int Ticks)? playsOn = null;
        await _order.Then(() =>
        {
            if (_playback is not { IsPaused: false } || _resuming?.Pending is not null || _isWaiting || _isHushed || _outputs.Length > 0)
            {
                return Task.CompletedTask;
            }

            // What was lost and is to be said again is said there; what is on its way counts as heard.
            var (isSounding, unheard) = (IsSounding, Playout.FirstUnheard);
            if (unheard != 0 && _furthest - unheard > MostOnItsWay)
            {
                return Task.CompletedTask;
            }

            _pacer.Remove(this);
            if ((_show as IResumableShow)?.LeaveAfter(isSounding ? least : 0, isSounding ? most : 0) is { } left)
            {
                _finishing.Flush();
                if (left.Finished is { } id)
                {
                    Ended(id, UtteranceEnd.Finished);
                }

                // What is said ends earlier where it is over, or not made yet: silence follows.
                // Counted from the tick that it had last: those that the clock has not come to yet are among them.
                var had = _reading.Ticks / MediaTick.Duration.Ticks;
                var last = had + Math.Max(left.Ticks, least);
                _lastTicks = new LastTicks(had + 1, last);
                playsOn = (new PutAsideSpeech(left.Mark ?? _continuing, Playout.Capture().Totals) { Made = left.Made }, (int)Math.Max(0, last - _pacer.CurrentTick.Index));
            }

            _pacer.Add(this);
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        return playsOn;
    }

    /// <summary>Stops for good and gives everything back.</summary>
    /// <returns>Completes when that is done, with the show's own failure where it has one.</returns>
    public Task End() => _order.Then(async () =>
    {
        _playback = null;
        Leave();
        EndOutputs();
        _stream.Dispose();
        await _show.DisposeAsync();
    });

    /// <summary>Completes when all is sent that <see cref="PlayOnAsync"/> said would be; at once where nothing is.</summary>
    public Task PlayedOn => _lastTicks?.Played ?? Task.CompletedTask;

    /// <summary>Completes when all that was noted so far is carried out.</summary>
    internal Task Settled => _order.Settled;

    /// <summary>The client said what it played last.</summary>
    public void OnPlayed(long tick)
    {
        // Since it stood still only silence was played: that says nothing of the speech before it, which may be lost.
        if (_resuming?.Pending is { } cause && tick > cause.PausedAt)
        {
            return;
        }

        Playout.OnPlayed(tick);
    }

    /// <summary>Asks for a picture that needs no other, at the next chance.</summary>
    public void RequestKeyFrame() => _stream.RequestKeyFrame();

    /// <summary>Whether the show wants to hear the person.</summary>
    public bool Listens => _show.Listens;

    /// <summary>Hears the person: 48 kHz mono.</summary>
    public void Hear(ReadOnlySpan<short> pcm) => _show.Hear(pcm);

    /// <summary>Puts a text at the end of what is to be said.</summary>
    /// <param name="utterance">The text.</param>
    /// <param name="from">Where it goes on, if another process had begun to say it.</param>
    /// <param name="made">What that process had made from there; empty where it left none.</param>
    public SayResult Say(Utterance utterance, SpeechMark? from = null, ReadOnlyMemory<byte> made = default)
    {
        // Counted first: the show may tell of its end before Say returns.
        Interlocked.Increment(ref _queued);
        _continuing = from ?? _continuing;
        var result = from is { } mark && _show is IResumableShow resumable ? resumable.Continue(utterance, mark, made) : _show.Say(utterance);
        if (result != SayResult.Accepted)
        {
            Interlocked.Decrement(ref _queued);
        }

        return result;
    }

    /// <summary>Whether the show can be made to look and sound otherwise.</summary>
    public bool IsAdjustable => _show is IAdjustableShow;

    /// <inheritdoc cref="IAdjustableShow.Adjust"/>
    public void Adjust(ShowAdjustment adjustment) => (_show as IAdjustableShow)?.Adjust(adjustment);

    /// <summary>It is seen larger or smaller from now on.</summary>
    public void FitStage(StageSize stage) => _stream.Stage = stage;

    /// <summary>Has the show look as the conversation goes.</summary>
    public void Attend(Attention attention) => (_show as IAttentiveShow)?.Attend(attention);

    /// <summary>Says nothing from now on, and keeps its place; the picture goes on where the show can do that, and stands still where not.</summary>
    public void Hush() => _isHushed = true;

    /// <summary>Goes on at the last pause before what was not heard, as after an outage.</summary>
    public void Unhush()
    {
        if (_isHushed)
        {
            Volatile.Write(ref _isUnhushed, 1);
            _isHushed = false;
        }
    }

    /// <summary>Stops what is being said and forgets what was to be said.</summary>
    public int Interrupt()
    {
        var stopped = _show.Interrupt();
        _isHushed = false;
        Playout.Forget();
        _finishing.Flush();
        return stopped;
    }

    private void Leave()
    {
        _pacer.Remove(this);
        GiveTurnBack();
        _stream.Suspend();
        Volatile.Write(ref _place, 0);
    }

    private ResumeCause Cause(TimeSpan away, bool replaced, TimeSpan? told, long? played)
    {
        var now = _pacer.CurrentTick.Index;
        return new ResumeCause(away, replaced, PausedAt: Before(away), ToldUpTo: Before(told > away ? told.Value : away), played);

        long Before(TimeSpan time) => now - (long)(time / MediaTick.Duration);
    }

    /// <summary>A step that fails leaves nobody with a picture that stands still and no word about it: it ends the session.</summary>
    private void Note(Action step) => _ = _order.Then(() =>
    {
        try
        {
            step();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _session.OnFault("carrying out what it decided about its show", exception);
        }

        return Task.CompletedTask;
    });

    private sealed record Playback(SessionConnection Connection, Sink Sink, Resuming Resuming, bool IsPaused);
}

/// <summary>Where another process has to go on with a session's speech.</summary>
/// <param name="Mark">The first sound that was not heard; null where that is the beginning of an utterance.</param>
/// <param name="Totals">What became of what was said.</param>
internal sealed record PutAsideSpeech(SpeechMark? Mark, PlayoutTotals Totals)
{
    /// <summary>What was heard to its end, though that was not told yet.</summary>
    public IReadOnlyList<string> Heard { get; init; } = [];

    /// <summary>What was made from the mark on (<see cref="IResumableShow.MadeFrom"/>), where somebody waits for it to go on at once; empty: nothing.</summary>
    public ReadOnlyMemory<byte> Made { get; init; }
}
