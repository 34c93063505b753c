namespace Holdfast.Media;

/// <summary>Makes a stream of a show: encodes its sound and pictures, or takes both from what is shared while nothing happens.</summary>
/// <remarks>
/// <para>
/// The invariant of the pictures: none depends on one that the receiver was not sent. The idle loop is entered only where it
/// has a key frame, and the live encoder begins with one. A request for a key frame is answered by the very next picture: while nothing
/// happens by the loop's next key frame, so that many who come or come back at once need no encoder.
/// </para>
/// <para>
/// <see cref="Tick"/>, <see cref="Begin"/>, <see cref="Probe"/>, <see cref="Skip"/>, <see cref="Suspend"/> and <see cref="Dispose"/> are one caller's at a time (stop
/// the pacing first); the rest may be called from any thread.
/// </para>
/// </remarks>
public sealed class ShowStream : IDisposable
{
    private readonly IShow _show;
    private readonly LiveVideo _video;
    private readonly LiveSound _sound;
    private readonly int _framesPerSecond;
    private PictureSource _source = PictureSource.None;
    private bool _keyFrameRequested;
    private long _frameIndex;

    // The tick of the newest picture: two with one timestamp would be one to a receiver.
    private long _pictureTick = -1;
    private long _loopPictures;
    private long _livePictures;
    private long _keyFrames;

    /// <param name="show">Is asked at each tick; not disposed with the stream. At most 50 pictures a second.</param>
    /// <param name="options">The defaults where null.</param>
    public ShowStream(IShow show, ShowStreamOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(show);
        options ??= new ShowStreamOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.EncoderLinger, TimeSpan.Zero, nameof(options));
        _framesPerSecond = show.VideoFormat.FramesPerSecond;
        if (_framesPerSecond is < 1 or > MediaTick.PerSecond)
        {
            throw new ArgumentException($"A show has 1 to {MediaTick.PerSecond} pictures a second, not {_framesPerSecond}.", nameof(show));
        }

        _show = show;
        var linger = options.EncoderLinger.Ticks / MediaTick.Duration.Ticks;
        _video = new LiveVideo(show, options, linger);
        _sound = new LiveSound(show, options.Sound, linger);
    }

    /// <summary>The target of live pictures, bits a second; from any thread, counts from the next picture on.</summary>
    public int VideoBitrate
    {
        get => _video.Bitrate;
        set => _video.Bitrate = value;
    }

    /// <summary>What was sent so far; from any thread.</summary>
    public ShowStreamStatistics Statistics => new(
        Volatile.Read(ref _loopPictures),
        Volatile.Read(ref _livePictures),
        Volatile.Read(ref _keyFrames),
        _sound.LivePackets,
        _sound.SilentPackets);

    /// <summary>Makes the next picture a key frame; from any thread. Several requests before it are one.</summary>
    public void RequestKeyFrame() => Volatile.Write(ref _keyFrameRequested, true);

    /// <summary>
    /// Sends a picture that needs no other, now, whether or not one is due: who comes or comes back does not wait for its turn. The
    /// ticks go on after it.
    /// </summary>
    /// <param name="tick">The newest tick that is due (<see cref="MediaPacer.CurrentTick"/>).</param>
    /// <param name="sink">Takes the picture.</param>
    public void Begin(in MediaTick tick, IMediaSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        RequestKeyFrame();
        if (tick.Index > _pictureTick)
        {
            SendPicture(tick, sink);
        }
    }

    /// <summary>Takes the show 20 ms on and sends the sound of it and, where one is due, a picture.</summary>
    public void Tick(in MediaTick tick, IMediaSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        _sound.Tick(tick, sink);
        if (IsPictureDue(tick))
        {
            SendPicture(tick, sink);
        }

        _video.ReleaseWhenUnused(tick);
    }

    /// <summary>Sends one silent packet and nothing else: the show stands still. It asks a receiver whether anything arrives.</summary>
    public void Probe(in MediaTick tick, IMediaSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        sink.SendAudio(tick.MediaTime, _sound.Silence, silent: true, place: 0);
    }

    /// <summary>Takes the show 20 ms on and makes nothing of it: its time passes unheard and unseen, which costs no drawing and no encoding.</summary>
    /// <returns>Whether there was anything to hear.</returns>
    public bool Skip() => _sound.Skip();

    /// <summary>
    /// Gives back what only a running stream needs. The next tick goes on where the show stands, with a key frame.
    /// </summary>
    public void Suspend()
    {
        _video.Release();
        _sound.Release();
        _source = PictureSource.None;
    }

    /// <inheritdoc/>
    public void Dispose() => Suspend();

    private bool IsPictureDue(in MediaTick tick) =>
        tick.Index > _pictureTick && tick.Index * _framesPerSecond % MediaTick.PerSecond < _framesPerSecond;

    private void SendPicture(in MediaTick tick, IMediaSink sink)
    {
        _pictureTick = tick.Index;
        var loop = _show.IdleLoop;
        var isIdle = loop is not null && _show.IsIdle;
        var mustBeKeyFrame = Interlocked.Exchange(ref _keyFrameRequested, false) || _source == PictureSource.None;
        if (isIdle && mustBeKeyFrame)
        {
            // Whoever asks has seen nothing yet, or the picture stand still: that it goes on a moment further is not seen, and costs no encoder.
            _frameIndex = loop!.NextKeyFrame(_frameIndex);
        }

        var index = _frameIndex++;
        var isLoopKeyFrame = isIdle && loop!.IsKeyFrame(index);
        var next = NextSource(_source, isIdle, isLoopKeyFrame, mustBeKeyFrame);
        mustBeKeyFrame |= next != _source;

        // Until it is sent there is nothing to depend on: should the show or the sink throw, the next picture is a key frame.
        _source = PictureSource.None;
        bool isKeyFrame;
        if (next == PictureSource.Loop)
        {
            isKeyFrame = isLoopKeyFrame;
            sink.SendVideo(tick.MediaTime, loop![index], isKeyFrame);
            Interlocked.Increment(ref _loopPictures);
        }
        else
        {
            var frame = _video.Encode(tick, index, mustBeKeyFrame, out isKeyFrame);
            sink.SendVideo(tick.MediaTime, frame, isKeyFrame);
            Interlocked.Increment(ref _livePictures);
        }

        _source = next;
        if (isKeyFrame)
        {
            Interlocked.Increment(ref _keyFrames);
        }
    }

    private static PictureSource NextSource(PictureSource current, bool isIdle, bool isLoopKeyFrame, bool mustBeKeyFrame)
    {
        var canGoOn = current == PictureSource.Loop && isIdle && !mustBeKeyFrame;
        return isLoopKeyFrame || canGoOn ? PictureSource.Loop : PictureSource.Live;
    }

    private enum PictureSource
    {
        /// <summary>Nothing was sent yet that a picture could depend on.</summary>
        None,

        /// <summary>The last picture was the idle loop's.</summary>
        Loop,

        /// <summary>The last picture was the live encoder's.</summary>
        Live,
    }
}
