using Holdfast.Rtc.Rtp;

namespace Holdfast.Rtc;

/// <summary>The packets of the client's microphone that are missing, and when each is asked for (again): NACK, RFC 4585 section 6.2.1.</summary>
internal sealed class MissingSound
{
    /// <summary>0.64 s of sound. What is longer is no loss but an outage, after which nobody has it any more.</summary>
    public const int Most = 32;

    /// <summary>As long as none was measured.</summary>
    private static readonly TimeSpan UnknownRoundTrip = TimeSpan.FromMilliseconds(100);

    /// <summary>How often one packet is asked for: what does not come then comes too late.</summary>
    private const int MostAsks = 4;

    /// <summary>A packet's length: an answer takes a moment, however short the way is.</summary>
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(20);

    /// <summary>No Opus packet is longer (RFC 6716 section 2.1.4): what is further apart is a pause.</summary>
    private const int LongestPacket = 5760;

    private readonly List<Missing> _missing = new(Most);
    private SequenceUnwrapper _sequence;
    private uint _timestamp;
    private int _samplesPerPacket = 960;
    private bool _isStarted;

    /// <summary>Packets that came after they were asked for.</summary>
    public long Recovered { get; private set; }

    /// <summary>When something is to be asked for, or never.</summary>
    public RtcTime NextAt
    {
        get
        {
            var next = RtcTime.Never;
            foreach (var one in _missing)
            {
                next = RtcTime.Min(next, one.AskAt);
            }

            return next;
        }
    }

    /// <summary>A packet arrived.</summary>
    /// <param name="now">Now.</param>
    /// <param name="packet">The packet.</param>
    /// <param name="padding">
    /// How many packets right before it are missing and were padding, with which browsers measure the line: time has not gone on between what came
    /// before and this. Nobody has anything to send again of them.
    /// </param>
    /// <returns>Whether it is newer than all before it: only such a one tells of the network's own delay.</returns>
    public bool OnPacket(RtcTime now, in RtpPacket packet, out int padding)
    {
        padding = 0;
        var sequenceNumber = packet.SequenceNumber;
        var index = _sequence.Peek(sequenceNumber);
        if (_isStarted && index <= _sequence.Highest)
        {
            Arrived(index);
            return false;
        }

        var gap = _isStarted ? index - _sequence.Highest - 1 : 0;
        var between = _isStarted ? SoundBetween(_timestamp, packet.Timestamp, !packet.Payload.IsEmpty) : null;
        if (between == 0)
        {
            (padding, gap) = ((int)Math.Min(gap, Most), 0);
        }
        else if (gap == 0 && !packet.Payload.IsEmpty && unchecked((int)(packet.Timestamp - _timestamp)) is > 0 and <= LongestPacket and var samples && _isStarted)
        {
            _samplesPerPacket = samples;
        }

        if (gap + _missing.Count > Most)
        {
            // Whatever was asked for before such a gap is as lost as the gap.
            _missing.Clear();
        }

        for (var lost = index - gap; gap <= Most && lost < index; lost++)
        {
            _missing.Add(new Missing(lost, now, now, 0));
        }

        _sequence.Unwrap(sequenceNumber);
        (_isStarted, _timestamp) = (true, packet.Timestamp);
        return true;
    }

    /// <summary>How many packets of sound there is time for between two; null where their times tell nothing.</summary>
    /// <param name="before">The time of the one before. That of padding is that of the sound before it.</param>
    /// <param name="timestamp">The time of the one after.</param>
    /// <param name="isSound">Whether that is sound itself.</param>
    public int? SoundBetween(uint before, uint timestamp, bool isSound) => unchecked((int)(timestamp - before)) is >= 0 and var samples
        ? Math.Max(0, (samples + _samplesPerPacket / 2) / _samplesPerPacket - (isSound ? 1 : 0))
        : null;

    /// <summary>What is to be asked for now, in order.</summary>
    /// <param name="now">Now.</param>
    /// <param name="roundTrip">As it was measured last; null: never.</param>
    /// <param name="patience">What has been missing for longer is waited for no more.</param>
    /// <param name="numbers">Receives them; at least <see cref="Most"/>.</param>
    public int Take(RtcTime now, TimeSpan? roundTrip, TimeSpan patience, Span<ushort> numbers)
    {
        // By hand: a predicate that knows now would be an object for each packet.
        for (var i = _missing.Count - 1; i >= 0; i--)
        {
            if (now - _missing[i].Since > patience)
            {
                _missing.RemoveAt(i);
            }
        }

        var pause = PauseFor(roundTrip) * 1.25;
        var count = 0;
        for (var i = 0; i < _missing.Count; i++)
        {
            if (_missing[i] is var one && one.AskAt <= now)
            {
                numbers[count++] = (ushort)one.Index;
                _missing[i] = one with { Asks = one.Asks + 1, AskAt = one.Asks + 1 < MostAsks ? now + pause : RtcTime.Never };
            }
        }

        return count;
    }

    /// <summary>How long an answer takes.</summary>
    /// <param name="roundTrip">As it was measured last; null: never.</param>
    public static TimeSpan PauseFor(TimeSpan? roundTrip) =>
        (roundTrip ?? UnknownRoundTrip) is var expected && expected > LeastPause ? expected : LeastPause;

    /// <summary>Begins anew, with a stream whose numbers have nothing to do with those before.</summary>
    public void Restart()
    {
        _missing.Clear();
        (_sequence, _isStarted, _samplesPerPacket) = (default, false, 960);
    }

    private void Arrived(long index)
    {
        for (var i = 0; i < _missing.Count; i++)
        {
            if (_missing[i].Index == index)
            {
                Recovered += _missing[i].Asks > 0 ? 1 : 0;
                _missing.RemoveAt(i);
                return;
            }
        }
    }

    private readonly record struct Missing(long Index, RtcTime Since, RtcTime AskAt, int Asks);
}
