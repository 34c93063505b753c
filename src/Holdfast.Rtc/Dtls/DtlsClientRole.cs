using Holdfast.Rtc.Sdp;
using Holdfast.Rtc.Srtp;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Tls;
using Org.BouncyCastle.Tls.Crypto.Impl.BC;

namespace Holdfast.Rtc.Dtls;

/// <summary>
/// What a DTLS client decides in one handshake. Towards browsers this side never is one: it is where it offers (<see cref="PublishingPeer"/>). It also
/// warms a process up, and plays the browser in tests and in the lab.
/// </summary>
/// <param name="certificate">The client's certificate, or null for a client that has none.</param>
/// <param name="expected">The server's certificate has one of these.</param>
/// <param name="profiles">The SRTP profiles it offers; none: it does not offer use_srtp.</param>
internal sealed class DtlsClientRole(DtlsCertificate? certificate, IReadOnlyList<SdpFingerprint> expected, IReadOnlyList<SrtpProfile> profiles)
    : DefaultTlsClient(new BcTlsCrypto(new SecureRandom())), IDtlsRole
{
    private SrtpProfile? _profile;

    /// <inheritdoc cref="DtlsClientRole"/>
    public DtlsClientRole(DtlsCertificate? certificate, SdpFingerprint expected, IReadOnlyList<SrtpProfile> profiles)
        : this(certificate, [expected], profiles)
    {
    }

    public SrtpKeys? Keys { get; private set; }

    /// <summary>None: nobody's garbage is sent to it.</summary>
    public DtlsRecordGuard? Guard => null;

    public RtcReason? Refusal { get; private set; }

    public bool IsClosedByPeer { get; private set; }

    /// <summary>The description of the last alert that the server sent (RFC 5246 section 7.2).</summary>
    public int? AlertReceived { get; private set; }

    /// <summary>The cipher suites that it offers.</summary>
    public int[] CipherSuites { get; init; } = DtlsPolicy.CipherSuites;

    public override bool IgnoreCorruptDtlsRecords => true;

    public DtlsTransport Handshake(DatagramTransport transport) => new DtlsClientProtocol().Connect(this, transport);

    public override int GetHandshakeResendTimeMillis() => DtlsPolicy.ResendTimeMillis;

    public override int GetHandshakeTimeoutMillis() => DtlsPolicy.HandshakeTimeoutMillis;

    public override bool RequiresExtendedMasterSecret() => true;

    public override bool ShouldCheckSigAlgOfPeerCerts() => false;

    public override IDictionary<int, byte[]> GetClientExtensions()
    {
        var extensions = base.GetClientExtensions();
        if (profiles.Count > 0)
        {
            TlsSrtpUtilities.AddUseSrtpExtension(extensions, new UseSrtpData([.. profiles.Select(profile => (int)profile)], []));
        }

        return extensions;
    }

    public override void ProcessServerExtensions(IDictionary<int, byte[]> serverExtensions)
    {
        base.ProcessServerExtensions(serverExtensions);
        _profile = (SrtpProfile?)TlsSrtpUtilities.GetUseSrtpExtension(serverExtensions)?.ProtectionProfiles[0];
    }

    public override TlsAuthentication GetAuthentication() => new Authentication(this);

    public override void NotifyHandshakeComplete()
    {
        base.NotifyHandshakeComplete();
        Keys = SrtpKeys.Export(m_context, _profile ?? throw Refuse(RtcReason.NoSrtpProfile, AlertDescription.handshake_failure));
    }

    public override void NotifyAlertReceived(short alertLevel, short alertDescription)
    {
        base.NotifyAlertReceived(alertLevel, alertDescription);
        AlertReceived = alertDescription;
        IsClosedByPeer |= alertLevel == AlertLevel.fatal || alertDescription == AlertDescription.close_notify;
    }

    protected override ProtocolVersion[] GetSupportedVersions() => DtlsPolicy.Versions;

    protected override int[] GetSupportedCipherSuites() => CipherSuites;

    private void Check(Certificate server)
    {
        if (server.IsEmpty || !expected.Any(one => one.Matches(server.GetCertificateAt(0).GetEncoded())))
        {
            throw Refuse(RtcReason.FingerprintMismatch, AlertDescription.bad_certificate);
        }
    }

    private TlsFatalAlert Refuse(RtcReason reason, short alert)
    {
        Refusal = reason;
        return new TlsFatalAlert(alert);
    }

    private sealed class Authentication(DtlsClientRole role) : TlsAuthentication
    {
        public void NotifyServerCertificate(TlsServerCertificate serverCertificate) => role.Check(serverCertificate.Certificate);

        public TlsCredentials? GetClientCredentials(CertificateRequest certificateRequest) => role.Sign();
    }

    private TlsCredentials? Sign() => certificate?.CreateSigner(m_context);
}
