using Holdfast.Rtc;
using Holdfast.Rtc.Rtp;

namespace Holdfast.Lab.Peer;

/// <summary>Remembers which packets of a stream are missing, and when each is to be asked for (again).</summary>
internal sealed class MissingPackets
{
    /// <summary>A gap wider than this is an outage, not loss: a key frame fills it, no retransmission does.</summary>
    private const int WidestGap = 200;

    private const int MaximumTries = 8;
    private static readonly TimeSpan LongestUseful = TimeSpan.FromSeconds(1);

    private readonly List<Missing> _missing = [];
    private SequenceUnwrapper _unwrapper;
    private bool _started;

    /// <summary>When the next one is to be asked for.</summary>
    public RtcTime NextTimeout => _missing.Aggregate(RtcTime.Never, (earliest, missing) => RtcTime.Min(earliest, missing.AskAt));

    /// <summary>A packet came, by whatever way.</summary>
    /// <returns>Whether it leaves a gap that is too wide to be asked for.</returns>
    public bool OnPacket(RtcTime now, ushort sequenceNumber)
    {
        var before = _unwrapper.Highest;
        var index = _unwrapper.Unwrap(sequenceNumber);
        if (!_started)
        {
            _started = true;
            return false;
        }

        if (index <= before)
        {
            _missing.RemoveAll(missing => missing.Index == index);
            return false;
        }

        if (index - before > WidestGap)
        {
            _missing.Clear();
            return true;
        }

        for (var lost = before + 1; lost < index; lost++)
        {
            _missing.Add(new Missing(lost, now, now, 0));
        }

        return false;
    }

    /// <summary>Takes the numbers that are to be asked for now, in order.</summary>
    /// <param name="now">Now.</param>
    /// <param name="roundTrip">How long an answer takes; a quarter more is waited, or an uneven path would have half of it sent twice.</param>
    /// <param name="numbers">Receives them.</param>
    public void TakeDue(RtcTime now, TimeSpan roundTrip, List<ushort> numbers)
    {
        numbers.Clear();
        var again = TimeSpan.FromMilliseconds(Math.Max(20, roundTrip.TotalMilliseconds * 1.25));
        for (var i = _missing.Count - 1; i >= 0; i--)
        {
            var missing = _missing[i];
            if (missing.Tries >= MaximumTries || now - missing.Since > LongestUseful)
            {
                _missing.RemoveAt(i);
            }
            else if (missing.AskAt <= now)
            {
                numbers.Add((ushort)missing.Index);
                _missing[i] = missing with { AskAt = now + again, Tries = missing.Tries + 1 };
            }
        }

        numbers.Reverse();
    }

    /// <summary>Forgets all: a key frame made them useless.</summary>
    public void Clear() => _missing.Clear();

    private readonly record struct Missing(long Index, RtcTime Since, RtcTime AskAt, int Tries);
}
