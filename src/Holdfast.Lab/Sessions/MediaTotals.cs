using Holdfast.Lab.Peer;

namespace Holdfast.Lab.Sessions;

/// <summary>What arrived and what did not.</summary>
/// <param name="Packets">RTP packets that arrived, without retransmissions.</param>
/// <param name="Lost">RTP packets that did not, whether sent again or not.</param>
/// <param name="Repeated">Video packets that came as retransmissions.</param>
/// <param name="GivenUp">Video packets that never came.</param>
/// <param name="Pictures">Pictures that could be shown.</param>
/// <param name="KeyFrames">Those among them that need no other.</param>
/// <param name="Freezes">Times the picture stood still, apart from interruptions that were meant.</param>
/// <param name="Frozen">How long it did.</param>
/// <param name="Bytes">Bytes of media datagrams.</param>
internal sealed record MediaTotals(
    long Packets, long Lost, long Repeated, long GivenUp, long Pictures, long KeyFrames, int Freezes, TimeSpan Frozen, long Bytes)
{
    public static MediaTotals None { get; } = new(0, 0, 0, 0, 0, 0, 0, TimeSpan.Zero, 0);

    public static MediaTotals operator +(MediaTotals left, MediaTotals right) => new(
        left.Packets + right.Packets,
        left.Lost + right.Lost,
        left.Repeated + right.Repeated,
        left.GivenUp + right.GivenUp,
        left.Pictures + right.Pictures,
        left.KeyFrames + right.KeyFrames,
        left.Freezes + right.Freezes,
        left.Frozen + right.Frozen,
        left.Bytes + right.Bytes);

    public static MediaTotals operator -(MediaTotals left, MediaTotals right) => new(
        left.Packets - right.Packets,
        left.Lost - right.Lost,
        left.Repeated - right.Repeated,
        left.GivenUp - right.GivenUp,
        left.Pictures - right.Pictures,
        left.KeyFrames - right.KeyFrames,
        left.Freezes - right.Freezes,
        left.Frozen - right.Frozen,
        left.Bytes - right.Bytes);

    public static MediaTotals Of(PeerLine line) => line.With((peer, _) => peer.Media is { } media ? Of(media) : None);

    private static MediaTotals Of(MediaReceiver media)
    {
        var (audio, video) = (media.Audio.Statistics, media.Video.Statistics);
        return new MediaTotals(
            (audio?.PacketsReceived ?? 0) + (video?.PacketsReceived ?? 0),
            (audio?.PacketsLost ?? 0) + (video?.PacketsLost ?? 0),
            media.Video.PacketsRepeated,
            media.Video.PacketsGivenUp,
            media.Video.Pictures,
            media.Video.KeyFrames,
            media.Video.Freezes.Count,
            media.Video.Freezes.Duration,
            media.Bytes);
    }
}
