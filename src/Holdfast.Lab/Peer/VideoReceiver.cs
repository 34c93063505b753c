using Holdfast.Rtc;
using Holdfast.Rtc.Rtp;

namespace Holdfast.Lab.Peer;

/// <summary>A complete picture that could be shown: all that it builds on was there too.</summary>
/// <param name="At">When its last missing packet arrived.</param>
/// <param name="IsKeyFrame">Whether it needs no other.</param>
/// <param name="Timestamp">On the 90 kHz clock.</param>
internal readonly record struct ShownPicture(RtcTime At, bool IsKeyFrame, uint Timestamp);

/// <summary>Is handed each complete picture; the bytes are valid during the call only.</summary>
internal delegate void PictureHandler(in ShownPicture picture, ReadOnlySpan<byte> frame);

/// <summary>
/// Puts VP8 packets in order and together, knows which pictures a decoder could show without decoding them, and says when a key
/// frame or a retransmission is needed.
/// </summary>
internal sealed class VideoReceiver : IDisposable
{
    public const int ClockRate = 90_000;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan KeyFrameRetry = TimeSpan.FromMilliseconds(300);

    private readonly PictureAssembler _assembler = new(LongestWait);
    private readonly MissingPackets _missing = new();
    private bool _isIntact;
    private RtcTime _keyFrameAskedAt;

    /// <summary>Loss and jitter of the stream itself; null before its first packet.</summary>
    public ReceiverStatistics? Statistics { get; private set; }

    /// <summary>Is handed each picture, where somebody wants to decode it.</summary>
    public PictureHandler? OnPicture { get; set; }

    public FreezeMeter Freezes { get; } = new();

    /// <summary>Pictures that could be shown.</summary>
    public long Pictures { get; private set; }

    public long KeyFrames { get; private set; }

    /// <summary>Pictures that came whole but build on one that did not.</summary>
    public long PicturesUndecodable { get; private set; }

    /// <summary>Packets that neither arrived nor were sent again in time.</summary>
    public long PacketsGivenUp => _assembler.PacketsGivenUp;

    /// <summary>Packets that came as retransmissions.</summary>
    public long PacketsRepeated { get; private set; }

    /// <summary>The newest picture.</summary>
    public ShownPicture? Last { get; private set; }

    public RtcTime NextTimeout => RtcTime.Min(
        RtcTime.Min(_assembler.NextTimeout, _missing.NextTimeout),
        Statistics is not null && !_isIntact ? _keyFrameAskedAt + KeyFrameRetry : RtcTime.Never);

    /// <summary>A packet of the stream.</summary>
    public void Handle(RtcTime now, in RtpPacket packet)
    {
        if (Statistics is null)
        {
            // The first picture is a key frame; it is asked for only if it does not come.
            Statistics = new ReceiverStatistics(packet.Ssrc, ClockRate);
            _keyFrameAskedAt = now;
        }

        Statistics.OnPacket(now, packet.SequenceNumber, packet.Timestamp);
        Add(now, packet.SequenceNumber, packet.Timestamp, packet.Marker, packet.Payload);
    }

    /// <summary>A retransmission: the original packet under another SSRC (RFC 4588).</summary>
    /// <param name="now">Now.</param>
    /// <param name="packet">The packet as it came, decrypted.</param>
    public void HandleRepeated(RtcTime now, in RtpPacket packet)
    {
        if (Statistics is null || !RepeatedPayload.TryParse(packet.Payload, out var original, out var payload))
        {
            return;
        }

        PacketsRepeated++;
        Add(now, original, packet.Timestamp, packet.Marker, payload);
    }

    /// <summary>Takes the sequence numbers to ask for now.</summary>
    public void TakeMissing(RtcTime now, TimeSpan roundTrip, List<ushort> numbers) => _missing.TakeDue(now, roundTrip, numbers);

    /// <summary>Whether a key frame is to be asked for now; asked once, it is not again for a while.</summary>
    public bool TakeKeyFrameRequest(RtcTime now)
    {
        if (_isIntact || Statistics is null || now < _keyFrameAskedAt + KeyFrameRetry)
        {
            return false;
        }

        _keyFrameAskedAt = now;
        return true;
    }

    /// <summary>Gives up what has been waited for too long.</summary>
    public void HandleTimeout(RtcTime now) => Drain(now);

    public void Dispose() => _assembler.Dispose();

    private void Add(RtcTime now, ushort sequenceNumber, uint timestamp, bool marker, ReadOnlySpan<byte> payload)
    {
        if (_missing.OnPacket(now, sequenceNumber))
        {
            Break(now);
        }

        _assembler.Add(now, sequenceNumber, timestamp, marker, payload);
        Drain(now);
    }

    private void Drain(RtcTime now)
    {
        while (_assembler.TryTake(now, out var kind, out var timestamp, out var frame))
        {
            switch (kind)
            {
                case AssembledKind.Picture:
                    break;
                case AssembledKind.KeyFrameAhead:
                    _missing.Clear();
                    break;
                case AssembledKind.PictureAfterGap:
                    Break(now);
                    break;
            }

            Take(now, timestamp, frame);
        }

        if (_assembler.IsBehindGap)
        {
            Break(now);
        }
    }

    private void Break(RtcTime now)
    {
        if (_isIntact)
        {
            _isIntact = false;

            // Asked for at once.
            _keyFrameAskedAt = now - KeyFrameRetry;
        }
    }

    private void Take(RtcTime now, uint timestamp, ReadOnlySpan<byte> frame)
    {
        var isKeyFrame = PayloadFormat.Vp8.IsKeyFrame(frame);
        if (isKeyFrame)
        {
            KeyFrames++;
            _isIntact = true;
        }

        if (!_isIntact)
        {
            if (Pictures == 0 && PicturesUndecodable == 0)
            {
                // As browsers do: the very first picture builds on one that never came.
                _keyFrameAskedAt = now - KeyFrameRetry;
            }

            PicturesUndecodable++;
            return;
        }

        Pictures++;
        var picture = new ShownPicture(now, isKeyFrame, timestamp);
        Last = picture;
        Freezes.OnPicture(now);
        OnPicture?.Invoke(picture, frame);
    }
}
