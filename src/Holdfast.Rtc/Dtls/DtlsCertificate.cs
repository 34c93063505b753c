using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Holdfast.Rtc.Sdp;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Tls;
using Org.BouncyCastle.Tls.Crypto;
using Org.BouncyCastle.Tls.Crypto.Impl.BC;

namespace Holdfast.Rtc.Dtls;

/// <summary>
/// The self-signed certificate of one side of DTLS: ECDSA over P-256, known by its fingerprint. A process makes one; exported, the next
/// process can use it too, which keeps the fingerprints in clients' hands true.
/// </summary>
internal sealed class DtlsCertificate
{
    private const string Subject = "CN=holdfast";
    private static readonly TimeSpan Validity = TimeSpan.FromDays(365);

    private readonly byte[] _certificate;
    private readonly byte[] _privateKey;
    private readonly AsymmetricKeyParameter _signingKey;

    private DtlsCertificate(byte[] certificate, byte[] privateKey)
    {
        _certificate = certificate;
        _privateKey = privateKey;
        _signingKey = PrivateKeyFactory.CreateKey(privateKey);
        Fingerprint = new SdpFingerprint("sha-256", SHA256.HashData(certificate));
    }

    /// <summary>The SHA-256 fingerprint.</summary>
    public SdpFingerprint Fingerprint { get; }

    public static DtlsCertificate Create(RtcTime now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest(Subject, key, HashAlgorithmName.SHA256);

        // A day of grace: the client's clock may be behind.
        var start = now.ToDateTimeOffset();
        using var certificate = request.CreateSelfSigned(start.AddDays(-1), start + Validity);
        return new DtlsCertificate(certificate.RawData, key.ExportPkcs8PrivateKey());
    }

    /// <summary>Makes it again from what <see cref="Export"/> gave.</summary>
    public static DtlsCertificate Import(ReadOnlySpan<byte> certificate, ReadOnlySpan<byte> privateKey) =>
        new(certificate.ToArray(), privateKey.ToArray());

    /// <summary>The certificate in DER and its private key in PKCS #8, unencrypted: only ever store it encrypted.</summary>
    public (byte[] Certificate, byte[] PrivateKey) Export() => ([.. _certificate], [.. _privateKey]);

    /// <summary>What signs a handshake.</summary>
    internal TlsCredentialedSigner CreateSigner(TlsContext context) => new BcDefaultTlsCredentialedSigner(
        new TlsCryptoParameters(context),
        (BcTlsCrypto)context.Crypto,
        _signingKey,
        new Certificate([context.Crypto.CreateCertificate(_certificate)]),
        SignatureAndHashAlgorithm.GetInstance(Org.BouncyCastle.Tls.HashAlgorithm.sha256, SignatureAlgorithm.ecdsa));
}
