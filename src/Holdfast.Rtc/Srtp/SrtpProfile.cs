namespace Holdfast.Rtc.Srtp;

/// <summary>How media is protected; the values are those of the DTLS use_srtp extension (RFC 5764 section 4.1.2, RFC 7714 section 14.2).</summary>
internal enum SrtpProfile
{
    /// <summary>AES-128 in counter mode with an 80-bit HMAC-SHA1 tag.</summary>
    Aes128CmHmacSha1_80 = 0x0001,

    /// <summary>AES-128-GCM with a 128-bit tag.</summary>
    AeadAes128Gcm = 0x0007,
}

/// <summary>Why a protected packet was not accepted.</summary>
internal enum SrtpFailure
{
    None,

    /// <summary>Not an SRTP or SRTCP packet: too short, too long, wrong version, or a header that does not fit.</summary>
    Malformed,

    /// <summary>An index seen before, or one older than the replay window (RFC 3711 section 3.3.2).</summary>
    Replayed,

    /// <summary>The tag does not match.</summary>
    AuthenticationFailed,

    /// <summary>An SRTCP packet without the E bit: both profiles always encrypt here.</summary>
    NotEncrypted,

    /// <summary>Authentic, but from one SSRC more than a context keeps.</summary>
    TooManyStreams,
}
