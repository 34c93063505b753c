namespace Holdfast.Rtc.Rtp;

/// <summary>
/// What the wire needs to know of a picture codec: how its pictures are cut into RTP payloads, and which stand for themselves. One picture at a time; the
/// payloads may be written over some time, and the picture stays the caller's.
/// </summary>
internal interface IPicturePacketizer
{
    /// <summary>How many payloads of the picture begun last are still to be written; the last one carries the RTP marker.</summary>
    int Remaining { get; }

    /// <summary>The number of the next picture, for a codec that counts them; a process that goes on with the connection goes on with it.</summary>
    ushort NextPictureId { get; }

    /// <summary>Begins a picture; what is left of the one before is forgotten.</summary>
    /// <param name="picture">An encoded picture of at least one byte.</param>
    /// <param name="maximumPayload">Bytes that a payload may have.</param>
    void Begin(ReadOnlySpan<byte> picture, int maximumPayload);

    /// <summary>Writes the next payload; returns its length, or 0 when there is none.</summary>
    /// <param name="picture">The same picture.</param>
    /// <param name="buffer">Receives the payload.</param>
    int WriteNext(ReadOnlySpan<byte> picture, Span<byte> buffer);
}
