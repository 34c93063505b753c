using Holdfast.Rtc.Srtp;
using Org.BouncyCastle.Tls;

namespace Holdfast.Rtc.Dtls;

/// <summary>What both roles of DTLS agree on here: DTLS 1.2, ephemeral ECDH signed with ECDSA, AEAD ciphers, and keys for SRTP.</summary>
internal static class DtlsPolicy
{
    /// <summary>BouncyCastle's own resend time, the shortest it takes: retransmission is timed outside it, in the peer's time (HandshakeTransport).</summary>
    public const int ResendTimeMillis = 1;

    /// <summary>BouncyCastle's own limit, none: the peer's set-up timeout counts.</summary>
    public const int HandshakeTimeoutMillis = 0;

    public static ProtocolVersion[] Versions => ProtocolVersion.DTLSv12.Only();

    /// <summary>AES-GCM alone, which every client has (RFC 8827 section 6.5); <see cref="DtlsRecords"/> relies on it.</summary>
    public static int[] CipherSuites =>
    [
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    ];

    /// <summary>SRTP profiles, the preferred first.</summary>
    public static SrtpProfile[] Profiles => [SrtpProfile.AeadAes128Gcm, SrtpProfile.Aes128CmHmacSha1_80];

    /// <summary>What a peer's certificate and signature may be made with. Which certificate it is, the fingerprint says.</summary>
    public static IList<SignatureAndHashAlgorithm> SignatureAlgorithms =>
    [
        SignatureAndHashAlgorithm.GetInstance(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa),
        SignatureAndHashAlgorithm.GetInstance(HashAlgorithm.sha384, SignatureAlgorithm.ecdsa),
        SignatureAndHashAlgorithm.GetInstance(HashAlgorithm.sha512, SignatureAlgorithm.ecdsa),
        SignatureAndHashAlgorithm.rsa_pss_rsae_sha256,
        SignatureAndHashAlgorithm.GetInstance(HashAlgorithm.sha256, SignatureAlgorithm.rsa),
        SignatureAndHashAlgorithm.GetInstance(HashAlgorithm.sha384, SignatureAlgorithm.rsa),
        SignatureAndHashAlgorithm.GetInstance(HashAlgorithm.sha512, SignatureAlgorithm.rsa),
    ];
}
