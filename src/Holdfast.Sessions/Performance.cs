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
internal sealed class Performance : IPaced, IShowObserver
{
    /// <summary>While paused, one silent packet in so many ticks asks whether the path is back: 200 ms.</summary>
    private const int TicksPerProbe = 10;

    private readonly Session _session;
    private readonly MediaPacer _pacer;
    private readonly IShow _show;
    private readonly ShowStream _stream;
    private readonly Lock _orderGate = new();
    private Task _order = Task.CompletedTask;
    private volatile Playback? _playback;
    private int _queued;

    // The media time of the sound that the show is asked for now; belongs to the pacing thread, as what the show then tells does.
    private TimeSpan _reading;
    private volatile string? _speaking;

    /// <summary>Makes the session's show; nothing runs until <see cref="Play"/>.</summary>
    public Performance(Session session, SessionServices services)
    {
        _session = session;
        _pacer = services.Pacer;
        _show = services.Shows.Create(session.ShowName, this);
        _stream = new ShowStream(_show, new ShowStreamOptions { VideoBitrate = services.Settings.MaxVideoBitrate });
    }

    /// <summary>Whether an utterance is being said.</summary>
    public bool Speaking => _speaking is not null;

    /// <summary>Utterances accepted and not yet ended, the one being said included.</summary>
    public int Queued => Volatile.Read(ref _queued);

    /// <summary>What was sent of it so far.</summary>
    public ShowStreamStatistics Sent => _stream.Statistics;

    /// <summary>Bits a second.</summary>
    public int VideoBitrate
    {
        set => _stream.VideoBitrate = value;
    }

    /// <summary>Plays to a connection, beginning with a picture that needs no other.</summary>
    public void Play(SessionConnection connection) => Note(() =>
    {
        _stream.RequestKeyFrame();
        _playback = new Playback(connection, Paused: false);
        _pacer.Add(this);
    });

    /// <summary>Stands still, sound and picture together, and sends only what asks whether the path is back.</summary>
    public void Pause() => Note(() => _playback = _playback is { } playing ? playing with { Paused = true } : null);

    /// <summary>Stops: nothing is read, drawn, encoded or sent.</summary>
    public void Stop() => Note(() =>
    {
        _playback = null;
        _pacer.Remove(this);
        _stream.Suspend();
    });

    /// <summary>While stopped: asks once whether the path is back.</summary>
    public void ProbeOnce(IMediaSink sink) => Note(() =>
    {
        if (_playback is null)
        {
            _stream.Probe(_pacer.CurrentTick, sink);
        }
    });

    /// <summary>Stops for good and gives everything back.</summary>
    /// <returns>Completes when that is done, with the show's own failure where it has one.</returns>
    public Task End()
    {
        Stop();
        return Then(async () =>
        {
            _stream.Dispose();
            await _show.DisposeAsync();
        });
    }

    /// <summary>Completes when all that was noted so far is carried out.</summary>
    internal Task Settled
    {
        get
        {
            lock (_orderGate)
            {
                return _order;
            }
        }
    }

    /// <summary>Asks for a picture that needs no other, at the next chance.</summary>
    public void RequestKeyFrame() => _stream.RequestKeyFrame();

    /// <summary>Whether the show wants to hear the person.</summary>
    public bool Listens => _show.Listens;

    /// <summary>Hears the person: 48 kHz mono.</summary>
    public void Hear(ReadOnlySpan<short> pcm) => _show.Hear(pcm);

    /// <summary>Puts a text at the end of what is to be said.</summary>
    public SayResult Say(Utterance utterance)
    {
        // Counted first: the show may tell of its end before Say returns.
        Interlocked.Increment(ref _queued);
        var result = _show.Say(utterance);
        if (result != SayResult.Accepted)
        {
            Interlocked.Decrement(ref _queued);
        }

        return result;
    }

    /// <summary>Stops what is being said and forgets what was to be said.</summary>
    public int Interrupt() => _show.Interrupt();

    /// <inheritdoc/>
    public void Tick(in MediaTick tick)
    {
        _reading = tick.MediaTime;
        _playback?.Connection.ReceiveMicrophone();
        switch (_playback)
        {
            case { Paused: false } playing:
                _stream.Tick(tick, playing.Connection);
                break;
            case { Paused: true } paused when tick.Index % TicksPerProbe == 0:
                _stream.Probe(tick, paused.Connection);
                break;
        }
    }

    /// <inheritdoc/>
    public void OnFaulted(Exception exception) => _session.OnShowFailed(exception);

    /// <inheritdoc/>
    public void UtteranceStarted(string utteranceId)
    {
        _speaking = utteranceId;
        _session.OnUtteranceStarted(utteranceId);
    }

    /// <inheritdoc/>
    public void WordReached(string utteranceId, int textOffset, int textLength)
    {
        var (time, connection) = (_reading, _playback?.Connection);
        _session.OnWordReached(utteranceId, textOffset, textLength, time, connection?.AudioTimestampOf(time));
    }

    /// <inheritdoc/>
    public void UtteranceEnded(string utteranceId, UtteranceEnd end)
    {
        Ended(utteranceId);
        _session.OnUtteranceEnded(utteranceId, end);
    }

    /// <inheritdoc/>
    public void UtteranceFailed(string utteranceId, string reason)
    {
        Ended(utteranceId);
        _session.OnUtteranceFailed(utteranceId, reason);
    }

    private void Ended(string utteranceId)
    {
        Interlocked.Decrement(ref _queued);
        if (string.Equals(_speaking, utteranceId, StringComparison.Ordinal))
        {
            _speaking = null;
        }
    }

    private void Note(Action step) => _ = Then(() =>
    {
        step();
        return Task.CompletedTask;
    });

    private Task Then(Func<Task> step)
    {
        lock (_orderGate)
        {
            return _order = _order
                .ContinueWith(_ => step(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default)
                .Unwrap();
        }
    }

    private sealed record Playback(SessionConnection Connection, bool Paused);
}
