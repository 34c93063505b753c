using Holdfast.Media;
using Holdfast.Speech;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Holdfast.Avatar;

/// <summary>One session's digital human: says what it is given, in order, with lips, and looks about in between.</summary>
internal sealed partial class AvatarShow : IResumableShow, IAdjustableShow, IHushableShow, IAttentiveShow, IRenderableShow
{
    // 5 ms: short enough to be at once, long enough not to click.
    private const int FadeSamples = 240;

    private const int CharactersOfAction = 100;
    private const int SamplesPerCharacter = SoundFormat.SampleRate / 110;

    private readonly Func<string, AvatarStage> _stages;
    private readonly AvatarVoice _voice;
    private readonly AvatarOptions _options;
    private readonly IShowObserver _observer;
    private readonly ILogger _logger;
    private readonly SpeechQueue _queue;
    private volatile AvatarStage _stage;

    private readonly Lock _gate = new();
    private readonly Queue<(Utterance Utterance, SpeechMark? From)> _waiting = new();

    // Accepted and not yet ended, in order; the waiting ones are among them.
    private readonly List<Utterance> _alive = [];
    private int _text;
    private CancellationTokenSource _interruption = new();
    private Task? _work;
    private bool _disposed;
    private volatile bool _sounding;
    private bool _isHushed;
    private volatile Attention _attention;
    private bool _isBack;
    private short[]? _fading;

    // Which utterances are actions, and the one that is being played, in 20 ms; the latter belongs to the pacing thread, as what is done of its own accord does.
    private readonly PlayedClips _clips = new();
    private readonly IdleActions _idleActions = new();
    private Clip? _clip;
    private int _clipBlock;
    private volatile bool _isIdleStopped;

    // Where an utterance that another show had begun goes on, until its beginning is told.
    private Continued? _continued;

    public AvatarShow(
        AvatarStage stage, ITextToSpeechClient voice, AvatarOptions options, IShowObserver observer, ILogger logger, SpeechStore? store = null,
        Func<string, AvatarStage>? stages = null)
    {
        _stage = stage;
        _stages = stages ?? (name => throw new ArgumentException($"There is no avatar named {name}.", nameof(name)));
        _voice = new AvatarVoice(voice, options, stage, speaker: this);
        _options = options;
        _observer = observer;
        _logger = logger;
        _queue = new SpeechQueue(options.RunAheadSeconds * 50, store);
    }

    /// <summary>What speaking adds to the idle pose; belongs to the pacing thread.</summary>
    internal SpeechMotion Motion { get; } = new();

    /// <summary>What the conversation adds to it; belongs to the pacing thread.</summary>
    internal AttentionMotion Looks { get; } = new();

    /// <summary>Blocks of 20 ms that were made and not yet heard.</summary>
    internal int Waiting => _queue.Count;

    /// <summary>Where its speech is (<see cref="SpeechQueue.State"/>).</summary>
    internal string SpeechState => _queue.State;

    /// <summary>Whether the making of speech waits (<see cref="SpeechQueue.IsFull"/>).</summary>
    internal bool IsWaiting => _queue.IsFull;

    public VideoFormat VideoFormat => _stage.Format;

    /// <summary>Null until it is ready, which may be while the show runs.</summary>
    public EncodedLoop? IdleLoop => _stage.Loop;

    public bool IsIdle => IdleLoop is not null && Motion.IsIdle && Looks.IsIdle && _clip is null && _idleActions.Clip is null;

    public long Place { get; private set; }

    public bool ReadAudio(Span<short> pcm)
    {
        var isHeard = ReadSpeech(pcm);

        // Whoever speaks looks as a speaker does, whatever the conversation is at.
        Looks.Tick(Place > 0 ? Attention.None : _attention);
        return isHeard;
    }

