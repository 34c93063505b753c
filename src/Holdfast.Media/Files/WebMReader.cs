using System.Numerics;

namespace Holdfast.Media;

/// <summary>
/// Reads Opus out of a WebM or Matroska file (RFC 8794, RFC 9559), also one that was recorded live, where lengths are unknown: what browsers'
/// <c>MediaRecorder</c> makes.
/// </summary>
internal static class WebMReader
{
    private const uint Segment = 0x18538067;
    private const uint Cluster = 0x1F43B675;
    private const uint Tracks = 0x1654AE6B;
    private const uint TrackEntry = 0xAE;
    private const uint TrackNumber = 0xD7;
    private const uint CodecId = 0x86;
    private const uint CodecPrivate = 0x63A2;
    private const uint BlockGroup = 0xA0;
    private const uint Block = 0xA1;
    private const uint SimpleBlock = 0xA3;

    private const long Unknown = -1;

    /// <summary>What such a file begins with.</summary>
    public static ReadOnlySpan<byte> Magic => [0x1A, 0x45, 0xDF, 0xA3];

    /// <summary>Hands the packets of the first Opus track on.</summary>
    /// <returns>False where there is none.</returns>
    public static bool TryReadOpus(ReadOnlySpan<byte> file, OpusPackets packets)
    {
        ulong? track = null;
        while (!packets.IsOver && TryReadElement(ref file, out var id, out var size))
        {
            if (id is Segment or Cluster or Tracks or BlockGroup)
            {
                // Their insides come one after the other, wherever they end.
                continue;
            }

            if (size == Unknown)
            {
                return track is not null && packets.Fault is null;
            }

            var body = file[..(int)Math.Min(size, file.Length)];
            file = file[body.Length..];
            if (id == TrackEntry && track is null)
            {
                track = FindOpus(body, packets);
            }
            else if (id is SimpleBlock or Block && track is { } number)
            {
                AddBlock(body, number, packets);
            }
        }

        return track is not null && packets.Fault is null;
    }

    private static ulong? FindOpus(ReadOnlySpan<byte> entry, OpusPackets packets)
    {
        ulong number = 0;
        var isOpus = false;
        ReadOnlySpan<byte> header = default;
        while (TryReadElement(ref entry, out var id, out var size) && size != Unknown)
        {
            var body = entry[..(int)Math.Min(size, entry.Length)];
            entry = entry[body.Length..];
            switch (id)
            {
                case TrackNumber when body.Length is > 0 and <= 8:
                    foreach (var part in body)
                    {
                        number = (number << 8) | part;
                    }

                    break;
                case CodecId:
                    isOpus = body.TrimEnd((byte)0).SequenceEqual("A_OPUS"u8);
                    break;
                case CodecPrivate:
                    header = body;
                    break;
                default:
                    break;
            }
        }

        return isOpus && packets.TryBegin(header) ? number : null;
    }

    private static void AddBlock(ReadOnlySpan<byte> block, ulong track, OpusPackets packets)
    {
        if (!TryReadVariable(ref block, keepsMarker: false, out var number) || number != track || block.Length < 3)
        {
            return;
        }

        // A time of two bytes, then flags; bits 2 and 1 tell of lacing, which nobody uses for Opus.
        var flags = block[2];
        if ((flags & 0x06) == 0)
        {
            packets.Add(block[3..]);
        }
    }

    /// <summary>Reads what an element begins with; its size is -1 where that is not known.</summary>
    internal static bool TryReadElement(ref ReadOnlySpan<byte> data, out uint id, out long size)
    {
        (id, size) = (0, 0);
        var rest = data;
        if (rest.IsEmpty || rest[0] < 0x10 || !TryReadVariable(ref rest, keepsMarker: true, out var name) || rest.IsEmpty)
        {
            return false;
        }

        var length = BitOperations.LeadingZeroCount((uint)rest[0]) - 23;
        if (!TryReadVariable(ref rest, keepsMarker: false, out var value))
        {
            return false;
        }

        id = (uint)name;
        size = value == (1UL << (7 * length)) - 1 ? Unknown : value > int.MaxValue ? int.MaxValue : (long)value;
        data = rest;
        return true;
    }

    /// <summary>A number of 1 to 8 bytes whose first tells how many (RFC 8794, section 4).</summary>
    private static bool TryReadVariable(ref ReadOnlySpan<byte> data, bool keepsMarker, out ulong value)
    {
        value = 0;
        if (data.IsEmpty || data[0] == 0)
        {
            return false;
        }

        var length = BitOperations.LeadingZeroCount((uint)data[0]) - 23;
        if (data.Length < length)
        {
            return false;
        }

        value = keepsMarker ? data[0] : data[0] & ((1UL << (8 - length)) - 1);
        for (var i = 1; i < length; i++)
        {
            value = (value << 8) | data[i];
        }

        data = data[length..];
        return true;
    }
}
