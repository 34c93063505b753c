namespace Holdfast.Media;

/// <summary>Makes a stream of a show: encodes its sound and pictures, or takes both from what is shared while nothing happens.</summary>
/// <remarks>
/// <para>
/// The invariant of the pictures: none depends on one that the receiver was not sent. The idle loop is entered only where it
/// has a key frame, and the live encoder begins with one. A request for a key frame is answered by the very next picture: while nothing
/// happens by the loop's next key frame, so that many who come or come back at once need no encoder.
/// </para>
/// <para>
/// Whoever takes the pictures says which codec they are in (<see cref="IMediaSink.VideoCodec"/>). Another one than before begins with a key frame; a loop in another
/// one is not used; and where there is no encoder for it, there are no pictures.
/// </para>
/// <para>
/// Sound comes first: a tick that is late (<see cref="MediaTick.IsLate"/>) draws nothing, and the picture is made at the next tick that has time for it, if
/// only half a second later. Pictures of the loop cost next to nothing, and most depend on each other: those are always sent.
/// </para>
/// <para>
/// Where the machine has little time (<see cref="MediaTick.Thrift"/>) half of the pictures are left out: of live ones because they are not made, of the loop those
/// that no other depends on.
/// </para>
/// <para>
/// <see cref="ShowStreamStatistics.Quality"/> is about the line alone: that the machine has little time (<see cref="MediaTick.Thrift"/>) does not change it.
/// </para>
/// <para>
/// <see cref="Tick"/>, <see cref="Begin"/>, <see cref="Probe"/>, <see cref="Skip"/>, <see cref="Suspend"/> and <see cref="Dispose"/> are one caller's at a time (stop
/// the pacing first); the rest may be called from any thread.
/// </para>
/// </remarks>
public sealed class ShowStream : IDisposable
{
    // A picture is not left out for longer than this, however late: half a second.
    private const int LongestWithoutPicture = MediaTick.PerSecond / 2;

    // So much may wait for the line: a live picture is better made when there is room for it; pictures of the loop build on each other.
    private static readonly TimeSpan LiveBacklog = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan LoopBacklog = TimeSpan.FromMilliseconds(350);

    private readonly IShow _show;
    private readonly LiveVideo _video;
    private readonly LiveSound _sound;
    private readonly StageFit _fit;
    private readonly PictureLadder _ladder;
    private readonly LoopLadder _loops;
    private readonly int _framesPerSecond;
    private readonly IReadOnlyList<IVideoCodec> _codecs;
    private IVideoCodec? _codec;
    private PictureSource _source = PictureSource.None;
    private bool _keyFrameRequested;
    private long _frameIndex;

    // The loop of the last picture: a show that looks otherwise from now on has another, and its pictures do not depend on these.
    private EncodedLoop? _loop;

    // The tick of the newest picture: two with one timestamp would be one to a receiver.
    private long _pictureTick = -1;

    // Whether a picture was due for which there was no time.
    private bool _isOwed;

    // Whether the loop is a thinner one than the line needs. It changes only at the loop's own key frames: everybody changes at a place of their own, and no key frame more is sent.
    private bool _isThrifty;
    private long _loopPictures;
    private long _livePictures;
    private long _picturesLeftOut;
    private long _keyFrames;
    private int _quality;

