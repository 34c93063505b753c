using System.Buffers.Binary;
using Holdfast.Rtc.Rtcp;

namespace Holdfast.Rtc.Tests.Kit;

/// <summary>Reads names out of an SDES packet (RFC 3550 section 6.5), as receivers do: the server only writes them.</summary>
internal static class SourceDescription
{
    /// <summary>The CNAME of an SSRC, in UTF-8.</summary>
    public static bool TryGetCname(scoped in RtcpPacket packet, uint ssrc, out ReadOnlySpan<byte> cname)
    {
        cname = default;
        if (packet.Type != RtcpPacketType.SourceDescription)
        {
            return false;
        }

        var rest = packet.Body;
        for (var chunk = 0; chunk < packet.CountOrFormat; chunk++)
        {
            if (rest.Length < 4)
            {
                return false;
            }

            var isOurs = BinaryPrimitives.ReadUInt32BigEndian(rest) == ssrc;
            var at = 4;
            while (at < rest.Length && rest[at] != 0)
            {
                if (rest.Length < at + 2 || rest.Length < at + 2 + rest[at + 1])
                {
                    return false;
                }

                if (isOurs && rest[at] == 1)
                {
                    cname = rest.Slice(at + 2, rest[at + 1]);
                    return true;
                }

                at += 2 + rest[at + 1];
            }

            // The list ends with at least one zero, up to the next whole word.
            at = (at / 4 + 1) * 4;
            if (at > rest.Length)
            {
                return false;
            }

            rest = rest[at..];
        }

        return false;
    }
}
