using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Holdfast.Media;

/// <summary>Collects elements of EBML (RFC 8794).</summary>
internal sealed class EbmlBuffer
{
    /// <summary>The length of a group is known at its end, so it always takes four bytes.</summary>
    public const int GroupSizeBytes = 4;

    private byte[] _bytes = new byte[1024];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void WriteByte(byte value) => Take(1)[0] = value;

    public void WriteInt16(short value) => BinaryPrimitives.WriteInt16BigEndian(Take(2), value);

    public void Write(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>An id has its own length marker.</summary>
    public void WriteId(uint id)
    {
        for (var shift = 8 * (Ebml.SizeOfId(id) - 1); shift >= 0; shift -= 8)
        {
            WriteByte((byte)(id >> shift));
        }
    }

    /// <summary>A length in four bytes, or in eight where it needs them.</summary>
    public void WriteSize(long size)
    {
        if (size < 1 << 28)
        {
            BinaryPrimitives.WriteUInt32BigEndian(Take(4), 0x1000_0000u | (uint)size);
        }
        else
        {
            BinaryPrimitives.WriteUInt64BigEndian(Take(8), (1UL << 56) | (ulong)size);
        }
    }

    /// <summary>A length in eight bytes that nobody knows yet (RFC 8794, section 6.2).</summary>
    public void WriteUnknownSize() => BinaryPrimitives.WriteUInt64BigEndian(Take(8), 0x01FF_FFFF_FFFF_FFFF);

    public void WriteNumber(uint id, long value)
    {
        var length = Math.Max(1, (71 - BitOperations.LeadingZeroCount((ulong)value)) / 8);
        WriteId(id);
        WriteByte((byte)(0x80 | length));
        for (var shift = 8 * (length - 1); shift >= 0; shift -= 8)
        {
            WriteByte((byte)(value >> shift));
        }
    }

    public void WriteDouble(uint id, double value)
    {
        WriteId(id);
        WriteByte(0x88);
        BinaryPrimitives.WriteDoubleBigEndian(Take(8), value);
    }

    public void WriteText(uint id, string text) => WriteBytes(id, Encoding.UTF8.GetBytes(text));

    public void WriteBytes(uint id, ReadOnlySpan<byte> bytes)
    {
        WriteId(id);
        WriteSize(bytes.Length);
        Write(bytes);
    }

    /// <summary>The length and the elements of a group whose id was written.</summary>
    public void WriteGroup(Action<EbmlBuffer> write)
    {
        var inner = new EbmlBuffer();
        write(inner);
        WriteSize(inner.Length);
        Write(inner.Written);
    }

    /// <summary>An element that nobody reads, of a length altogether.</summary>
    public void WriteVoid(int total)
    {
        WriteId(Ebml.Void);
        WriteSize(total - 5);
        Take(total - 5).Clear();
    }

    private Span<byte> Take(int count)
    {
        if (Length + count > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(Length + count, _bytes.Length * 2));
        }

        var taken = _bytes.AsSpan(Length, count);
        Length += count;
        return taken;
    }
}

/// <summary>The elements of a WebM file that Holdfast writes (RFC 8794, section 11; RFC 9559, section 5).</summary>
internal static class Ebml
{
    public const uint Header = 0x1A45DFA3;
    public const uint Version = 0x4286;
    public const uint ReadVersion = 0x42F7;
    public const uint MaxIdLength = 0x42F2;
    public const uint MaxSizeLength = 0x42F3;
    public const uint DocType = 0x4282;
    public const uint DocTypeVersion = 0x4287;
    public const uint DocTypeReadVersion = 0x4285;
    public const uint Void = 0xEC;
    public const uint Segment = 0x18538067;
    public const uint SeekHead = 0x114D9B74;
    public const uint Seek = 0x4DBB;
    public const uint SeekId = 0x53AB;
    public const uint SeekPosition = 0x53AC;
    public const uint Info = 0x1549A966;
    public const uint TimestampScale = 0x2AD7B1;
    public const uint Duration = 0x4489;
    public const uint MuxingApp = 0x4D80;
    public const uint WritingApp = 0x5741;
    public const uint Tracks = 0x1654AE6B;
    public const uint TrackEntry = 0xAE;
    public const uint TrackNumber = 0xD7;
    public const uint TrackUid = 0x73C5;
    public const uint TrackType = 0x83;
    public const uint FlagLacing = 0x9C;
    public const uint DefaultDuration = 0x23E383;
    public const uint CodecId = 0x86;
    public const uint CodecPrivate = 0x63A2;
    public const uint CodecDelay = 0x56AA;
    public const uint SeekPreRoll = 0x56BB;
    public const uint Video = 0xE0;
    public const uint PixelWidth = 0xB0;
    public const uint PixelHeight = 0xBA;
    public const uint Audio = 0xE1;
    public const uint SamplingFrequency = 0xB5;
    public const uint Channels = 0x9F;
    public const uint Cluster = 0x1F43B675;
    public const uint Timestamp = 0xE7;
    public const uint SimpleBlock = 0xA3;
    public const uint Cues = 0x1C53BB6B;
    public const uint CuePoint = 0xBB;
    public const uint CueTime = 0xB3;
    public const uint CueTrackPositions = 0xB7;
    public const uint CueTrack = 0xF7;
    public const uint CueClusterPosition = 0xF1;

    public static int SizeOfId(uint id) => (39 - BitOperations.LeadingZeroCount(id)) / 8;
}
