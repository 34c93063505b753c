namespace Holdfast.Rtc.Rtp;

/// <summary>
/// Cuts the pictures of one stream into RTP payloads (<see cref="PayloadFormat"/>). One picture at a time; the payloads may be written over some time, and the
/// picture stays the caller's. Nothing is allocated for a picture or a payload.
/// </summary>
internal interface IPicturePacketizer
{
    /// <summary>How many payloads of the picture begun last are still to be written; the last one carries the RTP marker.</summary>
    int Remaining { get; }

    /// <summary>
    /// What another process makes its own with to go on with the stream (<see cref="PayloadFormat.CreatePacketizer"/>), such as the number of the next picture; 0 where
    /// there is no such thing.
    /// </summary>
    ulong State { get; }

    /// <summary>Begins a picture; what is left of the one before is forgotten.</summary>
    /// <param name="picture">An encoded picture of at least one byte.</param>
    /// <param name="maximumPayload">Bytes that a payload may have.</param>
    void Begin(ReadOnlySpan<byte> picture, int maximumPayload);

    /// <summary>Writes the next payload; returns its length, or 0 when there is none.</summary>
    /// <param name="picture">The same picture.</param>
    /// <param name="buffer">Receives the payload.</param>
    int WriteNext(ReadOnlySpan<byte> picture, Span<byte> buffer);
}
