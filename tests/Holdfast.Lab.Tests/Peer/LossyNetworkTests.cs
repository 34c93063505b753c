using Holdfast.Lab.Tests.Kit;
using Holdfast.Rtc.Tests.Kit;

namespace Holdfast.Lab.Tests.Peer;

/// <summary>The network on which people really are: 40 ms away, a little uneven, one packet in fifty lost. Five minutes of it, in virtual time.</summary>
public sealed class LossyNetworkTests
{
    private const int Frames = 5 * 60 * 25;

    private static readonly NetworkConditions Mobile = new(
        TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(10), Loss: 0.02, KeepsOrder: true);

    [Trait("Speed", "Slow")]
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_lost_packet_is_there_again_before_anybody_sees_it(int seed)
    {
        using var call = new LabCall(seed, Mobile);
        Assert.True(call.Connect());

        call.SendFrames(Frames);
        call.Run(1);

        // What is left to be seen are those whose request or whose answer was lost as well: one in 25.
        var (video, lost) = (call.Media.Video, call.Media.Video.Statistics!.PacketsLost);
        var resent = call.Server.Peer.GetStatistics().PacketsRetransmitted;
        Assert.True(lost > 300, $"{lost} lost");
        Assert.True(video.Freezes.Count < lost * 0.08, $"{video.Freezes.Count} freezes of {video.Freezes.Duration.TotalSeconds:0.0} s by {lost} lost packets");
        Assert.True(video.PacketsGivenUp <= 3, $"{video.PacketsGivenUp} packets never came");
        Assert.True(video.Pictures >= Frames - 25, $"{video.Pictures} of {Frames} pictures");

        // And it costs no more than what was lost.
        Assert.InRange(resent, lost, lost * 1.1);
        TestContext.Current.TestOutputHelper?.WriteLine($"{video.Freezes.Count} freezes, {lost} lost, {resent} sent again");
    }
}
