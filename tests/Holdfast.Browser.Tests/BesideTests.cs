using Holdfast.Browser.Kit;
using Holdfast.Lab.Line;
using Holdfast.Lab.Line.Relayed;
using Holdfast.Lab.Peer;

namespace Holdfast.Browser.Tests;

/// <summary>Chromium as the sender, and the lab's peer at the other end of a thin line.</summary>
[Collection(nameof(Alone))]
public sealed class BesideTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Chromium_sends_pictures_and_sound_to_the_labs_peer_over_a_thin_line()
    {
        Machine.MustHave("Chromium");
        var line = new LineScenario { Bandwidth = 500e3, Delay = TimeSpan.FromMilliseconds(5), SpeaksFrom = TimeSpan.FromSeconds(1), Duration = TimeSpan.FromSeconds(5) };
        var video = await LineVideo.RenderAsync(LineVideo.TextFor(line.Duration), line.SpeaksFrom, TimeProvider.System, Cancellation);
        await using var chromium = await ChromiumSource.StartAsync(video, TimeProvider.System, Cancellation);
        await using var host = new PeerHost(TimeProvider.System);
        var run = new RelayedRun(host);

        // Twice: each time with a tab of its own.
        foreach (var _ in (int[])[1, 2])
        {
            var cell = await run.RunAsync(line, [chromium], Cancellation);

            Assert.Empty(cell.Problems);
            var sender = Assert.Single(cell.Senders);
            Assert.NotNull(sender.Result.FirstPicture);
            Assert.True(sender.Result.Pictures > 1, $"{sender.Result.Pictures} pictures a second came.");
            Assert.InRange(sender.PictureWidth, 100, 512);
            Assert.InRange(sender.Result.SoundMissing, 0, 0.9);

            // It found out what the line carries by the feedback that it got, and did not send in vain.
            Assert.InRange(sender.Result.LineUse, 0.05, 1.5);
        }

        Assert.StartsWith("Chromium ", chromium.Version, StringComparison.Ordinal);
    }
}
