namespace Holdfast.Rtc.Rtp;

/// <summary>VP8 (RFC 7741). Its parameters only say what a receiver can take, and every receiver takes 512x512.</summary>
internal sealed class Vp8PayloadFormat : PayloadFormat
{
    /// <inheritdoc/>
    public override string Name => "VP8";

    /// <summary>The state is the next picture's id.</summary>
    public override IPicturePacketizer CreatePacketizer(ulong state) => new Vp8Packetizer((ushort)(state & Vp8Packetizer.PictureIdMask));

    /// <inheritdoc/>
    public override ulong Advance(ulong state, int pictures) => (state + (ulong)pictures) & Vp8Packetizer.PictureIdMask;

    /// <summary>The lowest bit of its first byte is clear (RFC 6386 section 9.1).</summary>
    public override bool IsKeyFrame(ReadOnlySpan<byte> picture) => !picture.IsEmpty && (picture[0] & 1) == 0;
}
