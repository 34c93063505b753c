using Holdfast.Rtc.Rtcp;
using Holdfast.Rtc.Rtp;

namespace Holdfast.Rtc;

/// <summary>
/// When the packets of the client's microphone arrived, until the client is told (transport-wide feedback): its congestion control
/// rests on it. Bounded, whatever the numbers in the packets are.
/// </summary>
internal sealed class ArrivalReports
{
    /// <summary>From the first packet that is not told of until it is. Browsers do the same 4 to 20 times a second.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>More than ten times what a microphone sends in <see cref="Interval"/>; then a report is due at once.</summary>
    public const int Most = 64;

    /// <summary>One is enough, but for numbers that jump. What does not fit is not told of.</summary>
    private const int MostPackets = 4;

    /// <summary>No report goes into less than this.</summary>
    private const int LeastRoom = 64;

    // A packet of a report says nothing of statuses or times that are further apart (15 and 16 bits).
    private const int LongestSpan = 0x4000;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(8);

    private readonly List<(long Index, RtcTime At)> _untold = new(Most);
    private SequenceUnwrapper _sequence;
    private (long Index, RtcTime At)? _told;
    private byte _count;

    /// <summary>When the next report is due, or never.</summary>
    public RtcTime NextAt { get; private set; } = RtcTime.Never;

    /// <summary>A packet with this transport-wide sequence number arrived.</summary>
    public void Add(RtcTime now, ushort sequence)
    {
        if (_untold.Count == Most)
        {
            return;
        }

        var index = _sequence.Unwrap(sequence);
        var at = _untold.Count;
        while (at > 0 && _untold[at - 1].Index > index)
        {
            at--;
        }

        if (at > 0 && _untold[at - 1].Index == index)
        {
            return;
        }

        _untold.Insert(at, (index, now));
        NextAt = _untold.Count == Most ? now : RtcTime.Min(NextAt, now + Interval);
    }

    /// <summary>Writes what is due; nothing where nothing is.</summary>
    /// <param name="writer">The compound packet that goes to the client.</param>
    /// <param name="room">Bytes that are left in it.</param>
    /// <param name="reporter">Who reports.</param>
    /// <param name="media">The SSRC of the microphone.</param>
    public void Write(ref RtcpWriter writer, int room, uint reporter, uint media)
    {
        if (_untold.Count == 0)
        {
            return;
        }

        // From the last that was told of: so what is missing between two reports is told, even where a report is lost.
        if (_told is { } told && told.Index < _untold[0].Index && _untold[^1].Index - told.Index < LongestSpan && _untold[0].At - told.At < LongestPause)
        {
            _untold.Insert(0, told);
        }

        Span<TransportArrival> arrivals = stackalloc TransportArrival[_untold.Count];
        for (var i = 0; i < arrivals.Length; i++)
        {
            arrivals[i] = new TransportArrival((ushort)_untold[i].Index, _untold[i].At);
        }

        var end = writer.Length + room;
        for (var packets = 0; !arrivals.IsEmpty && packets < MostPackets && end - writer.Length >= LeastRoom; packets++)
        {
            arrivals = arrivals[writer.WriteTransportFeedback(reporter, media, _count++, arrivals)..];
        }

        _told = _told is { } before && before.Index > _untold[^1].Index ? before : _untold[^1];
        _untold.Clear();
        NextAt = RtcTime.Never;
    }
}