    private bool ReadSpeech(Span<short> pcm)
    {
        Place = 0;
        _clip = null;
        if (_isIdleStopped)
        {
            _isIdleStopped = false;
            _idleActions.Stop();
        }

        if (Interlocked.Exchange(ref _fading, null) is { } fading)
        {
            _sounding = false;
            fading.AsSpan(0, FadeSamples).CopyTo(pcm);
            Silence.Fade(pcm[..FadeSamples], rising: false);
            pcm[FadeSamples..].Clear();
            SamplePool.Return(fading);
            Motion.Tick(speaking: false, MouthShape.Rest, 0);
            return true;
        }

        if (_isHushed)
        {
            _idleActions.Stop();
            Motion.Tick(speaking: false, MouthShape.Rest, 0);
            return FadeOut(pcm);
        }

        while (_queue.TryTake(pcm, out var block))
        {
            if (block.Kind != SpeechBlockKind.Sound)
            {
                Tell(block);
                continue;
            }

            if (block.Word.Length > 0)
            {
                _observer.WordReached(block.UtteranceId!, block.Word.Offset, block.Word.Length);
            }

            _idleActions.Stop();
            (_clip, _clipBlock) = (_clips.Find(block.UtteranceId), block.Offset);
            Motion.Tick(speaking: _clip is null, block.Mouth, block.Loudness);
            _sounding = block.Pcm is not null;
            Place = block.Place;
            if (_isBack)
            {
                // Where no pause was found it begins within a sound.
                Silence.Fade(_sounding ? pcm[..FadeSamples] : default, rising: true);
                _isBack = false;
            }

            while (_queue.TryTakeMark(out var mark))
            {
                Tell(mark);
            }

            return _sounding;
        }

        _sounding = false;
        Motion.Tick(speaking: false, MouthShape.Rest, 0);
        return _stage.Actions is { SilentAfter: not null } actions && _idleActions.Tick(actions, IsAwaited, pcm);
    }

    /// <summary>Whether there is something to be said that has not come yet.</summary>
    private bool IsAwaited
    {
        get
        {
            lock (_gate)
            {
                return _alive.Count > 0;
            }
        }
    }

    public bool IsReady
    {
        get
        {
            lock (_gate)
            {
                return _alive.Count == 0 || _queue.Count > 0;
            }
        }
    }

    public void Hush(bool isHushed) => _isHushed = isHushed;

    public void Attend(Attention attention) => _attention = attention;

    /// <summary>What would have been heard next, fading away, once: it is heard whole when it goes on.</summary>
    private bool FadeOut(Span<short> pcm)
    {
        if (!_sounding || !_queue.TryPeek(pcm))
        {
            _sounding = false;
            return false;
        }

        (_sounding, _isBack) = (false, true);
        Silence.Fade(pcm[..FadeSamples], rising: false);
        pcm[FadeSamples..].Clear();
        return true;
    }

    public void Draw(long frameIndex, I420Picture picture)
    {
        if (_clip is { } clip)
        {
            clip.Draw(_clipBlock, picture);
            return;
        }

        if (_idleActions.Clip is { } own)
        {
            own.Draw(_idleActions.Block, picture);
            return;
        }

        var stage = _stage;
        stage.Draw(Motion.Apply(Looks.Apply(stage.Idle[frameIndex])), picture);
    }

    public void Adjust(ShowAdjustment adjustment)
    {
        ArgumentNullException.ThrowIfNull(adjustment);
        if (adjustment.Name is { } name)
        {
            _stage = _stages(name);
            _voice.Become(_stage);
        }

        _voice.Adjust(adjustment);
    }

    public SayResult Say(Utterance utterance) => Accept(utterance, from: null);

    public SayResult Continue(Utterance utterance, SpeechMark mark) => Accept(utterance, mark);

    public SpeechMark? MarkOf(long place) => _queue.MarkOf(place);

    private SayResult Accept(Utterance utterance, SpeechMark? from)
    {
        ArgumentNullException.ThrowIfNull(utterance);
        if (utterance.Sound.IsEmpty && utterance.Action is null && !SpokenText.HasAny(utterance.Text))
        {
            return SayResult.NothingToSay;
        }

        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_alive.Count >= _options.MaxUtterances || _text + CostOf(utterance) > _options.MaxWaitingText)
            {
                return SayResult.QueueFull;
            }

