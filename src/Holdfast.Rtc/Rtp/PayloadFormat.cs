using Holdfast.Rtc.Sdp;

namespace Holdfast.Rtc.Rtp;

/// <summary>
/// All that the wire knows of a codec of pictures (its RTP payload format): how it is offered and answered, how its pictures become packets, and what of that outlives
/// the process. It has no state of its own: one serves all connections.
/// </summary>
/// <remarks>What encodes the pictures is not here, and need not be known here: it has the same name, and that is all that joins the two.</remarks>
internal abstract class PayloadFormat
{
    /// <summary>VP8.</summary>
    public static Vp8PayloadFormat Vp8 { get; } = new();

    /// <summary>Those that are offered and answered, the preferred one first.</summary>
    public static IReadOnlyList<PayloadFormat> All { get; } = [Vp8];

    /// <summary>The encoding's name in a=rtpmap, which is the codec's name everywhere else too.</summary>
    public abstract string Name { get; }

    /// <summary>RTP clock units a second.</summary>
    public virtual int ClockRate => 90_000;

    /// <summary>The format parameters (a=fmtp) of an offer that this side makes; null: none.</summary>
    public virtual string? Parameters => null;

    /// <summary>Whether it is what the other side means by a payload type; name and clock rate are the same.</summary>
    public virtual bool Takes(SdpCodec offered) => true;

    /// <summary>The format parameters of the answer to a payload type that it takes; null: none.</summary>
    public virtual string? AnswerTo(SdpCodec offered) => null;

    /// <summary>Makes what cuts the pictures of one stream.</summary>
    /// <param name="state">
    /// Of the stream's packetizer in the process before (<see cref="IPicturePacketizer.State"/>); of a new stream a random number.
    /// </param>
    public abstract IPicturePacketizer CreatePacketizer(ulong state);

    /// <summary>The state of a packetizer that has cut up to so many pictures more: what a process leaves that may be killed before it says more.</summary>
    public abstract ulong Advance(ulong state, int pictures);

    /// <summary>Whether a picture stands for itself.</summary>
    public abstract bool IsKeyFrame(ReadOnlySpan<byte> picture);

    /// <summary>Whether a payload type of the other side's is this format.</summary>
    public bool Is(SdpCodec offered) => offered.Is(Name, ClockRate) && Takes(offered);
}
