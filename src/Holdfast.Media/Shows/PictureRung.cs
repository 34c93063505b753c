namespace Holdfast.Media;

/// <summary>How pictures are made for a line: their size and how many of them.</summary>
/// <param name="Drawn">The size in which they are drawn.</param>
/// <param name="Divisor">Of width and height, before they are encoded.</param>
/// <param name="Interval">Every so many of the show's pictures is made; 0: none, the last one stands still.</param>
/// <param name="LeastBits">Bits a second from which it is worth looking at, with what is added to its pictures on the way.</param>
internal readonly record struct PictureRung(VideoFormat Drawn, int Divisor, int Interval, int LeastBits)
{
    // What a picture's packet has beside its payload.
    private const int PacketOverhead = 68;

    /// <summary>The size in which they are encoded.</summary>
    public VideoFormat Encoded => Drawn with { Width = Drawn.Width / Divisor, Height = Drawn.Height / Divisor };

    /// <summary>Whether they are as many and as large as they are meant to be at the least.</summary>
    public bool IsFull => this is { Divisor: 1, Interval: 1 };

    /// <summary>Sound alone.</summary>
    public static PictureRung SoundAlone(VideoFormat drawn) => new(drawn, 1, 0, 0);

    /// <summary>What is added to the pictures of a rung on the way, bits a second; one that is larger than a packet has more.</summary>
    public static int OverheadOf(int interval, VideoFormat full) => interval == 0 ? 0 : PacketOverhead * 8 * full.FramesPerSecond / interval;
}

/// <summary>
/// Chooses the rung: down at once when the line does not carry the one there is, up when it has carried more for a while. By rate as long as the picture is
/// worth it, then by size, then by pictures a second; last, sound alone. Sizes above the usual one are there for large stages.
/// </summary>
internal sealed class PictureLadder
{
    // Bits for each pixel and picture of the full size, at which a picture of that rung is about as good as the next smaller one.
    private const double FullBits = 0.024;
    private const double HalfBits = 0.0095;
    private const double HalfRateBits = 0.0055;
    private const double QuarterRateBits = 0.0028;
    private const double EighthRateBits = 0.0015;
    private const int SmallestSide = 96;

    private const double UpFactor = 1.25;
    private static readonly TimeSpan UpAfter = TimeSpan.FromSeconds(1.5);

    // In the beginning what the line carries is only being found out.
    private static readonly TimeSpan Beginning = TimeSpan.FromSeconds(3);

    private readonly PictureRung[] _rungs;
    private readonly int _larger;
    private int _best;
    private int _current;
    private TimeSpan? _betterSince;
    private TimeSpan? _begun;

    /// <param name="formats">The sizes, the smallest first.</param>
    public PictureLadder(params IReadOnlyList<VideoFormat> formats)
    {
        var full = formats[0];
        _larger = formats.Count - 1;
        (_best, _current) = (_larger, _larger);
        var pixels = (double)full.Width * full.Height * full.FramesPerSecond;
        var halves = full.Width % 4 == 0 && full.Height % 4 == 0 && Math.Min(full.Width, full.Height) / 2 >= SmallestSide ? 2 : 1;
        _rungs =
        [
            .. formats.Skip(1).Reverse().Select(static format => new PictureRung(
                format, 1, 1, (int)(FullBits * format.Width * format.Height * format.FramesPerSecond) + PictureRung.OverheadOf(1, format))),
            Rung(1, 1, FullBits),
            Rung(halves, 1, HalfBits),
            Rung(halves, 2, HalfRateBits),
            Rung(halves, 4, QuarterRateBits),
            Rung(halves, 8, EighthRateBits),
            PictureRung.SoundAlone(full),
        ];

        PictureRung Rung(int divisor, int interval, double bits) => new(full, divisor, interval, (int)(bits * pixels) + PictureRung.OverheadOf(interval, full));
    }

    /// <summary>0 is the best of the usual size; larger ones are below it.</summary>
    public int Index => _current - _larger;

    /// <summary>No larger size than this is wanted, by its place among them: the smallest to begin with.</summary>
    public int MostFormat
    {
        get => _larger - _best;
        set => _best = _larger - value;
    }

    public PictureRung Current => _rungs[_current];

    /// <summary>Somebody new, or somebody who comes back: the first choice is free.</summary>
    public void Begin() => (_begun, _betterSince) = (null, null);

    /// <summary>Chooses for a moment.</summary>
    /// <param name="time">On the media clock.</param>
    /// <param name="bits">What pictures may take, bits a second.</param>
    public PictureRung Choose(TimeSpan time, double bits)
    {
        if (_begun is null)
        {
            _begun = time;
            _current = Fitting(bits, 1);
            return Current;
        }

        if (bits < _rungs[_current].LeastBits || _current < _best)
        {
            (_current, _betterSince) = (Fitting(bits, 1), null);
            return Current;
        }

        var better = Fitting(bits, UpFactor);
        if (better >= _current)
        {
            _betterSince = null;
            return Current;
        }

        _betterSince ??= time;
        if (time - _betterSince >= UpAfter || time - _begun < Beginning)
        {
            (_current, _betterSince) = (better, null);
        }

        return Current;
    }

    private int Fitting(double bits, double factor)
    {
        var fitting = _best;
        while (fitting < _rungs.Length - 1 && bits < _rungs[fitting].LeastBits * factor)
        {
            fitting++;
        }

        return fitting;
    }
}
