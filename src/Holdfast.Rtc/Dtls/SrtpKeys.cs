using Holdfast.Rtc.Srtp;
using Org.BouncyCastle.Tls;

namespace Holdfast.Rtc.Dtls;

/// <summary>The master keys and salts that a DTLS handshake yields for SRTP (RFC 5764 section 4.2).</summary>
/// <param name="Profile">The protection profile that was negotiated.</param>
/// <param name="ClientKey">Protects what the DTLS client sends.</param>
/// <param name="ClientSalt">Belongs to <paramref name="ClientKey"/>.</param>
/// <param name="ServerKey">Protects what the DTLS server sends.</param>
/// <param name="ServerSalt">Belongs to <paramref name="ServerKey"/>.</param>
internal sealed record SrtpKeys(SrtpProfile Profile, byte[] ClientKey, byte[] ClientSalt, byte[] ServerKey, byte[] ServerSalt)
{
    private const string ExporterLabel = "EXTRACTOR-dtls_srtp";

    public static SrtpKeys Export(TlsContext context, SrtpProfile profile)
    {
        var key = SrtpContext.KeyLength(profile);
        var salt = SrtpContext.SaltLength(profile);

        // client key, server key, client salt, server salt
        var material = context.ExportKeyingMaterial(ExporterLabel, null, 2 * (key + salt));
        return new SrtpKeys(
            profile,
            ClientKey: material[..key],
            ClientSalt: material[(2 * key)..(2 * key + salt)],
            ServerKey: material[key..(2 * key)],
            ServerSalt: material[(2 * key + salt)..]);
    }
}
