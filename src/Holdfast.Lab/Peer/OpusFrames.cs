namespace Holdfast.Lab.Peer;

/// <summary>The frames of an Opus packet (RFC 6716 section 3.2), each as a packet of its own. What is damaged, padded or longer than 120 ms comes whole.</summary>
internal ref struct OpusFrames
{
    private const int CodeMask = 3;
    private const int EqualLengths = 1;
    private const int AnyNumber = 3;
    private const int CountMask = 0x3F;
    private const int Padded = 0x40;
    private const int OwnLengths = 0x80;
    private const int LongestInOneByte = 251;

    /// <summary>120 ms, the longest that a packet may be, in samples at 48 kHz.</summary>
    private const int Longest = 5_760;

    // How long a frame is, in samples at 48 kHz, by how it is coded (RFC 6716, table 2): SILK, hybrid, CELT.
    private static readonly int[] s_silk = [480, 960, 1920, 2880];
    private static readonly int[] s_hybrid = [480, 960];
    private static readonly int[] s_celt = [120, 240, 480, 960];

    private readonly ReadOnlySpan<byte> _packet;
    private readonly byte[] _buffer;
    private readonly int _count = 1;
    private readonly int _equal;
    private int _lengthAt;
    private int _frameAt;
    private int _next = -1;

    /// <param name="packet">The packet.</param>
    /// <param name="buffer">Where frames are written, one over the other; as long as the packet at the least.</param>
    public OpusFrames(ReadOnlySpan<byte> packet, byte[] buffer)
    {
        _packet = packet;
        _buffer = buffer;
        if (packet.Length < 2 || (packet[0] & CodeMask) == 0)
        {
            return;
        }

        var code = packet[0] & CodeMask;
        var (count, areEqual, at) = code == AnyNumber ? (packet[1] & CountMask, (packet[1] & OwnLengths) == 0, 2) : (2, code == EqualLengths, 1);
        if (count == 0 || count * SamplesIn(packet[0]) > Longest || (code == AnyNumber && (packet[1] & Padded) != 0))
        {
            return;
        }

        if (areEqual)
        {
            var bytes = packet.Length - at;
            if (bytes % count == 0 && bytes > 0)
            {
                (_count, _equal, _frameAt) = (count, bytes / count, at);
            }

            return;
        }

        var (end, sum) = (at, 0);
        for (var i = 0; i < count - 1; i++)
        {
            if (!TryReadLength(ref end, out var length))
            {
                return;
            }

            sum += length;
        }

        if (end + sum <= packet.Length)
        {
            (_count, _lengthAt, _frameAt) = (count, at, end);
        }
    }

    /// <summary>The frame, as a packet of its own.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>How much later it begins than the packet, in samples at 48 kHz.</summary>
    public readonly uint Offset => _next <= 0 ? 0 : (uint)(_next * SamplesIn(_packet[0]));

    public bool MoveNext()
    {
        if (++_next >= _count)
        {
            return false;
        }

        if (_frameAt == 0)
        {
            Current = _packet;
            return true;
        }

        var length = _equal;
        if (length == 0)
        {
            length = _next < _count - 1 && TryReadLength(ref _lengthAt, out var own) ? own : _packet.Length - _frameAt;
        }

        _buffer[0] = (byte)(_packet[0] & ~CodeMask);
        _packet.Slice(_frameAt, length).CopyTo(_buffer.AsSpan(1));
        _frameAt += length;
        Current = _buffer.AsSpan(0, 1 + length);
        return true;
    }

    private readonly bool TryReadLength(ref int at, out int length)
    {
        length = at < _packet.Length ? _packet[at++] : int.MaxValue;
        if (length is > LongestInOneByte and < int.MaxValue)
        {
            length = at < _packet.Length ? (_packet[at++] * 4) + length : int.MaxValue;
        }

        return length < int.MaxValue;
    }

    private static int SamplesIn(byte first) => (first >> 3) switch
    {
        < 12 and var kind => s_silk[kind % s_silk.Length],
        < 16 and var kind => s_hybrid[kind % s_hybrid.Length],
        var kind => s_celt[kind % s_celt.Length],
    };
}
