namespace Holdfast.Rtc.Sdp;

/// <summary>Which way media flows, as the one who wrote it sees it (RFC 8866 section 6.7).</summary>
[Flags]
internal enum SdpDirection
{
    /// <summary>Neither.</summary>
    Inactive = 0,

    /// <summary>The writer sends.</summary>
    SendOnly = 1,

    /// <summary>The writer receives.</summary>
    RecvOnly = 2,

    /// <summary>Both.</summary>
    SendRecv = SendOnly | RecvOnly,
}
