namespace Holdfast.Rtc;

/// <summary>What shares the port (RFC 7983 section 7).</summary>
internal enum DatagramKind
{
    Unknown,
    Stun,
    Dtls,

    /// <summary>SRTP and SRTCP.</summary>
    Media,
}

/// <summary>Tells datagrams apart by their first byte.</summary>
internal static class DatagramKinds
{
    public static DatagramKind Of(ReadOnlySpan<byte> datagram) => datagram.IsEmpty ? DatagramKind.Unknown : datagram[0] switch
    {
        <= 3 => DatagramKind.Stun,
        >= 20 and <= 63 => DatagramKind.Dtls,
        >= 128 and <= 191 => DatagramKind.Media,
        _ => DatagramKind.Unknown,
    };
}
