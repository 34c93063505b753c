using System.Buffers.Binary;

namespace Holdfast.Rtc.Dtls;

/// <summary>The records of one DTLS datagram, as far as their lengths tell them apart (RFC 6347 section 4.1).</summary>
internal static class DtlsRecords
{
    /// <summary>
    /// Records taken of one datagram. Each may cost a decryption, and a datagram has room for more than a hundred empty ones; a browser's longest flight
    /// has about six.
    /// </summary>
    public const int MostTaken = 16;

    /// <summary>Type, version, epoch, sequence number and length.</summary>
    public const int HeaderLength = 13;

    /// <summary>The first records of a datagram, <see cref="MostTaken"/> at the most; all of it, where it has no more.</summary>
    public static ReadOnlySpan<byte> TakeFirst(ReadOnlySpan<byte> datagram)
    {
        var end = 0;
        for (var count = 0; datagram.Length - end >= HeaderLength; count++)
        {
            if (count == MostTaken)
            {
                return datagram[..end];
            }

            end += HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(datagram[(end + HeaderLength - 2)..]);
        }

        return datagram;
    }
}
