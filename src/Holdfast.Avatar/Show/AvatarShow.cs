using Holdfast.Media;
using Holdfast.Speech;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Holdfast.Avatar;

/// <summary>One session's digital human: says what it is given, in order, with lips, and looks about in between.</summary>
internal sealed class AvatarShow : IResumableShow, IAdjustableShow, IHushableShow, IAttentiveShow, IRenderableShow, IRetouchingShow, IScalableShow
{
    // 5 ms: short enough to be at once, long enough not to click.
    private const int FadeSamples = 240;

    private readonly Func<string, AvatarStage> _stages;
    private readonly AvatarVoice _voice;
    private readonly IShowObserver _observer;
    private readonly SpeechQueue _queue;
    private readonly SpeechMaker _maker;
    private volatile AvatarStage _stage;

    private volatile bool _sounding;
    private bool _isHushed;
    private volatile Attention _attention;
    private bool _isBack;
    private short[]? _fading;

    // What another show handed out just before; belongs to the pacing thread.
    private readonly LeadIn _leadIn = new();

    // Which utterances are actions, and the one that is being played, in 20 ms; the latter belongs to the pacing thread, as what is done of its own accord does.
    private readonly PlayedClips _clips = new();
    private readonly IdleActions _idleActions = new();
    private Clip? _clip;
    private int _clipBlock;
    private volatile bool _isIdleStopped;
    private readonly HeldPictures _pictures = new();

    public AvatarShow(
        AvatarStage stage, ITextToSpeechClient voice, AvatarOptions options, IShowObserver observer, ILogger logger, SpeechStore? store = null,
        Func<string, AvatarStage>? stages = null)
    {
        _stage = stage;
        _stages = stages ?? (name => throw new ArgumentException($"There is no avatar named {name}.", nameof(name)));
        _voice = new AvatarVoice(voice, options, stage, speaker: this);
        _observer = observer;
        _queue = new SpeechQueue(options.RunAheadSeconds * 50, store, observer);
        _maker = new SpeechMaker(_queue, _voice, _clips, () => _stage.Actions, options, observer, logger);
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

    public IReadOnlyList<VideoFormat> VideoFormats => _stage.Formats;

    public EncodedLoop? IdleLoopOf(VideoFormat format) => _stage.LoopOf(format);

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
        _leadIn.Forget();
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
        return _stage.Actions is { SilentAfter: not null } actions && _idleActions.Tick(actions, _maker.IsAwaited, pcm);
    }

    public bool ReadLeadIn(Span<short> pcm) => _leadIn.TryRead(pcm);

    public bool IsReady => _maker.IsReady;

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
        _pictures.Forget();
        Retouch(frameIndex, picture);
    }

    public PictureArea Retouch(long frameIndex, I420Picture picture)
    {
        if ((_clip ?? _idleActions.Clip) is { } clip)
        {
            _pictures.Forget();
            clip.Draw(_clip is null ? _idleActions.Block : _clipBlock, picture);
            return PictureArea.AllOf(picture);
        }

        var stage = _stage;
        return _pictures.Retouch(stage, frameIndex, Motion.Apply(Looks.Apply(stage.Idle[frameIndex])), picture);
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

    public SayResult Say(Utterance utterance) => _maker.Accept(utterance, from: null);

    public SayResult Continue(Utterance utterance, SpeechMark mark) => _maker.Accept(utterance, new SpokenBefore(mark, Made: null));

    public SayResult Continue(Utterance utterance, SpeechMark mark, ReadOnlyMemory<byte> made)
    {
        // What is no text has its sound with it, and costs no time.
        ArgumentNullException.ThrowIfNull(utterance);
        var speech = utterance is { Action: null, Sound.IsEmpty: true } ? MadeSpeech.TryRead(made) : null;
        var isOfMark = speech is not null && string.Equals(speech.UtteranceId, utterance.Id, StringComparison.Ordinal)
            && SoundFormat.FrameDuration * speech.Unheard == mark.Offset;
        return _maker.Accept(utterance, new SpokenBefore(mark, isOfMark ? speech : null));
    }

    public SpeechLeft? LeaveAfter(int least, int most) => _queue.LeaveAfter(least, most);

    public ReadOnlyMemory<byte> MadeFrom(long place) => _queue.MadeFrom(place);

    public SpeechMark? MarkOf(long place) => _queue.MarkOf(place);

    /// <remarks>After it was disposed of there is nothing to stop: whoever held it a moment longer is told so, and no more.</remarks>
    public int Interrupt() => _maker.TryStop(forGood: false, OnCleared, out var stopped) ? stopped : 0;

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
        if (id is not null && _maker.Forget(id))
        {
            _observer.UtteranceEnded(id, UtteranceEnd.Dropped);
        }

        return id;
    }

    public ValueTask DisposeAsync() => _maker.TryStop(forGood: true, OnCleared, out _) ? _maker.DisposeAsync() : default;

    /// <summary>What would have been heard next fades away, where anything is heard.</summary>
    private void OnCleared(short[]? next)
    {
        _isIdleStopped = true;
        SamplePool.Return(next is not null && _sounding ? Interlocked.Exchange(ref _fading, next) : next);
    }

    private void Tell(in SpeechBlock mark)
    {
        var id = mark.UtteranceId!;
        switch (mark.Kind)
        {
            case SpeechBlockKind.Start:
                _observer.UtteranceStarted(id);
                TellWhereItGoesOn(id);
                break;
            case SpeechBlockKind.End when _maker.Forget(id):
                _observer.UtteranceEnded(id, UtteranceEnd.Finished);
                break;
            case SpeechBlockKind.Failure when _maker.Forget(id):
                _observer.UtteranceFailed(id, mark.Fault ?? UtteranceFault.Other);
                break;
            case SpeechBlockKind.End or SpeechBlockKind.Failure or SpeechBlockKind.Sound:
                break;
        }
    }

    private void TellWhereItGoesOn(string id)
    {
        if (_maker.TakeContinued(id) is { } continued)
        {
            // Whoever goes on with the very next sound has nothing to fade in.
            _isBack = continued.LeadIn.Count == 0 || continued.Repeated > TimeSpan.Zero;
            _leadIn.Take(continued.LeadIn);
            _observer.UtteranceResumed(id, continued.Offset, continued.Repeated);
        }
    }
}
