namespace Holdfast.Rtc.Rtp;

/// <summary>Two Opus packets of the same kind in one (RFC 6716 section 3.2): one that begins where the other ends, with half of the headers.</summary>
internal static class OpusPair
{
    /// <summary>What two packets take in one beyond their own bytes, at the most: the second's first byte is not needed, the first's length may be.</summary>
    public const int Overhead = 1;

    // The two lowest bits of the first byte: how many frames there are, and whether they are of one length.
    private const byte CodeMask = 3;
    private const byte EqualLengths = 1;
    private const byte TwoLengths = 2;

    // A frame's length takes one byte up to here, and two behind it, of which the first is never less than this.
    private const int LongestInOneByte = 251;

    /// <summary>Whether a packet can be one of two: it holds a single frame.</summary>
    public static bool IsSingle(ReadOnlySpan<byte> packet) => packet.Length > 1 && (packet[0] & CodeMask) == 0;

    /// <summary>Whether two packets, of one frame each, can be one: coded in the same way.</summary>
    public static bool Match(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => IsSingle(first) && IsSingle(second) && first[0] == second[0];

    /// <summary>Writes two that match as one; returns its length.</summary>
    public static int Write(Span<byte> buffer, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var one = first[1..];
        var other = second[1..];
        var at = 1;
        buffer[0] = (byte)(first[0] | (one.Length == other.Length ? EqualLengths : TwoLengths));
        if (one.Length != other.Length)
        {
            at += WriteLength(buffer[1..], one.Length);
        }

        one.CopyTo(buffer[at..]);
        other.CopyTo(buffer[(at + one.Length)..]);
        return at + one.Length + other.Length;
    }

    private static int WriteLength(Span<byte> buffer, int length)
    {
        if (length <= LongestInOneByte)
        {
            buffer[0] = (byte)length;
            return 1;
        }

        // The first is worth one for each, the second four: 252 to 255, and what is left.
        buffer[0] = (byte)(LongestInOneByte + 1 + (length & 3));
        buffer[1] = (byte)((length - buffer[0]) >> 2);
        return 2;
    }
}
