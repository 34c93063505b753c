namespace Holdfast.Rtc.Rtp;

/// <summary>Opus packets of the same kind in one (RFC 6716 section 3.2): each begins where the one before it ends, and they share the headers.</summary>
internal static class OpusPack
{
    /// <summary>What <paramref name="frames"/> packets take in one beyond their own bytes, at the most.</summary>
    public static int Overhead(int frames) => 1 + (2 * (frames - 1));

    // The two lowest bits of the first byte: how many frames there are, and whether they are of one length.
    private const byte CodeMask = 3;
    private const byte EqualLengths = 1;
    private const byte TwoLengths = 2;
    private const byte AnyNumber = 3;

    // In the second byte where there is any number: whether each has a length of its own.
    private const byte OwnLengths = 0x80;

    // A frame's length takes one byte up to here, and two behind it, of which the first is never less than this.
    private const int LongestInOneByte = 251;

    /// <summary>Whether a packet can be one of several: it holds a single frame.</summary>
    public static bool IsSingle(ReadOnlySpan<byte> packet) => packet.Length > 1 && (packet[0] & CodeMask) == 0;

    /// <summary>Writes frames of one kind as one packet.</summary>
    /// <param name="buffer">At least as long as the frames and <see cref="Overhead"/>, and one byte for the kind.</param>
    /// <param name="kind">The first byte that each of them had as a packet of its own.</param>
    /// <param name="frames">The frames, one behind the other, without that byte.</param>
    /// <param name="lengths">How long each is; no more than six, which are 120 ms.</param>
    /// <returns>Its length.</returns>
    public static int Write(Span<byte> buffer, byte kind, ReadOnlySpan<byte> frames, ReadOnlySpan<int> lengths)
    {
        var areEqual = !lengths.ContainsAnyExcept(lengths[0]);
        var at = 1;
        switch (lengths.Length)
        {
            case 1:
                buffer[0] = kind;
                break;
            case 2:
                buffer[0] = (byte)(kind | (areEqual ? EqualLengths : TwoLengths));
                break;
            default:
                buffer[0] = (byte)(kind | AnyNumber);
                buffer[at++] = (byte)(lengths.Length | (areEqual ? 0 : OwnLengths));
                break;
        }

        // The last one goes to the end of the packet.
        for (var i = 0; !areEqual && i < lengths.Length - 1; i++)
        {
            at += WriteLength(buffer[at..], lengths[i]);
        }

        frames.CopyTo(buffer[at..]);
        return at + frames.Length;
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
