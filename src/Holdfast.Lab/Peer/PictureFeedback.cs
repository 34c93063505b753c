using System.Buffers.Binary;
using System.Numerics;
using Holdfast.Rtc.Rtcp;

namespace Holdfast.Lab.Peer;

/// <summary>What receivers of pictures send and no server does: requests for a key frame, and how much there is room for.</summary>
internal static class PictureFeedback
{
    /// <summary>PLI (RFC 4585 section 6.3.1).</summary>
    public static void WritePictureLossIndication(this ref RtcpWriter writer, uint senderSsrc, uint mediaSsrc) =>
        writer.BeginFeedback(RtcpPacketType.PayloadFeedback, RtcpFeedbackFormat.PictureLoss, senderSsrc, mediaSsrc, 0);

    /// <summary>FIR for one stream (RFC 5104 section 4.3.1).</summary>
    public static void WriteFullIntraRequest(this ref RtcpWriter writer, uint senderSsrc, uint mediaSsrc, byte sequenceNumber)
    {
        // The media SSRC of the header is unused and 0; the entry names the stream.
        var body = writer.BeginFeedback(RtcpPacketType.PayloadFeedback, RtcpFeedbackFormat.FullIntraRequest, senderSsrc, 0, 8);
        BinaryPrimitives.WriteUInt32BigEndian(body, mediaSsrc);
        BinaryPrimitives.WriteUInt32BigEndian(body[4..], (uint)sequenceNumber << 24);
    }

    /// <summary>REMB (draft-alvestrand-rmcat-remb-03); rounds down to 18 significant bits.</summary>
    public static void WriteReceiverEstimatedBitrate(this ref RtcpWriter writer, uint senderSsrc, long bitsPerSecond, scoped ReadOnlySpan<uint> ssrcs)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bitsPerSecond);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ssrcs.Length, byte.MaxValue, nameof(ssrcs));
        var exponent = Math.Max(0, 64 - 18 - BitOperations.LeadingZeroCount((ulong)bitsPerSecond));
        var body = writer.BeginFeedback(RtcpPacketType.PayloadFeedback, RtcpFeedbackFormat.ApplicationLayer, senderSsrc, 0, 8 + 4 * ssrcs.Length);
        BinaryPrimitives.WriteUInt32BigEndian(body, ReceiverEstimatedBitrate.Identifier);
        BinaryPrimitives.WriteUInt32BigEndian(body[4..], ((uint)ssrcs.Length << 24) | ((uint)exponent << 18) | (uint)(bitsPerSecond >> exponent));
        for (var i = 0; i < ssrcs.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(body[(8 + 4 * i)..], ssrcs[i]);
        }
    }
}
