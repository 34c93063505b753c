namespace Holdfast.Sessions;

/// <summary>How full a server is, and with it what it still takes on.</summary>
internal enum LoadLevel
{
    /// <summary>There is time for all.</summary>
    Free,

    /// <summary>Everybody gets fewer pictures.</summary>
    FewerPictures,

    /// <summary>Speech that has not begun waits for its turn.</summary>
    SpeechWaits,

    /// <summary>Nobody new is let in.</summary>
    Full,
}

/// <summary>What a level is the level for.</summary>
internal enum LoadReason
{
    /// <summary>Nothing: there is head room.</summary>
    None,

    /// <summary>The media clock is late.</summary>
    Lateness,

    /// <summary>The ticks take nearly all of their time.</summary>
    Ticking,

    /// <summary>Speech has been waiting for its turn for too long already, and nobody new gets it.</summary>
    Waiting,

    /// <summary>A setting says so.</summary>
    Setting,
}

/// <summary>What was measured since the last time.</summary>
/// <param name="Lateness">How long after it was due the latest tick of the media clock was over. Sound that is more than 100 ms late is not sent at all.</param>
/// <param name="BusyShare">The share of its time that the busiest pacing loop was at work, waiting for a processor included.</param>
/// <param name="Process">The share of all processors that this process used, 0 to 1; null where it is not known.</param>
/// <param name="Machine">The share of all processors that was used by anybody; null where it is not known.</param>
/// <param name="Runnable">How many threads of the machine want a processor, for each processor; null where it is not known.</param>
/// <param name="LongestWait">How long the speech that has waited longest has waited for its turn.</param>
internal readonly record struct LoadSample(
    TimeSpan Lateness, double BusyShare, double? Process, double? Machine, double? Runnable, TimeSpan LongestWait);

/// <summary>
/// Decides how full a server is, from what was measured and nothing else: no clock, no sessions, no settings. It rises within a second and falls after
/// several, a step at a time, so that a moment's trouble is not told as a state.
/// </summary>
/// <remarks>
/// What decides is the strain: the larger one of two, where 1 is where words are torn. The one is the share of its time that the busiest pacing loop is at
/// work. The other is how late ticks are over, as a share of the 100 ms after which sound is left out; on a machine that has processors to spare that is a
/// hiccup (a pause of the collector, of the machine's host), and may cost pictures and nothing else.
/// </remarks>
internal sealed class HeadRoom
{
    /// <summary>How late a tick may be: the media clock makes up for five of them, and leaves out what is later.</summary>
    public static readonly TimeSpan TearsAt = TimeSpan.FromMilliseconds(100);

    /// <summary>How long speech may wait before nobody new is let in.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>How long there must have been room before the level falls by one.</summary>
    public static readonly TimeSpan Steady = TimeSpan.FromSeconds(4);

    /// <summary>From which share of its processors' time on a machine has none to spare.</summary>
    private const double BusyMachine = 0.85;

    private const double LongQueue = 1.5;

    // The most that lateness says on a machine that has processors to spare: fewer pictures.
    private const double Hiccup = 0.8;

    private static readonly double[] Up = [0.70, 0.85, 0.95];
    private static readonly double[] Down = [0.45, 0.65, 0.78];
    private static readonly TimeSpan Rising = TimeSpan.FromMilliseconds(350);
    private static readonly TimeSpan Falling = TimeSpan.FromSeconds(2);

    private TimeSpan? _at;
    private double _lateness;
    private double _busy;
    private TimeSpan? _roomSince;
    private LoadReason _reason;
    private bool _isLineLong;

    /// <summary>What the machine has time for: how many pictures, and whose speech. That a line is long does not shorten it.</summary>
    public LoadLevel Measured { get; private set; }

    /// <summary>How full it is to those who ask to come in: also where others wait already, and do not get on.</summary>
    public LoadLevel Level => _isLineLong ? LoadLevel.Full : Measured;

    /// <summary>Why.</summary>
    public LoadReason Reason => _isLineLong && Measured < LoadLevel.Full ? LoadReason.Waiting : _reason;

    /// <summary>How near it is to tearing words: 1 is there. More than 2 is not told.</summary>
    public double Strain => Math.Max(_lateness, _busy);

    /// <summary>Looks at what was measured.</summary>
    /// <param name="now">Never earlier than before.</param>
    /// <param name="sample">Since the last time.</param>
    public void Observe(TimeSpan now, in LoadSample sample)
    {
        var passed = now - (_at ?? now);
        _at = now;
        var isBusy = (sample.Machine ?? 1) >= BusyMachine || (sample.Process ?? 0) >= BusyMachine || sample.Runnable >= LongQueue;
        var late = Math.Clamp(sample.Lateness / TearsAt, 0, 2);
        _lateness = Follow(_lateness, isBusy ? late : Math.Min(late, Hiccup), passed);
        _busy = Follow(_busy, double.IsFinite(sample.BusyShare) ? Math.Clamp(sample.BusyShare, 0, 2) : 0, passed);
        Rise();
        Fall(now);

        // One that moves lets two in a second speak: it is soon over, and who comes in only to look is nobody whom it keeps waiting.
        var isStanding = Measured >= LoadLevel.SpeechWaits;
        _isLineLong = isStanding && sample.LongestWait >= (_isLineLong ? LongestWait / 2 : LongestWait);
    }

    private LoadReason Cause => _lateness > _busy ? LoadReason.Lateness : LoadReason.Ticking;

    private static double Follow(double before, double measured, TimeSpan passed)
    {
        var time = measured > before ? Rising : Falling;
        return before + ((measured - before) * (1 - Math.Exp(-(passed / time))));
    }

    private void Rise()
    {
        var level = LoadLevel.Free;
        while (level < LoadLevel.Full && Strain >= Up[(int)level])
        {
            level++;
        }

        if (level > Measured)
        {
            (Measured, _reason, _roomSince) = (level, Cause, null);
        }
    }

    private void Fall(TimeSpan now)
    {
        _roomSince = Measured > LoadLevel.Free && Strain < Down[(int)Measured - 1] ? _roomSince ?? now : null;
        if (now - _roomSince >= Steady)
        {
            _roomSince = now;
            Measured--;
            _reason = Measured == LoadLevel.Free ? LoadReason.None : Cause;
        }
    }
}
