using System.Buffers.Binary;

namespace Holdfast.Rtc.Rtcp;

/// <summary>Builds a compound RTCP packet in a caller's buffer, one packet behind the other. A buffer that is too short is misuse and throws.</summary>
internal ref struct RtcpWriter(Span<byte> buffer)
{
    // The only item of a source description that is written: its canonical name (RFC 3550 section 6.5.1).
    private const byte CnameItem = 1;

    private readonly Span<byte> _buffer = buffer;

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>SR (RFC 3550 section 6.4.1).</summary>
    /// <param name="ssrc">The stream.</param>
    /// <param name="ntp">Now.</param>
    /// <param name="rtpTimestamp">The same instant on the stream's RTP clock, not the timestamp of the last packet: lip sync rests on the pair.</param>
    /// <param name="packetCount">Packets sent, modulo 2^32.</param>
    /// <param name="octetCount">Payload bytes sent, modulo 2^32.</param>
    /// <param name="blocks">At most 31.</param>
    public void WriteSenderReport(uint ssrc, ulong ntp, uint rtpTimestamp, uint packetCount, uint octetCount, scoped ReadOnlySpan<ReportBlock> blocks = default)
    {
        var body = Begin(RtcpPacketType.SenderReport, blocks.Length, SenderReport.FixedLength + blocks.Length * ReportBlock.Length);
        BinaryPrimitives.WriteUInt32BigEndian(body, ssrc);
        BinaryPrimitives.WriteUInt64BigEndian(body[4..], ntp);
        BinaryPrimitives.WriteUInt32BigEndian(body[12..], rtpTimestamp);
        BinaryPrimitives.WriteUInt32BigEndian(body[16..], packetCount);
        BinaryPrimitives.WriteUInt32BigEndian(body[20..], octetCount);
        WriteBlocks(body[SenderReport.FixedLength..], blocks);
    }

    /// <summary>RR (RFC 3550 section 6.4.2).</summary>
    public void WriteReceiverReport(uint ssrc, scoped ReadOnlySpan<ReportBlock> blocks = default)
    {
        var body = Begin(RtcpPacketType.ReceiverReport, blocks.Length, 4 + blocks.Length * ReportBlock.Length);
        BinaryPrimitives.WriteUInt32BigEndian(body, ssrc);
        WriteBlocks(body[4..], blocks);
    }

    /// <summary>SDES with the same CNAME for each of a sender's streams (RFC 3550 section 6.5: each SSRC has one).</summary>
    /// <param name="ssrcs">The streams, at most 31.</param>
    /// <param name="cname">UTF-8, at most 255 bytes.</param>
    public void WriteSourceDescription(scoped ReadOnlySpan<uint> ssrcs, scoped ReadOnlySpan<byte> cname)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cname.Length, byte.MaxValue, nameof(cname));

        // at least one zero ends each list
        var chunk = RoundUpToWords(4 + 2 + cname.Length + 1);
        var body = Begin(RtcpPacketType.SourceDescription, ssrcs.Length, ssrcs.Length * chunk);
        body.Clear();
        foreach (var ssrc in ssrcs)
        {
            BinaryPrimitives.WriteUInt32BigEndian(body, ssrc);
            body[4] = CnameItem;
            body[5] = (byte)cname.Length;
            cname.CopyTo(body[6..]);
            body = body[chunk..];
        }
    }

    /// <summary>BYE (RFC 3550 section 6.6).</summary>
    /// <param name="ssrcs">At most 31.</param>
    /// <param name="reason">UTF-8, at most 255 bytes, or empty.</param>
    public void WriteGoodbye(scoped ReadOnlySpan<uint> ssrcs, scoped ReadOnlySpan<byte> reason = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(reason.Length, byte.MaxValue, nameof(reason));
        var body = Begin(RtcpPacketType.Goodbye, ssrcs.Length, 4 * ssrcs.Length + (reason.IsEmpty ? 0 : RoundUpToWords(1 + reason.Length)));
        body.Clear();
        WriteSsrcs(body, ssrcs);
        if (!reason.IsEmpty)
        {
            body = body[(4 * ssrcs.Length)..];
            body[0] = (byte)reason.Length;
            reason.CopyTo(body[1..]);
        }
    }

    /// <summary>Generic NACK (RFC 4585 section 6.2.1).</summary>
    /// <param name="senderSsrc">Who asks.</param>
    /// <param name="mediaSsrc">Whose packets are missing.</param>
    /// <param name="missing">Sequence numbers in the order of sending, at least one.</param>
    public void WriteNack(uint senderSsrc, uint mediaSsrc, scoped ReadOnlySpan<ushort> missing)
    {
        ArgumentOutOfRangeException.ThrowIfZero(missing.Length, nameof(missing));
        var entries = 0;
        for (var i = 0; i < missing.Length; i = NackEntryEnd(missing, i))
        {
            entries++;
        }

        var body = BeginFeedback(RtcpPacketType.TransportFeedback, RtcpFeedbackFormat.GenericNack, senderSsrc, mediaSsrc, 4 * entries);
        for (var i = 0; i < missing.Length; body = body[4..])
        {
            var end = NackEntryEnd(missing, i);
            var following = 0;
            for (var j = i + 1; j < end; j++)
            {
                following |= 1 << ((ushort)(missing[j] - missing[i]) - 1);
            }

            BinaryPrimitives.WriteUInt16BigEndian(body, missing[i]);
            BinaryPrimitives.WriteUInt16BigEndian(body[2..], (ushort)following);
            i = end;
        }
    }

    /// <summary>Transport-wide feedback.</summary>
    /// <param name="senderSsrc">Who reports.</param>
    /// <param name="mediaSsrc">Any SSRC of the transport.</param>
    /// <param name="feedbackCount">Counts the feedback packets, modulo 256.</param>
    /// <param name="arrivals">What arrived, in the order of sequence numbers, each once, at least one.</param>
    /// <returns>
    /// How many arrivals the packet covers. The rest needs another one: the packet ends where a delta or the status count would not
    /// fit, or where the buffer would be too short.
    /// </returns>
    public int WriteTransportFeedback(uint senderSsrc, uint mediaSsrc, byte feedbackCount, scoped ReadOnlySpan<TransportArrival> arrivals)
    {
        var layout = TransportFeedbackLayout.Plan(arrivals, _buffer.Length - Length - RtcpCompound.HeaderLength - 8);
        var body = BeginFeedback(
            RtcpPacketType.TransportFeedback, RtcpFeedbackFormat.TransportWide, senderSsrc, mediaSsrc, RoundUpToWords(layout.Length));
        var padding = RoundUpToWords(layout.Length) - layout.Length;
        layout.Write(body, arrivals, feedbackCount);
        if (padding > 0)
        {
            body[layout.Length..].Clear();
        }

        return layout.Arrivals;
    }

    private static int NackEntryEnd(ReadOnlySpan<ushort> missing, int start)
    {
        var end = start + 1;
        while (end < missing.Length && (ushort)(missing[end] - missing[start]) is >= 1 and <= 16)
        {
            end++;
        }

        return end;
    }

    private static int RoundUpToWords(int length) => (length + 3) & ~3;

    private static void WriteBlocks(Span<byte> body, ReadOnlySpan<ReportBlock> blocks)
    {
        foreach (var block in blocks)
        {
            block.Write(body);
            body = body[ReportBlock.Length..];
        }
    }

    private static void WriteSsrcs(Span<byte> body, ReadOnlySpan<uint> ssrcs)
    {
        foreach (var ssrc in ssrcs)
        {
            BinaryPrimitives.WriteUInt32BigEndian(body, ssrc);
            body = body[4..];
        }
    }

    /// <summary>Begins a packet of feedback (RFC 4585 section 6.1).</summary>
    /// <returns>Where its feedback control information goes: <paramref name="length"/> bytes.</returns>
    internal Span<byte> BeginFeedback(RtcpPacketType type, byte format, uint senderSsrc, uint mediaSsrc, int length)
    {
        var body = Begin(type, format, 8 + length);
        BinaryPrimitives.WriteUInt32BigEndian(body, senderSsrc);
        BinaryPrimitives.WriteUInt32BigEndian(body[4..], mediaSsrc);
        return body[8..];
    }

    private Span<byte> Begin(RtcpPacketType type, int countOrFormat, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(countOrFormat, 31);
        var packet = _buffer.Slice(Length, RtcpCompound.HeaderLength + length);
        packet[0] = (byte)(0x80 | countOrFormat);
        packet[1] = (byte)type;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)(length / 4));
        Length += packet.Length;
        return packet[RtcpCompound.HeaderLength..];
    }
}
