namespace Holdfast.Lab.Peer;

/// <summary>The VP8 payload descriptor, which precedes the VP8 data in each RTP payload (RFC 7741 section 4.2). The server writes it and never reads one.</summary>
/// <param name="Length">Bytes of the descriptor.</param>
/// <param name="IsNonReference">N: no other frame depends on this one.</param>
/// <param name="IsPartitionStart">S: a partition begins here.</param>
/// <param name="PartitionIndex">PID: 0 is the first partition, with the frame header.</param>
/// <param name="PictureId">7 or 15 bits, or -1 where there is none.</param>
/// <param name="Tl0PictureIndex">TL0PICIDX, or -1.</param>
/// <param name="TemporalLayer">TID, or -1.</param>
/// <param name="KeyIndex">KEYIDX, or -1.</param>
internal readonly record struct Vp8PayloadDescriptor(
    int Length,
    bool IsNonReference,
    bool IsPartitionStart,
    byte PartitionIndex,
    int PictureId,
    int Tl0PictureIndex,
    int TemporalLayer,
    int KeyIndex)
{
    /// <summary>Whether a frame begins with this payload.</summary>
    public bool IsFrameStart => IsPartitionStart && PartitionIndex == 0;

    public static bool TryParse(ReadOnlySpan<byte> payload, out Vp8PayloadDescriptor descriptor)
    {
        descriptor = default;
        var pictureId = -1;
        var tl0 = -1;
        var layer = -1;
        var keyIndex = -1;
        var length = 1;
        if (payload.IsEmpty)
        {
            return false;
        }

        var first = payload[0];
        if ((first & 0x80) != 0)
        {
            if (payload.Length < 2)
            {
                return false;
            }

            var flags = payload[1];
            length = 2;
            if ((flags & 0x80) != 0)
            {
                if (payload.Length < length + 1)
                {
                    return false;
                }

                pictureId = payload[length++];
                if ((pictureId & 0x80) != 0)
                {
                    if (payload.Length < length + 1)
                    {
                        return false;
                    }

                    pictureId = ((pictureId & 0x7F) << 8) | payload[length++];
                }
            }

            if ((flags & 0x40) != 0)
            {
                if (payload.Length < length + 1)
                {
                    return false;
                }

                tl0 = payload[length++];
            }

            if ((flags & 0x30) != 0)
            {
                if (payload.Length < length + 1)
                {
                    return false;
                }

                var bits = payload[length++];
                layer = (flags & 0x20) != 0 ? bits >> 6 : -1;
                keyIndex = (flags & 0x10) != 0 ? bits & 0x1F : -1;
            }
        }

        descriptor = new(length, (first & 0x20) != 0, (first & 0x10) != 0, (byte)(first & 0x07), pictureId, tl0, layer, keyIndex);
        return true;
    }
}
