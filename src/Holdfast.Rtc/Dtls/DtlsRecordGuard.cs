using System.Buffers.Binary;
using System.Security.Cryptography;
using Holdfast.Rtc.Keeping;
using Holdfast.Rtc.Srtp;
using Org.BouncyCastle.Tls;

namespace Holdfast.Rtc.Dtls;

/// <summary>What a record behind the handshake is.</summary>
internal enum GuardVerdict
{
    /// <summary>Not protected, or not with this association's keys: anybody's.</summary>
    NotAuthentic,

    /// <summary>The other side's, and taken in before.</summary>
    Replayed,

    /// <summary>The other side's.</summary>
    Authentic,
}

/// <summary>
/// Tells what the client protected from what anybody sends in its name, before it costs anything: behind the handshake BouncyCastle sees
/// authentic records only, and each once.
/// </summary>
internal sealed class DtlsRecordGuard : IDisposable
{
    public const int HeaderLength = 13;

    private const string Label = "key expansion";
    private const int TagLength = 16;
    private const int NonceLength = 12;
    private const int ExplicitNonceLength = 8;
    private const int GcmSaltLength = 4;
    private const int SequenceOffset = 3;
    private const int LengthOffset = 11;

    private const int LongestText = 2048;

    private const int AlertLength = 2;

    private readonly byte[] _key;
    private readonly byte[] _salt;

    // Made when the first record comes, which for most connections is their last.
    private AesGcm? _gcm;
    private ReplayWindow _seen;

    private DtlsRecordGuard(byte[] key, byte[] salt)
    {
        (_key, _salt) = (key, salt);
    }

    /// <summary>
    /// Makes the guard of what the client sends (RFC 5246 section 6.3); to be called when the handshake is complete, as the secrets are gone afterwards.
    /// </summary>
    public static DtlsRecordGuard Create(TlsContext context)
    {
        var security = context.SecurityParameters;
        var keyLength = security.CipherSuite switch
        {
            CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 => 16,
            CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 => 32,
            var other => throw new NotSupportedException($"There is no guard for cipher suite {other:x4}."),
        };
        byte[] seed = [.. security.ServerRandom, .. security.ClientRandom];

        // client key, server key, client salt, server salt; AEAD ciphers have no MAC keys.
        var block = security.MasterSecret.DeriveUsingPrf(security.PrfAlgorithm, Label, seed, 2 * (keyLength + GcmSaltLength)).Extract();
        var guard = new DtlsRecordGuard(block[..keyLength], block[(2 * keyLength)..(2 * keyLength + GcmSaltLength)]);
        CryptographicOperations.ZeroMemory(block);
        return guard;
    }

    /// <summary>Makes again what another process had.</summary>
    public static DtlsRecordGuard Restore(GuardRecord record) => new(record.Key, record.Salt);

    /// <summary>What another process needs.</summary>
    public GuardRecord Export() => new([.. _key], [.. _salt]);

    /// <summary>Whether a record that <see cref="Check"/> found authentic says that the other side ends the association: close_notify, or a fatal alert.</summary>
    public bool IsEnd(ReadOnlySpan<byte> record)
    {
        const byte AlertRecord = 21;
        var text = record[(HeaderLength + ExplicitNonceLength)..];
        if (record[0] != AlertRecord || text.Length != AlertLength + TagLength)
        {
            return false;
        }

        Span<byte> nonce = stackalloc byte[NonceLength];
        _salt.CopyTo(nonce);
        record.Slice(HeaderLength, ExplicitNonceLength).CopyTo(nonce[GcmSaltLength..]);
        Span<byte> alert = stackalloc byte[AlertLength];
        Span<byte> tag = stackalloc byte[TagLength];
        _gcm ??= new AesGcm(_key, TagLength);
        _gcm.Encrypt(nonce, text[..AlertLength], alert, tag);
        return alert[0] == AlertLevel.fatal || alert[1] == AlertDescription.close_notify;
    }

    /// <summary>Takes the next record off a datagram; false where there is none, or what follows is none.</summary>
    public static bool TryReadRecord(ref ReadOnlySpan<byte> datagram, out ReadOnlySpan<byte> record)
    {
        record = default;
        if (datagram.Length < HeaderLength || datagram[1] != 0xFE)
        {
            return false;
        }

        var length = HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(datagram[LengthOffset..]);
        if (datagram.Length < length)
        {
            return false;
        }

        record = datagram[..length];
        datagram = datagram[length..];
        return true;
    }

    /// <summary>Looks at one whole record. One that is authentic counts as seen from then on.</summary>
    public GuardVerdict Check(ReadOnlySpan<byte> record)
    {
        var sequence = BinaryPrimitives.ReadInt64BigEndian(record[SequenceOffset..]);
        var plainLength = record.Length - HeaderLength - ExplicitNonceLength - TagLength;

        // The upper 16 bits are the epoch: 1 is the only one that is protected, as nobody renegotiates.
        if (sequence >> 48 != 1 || plainLength < 0 || plainLength > LongestText)
        {
            return GuardVerdict.NotAuthentic;
        }

        Span<byte> nonce = stackalloc byte[NonceLength];
        Span<byte> associated = stackalloc byte[HeaderLength];
        _salt.CopyTo(nonce); // RFC 5288 section 3
        record.Slice(HeaderLength, ExplicitNonceLength).CopyTo(nonce[GcmSaltLength..]);
        BinaryPrimitives.WriteInt64BigEndian(associated, sequence);
        associated[8] = record[0];
        record[1..SequenceOffset].CopyTo(associated[9..]);
        BinaryPrimitives.WriteUInt16BigEndian(associated[LengthOffset..], (ushort)plainLength);
        var protectedText = record[(HeaderLength + ExplicitNonceLength)..];
        if (!HasTag(nonce, protectedText[..plainLength], protectedText[plainLength..], associated))
        {
            return GuardVerdict.NotAuthentic;
        }

        var number = sequence & 0xFFFF_FFFF_FFFF;
        if (!_seen.IsNew(number))
        {
            return GuardVerdict.Replayed;
        }

        _seen.Accept(number);
        return GuardVerdict.Authentic;
    }

    public void Dispose()
    {
        _gcm?.Dispose();
        CryptographicOperations.ZeroMemory(_key);
    }

    /// <summary>
    /// Whether the tag is right. GCM is its own inverse, so that two encryptions tell without an exception for each forgery: the first
    /// yields the plaintext, the second the tag that belongs to it.
    /// </summary>
    private bool HasTag(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> text, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> associated)
    {
        Span<byte> scratch = stackalloc byte[2 * LongestText];
        var plain = scratch[..text.Length];
        var again = scratch.Slice(LongestText, text.Length);
        Span<byte> expected = stackalloc byte[TagLength];
        _gcm ??= new AesGcm(_key, TagLength);
        _gcm.Encrypt(nonce, text, plain, expected, associated);
        _gcm.Encrypt(nonce, plain, again, expected, associated);
        return CryptographicOperations.FixedTimeEquals(expected, tag);
    }
}
