using System.Net;

namespace Holdfast.Rtc;

/// <summary>What one connection has done so far.</summary>
/// <param name="State">How far it has come.</param>
/// <param name="Generation">The ICE generation of the path in use.</param>
/// <param name="Remote">Where media goes; null before a path was nominated.</param>
/// <param name="DatagramsSent">Datagrams of any kind handed to the socket.</param>
/// <param name="BytesSent">Their bytes, without IP and UDP headers.</param>
/// <param name="DatagramsReceived">Datagrams of any kind taken in.</param>
/// <param name="BytesReceived">Their bytes.</param>
/// <param name="AudioPacketsSent">RTP packets with sound.</param>
/// <param name="VideoPacketsSent">RTP packets with pictures, without retransmissions.</param>
/// <param name="VideoFramesSent">Pictures.</param>
/// <param name="PacketsRetransmitted">RTP packets sent again: because the client asked, or before it does on a long line that loses.</param>
/// <param name="KeyFrameRequests">PLI and FIR received.</param>
/// <param name="PacketsAcknowledged">Packets that transport-wide feedback said had arrived.</param>
/// <param name="PacketsLost">Packets that it said were missing.</param>
/// <param name="AudioPacketsReceived">RTP packets of the microphone.</param>
/// <param name="RoundTrip">The newest round trip from a receiver report.</param>
/// <param name="LastAuthenticated">When the last authentic packet arrived; null before the first.</param>
/// <param name="Dropped">Datagrams not taken in or not sent, by reason; reasons that never occurred are left out.</param>
public sealed record RtcConnectionStatistics(
    RtcConnectionState State,
    int Generation,
    IPEndPoint? Remote,
    long DatagramsSent,
    long BytesSent,
    long DatagramsReceived,
    long BytesReceived,
    long AudioPacketsSent,
    long VideoPacketsSent,
    long VideoFramesSent,
    long PacketsRetransmitted,
    long KeyFrameRequests,
    long PacketsAcknowledged,
    long PacketsLost,
    long AudioPacketsReceived,
    TimeSpan? RoundTrip,
    RtcTime? LastAuthenticated,
    IReadOnlyDictionary<DropReason, long> Dropped)
{
    /// <summary>RTP packets of the microphone that were missing, and came because they were asked for.</summary>
    public long AudioPacketsRecovered { get; init; }
}

/// <summary>What the endpoint has done since it started, connections that are gone included.</summary>
/// <param name="Connections">Connections that are there now.</param>
/// <param name="DatagramsSent">Datagrams handed to the socket.</param>
/// <param name="BytesSent">Their bytes, without IP and UDP headers.</param>
/// <param name="DatagramsReceived">Datagrams read from the socket.</param>
/// <param name="BytesReceived">Their bytes.</param>
/// <param name="Dropped">Datagrams not taken in or not sent, by reason; reasons that never occurred are left out.</param>
public sealed record RtcEndpointStatistics(
    int Connections,
    long DatagramsSent,
    long BytesSent,
    long DatagramsReceived,
    long BytesReceived,
    IReadOnlyDictionary<DropReason, long> Dropped);
