using CsCheck;
using Holdfast.Sessions.Tests.Kit;

namespace Holdfast.Sessions.Tests;

/// <summary>Thousands of networks: whatever they lose, everything said is heard in its order.</summary>
public sealed class PlayoutSimulationTests
{
    /// <summary>Some 17 s of speech.</summary>
    private const string Text = "abcdefghijklmnopqrstuvwxyz0123";

    private const int LongEnough = 60_000;

    private static readonly Gen<(int From, int Length)> AnOutage = Gen.Select(Gen.Int[10, 900], Gen.Int[1, 700]);

    private static readonly Gen<(int From, int Length)> ABurst = Gen.Select(Gen.Int[10, 900], Gen.Int[1, 40]);

    /// <summary>Any network whose feedback comes whenever packets do.</summary>
    private static readonly Gen<PlayoutConditions> AnyNetwork = Gen.Select(
        Gen.Int[0, int.MaxValue - 1], Gen.Int[0, 12], Gen.Double[0, 0.12], Gen.Int[2, 10], Gen.Int[0, 3], ABurst.List[0, 6], AnOutage.List[0, 5],
        (seed, delay, loss, interval, jitter, bursts, outages) => new PlayoutConditions(
            seed, delay, loss, FeedbackLoss: 0, bursts, outages, interval, jitter));

    [Fact]
    public void Whatever_the_network_loses_every_word_is_heard_in_order() => AnyNetwork.Sample(
        conditions =>
        {
            var endless = new PlayoutTolerance(MaxRepairs: int.MaxValue);
            var simulation = new PlayoutSimulation(conditions, Text, endless);
            Assert.True(simulation.RunToEnd(LongEnough));

            // An outage takes the feedback with it, and what it would have said of the moments before.
            Assert.Equal(0, simulation.Missing(conditions.Outages!.Count == 0 ? endless.MaxLost : endless.MaxUnknown));
            Assert.Equal(TimeSpan.Zero, simulation.Playout.Snapshot.Lost);
        },
        iter: 3_000);

    [Fact]
    public void With_no_tolerance_every_20_ms_are_heard_in_order() => AnyNetwork.Sample(
        conditions =>
        {
            var strict = new PlayoutTolerance(MaxLost: 0, MaxUnknown: 0, Late: 5, MaxRepairs: int.MaxValue);
            var simulation = new PlayoutSimulation(conditions with { Loss = conditions.Loss / 4 }, Text, strict);
            Assert.True(simulation.RunToEnd(LongEnough));
            Assert.Equal(0, simulation.Missing(0));
        },
        iter: 2_000);

    [Fact]
    public void What_is_given_up_after_three_repairs_is_counted() => Gen.Select(Gen.Int[0, int.MaxValue - 1], Gen.Double[0.3, 0.6]).Sample(
        (seed, loss) =>
        {
            var simulation = new PlayoutSimulation(new PlayoutConditions(seed, Loss: loss), Text);
            Assert.True(simulation.RunToEnd(LongEnough));
            var missing = simulation.Missing(PlayoutTolerance.Default.MaxLost);
            Assert.True(missing == 0 || simulation.Playout.Snapshot.Lost > TimeSpan.Zero);
        },
        iter: 300);

    [Fact]
    public void After_a_clean_outage_at_most_a_second_and_a_half_is_repeated() => Gen.Select(
        Gen.Int[10, 800], Gen.Int[1, 3_000], Gen.Int[0, 8], Gen.Int[2, 10]).Sample(
        (from, length, delay, interval) =>
        {
            var conditions = new PlayoutConditions(from, delay, Outages: [(from, length)], FeedbackInterval: interval);
            var simulation = new PlayoutSimulation(conditions, Text);
            Assert.True(simulation.RunToEnd(LongEnough));
            Assert.Equal(0, simulation.Missing(PlayoutTolerance.Default.MaxLost));
            Assert.InRange(simulation.Repeated, 0, 75);
            Assert.InRange(simulation.Resumptions.Count, 0, 1);
        },
        iter: 2_000);

    [Fact]
    public void Lost_feedback_alone_makes_nobody_repeat_himself()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var simulation = new PlayoutSimulation(new PlayoutConditions(seed, FeedbackLoss: 0.05), Text);
            Assert.True(simulation.RunToEnd(LongEnough));
            Assert.Equal(0, simulation.Missing(0));
            Assert.Empty(simulation.Resumptions);
        }
    }

    [Fact]
    public void A_broadcast_loses_what_was_said_meanwhile() => Gen.Select(Gen.Int[50, 400], Gen.Int[60, 200]).Sample(
        (from, length) =>
        {
            var conditions = new PlayoutConditions(from, Outages: [(from, length)]);
            var broadcast = new PlayoutSimulation(conditions, Text, policy: GapPolicy.Finish);
            Assert.True(broadcast.RunToEnd(LongEnough));

            // Between a third and all of it is speech, the rest pauses; what was under way at the cut is lost too.
            Assert.InRange(broadcast.NeverPlayed, length / 3, length + 60);
            Assert.Empty(broadcast.Resumptions);
            Assert.InRange(broadcast.Playout.Snapshot.Lost.TotalMilliseconds, length * 20 / 3, (length + 60) * 20);

            var patient = new PlayoutSimulation(conditions, Text);
            Assert.True(patient.RunToEnd(LongEnough));
            Assert.Equal(0, patient.Missing(0));
        },
        iter: 200);
}
