using System.Buffers.Binary;

namespace Holdfast.Rtc.Dtls;

/// <summary>
/// The records of one DTLS datagram (RFC 6347 section 4.1), and which of them BouncyCastle is handed. It takes some that nobody signed for a reason to end
/// the association, with an alert to the client: a protected record that is too short to be one, and an alert without protection. Whoever knows a
/// client's address can send those.
/// </summary>
internal static class DtlsRecords
{
    /// <summary>
    /// Records taken of one datagram. Each may cost a decryption, and a datagram has room for more than a hundred empty ones; a browser's longest flight
    /// has about six.
    /// </summary>
    public const int MostTaken = 16;

    /// <summary>Type, version, epoch, sequence number and length.</summary>
    public const int HeaderLength = 13;

    /// <summary>The nonce and the tag of AES-GCM, the cipher of all suites here (RFC 5288).</summary>
    private const int LeastProtected = 8 + 16;

    private const byte ChangeCipherSpec = 20;
    private const byte Handshake = 22;
    private const byte ApplicationData = 23;
    private const ushort Version10 = 0xFEFF;
    private const ushort Version12 = 0xFEFD;

    /// <summary>Copies the records that may be taken in, one behind the other.</summary>
    /// <param name="datagram">The datagram.</param>
    /// <param name="taken">At least as long.</param>
    /// <param name="isEstablished">Whether the handshake is complete. Without protection only its last flight, repeated, is of use then.</param>
    /// <returns>Bytes that were copied.</returns>
    public static int Take(ReadOnlySpan<byte> datagram, Span<byte> taken, bool isEstablished)
    {
        var length = 0;
        for (var count = 0; count < MostTaken && datagram.Length >= HeaderLength; count++)
        {
            var end = HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(datagram[(HeaderLength - 2)..]);
            if (end > datagram.Length)
            {
                break;
            }

            if (IsSound(datagram[..end], isEstablished))
            {
                datagram[..end].CopyTo(taken[length..]);
                length += end;
            }

            datagram = datagram[end..];
        }

        return length;
    }

    private static bool IsSound(ReadOnlySpan<byte> record, bool isEstablished)
    {
        var type = record[0];
        if (type is < ChangeCipherSpec or > ApplicationData || BinaryPrimitives.ReadUInt16BigEndian(record[1..]) is not (Version10 or Version12))
        {
            return false;
        }

        return BinaryPrimitives.ReadUInt16BigEndian(record[3..]) switch
        {
            0 => !isEstablished || type is ChangeCipherSpec or Handshake,
            1 => record.Length >= HeaderLength + LeastProtected,
            _ => false,
        };
    }
}
