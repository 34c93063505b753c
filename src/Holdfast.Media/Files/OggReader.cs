using System.Buffers.Binary;

namespace Holdfast.Media;

/// <summary>Reads Opus out of an Ogg file (RFC 3533, RFC 7845).</summary>
internal static class OggReader
{
    private const int PageHeaderLength = 27;
    private const byte IsContinued = 1;
    private const byte IsLast = 4;

    /// <summary>Packets longer than this are none of Opus: 120 ms in six frames of at most 1,275 bytes, with room.</summary>
    private const int MaxPacket = 64 * 1024;

    /// <summary>Hands the packets of the first Opus stream on.</summary>
    /// <returns>False where there is none.</returns>
    public static bool TryReadOpus(ReadOnlySpan<byte> file, OpusPackets packets)
    {
        uint? stream = null;
        var (number, length) = (0, 0);
        var packet = new byte[MaxPacket];
        while (!packets.IsOver && TryReadPage(ref file, out var page))
        {
            if (stream is null && page.Body.StartsWith("OpusHead"u8))
            {
                stream = page.Stream;
            }

            if (page.Stream != stream)
            {
                continue;
            }

            // What was begun on a page that is missing is no packet.
            length = (page.Flags & IsContinued) != 0 ? length : 0;
            var isTorn = (page.Flags & IsContinued) != 0 && length == 0;
            var body = page.Body;
            foreach (var segment in page.Segments)
            {
                var part = body[..Math.Min(segment, body.Length)];
                body = body[part.Length..];
                if (length + part.Length <= MaxPacket)
                {
                    part.CopyTo(packet.AsSpan(length));
                    length += part.Length;
                }

                if (segment == 255)
                {
                    continue;
                }

                if (!isTorn && !Take(packets, packet.AsSpan(0, length), number++, (page.Flags & IsLast) != 0 ? page.Granule : long.MaxValue))
                {
                    return false;
                }

                (length, isTorn) = (0, false);
            }
        }

        return stream is not null && packets.Fault is null;
    }

    /// <summary>The first packet is the header, the second are its tags, the rest is sound.</summary>
    private static bool Take(OpusPackets packets, ReadOnlySpan<byte> packet, int number, long until)
    {
        if (number == 0)
        {
            return packets.TryBegin(packet);
        }

        if (number > 1)
        {
            packets.Add(packet, until < 0 ? long.MaxValue : until);
        }

        return true;
    }

    private static bool TryReadPage(ref ReadOnlySpan<byte> file, out Page page)
    {
        page = default;

        // After damage, the next page is looked for.
        var at = file.IndexOf("OggS"u8);
        if (at < 0 || file.Length - at < PageHeaderLength)
        {
            return false;
        }

        var header = file[at..];
        var count = header[26];
        if (header.Length < PageHeaderLength + count)
        {
            return false;
        }

        var segments = header.Slice(PageHeaderLength, count);
        var length = 0;
        foreach (var segment in segments)
        {
            length += segment;
        }

        var body = header[(PageHeaderLength + count)..];
        body = body[..Math.Min(length, body.Length)];
        page = new Page(
            header[5], BinaryPrimitives.ReadInt64LittleEndian(header[6..]), BinaryPrimitives.ReadUInt32LittleEndian(header[14..]), segments, body);
        file = header[(PageHeaderLength + count + body.Length)..];
        return true;
    }

    private readonly ref struct Page(byte flags, long granule, uint stream, ReadOnlySpan<byte> segments, ReadOnlySpan<byte> body)
    {
        public byte Flags { get; } = flags;

        /// <summary>Samples up to the end of the last packet that ends on it.</summary>
        public long Granule { get; } = granule;

        public uint Stream { get; } = stream;

        public ReadOnlySpan<byte> Segments { get; } = segments;

        public ReadOnlySpan<byte> Body { get; } = body;
    }
}
