using Holdfast.Rtc.Sdp;
using Holdfast.Rtc.Srtp;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Tls;
using Org.BouncyCastle.Tls.Crypto.Impl.BC;

namespace Holdfast.Rtc.Dtls;

/// <summary>
/// What a DTLS server decides in one handshake: the client must have the certificate that its offer named and must want keys for SRTP.
/// </summary>
internal sealed class DtlsServerRole(DtlsCertificate certificate, IReadOnlyList<SdpFingerprint> expected)
    : DefaultTlsServer(new BcTlsCrypto(new SecureRandom())), IDtlsRole
{
    private SrtpProfile _profile;

    public RtcReason? Refusal { get; private set; }

    public SrtpKeys? Keys { get; private set; }

    public DtlsRecordGuard? Guard { get; private set; }

    public bool IsClosedByPeer { get; private set; }

    // A forged record must not end the association.
    public override bool IgnoreCorruptDtlsRecords => true;

    public DtlsTransport Handshake(DatagramTransport transport) => new DtlsServerProtocol().Accept(this, transport);

    public override int GetHandshakeResendTimeMillis() => DtlsPolicy.ResendTimeMillis;

    public override int GetHandshakeTimeoutMillis() => DtlsPolicy.HandshakeTimeoutMillis;

    // RFC 7627: without it the exporter does not bind to this handshake.
    public override bool RequiresExtendedMasterSecret() => true;

    public override bool ShouldCheckSigAlgOfPeerCerts() => false;

    // No resumption: an association lives as long as its connection.
    public override byte[] GetNewSessionID() => [];

    public override CertificateRequest GetCertificateRequest() => new(
        [ClientCertificateType.ecdsa_sign, ClientCertificateType.rsa_sign], DtlsPolicy.SignatureAlgorithms, null);

    public override void ProcessClientExtensions(IDictionary<int, byte[]>? clientExtensions)
    {
        base.ProcessClientExtensions(clientExtensions);
        var offered = clientExtensions is null ? null : TlsSrtpUtilities.GetUseSrtpExtension(clientExtensions)?.ProtectionProfiles;
        foreach (var profile in DtlsPolicy.Profiles)
        {
            if (offered is not null && offered.Contains((int)profile))
            {
                _profile = profile;
                return;
            }
        }

        throw Refuse(RtcReason.NoSrtpProfile, AlertDescription.handshake_failure);
    }

    public override IDictionary<int, byte[]> GetServerExtensions()
    {
        var extensions = base.GetServerExtensions();

        // An MKI, should one be offered, is declined by an empty one.
        TlsSrtpUtilities.AddUseSrtpExtension(extensions, new UseSrtpData([(int)_profile], []));
        return extensions;
    }

    public override void NotifyClientCertificate(Certificate clientCertificate)
    {
        if (clientCertificate.IsEmpty)
        {
            throw Refuse(RtcReason.FingerprintMismatch, AlertDescription.handshake_failure);
        }

        var der = clientCertificate.GetCertificateAt(0).GetEncoded();
        if (!expected.Any(fingerprint => fingerprint.Matches(der)))
        {
            throw Refuse(RtcReason.FingerprintMismatch, AlertDescription.bad_certificate);
        }
    }

    public override void NotifyHandshakeComplete()
    {
        base.NotifyHandshakeComplete();
        Guard = DtlsRecordGuard.Create(m_context);
        Keys = SrtpKeys.Export(m_context, _profile);
    }

    public override void NotifyAlertReceived(short alertLevel, short alertDescription)
    {
        base.NotifyAlertReceived(alertLevel, alertDescription);
        IsClosedByPeer |= alertLevel == AlertLevel.fatal || alertDescription == AlertDescription.close_notify;
    }

    protected override ProtocolVersion[] GetSupportedVersions() => DtlsPolicy.Versions;

    protected override int[] GetSupportedCipherSuites() => DtlsPolicy.CipherSuites;

    protected override TlsCredentialedSigner GetECDsaSignerCredentials() => certificate.CreateSigner(m_context);

    private TlsFatalAlert Refuse(RtcReason reason, short alert)
    {
        Refusal = reason;
        return new TlsFatalAlert(alert);
    }
}
