using Holdfast.Rtc;
using Holdfast.Rtc.Rtp;

namespace Holdfast.Lab.Peer;

/// <summary>Is handed each Opus payload as it arrives; the bytes are valid during the call only.</summary>
internal delegate void SoundHandler(RtcTime now, uint timestamp, ReadOnlySpan<byte> opus);

/// <summary>Accounts for the Opus packets: which came, which did not, how evenly; and takes what was lost from the copies in later ones.</summary>
internal sealed class AudioReceiver
{
    public const int ClockRate = 48_000;

    /// <summary>Copies are of less than a third of a second before; so many packets are remembered to know which of them came.</summary>
    private const int Remembered = 64;

    private readonly uint[] _handed = new uint[Remembered];
    private readonly byte[] _frame = new byte[2048];
    private int _count;

    /// <summary>Loss and jitter; null before the first packet.</summary>
    public ReceiverStatistics? Statistics { get; private set; }

    /// <summary>Is handed each 20 ms once, where somebody wants to decode it: of two in one packet, one after the other.</summary>
    public SoundHandler? OnSound { get; set; }

    /// <summary>Bytes of Opus.</summary>
    public long PayloadBytes { get; private set; }

    /// <summary>Copies that came, and those of them that stood in for a packet that had not.</summary>
    public long Copies { get; private set; }

    public long Restored { get; private set; }

    public void Handle(RtcTime now, in RtpPacket packet)
    {
        Count(now, packet);
        Hand(now, packet.Timestamp, packet.Payload);
    }

    /// <summary>Takes in a packet with copies of earlier ones in it (RFC 2198).</summary>
    public void HandleCopies(RtcTime now, in RtpPacket packet)
    {
        Count(now, packet);
        foreach (var (offset, opus) in new SoundWithCopies(packet.Payload))
        {
            Copies += offset == 0 ? 0 : 1;
            Restored += Hand(now, unchecked(packet.Timestamp - offset), opus) && offset > 0 ? 1 : 0;
        }
    }

    private void Count(RtcTime now, in RtpPacket packet)
    {
        Statistics ??= new ReceiverStatistics(packet.Ssrc, ClockRate);
        Statistics.OnPacket(now, packet.SequenceNumber, packet.Timestamp);
        PayloadBytes += packet.Payload.Length;
    }

    private bool Hand(RtcTime now, uint timestamp, ReadOnlySpan<byte> opus)
    {
        if (_handed.AsSpan(0, Math.Min(_count, Remembered)).Contains(timestamp))
        {
            return false;
        }

        _handed[_count++ % Remembered] = timestamp;
        if (OnSound is { } hear)
        {
            var frames = new OpusFrames(opus, _frame);
            while (frames.MoveNext())
            {
                hear(now, unchecked(timestamp + frames.Offset), frames.Current);
            }
        }

        return true;
    }
}
