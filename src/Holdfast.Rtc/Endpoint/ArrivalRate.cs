namespace Holdfast.Rtc;

/// <summary>Tells whether datagrams arrive so densely that a thread that is woken is to be woken for several of them.</summary>
internal sealed class ArrivalRate
{
    /// <summary>It is looked at for so long at a time.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMilliseconds(16);

    /// <summary>So many in a window are dense: more than one in a millisecond.</summary>
    public const int Dense = 20;

    private RtcTime _since;
    private int _count;
    private bool _isDense;

    /// <summary>Notes what was received.</summary>
    /// <returns>Whether it was dense in the window before this one.</returns>
    public bool Note(RtcTime now, int count)
    {
        var past = now - _since;
        if (past >= Window)
        {
            _isDense = past < Window * 2 && _count >= Dense;
            (_since, _count) = (now, 0);
        }

        _count += count;
        return _isDense;
    }
}
