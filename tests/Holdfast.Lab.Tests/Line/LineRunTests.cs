using Holdfast.Lab.Line;
using Holdfast.Lab.Network;

namespace Holdfast.Lab.Tests.Line;

/// <summary>The whole way from the show to the client's ear over lines of all kinds, in virtual time.</summary>
[Trait("Speed", "Slow")]
public sealed class LineRunTests(LineRunTests.Portrait portrait) : IClassFixture<LineRunTests.Portrait>
{
    private static readonly LineScenario s_line = new() { Bandwidth = 1e6, Duration = TimeSpan.FromSeconds(15), SpeaksFrom = TimeSpan.FromSeconds(2), Seed = 3 };

    // What one line does is chance.
    private const int Lines = 5;

    [Fact]
    public void Copies_bring_what_bursts_of_60_ms_take()
    {
        // One burst in 50 packets: an eighth of them is lost. What one line loses is chance; what several lose is less so.
        var (missingWith, missingWithout) = (0.0, 0.0);
        var (tornWith, tornWithout) = (0, 0);
        for (var seed = 1UL; seed <= Lines; seed++)
        {
            var bursts = s_line with { Burst = new BurstLoss(0.05, 1 / 3.0), Seed = seed };
            var (with, without) = (portrait.Run(bursts), portrait.Run(bursts with { TakesCopies = false }));
            Assert.InRange(with.Words, 20, 30);
            (missingWith, missingWithout) = (missingWith + with.SoundMissing, missingWithout + without.SoundMissing);
            (tornWith, tornWithout) = (tornWith + with.WordsTorn, tornWithout + without.WordsTorn);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"missing {missingWith} and {missingWithout}, torn {tornWith} and {tornWithout}");
        Assert.True(missingWith < missingWithout / 4, $"{missingWith} of the sound is missing with copies, {missingWithout} without");
        Assert.True(tornWith <= 1, $"{tornWith} words are torn with copies, {tornWithout} without");
    }

    [Fact]
    public void A_tenth_lost_tears_no_word()
    {
        Assert.Equal(0, portrait.Run(s_line with { Loss = 0.1 }).WordsTorn);
    }

    [Fact]
    public void A_narrow_line_shows_a_picture_and_tears_no_word()
    {
        var result = portrait.Run(s_line with { Bandwidth = 250e3 });

        Assert.InRange(result.FirstPicture ?? double.MaxValue, 0, 2);
        Assert.Equal(0, result.WordsTorn);
    }

    [Fact]
    public void A_long_line_that_loses_a_tenth_shows_pictures_that_move()
    {
        // Each lost packet is there again after a round trip, and as they come one after the other the picture would stand still for most of the time.
        var results = Enumerable.Range(1, Lines)
            .Select(seed => portrait.Run(s_line with { Bandwidth = 5e6, Loss = 0.1, Delay = TimeSpan.FromMilliseconds(150), Seed = (ulong)seed }))
            .ToList();

        Assert.InRange(results.Average(static result => result.Pictures), 18, 25);
        Assert.All(results, static result => Assert.Equal(0, result.WordsTorn));
    }

    [Fact]
    public void The_end_of_a_handshake_gets_past_what_is_sent_before_the_client_can_tell_what_arrives()
    {
        // The server's last flight is lost; what is sent meanwhile fills the line that it has to come over again.
        var result = portrait.Run(s_line with { Bandwidth = 150e3, Queue = TimeSpan.FromMilliseconds(50), Loss = 0.1, Delay = TimeSpan.FromMilliseconds(20), Seed = 2 });

        Assert.InRange(result.FirstPicture ?? double.MaxValue, 0, 8);
        Assert.True(result.SoundMissing < 0.5, $"{result.SoundMissing} of the sound is missing");
    }

    public sealed class Portrait
    {
        private readonly LineStage _stage = new();

        internal LineResult Run(LineScenario scenario)
        {
            using var run = new LineRun(scenario, _stage);
            return run.Run();
        }
    }
}
