using System.Buffers.Binary;

namespace Holdfast.Lab.Tests.Render;

/// <summary>The blocks of a WebM file (RFC 9559) as <c>WebMWriter</c> makes it: each size is known.</summary>
internal static class RecordingFile
{
    private const ulong Segment = 0x18538067, Cluster = 0x1F43B675, Timestamp = 0xE7, SimpleBlock = 0xA3;

    /// <param name="Track">The number of its track, from 1.</param>
    /// <param name="Milliseconds">When it is shown or heard.</param>
    /// <param name="Data">A frame.</param>
    public readonly record struct Block(int Track, long Milliseconds, ReadOnlyMemory<byte> Data);

    public static IEnumerable<Block> Read(ReadOnlyMemory<byte> file)
    {
        var (at, cluster) = (0, 0L);
        while (at < file.Length)
        {
            var id = Number(file.Span, ref at, keepsMarker: true);
            var size = (int)Number(file.Span, ref at, keepsMarker: false);
            if (id is Segment or Cluster)
            {
                continue;
            }

            var body = file.Slice(at, size);
            at += size;
            if (id == Timestamp)
            {
                cluster = 0;
                foreach (var part in body.Span)
                {
                    cluster = (cluster << 8) | part;
                }
            }
            else if (id == SimpleBlock)
            {
                yield return new Block(body.Span[0] & 0x7F, cluster + BinaryPrimitives.ReadInt16BigEndian(body.Span[1..]), body[4..]);
            }
        }
    }

    private static ulong Number(ReadOnlySpan<byte> file, ref int at, bool keepsMarker)
    {
        var length = System.Numerics.BitOperations.LeadingZeroCount((uint)file[at]) - 23;
        ulong value = keepsMarker ? file[at] : (ulong)(file[at] & (0xFF >> length));
        for (var i = 1; i < length; i++)
        {
            value = (value << 8) | file[at + i];
        }

        at += length;
        return value;
    }
}
