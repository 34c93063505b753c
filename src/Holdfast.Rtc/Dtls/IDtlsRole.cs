using Org.BouncyCastle.Tls;

namespace Holdfast.Rtc.Dtls;

/// <summary>What one side decides in a DTLS handshake, and what came of it.</summary>
internal interface IDtlsRole
{
    /// <summary>What the handshake was for; null before it is complete.</summary>
    SrtpKeys? Keys { get; }

    /// <summary>Tells the other side's records from anybody's, once the handshake is complete; null where this side does without.</summary>
    DtlsRecordGuard? Guard { get; }

    /// <summary>Why the handshake cannot succeed, once this side has said so.</summary>
    RtcReason? Refusal { get; }

    /// <summary>Whether the other side has ended the association.</summary>
    bool IsClosedByPeer { get; }

    /// <summary>Carries the handshake out, blocking; throws where it fails.</summary>
    DtlsTransport Handshake(DatagramTransport transport);
}
