namespace Holdfast.Lab.Peer;

/// <summary>The frames of an Opus packet (RFC 6716 section 3.2), each as a packet of its own. What is damaged, or has more than two, comes whole.</summary>
internal ref struct OpusFrames
{
    private const int CodeMask = 3;
    private const int LongestInOneByte = 251;

    // How long a frame is, in samples at 48 kHz, by how it is coded (RFC 6716, table 2): SILK, hybrid, CELT.
    private static readonly int[] s_silk = [480, 960, 1920, 2880];
    private static readonly int[] s_hybrid = [480, 960];
    private static readonly int[] s_celt = [120, 240, 480, 960];

    private readonly ReadOnlySpan<byte> _packet;
    private readonly byte[] _buffer;
    private readonly int _from;
    private readonly int _length;
    private int _next;

    /// <param name="packet">The packet.</param>
    /// <param name="buffer">Where frames are written, one over the other; as long as the packet at the least.</param>
    public OpusFrames(ReadOnlySpan<byte> packet, byte[] buffer)
    {
        _packet = packet;
        (_buffer, _next) = (buffer, -1);
        if (packet.Length < 2)
        {
            return;
        }

        (_from, _length) = (packet[0] & CodeMask) switch
        {
            1 when packet.Length % 2 == 1 => (1, (packet.Length - 1) / 2),
            2 when packet[1] <= LongestInOneByte => (2, packet[1]),
            2 when packet.Length > 2 => (3, (packet[2] * 4) + packet[1]),
            _ => default,
        };
        _length = _from + _length <= packet.Length ? _length : 0;
    }

    /// <summary>The frame, and how much later it begins than the packet, in samples at 48 kHz.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    public readonly uint Offset => _next == 0 ? 0 : (uint)SamplesIn(_packet[0]);

    public bool MoveNext()
    {
        if (++_next > (_length > 0 ? 1 : 0))
        {
            return false;
        }

        if (_length == 0)
        {
            Current = _packet;
            return true;
        }

        var frame = _next == 0 ? _packet.Slice(_from, _length) : _packet[(_from + _length)..];
        _buffer[0] = (byte)(_packet[0] & ~CodeMask);
        frame.CopyTo(_buffer.AsSpan(1));
        Current = _buffer.AsSpan(0, 1 + frame.Length);
        return true;
    }

    private static int SamplesIn(byte first) => (first >> 3) switch
    {
        < 12 and var kind => s_silk[kind % s_silk.Length],
        < 16 and var kind => s_hybrid[kind % s_hybrid.Length],
        var kind => s_celt[kind % s_celt.Length],
    };
}
