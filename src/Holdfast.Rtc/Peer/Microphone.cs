using System.Buffers.Binary;
using Holdfast.Rtc.Rtcp;
using Holdfast.Rtc.Rtp;

namespace Holdfast.Rtc;

/// <summary>The sound that the client sends: put in order, counted, reported on, and asked for where it is missing.</summary>
/// <param name="payloadType">What Opus was negotiated as.</param>
internal sealed class Microphone(byte payloadType) : IDisposable
{
    private const int ClockRate = 48_000;

    /// <summary>More packets than this are not counted as lost in one go: whoever decodes needs to know no more.</summary>
    private const int MostLost = 1_000_000;

    // How long what follows a gap is held, at the least and at the most: with somebody who sends again, and with nobody.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(120);
    private static readonly TimeSpan LongestWaitForRepeats = TimeSpan.FromMilliseconds(300);

    private readonly RtpReceiveBuffer _buffer = new();
    private readonly ArrivalReports _arrivals = new();
    private readonly MissingSound _missing = new();
    private ReceiverStatistics? _statistics;
    private int _pushedOut;
    private uint? _heard;

    /// <summary>What Opus was negotiated as.</summary>
    public byte PayloadType => payloadType;

    /// <summary>Whether anything came since the last report.</summary>
    public bool IsActive { get; private set; }

    /// <summary>The header extension with the transport-wide sequence number; null: the client is not told when what arrived.</summary>
    public byte? TransportSequenceId { get; set; }

    /// <summary>Whether the client sends again what it is asked for.</summary>
    public bool IsRepeated { get; set; }

    /// <summary>Packets that came because they were asked for.</summary>
    public long Recovered => _missing.Recovered;

    /// <summary>How long what follows a gap is held at present.</summary>
    public TimeSpan Patience => _buffer.MaximumWait;

    /// <summary>When there is something to tell the client beside reports, or never.</summary>
    public RtcTime NextReplyAt => RtcTime.Min(_arrivals.NextAt, IsRepeated ? _missing.NextAt : RtcTime.Never);

    /// <summary>Takes in a packet.</summary>
    /// <param name="now">Now.</param>
    /// <param name="packet">The packet.</param>
    /// <param name="roundTrip">As it was measured last; null: never.</param>
    /// <returns>Why it was dropped, or null.</returns>
    public DropReason? Add(RtcTime now, in RtpPacket packet, TimeSpan? roundTrip)
    {
        if (TransportSequenceId is { } id && packet.Extensions.TryGet(id, out var value) && value.Length >= sizeof(ushort))
        {
            _arrivals.Add(now, BinaryPrimitives.ReadUInt16BigEndian(value));
        }

        if (packet.PayloadType != payloadType)
        {
            return DropReason.NotNegotiated;
        }

        if (_statistics?.Ssrc != packet.Ssrc)
        {
            // Another track, or the first: its numbers have nothing to do with the old ones.
            _statistics = new ReceiverStatistics(packet.Ssrc, ClockRate);
            _buffer.Restart();
            _missing.Restart();
            (_pushedOut, _heard) = (0, null);
        }

        // Padding has the time of the sound before it, however much later it is sent.
        var isNewest = _missing.OnPacket(now, packet, out var padding);
        _statistics.OnPacket(now, packet.SequenceNumber, packet.Timestamp, isInOrder: isNewest && !packet.Payload.IsEmpty);
        _buffer.MaximumWait = WaitFor(_statistics.Jitter, IsRepeated ? MissingSound.PauseFor(roundTrip) : null);
        IsActive = true;
        for (; padding > 0; padding--)
        {
            _buffer.Pass(now, (ushort)(packet.SequenceNumber - padding));
        }

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
                // Padding among what is missing is no sound that anybody has to make up.
                lost = Math.Min(lost, _heard is { } heard ? _missing.SoundBetween(heard, packet.Timestamp, isSound: true) ?? lost : lost);
                _heard = packet.Timestamp;
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

    /// <summary>Writes what is due: when which packets arrived, and which are missing.</summary>
    /// <param name="now">Now.</param>
    /// <param name="writer">The packet that goes to the client.</param>
    /// <param name="room">Bytes that are left in it.</param>
    /// <param name="reporter">Who reports.</param>
    /// <param name="roundTrip">As it was measured last; null: never.</param>
    public void WriteReply(RtcTime now, ref RtcpWriter writer, int room, uint reporter, TimeSpan? roundTrip)
    {
        if (_statistics is null)
        {
            return;
        }

        var end = writer.Length + room;
        if (IsRepeated)
        {
            Span<ushort> numbers = stackalloc ushort[MissingSound.Most];
            var count = _missing.Take(now, roundTrip, Patience, numbers);
            if (count > 0)
            {
                writer.WriteNack(reporter, _statistics.Ssrc, numbers[..count]);
            }
        }

        if (_arrivals.NextAt <= now)
        {
            _arrivals.Write(ref writer, end - writer.Length, reporter, _statistics.Ssrc);
        }
    }

    public void Dispose() => _buffer.Dispose();

    /// <summary>
    /// How long a packet may be late and still come: a packet's length and what the network's delay varies by, and where it is asked for,
    /// the time for that, twice. It delays nothing but what follows a gap.
    /// </summary>
    private static TimeSpan WaitFor(TimeSpan jitter, TimeSpan? repeatedAfter)
    {
        var wait = TimeSpan.FromMilliseconds(20) + 4 * jitter + 2.25 * (repeatedAfter ?? TimeSpan.Zero);
        var longest = repeatedAfter is null ? LongestWait : LongestWaitForRepeats;
        return wait < ShortestWait ? ShortestWait : wait > longest ? longest : wait;
    }
}
