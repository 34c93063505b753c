namespace Holdfast.Rtc;

/// <summary>
/// Which packets of pictures the newest key frame has: what came before it is of no use any more, and neither is what builds on it once the next one waits. It itself
/// is, until that one is on its way: else a client that asks for key frames more often than one can be sent would never see any.
/// </summary>
internal struct KeyFrameMark
{
    // Half of what 16 bits tell apart; nobody asks for packets as old as that.
    private const ushort Longest = 0x4000;

    private ushort? _first;
    private ushort _end;

    /// <summary>One is on its way from this packet on.</summary>
    public void Begin(ushort sequenceNumber) => (_first, _end) = (sequenceNumber, sequenceNumber);

    /// <summary>A packet of a picture left; they leave in order.</summary>
    /// <param name="sequenceNumber">Its number.</param>
    /// <param name="isKeyFrame">Whether it is one of the newest key frame's.</param>
    public void OnPacket(ushort sequenceNumber, bool isKeyFrame)
    {
        if (isKeyFrame)
        {
            _end = (ushort)(sequenceNumber + 1);
        }
        else if (_first is { } first && (ushort)(sequenceNumber - first) > Longest)
        {
            // Without another one for minutes the numbers come round, and what is new would be taken for older than it.
            _first = _end = (ushort)(sequenceNumber - Longest);
        }
    }

    /// <summary>Whether sending that packet again would help nobody.</summary>
    /// <param name="sequenceNumber">A packet that was sent.</param>
    /// <param name="isNextWaiting">Whether another key frame waits to leave.</param>
    public readonly bool IsLeftBehind(ushort sequenceNumber, bool isNextWaiting) =>
        (_first is { } first && (short)(sequenceNumber - first) < 0) || (isNextWaiting && (_first is null || (short)(sequenceNumber - _end) >= 0));
}
