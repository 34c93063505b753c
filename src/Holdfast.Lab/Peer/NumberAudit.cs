using System.Buffers.Binary;
using Holdfast.Rtc.Rtcp;
using Holdfast.Rtc.Rtp;
using Holdfast.Rtc.Srtp;

namespace Holdfast.Lab.Peer;

/// <summary>
/// Looks at what a server sends before it is opened: a number, roll-over counter included, that protected two different packets under one key gives that key
/// away (RFC 7714 section 8). The same packet again, byte for byte, says nothing new to anybody.
/// </summary>
/// <param name="profile">How it is protected, which says where SRTCP's index is.</param>
internal sealed class NumberAudit(SrtpProfile profile)
{
    private const int IndexLength = 4;
    private const int ShortTag = 10;

    private readonly Dictionary<uint, Line> _media = [];
    private readonly Dictionary<uint, Line> _control = [];

    /// <summary>Datagrams that were looked at.</summary>
    public long Seen { get; private set; }

    /// <summary>Numbers that were used twice.</summary>
    public int Reused { get; private set; }

    /// <summary>The farthest that numbers went on in one step.</summary>
    public long LongestJump { get; private set; }

    /// <summary>From the first to the last number of the stream that has come farthest.</summary>
    public long FarthestApart => _media.Values.Select(static line => line.Content.Count == 0 ? 0 : line.Content.Keys.Max() - line.Content.Keys.Min()).DefaultIfEmpty().Max();

    /// <summary>Takes a protected SRTP or SRTCP datagram.</summary>
    public void Look(ReadOnlySpan<byte> datagram)
    {
        // Both have the SSRC of the sender: RTP at byte 8, RTCP at byte 4.
        var isControl = RtcpCompound.IsRtcp(datagram);
        if (datagram.Length < (isControl ? 8 + IndexLength + ShortTag : 12))
        {
            return;
        }

        Seen++;
        if (isControl)
        {
            // AES-GCM has the index at the very end (RFC 7714 section 9), AES-CM before its tag (RFC 3711 section 3.4).
            var at = datagram.Length - IndexLength - (profile == SrtpProfile.AeadAes128Gcm ? 0 : ShortTag);
            Note(_control, BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]), BinaryPrimitives.ReadUInt32BigEndian(datagram[at..]) & 0x7FFF_FFFF, datagram);
            return;
        }

        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(datagram[8..]);
        var line = LineOf(_media, ssrc);
        var before = line.Numbers.Highest;
        var number = line.Unwrap(BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]));
        LongestJump = line.Content.Count > 0 ? Math.Max(LongestJump, number - before) : LongestJump;
        Note(line, number, datagram);
    }

    private static Line LineOf(Dictionary<uint, Line> lines, uint ssrc)
    {
        if (!lines.TryGetValue(ssrc, out var line))
        {
            lines.Add(ssrc, line = new Line());
        }

        return line;
    }

    private void Note(Dictionary<uint, Line> lines, uint ssrc, long number, ReadOnlySpan<byte> datagram) => Note(LineOf(lines, ssrc), number, datagram);

    private void Note(Line line, long number, ReadOnlySpan<byte> datagram)
    {
        var hash = new HashCode();
        hash.AddBytes(datagram);
        var content = hash.ToHashCode();
        if (!line.Content.TryAdd(number, content) && line.Content[number] != content)
        {
            Reused++;
        }
    }

    private sealed class Line
    {
        private SequenceUnwrapper _numbers;

        public SequenceUnwrapper Numbers => _numbers;

        public Dictionary<long, int> Content { get; } = [];

        public long Unwrap(ushort sequenceNumber) => _numbers.Unwrap(sequenceNumber);
    }
}
