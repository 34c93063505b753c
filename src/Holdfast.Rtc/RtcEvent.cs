using System.Net;

namespace Holdfast.Rtc;

/// <summary>Something that happened on a connection, told in the order in which it happened.</summary>
public abstract record RtcEvent
{
    private RtcEvent()
    {
    }

    /// <summary>The connection came into another state.</summary>
    public sealed record StateChanged(RtcConnectionState State, RtcReason Reason) : RtcEvent;

    /// <summary>
    /// The client sent an authenticated check with USE-CANDIDATE from another address, or for another generation: media goes there
    /// from now on. A decoder that was cut off waits for a key frame, which <see cref="KeyFrameRequested"/> asks for right after.
    /// </summary>
    /// <param name="Remote">Where the client is now.</param>
    /// <param name="Generation">The ICE generation of the path.</param>
    public sealed record PathChanged(IPEndPoint Remote, int Generation) : RtcEvent;

    /// <summary>An ICE restart took effect; told before the <see cref="PathChanged"/> that it brings.</summary>
    public sealed record GenerationChanged(int Generation) : RtcEvent;

    /// <summary>The next picture must be a key frame. Already rate-limited: every one of these counts.</summary>
    public sealed record KeyFrameRequested : RtcEvent
    {
        internal static readonly KeyFrameRequested Instance = new();
    }

    /// <summary>The client's estimate of what it can receive (REMB), bits a second, all streams together.</summary>
    public sealed record BitrateLimit(long BitsPerSecond) : RtcEvent;

    /// <summary>
    /// The client said which packets arrived (transport-wide feedback). It comes some ten times a second while anything is sent; its
    /// absence is the earliest sign of an outage.
    /// </summary>
    /// <param name="ReceivedAt">When the feedback arrived.</param>
    /// <param name="Acknowledged">Packets newly known to have arrived.</param>
    /// <param name="Lost">Packets reported missing.</param>
    /// <param name="RoundTrip">From the sending of the newest acknowledged packet to this feedback: the round trip and the
    /// client's feedback interval in one, which is what an outage threshold has to allow for. Null where nothing was acknowledged.</param>
    /// <param name="AcknowledgedTags">The tags other than 0 of the packets that arrived, in themselves or as a copy, in sending order.</param>
    /// <param name="LostTags">The tags other than 0 of those reported missing, in sending order. A packet that was only late may still be
    /// acknowledged afterwards; that a retransmission arrived is not told.</param>
    public sealed record FeedbackReceived(
        RtcTime ReceivedAt,
        int Acknowledged,
        int Lost,
        TimeSpan? RoundTrip,
        ReadOnlyMemory<ulong> AcknowledgedTags,
        ReadOnlyMemory<ulong> LostTags) : RtcEvent;

    /// <summary>The client's receiver report about what is sent to it, once a second or so.</summary>
    /// <param name="IsVideo">Whether it is about the pictures.</param>
    /// <param name="FractionLost">0 to 1, since the report before.</param>
    /// <param name="RoundTrip">From LSR and DLSR (RFC 3550 section 6.4.1), or null where the client has not had a sender report.</param>
    /// <param name="PacketsLost">Packets lost since the beginning; duplicates make it smaller, even negative.</param>
    /// <param name="HighestTag">The tag of the newest packet that arrived, or of the newest before it that has one; 0 where that
    /// is not known. It says nothing of those before. Sound only.</param>
    public sealed record ReportReceived(
        bool IsVideo, double FractionLost, TimeSpan? RoundTrip, int PacketsLost, ulong HighestTag) : RtcEvent;

    /// <summary>The client ended its streams (RTCP BYE). The connection stays: a browser's page may only have stopped its microphone.</summary>
    public sealed record GoodbyeReceived : RtcEvent;
}
