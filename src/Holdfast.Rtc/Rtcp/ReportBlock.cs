using System.Buffers.Binary;

namespace Holdfast.Rtc.Rtcp;

/// <summary>What a receiver says about one SSRC (RFC 3550 section 6.4.1).</summary>
/// <param name="Ssrc">The SSRC reported on.</param>
/// <param name="FractionLost">Loss since the last report, in 1/256.</param>
/// <param name="CumulativeLost">Packets lost since the start; 24 bits, signed.</param>
/// <param name="HighestSequence">Wraps in the upper 16 bits, the highest sequence number in the lower.</param>
/// <param name="Jitter">Interarrival jitter in RTP clock units.</param>
/// <param name="LastSenderReport">The middle 32 bits of the NTP time of the last sender report, or 0.</param>
/// <param name="DelaySinceLastSenderReport">Since that report came, in 1/65,536 s.</param>
internal readonly record struct ReportBlock(
    uint Ssrc,
    byte FractionLost,
    int CumulativeLost,
    uint HighestSequence,
    uint Jitter,
    uint LastSenderReport,
    uint DelaySinceLastSenderReport)
{
    public const int Length = 24;

    private const double DelayUnitsPerSecond = 65_536;

    /// <summary>A delay in units of 1/65,536 s, as much as fits.</summary>
    public static uint ToDelay(TimeSpan delay) =>
        (uint)Math.Clamp(delay.TotalSeconds * DelayUnitsPerSecond, 0, uint.MaxValue);

    /// <summary>Reads a block of <see cref="Length"/> bytes.</summary>
    public static ReportBlock Read(ReadOnlySpan<byte> block) => new(
        BinaryPrimitives.ReadUInt32BigEndian(block),
        block[4],
        BinaryPrimitives.ReadInt32BigEndian(block[4..]) << 8 >> 8,
        BinaryPrimitives.ReadUInt32BigEndian(block[8..]),
        BinaryPrimitives.ReadUInt32BigEndian(block[12..]),
        BinaryPrimitives.ReadUInt32BigEndian(block[16..]),
        BinaryPrimitives.ReadUInt32BigEndian(block[20..]));

    public void Write(Span<byte> block)
    {
        BinaryPrimitives.WriteUInt32BigEndian(block, Ssrc);
        BinaryPrimitives.WriteInt32BigEndian(block[4..], CumulativeLost);
        block[4] = FractionLost;
        BinaryPrimitives.WriteUInt32BigEndian(block[8..], HighestSequence);
        BinaryPrimitives.WriteUInt32BigEndian(block[12..], Jitter);
        BinaryPrimitives.WriteUInt32BigEndian(block[16..], LastSenderReport);
        BinaryPrimitives.WriteUInt32BigEndian(block[20..], DelaySinceLastSenderReport);
    }
}

/// <summary>The report blocks of a sender or receiver report.</summary>
internal readonly ref struct ReportBlocks(ReadOnlySpan<byte> blocks)
{
    private readonly ReadOnlySpan<byte> _blocks = blocks;

    public int Count => _blocks.Length / ReportBlock.Length;

    public ReportBlock this[int index] => ReportBlock.Read(_blocks[(index * ReportBlock.Length)..]);

    /// <summary>Takes <paramref name="count"/> blocks from the start; what follows is a profile's extension.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> body, int count, out ReportBlocks blocks)
    {
        blocks = default;
        if (body.Length < count * ReportBlock.Length)
        {
            return false;
        }

        blocks = new ReportBlocks(body[..(count * ReportBlock.Length)]);
        return true;
    }
}
