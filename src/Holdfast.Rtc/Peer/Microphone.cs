using Holdfast.Rtc.Rtcp;
using Holdfast.Rtc.Rtp;

namespace Holdfast.Rtc;

/// <summary>The sound that the client sends: put in order, counted, and reported on.</summary>
/// <param name="payloadType">What Opus was negotiated as.</param>
internal sealed class Microphone(byte payloadType) : IDisposable
{
    private const int ClockRate = 48_000;

    /// <summary>More packets than this are not counted as lost in one go: whoever decodes needs to know no more.</summary>
    private const int MostLost = 1_000_000;

    private readonly RtpReceiveBuffer _buffer = new();
    private ReceiverStatistics? _statistics;
    private int _pushedOut;

    /// <summary>What Opus was negotiated as.</summary>
    public byte PayloadType => payloadType;

    /// <summary>Whether anything came since the last report.</summary>
    public bool IsActive { get; private set; }

    /// <summary>Takes in a packet.</summary>
    /// <returns>Why it was dropped, or null.</returns>
    public DropReason? Add(RtcTime now, in RtpPacket packet)
    {
        if (packet.PayloadType != payloadType)
        {
            return DropReason.NotNegotiated;
        }

        if (_statistics?.Ssrc != packet.Ssrc)
        {
            // Another track, or the first: its numbers have nothing to do with the old ones.
            _statistics = new ReceiverStatistics(packet.Ssrc, ClockRate);
            _buffer.Restart();
            _pushedOut = 0;
        }

        _statistics.OnPacket(now, packet.SequenceNumber, packet.Timestamp);
        IsActive = true;
        var outcome = _buffer.Add(now, packet);
        if (outcome == ReceiveOutcome.Full)
        {
            // Nobody listens, or not fast enough: the oldest is worth the least. For whoever decodes it is as lost as those that never came.
            Span<byte> oldest = stackalloc byte[RtpReceiveBuffer.MaximumPayload];
            if (_buffer.TryPoll(now, oldest, out var pushedOut))
            {
                _pushedOut = Math.Min(MostLost, _pushedOut + pushedOut.LostBefore + (pushedOut.Length > 0 ? 1 : 0));
            }

            outcome = _buffer.Add(now, packet);
        }

        return outcome switch
        {
            ReceiveOutcome.Queued => null,
            ReceiveOutcome.Duplicate => DropReason.Replayed,
            ReceiveOutcome.TooLate => DropReason.Replayed,
            ReceiveOutcome.Full => DropReason.TooMany,
            ReceiveOutcome.TooLong => DropReason.Malformed,
        };
    }

    public void OnSenderReport(RtcTime now, in SenderReport report)
    {
        if (_statistics?.Ssrc == report.Ssrc)
        {
            _statistics.OnSenderReport(now, report.NtpTimestamp);
        }
    }

    /// <summary>Takes the next packet, in order.</summary>
    public bool TryPoll(RtcTime now, Span<byte> buffer, out ReceivedAudio audio)
    {
        while (_buffer.TryPoll(now, buffer, out var packet))
        {
            var lost = _pushedOut + packet.LostBefore;
            _pushedOut = packet.Length > 0 ? 0 : lost;
            if (packet.Length > 0)
            {
                audio = new ReceivedAudio(packet.Length, packet.Timestamp, lost);
                return true;
            }
        }

        audio = default;
        return false;
    }

    /// <summary>The report block for now, if there is anything to report.</summary>
    public bool TryReport(RtcTime now, out ReportBlock block)
    {
        block = default;
        if (_statistics is null || !IsActive)
        {
            return false;
        }

        IsActive = false;
        block = _statistics.Report(now);
        return true;
    }

    public void Dispose() => _buffer.Dispose();
}
