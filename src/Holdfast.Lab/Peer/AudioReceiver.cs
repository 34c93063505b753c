using Holdfast.Rtc;
using Holdfast.Rtc.Rtp;

namespace Holdfast.Lab.Peer;

/// <summary>Is handed each Opus payload as it arrives; the bytes are valid during the call only.</summary>
internal delegate void SoundHandler(RtcTime now, uint timestamp, ReadOnlySpan<byte> opus);

/// <summary>Accounts for the Opus packets: which came, which did not, how evenly.</summary>
internal sealed class AudioReceiver
{
    public const int ClockRate = 48_000;

    /// <summary>Loss and jitter; null before the first packet.</summary>
    public ReceiverStatistics? Statistics { get; private set; }

    /// <summary>Is handed each payload, where somebody wants to decode it.</summary>
    public SoundHandler? OnSound { get; set; }

    /// <summary>Bytes of Opus.</summary>
    public long PayloadBytes { get; private set; }

    public void Handle(RtcTime now, in RtpPacket packet)
    {
        Statistics ??= new ReceiverStatistics(packet.Ssrc, ClockRate);
        Statistics.OnPacket(now, packet.SequenceNumber, packet.Timestamp);
        PayloadBytes += packet.Payload.Length;
        OnSound?.Invoke(now, packet.Timestamp, packet.Payload);
    }
}
