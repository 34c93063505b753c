namespace Holdfast.Rtc;

/// <summary>What one connection counts.</summary>
internal sealed class PeerCounters
{
    public DropCounters Drops { get; } = new();

    public long DatagramsSent { get; set; }

    public long BytesSent { get; set; }

    public long DatagramsReceived { get; set; }

    public long BytesReceived { get; set; }

    public long AudioPacketsSent { get; set; }

    public long VideoPacketsSent { get; set; }

    public long VideoFramesSent { get; set; }

    public long PacketsRetransmitted { get; set; }

    public long KeyFrameRequests { get; set; }

    public long PacketsAcknowledged { get; set; }

    public long PacketsLost { get; set; }

    public long AudioPacketsReceived { get; set; }

    public TimeSpan? RoundTrip { get; set; }
}
