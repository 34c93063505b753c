using CsCheck;
using Holdfast.Sessions.Tests.Kit;

namespace Holdfast.Sessions.Tests;

/// <summary>Thousands of networks: whatever they lose, everything said is heard in its order.</summary>
[Trait("Speed", "Slow")]
public sealed class PlayoutSimulationTests
{
    /// <summary>Some 17 s of speech.</summary>
    private const string Text = "abcdefghijklmnopqrstuvwxyz0123";

    private const int LongEnough = 60_000;

    /// <summary>20 ms each: 1.2 s, and what the client hears until it is known that something is missing.</summary>
    private const int MostRepeated = 75;

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

    /// <summary>
    /// A network as people have it: single losses, jitter, and outages at any moment, each passage's end among them: just before it, in its last
    /// word, just after it, and again when it is hardly back.
    /// </summary>
    /// <param name="isFeedbackLost">Whether single feedback messages are lost as well.</param>
    /// <param name="shortest">The shortest outage.</param>
    private static Gen<PlayoutConditions> AHardDay(bool isFeedbackLost, int shortest)
    {
        var anOutage = Gen.Select(Gen.Int[10, 900], Gen.Int[shortest, 700]);
        var anAmbush = Gen.Select(
            Gen.Int[-45, 20], Gen.Int[shortest, 400], Gen.Int[1, 120], Gen.Frequency((1, Gen.Const(0)), (2, Gen.Int[shortest, 400])),
            (after, length, respite, second) => new Ambush(after, length, respite, second));
        return Gen.Select(
            Gen.Int[0, int.MaxValue - 1], Gen.Int[0, 6], Gen.Double[0, 0.015], Gen.Int[2, 6], Gen.Int[0, 1], anOutage.List[0, 2], anAmbush.List[0, 4],
            (seed, delay, loss, interval, jitter, outages, ambushes) => new PlayoutConditions(
                seed, delay, loss, isFeedbackLost ? loss : 0, Bursts: null, outages, interval, jitter, ambushes));
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 45)] // What is too short to be noticed, and whose feedback is lost too, is known to nobody.
    public void Whatever_happens_at_the_end_of_a_passage_it_is_heard_word_for_word(bool isFeedbackLost, int shortest) => AHardDay(isFeedbackLost, shortest).Sample(
        conditions =>
        {
            var simulation = new PlayoutSimulation(conditions, "abcdefgh", times: 4);
            Assert.True(simulation.RunToEnd(LongEnough));
            var lost = simulation.LostWords;
            Assert.True(lost.Count == 0, $"Lost: {string.Join(' ', lost)}. Played: {simulation.Words}");
            Assert.True(simulation.ToldTooEarly.Count == 0, $"Told too early: {string.Join(' ', simulation.ToldTooEarly)}. Played: {simulation.Words}");

            // On a long way it takes longer until it is known: there and back, a report, and the packets after a gap that tell it from a late one.
            var most = Math.Max(
                MostRepeated, 60 + (2 * conditions.Delay) + conditions.Jitter + conditions.FeedbackInterval + PlayoutTolerance.Default.Late);
            Assert.True(simulation.Words.LongestRepeat <= most, $"{simulation.Words.LongestRepeat} said again. Played: {simulation.Words}");
            Assert.Equal(TimeSpan.Zero, simulation.Playout.Snapshot.Lost);
        },
        iter: 5_000);

    [Fact]
    public void Where_only_pictures_are_told_of_they_bear_witness_for_the_sound()
    {
        var simulation = new PlayoutSimulation(new PlayoutConditions(1), Text);
        var tags = Enumerable.Range(1, 40).Select(place => simulation.Playout.OnSending(place, place, silent: false)).ToArray();

        // A picture after every second packet of sound carries its tag.
        simulation.Playout.OnFeedback([tags[1], tags[3], tags[5], tags[7]], [], witnesses: true);
        Assert.True(simulation.Playout.WasHeard(8));
        Assert.False(simulation.Playout.WasHeard(9));
        simulation.Playout.OnFeedback([tags[15], tags[17], tags[19], tags[21]], [tags[9], tags[11], tags[13]], witnesses: true);
        Assert.False(simulation.Playout.WasHeard(9));
    }

    [Fact]
    public void Sending_and_hearing_of_it_costs_no_memory()
    {
        var simulation = new PlayoutSimulation(new PlayoutConditions(1), Text);
        var (playout, show, pcm) = (simulation.Playout, simulation.Show, new short[960]);
        var acknowledged = new ulong[1];
        Run(100);
        show.HandedOut.EnsureCapacity(4_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(600);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run(int ticks)
        {
            for (var i = 0; i < ticks; i++)
            {
                Assert.Null(playout.Repair());
                show.ReadAudio(pcm);
                acknowledged[0] = playout.OnSending(show.Place, i, silent: false);
                playout.OnFeedback(acknowledged, default, witnesses: false);
                playout.Release(new Holdfast.Media.MediaTick(i));
            }
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
