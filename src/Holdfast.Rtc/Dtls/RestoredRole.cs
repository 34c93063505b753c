using Org.BouncyCastle.Tls;

namespace Holdfast.Rtc.Dtls;

/// <summary>What is left of a handshake that another process carried out.</summary>
internal sealed class RestoredRole(SrtpKeys keys, DtlsRecordGuard guard) : IDtlsRole
{
    public SrtpKeys? Keys => keys;

    public DtlsRecordGuard? Guard => guard;

    public RtcReason? Refusal => null;

    public bool IsClosedByPeer => false;

    public DtlsTransport Handshake(DatagramTransport transport) => throw new InvalidOperationException("The handshake is over.");
}
