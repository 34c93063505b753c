namespace Holdfast.Rtc.Sdp;

/// <summary>The URIs of the RTP header extensions that this server writes.</summary>
internal static class SdpExtension
{
    /// <summary>The media section a packet belongs to (RFC 9143 section 16.2).</summary>
    public const string Mid = "urn:ietf:params:rtp-hdrext:sdes:mid";

    /// <summary>A sequence number over all packets of a transport (draft-holmer-rmcat-transport-wide-cc-extensions-01).</summary>
    public const string TransportSequence =
        "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

    /// <summary>When a packet left, in 6.18 fixed-point seconds.</summary>
    public const string AbsoluteSendTime = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
}
