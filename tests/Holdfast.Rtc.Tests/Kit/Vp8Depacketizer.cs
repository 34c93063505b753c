using System.Buffers;
using Holdfast.Lab.Peer;
using Holdfast.Rtc.Rtp;

namespace Holdfast.Rtc.Tests.Kit;

/// <summary>Joins RTP payloads, handed in in order, to VP8 frames again. A frame with a hole in it is given up.</summary>
internal sealed class Vp8Depacketizer
{
    private readonly ArrayBufferWriter<byte> _frame = new();
    private uint _timestamp;
    private ushort _expected;
    private bool _assembling;

    /// <summary>Frames that were begun and never completed.</summary>
    public long BrokenFrames { get; private set; }

    /// <summary>The descriptor of the newest packet that was part of a frame.</summary>
    public Vp8PayloadDescriptor Descriptor { get; private set; }

    /// <summary>Adds a packet.</summary>
    /// <param name="packet">The next packet in order.</param>
    /// <param name="frame">The frame that this packet completes; valid until the next call.</param>
    /// <returns>Whether a frame is complete.</returns>
    public bool TryAdd(in RtpPacket packet, out ReadOnlySpan<byte> frame)
    {
        frame = default;
        if (packet.Payload.IsEmpty)
        {
            // Padding takes a sequence number and nothing else.
            _expected += (ushort)(packet.SequenceNumber == _expected ? 1 : 0);
            return false;
        }

        if (!Vp8PayloadDescriptor.TryParse(packet.Payload, out var descriptor))
        {
            GiveUp();
            return false;
        }

        if (descriptor.IsFrameStart)
        {
            GiveUp();
            _assembling = true;
            _timestamp = packet.Timestamp;
        }
        else if (!_assembling || packet.SequenceNumber != _expected || packet.Timestamp != _timestamp)
        {
            GiveUp();
            return false;
        }

        Descriptor = descriptor;
        _expected = (ushort)(packet.SequenceNumber + 1);
        _frame.Write(packet.Payload[descriptor.Length..]);
        if (!packet.Marker)
        {
            return false;
        }

        _assembling = false;
        frame = _frame.WrittenSpan;
        return true;
    }

    private void GiveUp()
    {
        BrokenFrames += _assembling ? 1 : 0;
        _assembling = false;
        _frame.ResetWrittenCount();
    }
}
