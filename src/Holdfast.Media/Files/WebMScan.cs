using System.Buffers;
using System.Buffers.Binary;

namespace Holdfast.Media;

/// <summary>
/// Finds what a <see cref="WebMWriter"/> has written into a file that it did not come to the end of: where its parts are, and every cluster that is whole. What comes behind the
/// last of those, however it came about, is nothing. Whatever is in the file, it does not throw for it.
/// </summary>
internal sealed class WebMScan
{
    /// <summary>Far more than the writer puts into one.</summary>
    private const int LongestCluster = 16 * 1024 * 1024;

    private const int LongestHead = 64 * 1024;
    private const int ElementBytes = 12;
    private const int VideoTrack = 1;

    private readonly Stream _file;
    private readonly long _length;

    private WebMScan(Stream file)
    {
        _file = file;
        _length = file.Length;
    }

    public long SegmentSizeAt { get; private set; }

    public long SegmentStart { get; private set; }

    public long SeekHeadAt { get; private set; }

    public long InfoAt { get; private set; }

    /// <summary>Where the number itself is.</summary>
    public long DurationAt { get; private set; }

    public long TracksAt { get; private set; }

    /// <summary>Behind the last cluster that is whole.</summary>
    public long End { get; private set; }

    /// <summary>Milliseconds: the newest block.</summary>
    public long LastTime { get; private set; }

    /// <summary>Whether the writer came to its end: the table of contents, which it writes last, is there.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>The key frames that clusters can be begun at: their times, and where their clusters are in the segment.</summary>
    public List<(long Time, long Position)> Cues { get; } = [];

    /// <summary>Reads a file; null where it is none of the writer's.</summary>
    /// <exception cref="IOException">The disk fails.</exception>
    public static WebMScan? TryRead(Stream file)
    {
        var scan = new WebMScan(file);
        return scan.ReadHead() ? scan : null;
    }

    private bool ReadHead()
    {
        if (!TryReadElement(0, out var id, out var body, out var size) || id != Ebml.Header || size is < 0 or > LongestHead
            || !TryReadElement(body + size, out id, out var start, out _) || id != Ebml.Segment)
        {
            return false;
        }

        SegmentSizeAt = body + size + Ebml.SizeOfId(Ebml.Segment);
        SegmentStart = start;
        for (var at = SegmentStart; TryReadElement(at, out id, out body, out size) && size >= 0 && body + size <= _length; at = body + size)
        {
            switch (id)
            {
                case Ebml.Void when SeekHeadAt == 0:
                    SeekHeadAt = at;
                    break;
                case Ebml.SeekHead:
                    (SeekHeadAt, IsWhole) = (at, true);
                    break;
                case Ebml.Info when size <= LongestHead:
                    (InfoAt, DurationAt) = (at, FindDuration(body, (int)size));
                    break;
                case Ebml.Tracks:
                    TracksAt = at;
                    End = body + size;
                    break;
                case Ebml.Cluster when TracksAt != 0 && size <= LongestCluster && TryReadCluster(at, body, (int)size):
                    End = body + size;
                    break;
                case Ebml.Void:
                    break;
                default:
                    return IsUsable;
            }
        }

        return IsUsable;
    }

    private bool IsUsable => SeekHeadAt != 0 && InfoAt != 0 && DurationAt != 0 && TracksAt != 0;

    private long FindDuration(long from, int length)
    {
        var bytes = new byte[length];
        _file.Position = from;
        _file.ReadExactly(bytes);
        ReadOnlySpan<byte> rest = bytes;
        while (WebMReader.TryReadElement(ref rest, out var id, out var size) && size >= 0 && size <= rest.Length)
        {
            if (id == Ebml.Duration && size == sizeof(double))
            {
                LastTime = (long)Math.Clamp(BinaryPrimitives.ReadDoubleBigEndian(rest), 0, int.MaxValue);
                return from + length - rest.Length;
            }

            rest = rest[(int)size..];
        }

        return 0;
    }

    private bool TryReadCluster(long at, long from, int length)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            _file.Position = from;
            _file.ReadExactly(bytes, 0, length);
            return TryReadCluster(at, bytes.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private bool TryReadCluster(long at, ReadOnlySpan<byte> rest)
    {
        long? time = null;
        var newest = 0L;
        long? keyFrame = null;
        while (!rest.IsEmpty)
        {
            if (!WebMReader.TryReadElement(ref rest, out var id, out var size) || size < 0 || size > rest.Length)
            {
                return false;
            }

            var body = rest[..(int)size];
            rest = rest[(int)size..];
            if (id == Ebml.Timestamp && body.Length is > 0 and <= 6)
            {
                time = 0;
                foreach (var part in body)
                {
                    time = (time << 8) | part;
                }
            }
            else if (id == Ebml.SimpleBlock && time is { } begins && body.Length > 4)
            {
                var shown = begins + BinaryPrimitives.ReadInt16BigEndian(body[1..]);
                newest = Math.Max(newest, shown);
                keyFrame ??= body[0] == (0x80 | VideoTrack) && (body[3] & 0x80) != 0 ? shown : null;
            }
            else
            {
                return false;
            }
        }

        if (time is null)
        {
            return false;
        }

        if (!IsWhole)
        {
            LastTime = Math.Max(LastTime, newest);
        }

        if (keyFrame is { } cue)
        {
            Cues.Add((cue, at - SegmentStart));
        }

        return true;
    }

    private bool TryReadElement(long at, out uint id, out long body, out long size)
    {
        (id, body, size) = (0, 0, 0);
        Span<byte> head = stackalloc byte[ElementBytes];
        _file.Position = at;
        var read = at < _length ? _file.ReadAtLeast(head, ElementBytes, throwOnEndOfStream: false) : 0;
        ReadOnlySpan<byte> rest = head[..read];
        if (!WebMReader.TryReadElement(ref rest, out id, out size))
        {
            return false;
        }

        body = at + read - rest.Length;
        return true;
    }
}