    // Of the newest key frame, and so of all pictures after it: width and height in one number, since they are read from other threads. 0: not known.
    private long _size;

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
        _codecs = options.VideoCodecs;
        var linger = options.EncoderLinger.Ticks / MediaTick.Duration.Ticks;
        _video = new LiveVideo(show, options, linger);
        _sound = new LiveSound(show, options.Sound, linger);
        _fit = new StageFit(show);
        _ladder = new PictureLadder(_fit.Formats);
        _loops = new LoopLadder(_framesPerSecond);
    }

    /// <summary>The target of live pictures, bits a second; from any thread, counts from the next picture on.</summary>
    public int VideoBitrate
    {
        get => _video.Bitrate;
        set => _video.Bitrate = value;
    }

    /// <summary>
    /// How large the pictures are seen. Of a show that has several sizes (<see cref="IScalableShow"/>) the smallest is sent that covers it, where there is room and
    /// time for it; the show's own where nobody told. From any thread.
    /// </summary>
    public StageSize Stage
    {
        get => _fit.Stage;
        set => _fit.Stage = value;
    }

    /// <summary>What was sent so far; from any thread.</summary>
    public ShowStreamStatistics Statistics => new(
        Volatile.Read(ref _loopPictures),
        Volatile.Read(ref _livePictures),
        Volatile.Read(ref _picturesLeftOut),
        Volatile.Read(ref _keyFrames),
        _sound.LivePackets,
        _sound.SilentPackets)
    {
        Quality = (PictureQuality)Volatile.Read(ref _quality),
        Size = Volatile.Read(ref _size) is not 0 and var size ? new PictureSize((int)(size >> 32), (int)size) : null,
    };

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
        _ladder.Begin();
        _loops.Begin();
        _fit.Begin();
        Use(sink.VideoCodec);
        if (_codec is not null && tick.Index > _pictureTick)
        {
            SendPicture(tick, Next(tick, sink.Room), sink);
        }
    }

    /// <summary>Takes the show 20 ms on and sends the sound of it and, where one is due, a picture.</summary>
    public void Tick(in MediaTick tick, IMediaSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        var room = sink.Room;
        _sound.Tick(tick, room, sink);
        Use(sink.VideoCodec);
        if (_codec is not null && tick.Index > _pictureTick && (IsPictureDue(tick) || _isOwed))
        {
            SendPictureInTime(tick, room, sink);
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

    /// <summary>Pictures are in this codec from now on; null: in the preferred one.</summary>
    private void Use(string? name)
    {
        if (_codec is not null && (name is null ? ReferenceEquals(_codec, _codecs[0]) : string.Equals(_codec.Name, name, StringComparison.Ordinal)))
        {
            return;
        }

        _codec = name is null ? _codecs[0] : Find(name);
        _source = PictureSource.None;
    }

    // By itself: what a lambda takes along is allocated where its method begins, and that is asked at each tick.
    private IVideoCodec? Find(string name) => _codecs.FirstOrDefault(codec => string.Equals(codec.Name, name, StringComparison.Ordinal));

    /// <summary>The loop, in the codec that pictures are in.</summary>
    private EncodedLoop? LoopOf(int size) => _fit.LoopOf(size) is { } loop && string.Equals(loop.Codec, _codec!.Name, StringComparison.Ordinal) ? loop : null;

    private bool IsPictureDue(in MediaTick tick) => tick.Index * _framesPerSecond % MediaTick.PerSecond < _framesPerSecond;

    private void SendPictureInTime(in MediaTick tick, in MediaRoom room, IMediaSink sink)
    {
        if (_isOwed && IsPictureDue(tick))
        {
            // The next one is due already: that one will not be made.
            _isOwed = false;
            _frameIndex++;
            LeaveTheLoop();
            Interlocked.Increment(ref _picturesLeftOut);
            MediaDiagnostics.OnPictureLeftOut();
        }

        var next = Next(tick, room);
        if (tick.IsLate && next.Source == PictureSource.Live && tick.Index - _pictureTick < LongestWithoutPicture)
        {
            _isOwed = true;
        }
        else
        {
            SendPicture(tick, next, sink);
        }
    }

    /// <summary>Where the next picture comes from, as things stand.</summary>
    private NextPicture Next(in MediaTick tick, in MediaRoom room)
    {
        var bits = ((double)room.BitsPerSecond - _sound.BitsPerSecond) / (1 + room.PictureCopies);
        var size = _fit.Choose(tick);
        _ladder.MostFormat = size;
        var rung = _ladder.Choose(tick.MediaTime, bits);
        var first = LoopOf(size);
        var isAtKeyFrame = first is null || _source != PictureSource.Loop || first.IsKeyFrame(_frameIndex);
        _isThrifty = isAtKeyFrame ? tick.Thrift > 0 : _isThrifty;
        var loopBits = _isThrifty && first?.Thinner is { } thinner ? Math.Min(bits, thinner.BitsPerSecond(_framesPerSecond)) : bits;
        var loop = _loops.Choose(first, tick.MediaTime, loopBits, isAtKeyFrame);
        var isIdle = loop is not null && _show.IsIdle;
        var mayWait = !isIdle || _source == PictureSource.None;
        if ((!isIdle && rung.Interval == 0) || room.Backlog > (mayWait ? LiveBacklog : LoopBacklog))
        {
            return new NextPicture(PictureSource.None, _frameIndex, null, IsKeyFrame: false, rung, 0, IsSpared: false);
        }

        var mustBeKeyFrame = Volatile.Read(ref _keyFrameRequested) || _source == PictureSource.None
            || (_source == PictureSource.Loop && !ReferenceEquals(loop, _loop));

        // Whoever asks has seen nothing yet, or the picture stand still: that it goes on a moment further is not seen, and costs no encoder.
        var index = isIdle && mustBeKeyFrame ? loop!.NextKeyFrame(_frameIndex) : _frameIndex;
        var isLoopKeyFrame = isIdle && loop!.IsKeyFrame(index);
        var source = NextSource(_source, isIdle, isLoopKeyFrame, mustBeKeyFrame);
        var isSkipped = source == PictureSource.Live && !mustBeKeyFrame && source == _source
            && index % (Math.Max(1, rung.Interval) * (1 + tick.Thrift)) != 0;
        var isSpared = source == PictureSource.Loop && tick.Thrift > 0 && loop!.IsSpare(index);
        return new NextPicture(
            isSkipped || isSpared ? PictureSource.None : source,
            index,
            loop,
            source == PictureSource.Loop ? isLoopKeyFrame : mustBeKeyFrame || source != _source,
            rung,
            (int)Math.Min(int.MaxValue, bits - PictureRung.OverheadOf(rung.Interval, _show.VideoFormat)),
            isSpared);
    }

    private void SendPicture(in MediaTick tick, in NextPicture next, IMediaSink sink)
    {
        _isOwed = false;
        _frameIndex = next.Index + 1;
        if (next.Source == PictureSource.None)
        {
            LeaveOut(tick, next);
            return;
        }

        _pictureTick = tick.Index;
        if (next.IsKeyFrame)
        {
            Volatile.Write(ref _keyFrameRequested, false);
        }

        // Until it is sent there is nothing to depend on: should the show or the sink throw, the next picture is a key frame.
        _source = PictureSource.None;
        var isKeyFrame = next.IsKeyFrame;
        if (next.Source == PictureSource.Loop)
        {
            _loop = next.Loop;
            if (next.Loop![next.Index] is { IsEmpty: false } picture)
            {
                Send(tick, new EncodedPicture(_codec!.Name, picture, isKeyFrame), sink);
            }

            Volatile.Write(ref _quality, (int)(next.Loop.IsFull || (_isThrifty && ReferenceEquals(next.Loop, LoopOf(0)?.Thinner)) ? PictureQuality.Full : PictureQuality.Reduced));
            Interlocked.Increment(ref _loopPictures);
            MediaDiagnostics.OnPicture(isLive: false);
        }
        else
        {
            sink.Flush();
            var isAnother = _video.NeedsKeyFrameFor(_codec!, next.Rung);
            var frame = _video.Encode(_codec!, tick, next.Index, next.Rung, next.Bits, next.IsKeyFrame || isAnother, out isKeyFrame);
            Send(tick, new EncodedPicture(_codec!.Name, frame, isKeyFrame), sink);
            Volatile.Write(ref _quality, (int)(next.Rung.IsFull ? PictureQuality.Full : PictureQuality.Reduced));
            Interlocked.Increment(ref _livePictures);
            MediaDiagnostics.OnPicture(isLive: true);
        }

        _source = next.Source;
        if (isKeyFrame)
        {
            Interlocked.Increment(ref _keyFrames);
        }
    }

    private void Send(in MediaTick tick, in EncodedPicture picture, IMediaSink sink)
    {
        if (picture.IsKeyFrame)
        {
            Volatile.Write(ref _size, _codec!.SizeOf(picture.Bytes) is { } size ? ((long)size.Width << 32) | (uint)size.Height : 0);
        }

        sink.SendVideo(tick.MediaTime, picture);
    }

    /// <summary>There is no room for a picture. Of live ones the next builds on the last that was made, and of the loop nothing does on one that may be spared.</summary>
    private void LeaveOut(in MediaTick tick, in NextPicture next)
    {
        if (!next.IsSpared)
        {
            LeaveTheLoop();
            if (next.Rung.Interval == 0)
            {
                // When it goes on, it goes on from the picture that stands still.
                _video.Keep(tick);
                Volatile.Write(ref _quality, (int)PictureQuality.Still);
            }
        }

        Interlocked.Increment(ref _picturesLeftOut);
    }

    /// <summary>
    /// A place of the motion goes by unseen. The loop's pictures were made long ago, each for the one before it: of them nothing is sent before a key frame,
    /// also where it was a live picture that there was no time for.
    /// </summary>
    private void LeaveTheLoop()
    {
        if (_source == PictureSource.Loop)
        {
            _source = PictureSource.None;
        }
    }

    private static PictureSource NextSource(PictureSource current, bool isIdle, bool isLoopKeyFrame, bool mustBeKeyFrame)
    {
        var canGoOn = current == PictureSource.Loop && isIdle && !mustBeKeyFrame;
        return isLoopKeyFrame || canGoOn ? PictureSource.Loop : PictureSource.Live;
    }

    /// <param name="Source">Where it comes from.</param>
    /// <param name="Index">Its place in the idle motion.</param>
    /// <param name="Loop">The loop there is.</param>
    /// <param name="IsKeyFrame">Whether it is one: of the loop it is or is not, of the encoder it has to be.</param>
    /// <param name="Rung">How the encoder is to make it.</param>
    /// <param name="Bits">What the encoder's pictures may take, bits a second.</param>
    /// <param name="IsSpared">Whether it is one of the loop that is left out, and the loop goes on all the same.</param>
    private readonly record struct NextPicture(
        PictureSource Source, long Index, EncodedLoop? Loop, bool IsKeyFrame, PictureRung Rung, int Bits, bool IsSpared);

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