            _alive.Add(utterance);
            _waiting.Enqueue((utterance, from));
            _text += CostOf(utterance);
            _work ??= Task.Run(WorkAsync, CancellationToken.None);
        }

        return SayResult.Accepted;
    }

    /// <remarks>After it was disposed of there is nothing to stop: whoever held it a moment longer is told so, and no more.</remarks>
    public int Interrupt() => TryStop(forGood: false, out var stopped) ? stopped : 0;

    public void PutAside()
    {
        // Whoever comes back hears it fade in, not the end of a fading that nobody waits for.
        SamplePool.Return(Interlocked.Exchange(ref _fading, null));
        _sounding = false;
        _queue.PutAside();
    }

    public bool TakeBack() => _queue.TakeBack();

    public void Release(long place) => _queue.Release(place);

    public RewindPoint? Rewind(long place)
    {
        var point = _queue.Rewind(place);
        _isBack |= point is not null;
        return point;
    }

    public string? DropUtterance()
    {
        var id = _queue.DropUtterance();
        _sounding = false;
        if (id is not null && Forget(id))
        {
            _observer.UtteranceEnded(id, UtteranceEnd.Dropped);
        }

        return id;
    }

    public async ValueTask DisposeAsync()
    {
        if (!TryStop(forGood: true, out _))
        {
            return;
        }

        Task? work;
        lock (_gate)
        {
            work = _work;
        }

        if (work is not null)
        {
            await work;
        }

        _interruption.Dispose();
    }

    /// <returns>False if it was stopped for good before.</returns>
    private bool TryStop(bool forGood, out int count)
    {
        Utterance[] stopped;
        CancellationTokenSource interruption;
        lock (_gate)
        {
            count = 0;
            if (_disposed)
            {
                return false;
            }

            _disposed = forGood;
            stopped = [.. _alive];
            _alive.Clear();
            _waiting.Clear();
            _text = 0;
            interruption = _interruption;
            _interruption = new CancellationTokenSource();
            var next = _queue.Clear();
            _clips.Clear();
            _isIdleStopped = true;
            if (next is not null && _sounding)
            {
                SamplePool.Return(Interlocked.Exchange(ref _fading, next));
            }
            else
            {
                SamplePool.Return(next);
            }
        }

        // Whoever waits on this token wakes up here, so never under the lock.
        interruption.Cancel();
        interruption.Dispose();
        foreach (var utterance in stopped)
        {
            _observer.UtteranceEnded(utterance.Id, UtteranceEnd.Interrupted);
        }

        count = stopped.Length;
        return true;
    }

    /// <summary>Of what may wait: a text its characters, a sound about 110 a second, so that three minutes of it are as much as may be.</summary>
    private static int CostOf(Utterance utterance) =>
        utterance.Text.Length + (utterance.Sound.Length / SamplesPerCharacter) + (utterance.Action is null ? 0 : CharactersOfAction);

    private void FellBack(string utteranceId, VoiceFellBack told) => _observer.VoiceFellBack(utteranceId, told.Voice, told.Fault);

    private void Tell(in SpeechBlock mark)
    {
        var id = mark.UtteranceId!;
        switch (mark.Kind)
        {
            case SpeechBlockKind.Start:
                _observer.UtteranceStarted(id);
                TellWhereItGoesOn(id);
                break;
            case SpeechBlockKind.End when Forget(id):
                _observer.UtteranceEnded(id, UtteranceEnd.Finished);
                break;
            case SpeechBlockKind.Failure when Forget(id):
                _observer.UtteranceFailed(id, mark.Fault ?? UtteranceFault.Other);
                break;
            case SpeechBlockKind.End or SpeechBlockKind.Failure or SpeechBlockKind.Sound:
                break;
        }
    }

    private void TellWhereItGoesOn(string id)
    {
        if (Interlocked.Exchange(ref _continued, null) is { } continued && string.Equals(continued.Id, id, StringComparison.Ordinal))
        {
            _isBack = true;
            _observer.UtteranceResumed(id, continued.Offset, continued.Repeated);
        }
    }

    private SpeechContinuation? ContinuationOf(string id, SpeechMark? from, int epoch) => from is not { } mark
        ? null
        : new SpeechContinuation(mark, (offset, repeated) =>
        {
            _queue.SkipTo(epoch, offset);
            Volatile.Write(ref _continued, new Continued(id, SoundFormat.FrameDuration * offset, SoundFormat.FrameDuration * repeated));
        });

    /// <summary>False if it was interrupted in the meantime: then its end was told already.</summary>
    private bool Forget(string id)
    {
        lock (_gate)
        {
            for (var i = 0; i < _alive.Count; i++)
            {
                if (string.Equals(_alive[i].Id, id, StringComparison.Ordinal))
                {
                    _text -= CostOf(_alive[i]);
                    _alive.RemoveAt(i);
                    return true;
                }
            }
        }

        return false;
    }

    private async Task WorkAsync()
    {
        try
        {
            while (await SayNextAsync())
            {
                // One after the other.
            }
        }
        catch (Exception e)
        {
            // Nobody waits for this task: what it was to say would wait for ever.
            GiveUp(e);
        }
    }

    /// <returns>False when there was nothing more to say.</returns>
    private async Task<bool> SayNextAsync()
    {
        Utterance utterance;
        SpeechMark? from;
        CancellationToken interrupted;
        int epoch;
        lock (_gate)
        {
            if (!_waiting.TryDequeue(out var next))
            {
                _work = null;
                return false;
            }

            (utterance, from) = next;

            // Taken together under the lock that an interruption takes too: an old text never speaks in a new epoch.
            interrupted = _interruption.Token;
            epoch = _queue.Epoch;
            _queue.Begin(epoch, utterance.Id);
        }

        try
        {
            var continuation = ContinuationOf(utterance.Id, from, epoch);
            var speaker = new Speaker(
                _voice.Client, () => _voice.OptionsFor(utterance), _queue, epoch, utterance.Id, continuation, FellBack, _ => _voice.Read(utterance));
            await (utterance.Action is { } action ? ActAsync(speaker, utterance.Id, action, interrupted)
                : utterance.Sound.IsEmpty ? speaker.SpeakAsync(utterance.Text, interrupted)
                : speaker.PlayAsync(utterance.Sound, blocks: 0, interrupted));
        }
        catch (Exception) when (interrupted.IsCancellationRequested)
        {
            // Whatever came of it, nobody waits for it any more.
        }
        catch (OperationCanceledException) when (_queue.WasDropped(utterance.Id))
        {
            // Nor for this.
        }
        catch (Exception e)
        {
            LogFailure(_observer.ToString(), utterance.Id, e);
            var fault = e is SpeechException speech ? speech.Fault : UtteranceFault.VoiceFailed;
            _queue.Add(epoch, new SpeechBlock(SpeechBlockKind.Failure, null, default, 0, utterance.Id, fault));
        }

        return true;
    }

    /// <summary>An action is speech whose sound is there, and whose pictures are not the avatar's.</summary>
    private async Task ActAsync(Speaker speaker, string utteranceId, string action, CancellationToken interrupted)
    {
        var result = _stage.Actions is { } actions ? await actions.GetAsync(action).WaitAsync(interrupted) : new ActionResult(null, "This avatar has no actions.");
        var clip = result.Clip ?? throw new SpeechException(result.Fault!) { Fault = UtteranceFault.Other };
        _clips.Add(utteranceId, clip);
        await speaker.PlayAsync(clip.Sound, clip.Blocks, interrupted);
    }

    /// <summary>The making of speech itself failed: all that was to be said is told to have failed, and the next text begins anew.</summary>
    private void GiveUp(Exception exception)
    {
        Utterance[] failed;
        lock (_gate)
        {
            failed = [.. _alive];
            _alive.Clear();
            _waiting.Clear();
            (_text, _work) = (0, null);
            SamplePool.Return(_queue.Clear());
        }

        foreach (var utterance in failed)
        {
            _observer.UtteranceFailed(utterance.Id, UtteranceFault.Other);
        }

        LogFault(_observer.ToString(), exception);
    }

    private sealed record Continued(string Id, TimeSpan Offset, TimeSpan Repeated);

    [LoggerMessage(4001, LogLevel.Warning, "{Observer}: utterance {UtteranceId} could not be spoken.")]
    private partial void LogFailure(string? observer, string utteranceId, Exception exception);

    [LoggerMessage(4006, LogLevel.Error, "{Observer}: the making of speech failed in a way that nobody foresaw; what was to be said is given up.")]
    private partial void LogFault(string? observer, Exception exception);
}
