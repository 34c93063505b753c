using Holdfast.Rtc.Rtcp;

namespace Holdfast.Rtc.Rtp;

/// <summary>Counts what a receiver reports about one SSRC: loss and jitter (RFC 3550 sections 6.4.1, A.3 and A.8).</summary>
internal sealed class ReceiverStatistics(uint ssrc, int clockRate)
{
    private const int CumulativeLostMaximum = 0x7F_FFFF;
    private const int CumulativeLostMinimum = -0x80_0000;

    private SequenceUnwrapper _unwrapper;
    private long _first;
    private uint _transit;
    private uint _jitterTimes16;
    private long _expectedPrior;
    private long _receivedPrior;
    private ulong _senderReportNtp;
    private RtcTime _senderReportAt = RtcTime.Never;

    public uint Ssrc { get; } = ssrc;

    /// <summary>Packets that arrived, duplicates too, as RFC 3550 counts them.</summary>
    public long PacketsReceived { get; private set; }

    /// <summary>Packets that were sent as far as the sequence numbers tell.</summary>
    public long PacketsExpected => PacketsReceived == 0 ? 0 : _unwrapper.Highest - _first + 1;

    /// <summary>Packets missing; negative when there were more duplicates than losses.</summary>
    public long PacketsLost => PacketsExpected - PacketsReceived;

    /// <summary>The interarrival jitter.</summary>
    public TimeSpan Jitter => TimeSpan.FromSeconds((_jitterTimes16 >> 4) / (double)clockRate);

    /// <summary>A packet arrived.</summary>
    /// <param name="arrival">When.</param>
    /// <param name="sequenceNumber">Its number.</param>
    /// <param name="timestamp">Its timestamp.</param>
    /// <param name="isInOrder">False for one that came late, came again because it was asked for, or is padding: when it came says nothing of the network's jitter.</param>
    public void OnPacket(RtcTime arrival, ushort sequenceNumber, uint timestamp, bool isInOrder = true)
    {
        var index = _unwrapper.Unwrap(sequenceNumber);
        if (!isInOrder)
        {
            PacketsReceived++;
            return;
        }

        var transit = unchecked(arrival.ToRtp(clockRate) - timestamp);
        if (PacketsReceived == 0)
        {
            _first = index;
        }
        else
        {
            var difference = (uint)Math.Abs((long)(int)(transit - _transit));
            _jitterTimes16 = unchecked(_jitterTimes16 + difference - ((_jitterTimes16 + 8) >> 4));
        }

        _transit = transit;
        PacketsReceived++;
    }

    public void OnSenderReport(RtcTime arrival, ulong ntp)
    {
        _senderReportNtp = ntp;
        _senderReportAt = arrival;
    }

    /// <summary>The report block for now; the fraction lost is that since the last call.</summary>
    public ReportBlock Report(RtcTime now)
    {
        var expected = PacketsExpected - _expectedPrior;
        var lost = expected - (PacketsReceived - _receivedPrior);
        _expectedPrior = PacketsExpected;
        _receivedPrior = PacketsReceived;
        var fraction = expected <= 0 || lost <= 0 ? 0 : Math.Min(255, (lost << 8) / expected);
        var reported = _senderReportAt != RtcTime.Never;
        return new ReportBlock(
            Ssrc,
            (byte)fraction,
            (int)Math.Clamp(PacketsLost, CumulativeLostMinimum, CumulativeLostMaximum),
            (uint)_unwrapper.Highest,
            _jitterTimes16 >> 4,
            reported ? (uint)(_senderReportNtp >> 16) : 0,
            reported ? ReportBlock.ToDelay(now - _senderReportAt) : 0);
    }
}
