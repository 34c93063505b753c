using System.Buffers.Binary;
using System.Net;
using Holdfast.Rtc.Stun;

namespace Holdfast.Rtc.Tests.Kit;

/// <summary>Reads XOR-MAPPED-ADDRESS (RFC 8489 section 14.2), as clients do that want to know their own address: the server only writes it.</summary>
internal static class MappedAddress
{
    /// <param name="datagram">A whole message that <see cref="StunMessage.TryParse"/> takes.</param>
    /// <returns>Null where there is none.</returns>
    public static IPEndPoint? In(ReadOnlySpan<byte> datagram)
    {
        for (var at = StunMessage.HeaderLength; at < datagram.Length;)
        {
            var value = datagram.Slice(at + 4, BinaryPrimitives.ReadUInt16BigEndian(datagram[(at + 2)..]));
            if (BinaryPrimitives.ReadUInt16BigEndian(datagram[at..]) == StunAttribute.XorMappedAddress)
            {
                // The address is XORed with the cookie and the transaction id, which follow each other in the header.
                var address = new byte[value.Length - 4];
                for (var i = 0; i < address.Length; i++)
                {
                    address[i] = (byte)(value[4 + i] ^ datagram[4 + i]);
                }

                return new IPEndPoint(new IPAddress(address), BinaryPrimitives.ReadUInt16BigEndian(value[2..]) ^ BinaryPrimitives.ReadUInt16BigEndian(datagram[4..]));
            }

            at += 4 + ((value.Length + 3) & ~3);
        }

        return null;
    }
}
