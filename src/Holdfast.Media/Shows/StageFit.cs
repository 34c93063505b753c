namespace Holdfast.Media;

/// <summary>
/// Which of a show's sizes is wanted: the smallest that covers the stage on which it is seen. A stage that changes is followed once it has stood still for a
/// moment, so that somebody who drags a window, or means harm, does not make a key frame with each step. A machine with little time
/// (<see cref="MediaTick.Thrift"/>) shows the smallest size at once, and larger ones again after a while that gets longer each time.
/// </summary>
internal sealed class StageFit
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestThrift = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestThrift = TimeSpan.FromMinutes(5);

    private readonly IShow _show;
    private readonly IScalableShow? _scalable;
    private readonly IReadOnlyList<VideoFormat> _formats;
    private long _stage;
    private int _covering;
    private int _settled;
    private TimeSpan _since;
    private TimeSpan _thriftUntil;
    private TimeSpan _thriftLasts = ShortestThrift;
    private bool _isThrifty;

    public StageFit(IShow show)
    {
        _show = show;
        _scalable = show as IScalableShow;
        _formats = _scalable?.VideoFormats ?? [show.VideoFormat];
    }

    /// <summary>The sizes, the smallest first.</summary>
    public IReadOnlyList<VideoFormat> Formats => _formats;

    /// <summary>How large the stage is, in the pixels of its screen; 0 by 0 where nobody told. From any thread.</summary>
    public StageSize Stage
    {
        get => Volatile.Read(ref _stage) is var stage ? new StageSize((int)(stage >> 32), (int)stage) : default;
        set => Volatile.Write(ref _stage, ((long)value.Width << 32) | (uint)value.Height);
    }

    /// <summary>Somebody new, or somebody who comes back: the stage there is counts at once.</summary>
    public void Begin() => (_covering, _settled) = (Covering(), Covering());

    /// <summary>Which size is wanted at a moment, if the line carries it: its place in <see cref="Formats"/>.</summary>
    public int Choose(in MediaTick tick)
    {
        if (_formats.Count == 1)
        {
            return 0;
        }

        var covering = Covering();
        if (covering != _covering)
        {
            (_covering, _since) = (covering, tick.MediaTime);
        }
        else if (covering != _settled && tick.MediaTime - _since >= Settling)
        {
            _settled = covering;
        }

        if (IsThrifty(tick))
        {
            return 0;
        }

        // A loop that is not made yet is waited for: with one size while it speaks and another while it does not, each sentence would be seen to begin.
        for (var index = _settled; index > 0; index--)
        {
            if (LoopOf(index) is not null)
            {
                return index;
            }
        }

        return 0;
    }

    /// <summary>The loop of a size; null where there is none.</summary>
    public EncodedLoop? LoopOf(int index) => index == 0 ? _show.IdleLoop : _scalable!.IdleLoopOf(_formats[index]);

    private bool IsThrifty(in MediaTick tick)
    {
        var time = tick.MediaTime;
        if (tick.Thrift > 0)
        {
            if (!_isThrifty)
            {
                // Larger pictures were what was too much, if they had not been there for long.
                var isAgain = time - _thriftUntil < _thriftLasts;
                _thriftLasts = isAgain && _thriftUntil > TimeSpan.Zero ? TimeSpan.FromTicks(Math.Min(LongestThrift.Ticks, 2 * _thriftLasts.Ticks)) : ShortestThrift;
            }

            (_isThrifty, _thriftUntil) = (true, time + _thriftLasts);
        }
        else
        {
            _isThrifty &= time < _thriftUntil;
        }

        return _isThrifty;
    }

    private int Covering()
    {
        var stage = Stage;
        for (var index = 0; index < _formats.Count - 1; index++)
        {
            if (_formats[index].Width >= stage.Width && _formats[index].Height >= stage.Height)
            {
                return index;
            }
        }

        return _formats.Count - 1;
    }
}
