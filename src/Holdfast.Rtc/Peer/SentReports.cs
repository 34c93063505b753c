using System.Security.Cryptography;
using Holdfast.Rtc.Rtcp;

namespace Holdfast.Rtc;

/// <summary>
/// Remembers the sender reports that were sent: for the round trip, and as proof that the path works for a client that gives no transport-wide
/// feedback.
/// </summary>
/// <remarks>
/// While proof is wanted, a report is of an instant up to half a second ago that nobody can guess, one in some 30,000; NTP and RTP time are both
/// of that instant, so nothing changes for lip sync. Receiver reports name the sender report that came last. One that names another than was sent
/// is a guess, and a client that guesses is not believed again.
/// </remarks>
internal sealed class SentReports
{
    /// <summary>The least time between two reports while proof is wanted, so that there is enough to choose from.</summary>
    public static readonly TimeSpan LeastInterval = TimeSpan.FromMilliseconds(300);

    private const int Remembered = 16;
    private static readonly TimeSpan Earliest = TimeSpan.FromMilliseconds(500);

    private readonly Entry[] _entries = new Entry[Remembered];
    private int _count;
    private RtcTime _lastInstant;
    private bool _isProving;
    private bool _wasGuessed;
    private int _proofFrom;

    /// <summary>Whether the client named a report that it can only know from receiving it, since <see cref="BeginProof"/>.</summary>
    public bool IsProven { get; private set; }

    /// <summary>From now on only what is sent from now on proves anything.</summary>
    public void BeginProof()
    {
        (_isProving, IsProven) = (true, false);
        _proofFrom = _count;
    }

    public void EndProof() => _isProving = false;

    /// <summary>The instant that the next report is of.</summary>
    public RtcTime Next(RtcTime now)
    {
        if (!_isProving)
        {
            return now;
        }

        // Later than the one before, as every receiver expects.
        var earliest = now - Earliest > _lastInstant ? now - Earliest : _lastInstant + TimeSpan.FromMilliseconds(1);
        var range = (int)(now.Microseconds - earliest.Microseconds);
        return range > 0 ? new RtcTime(earliest.Microseconds + RandomNumberGenerator.GetInt32(range)) : now;
    }

    /// <summary>A report is sent.</summary>
    public void Add(RtcTime now, RtcTime instant)
    {
        _lastInstant = instant;
        _entries[_count++ % Remembered] = new Entry(MiddleOf(instant), now);
    }

    /// <summary>What a receiver report says of the way there and back.</summary>
    public bool TryGetRoundTrip(RtcTime now, in ReportBlock block, out TimeSpan roundTrip)
    {
        roundTrip = default;
        if (block.LastSenderReport == 0 || _count == 0)
        {
            return false;
        }

        for (var i = _count - 1; i >= 0 && i >= _count - Remembered; i--)
        {
            ref var entry = ref _entries[i % Remembered];
            if (entry.Middle == block.LastSenderReport)
            {
                IsProven |= _isProving && i >= _proofFrom && !_wasGuessed;
                var delay = TimeSpan.FromSeconds(block.DelaySinceLastSenderReport / 65_536.0);
                roundTrip = now - entry.SentAt > delay ? now - entry.SentAt - delay : TimeSpan.Zero;
                return true;
            }
        }

        // Older ones are forgotten; one that is newer than the oldest remembered was never sent.
        var oldest = _entries[Math.Max(0, _count - Remembered) % Remembered].Middle;
        _wasGuessed |= unchecked((int)(block.LastSenderReport - oldest)) > 0;
        return false;
    }

    private static uint MiddleOf(RtcTime instant) => (uint)(instant.ToNtp() >> 16);

    private readonly record struct Entry(uint Middle, RtcTime SentAt);
}
