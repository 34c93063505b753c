using CsCheck;
using Holdfast.Media;
using Holdfast.Rtc;
using Holdfast.Rtc.Tests.Kit;
using Holdfast.Sessions.Tests.Kit;

namespace Holdfast.Sessions.Tests.Load;

/// <summary>Whose turn it is to speak where there is no time for all.</summary>
public sealed class SpeechTurnsTests
{
    private static readonly TimeSpan s_tick = MediaTick.Duration;

    [Fact]
    public void Whoever_came_first_speaks_first_and_nobody_is_forgotten() =>
        Gen.Select(Gen.Int[0, 3].Array[1, 8], Gen.Int[5, 60], Gen.Int[1, 12]).Sample((levels, length, people) =>
        {
            var turns = new SpeechTurns(processors: 1);
            var waiting = Enumerable.Range(0, people).Select(static _ => new object()).ToList();
            var (speaking, begun, now) = (new List<(object Who, int Left)>(), new List<object>(), TimeSpan.Zero);
            var (all, most) = (waiting.ToArray(), 1);
            for (var tick = 0; waiting.Count + speaking.Count > 0; tick++)
            {
                Assert.True(tick < 10_000, "somebody waits for ever");
                now += s_tick;
                most = turns.Level < LoadLevel.SpeechWaits ? Math.Max(1, speaking.Count) : most;
                turns.Level = (LoadLevel)levels[tick / 50 % levels.Length];
                foreach (var (who, _) in speaking.FindAll(static one => one.Left == 0))
                {
                    turns.Leave(who);
                }

                speaking = [.. speaking.Where(static one => one.Left > 0).Select(static one => one with { Left = one.Left - 1 })];
                foreach (var who in waiting.ToArray())
                {
                    var others = speaking.Count;
                    if (turns.TryBegin(who, now))
                    {
                        Assert.True(turns.Level < LoadLevel.SpeechWaits || others < most, "one more speaks");
                        Assert.True(turns.Level < LoadLevel.Full || others == 0, "others spoke");
                        waiting.Remove(who);
                        begun.Add(who);
                        speaking.Add((who, length));
                    }
                }

                Assert.Equal((waiting.Count, speaking.Count), (turns.Waiting, turns.Speaking));
            }

            Assert.Equal(all, begun);
        });

    [Fact]
    public void Where_there_is_hardly_any_room_one_begins_when_one_ends_and_where_there_is_none_nobody_does()
    {
        var turns = new SpeechTurns(processors: 4);
        var people = Enumerable.Range(0, 6).Select(static _ => new object()).ToArray();
        var now = TimeSpan.FromSeconds(1);
        Assert.All(people[..3], who => Assert.True(turns.TryBegin(who, now)));
        turns.Level = LoadLevel.SpeechWaits;
        Assert.False(turns.TryBegin(people[3], now));
        turns.Leave(people[0]);
        Assert.True(turns.TryBegin(people[3], now));
        turns.Level = LoadLevel.Full;
        turns.Leave(people[1]);
        Assert.False(turns.TryBegin(people[4], now));

        // One fewer than before, since there was too much.
        turns.Level = LoadLevel.SpeechWaits;
        Assert.False(turns.TryBegin(people[4], now));
        turns.Leave(people[2]);
        Assert.True(turns.TryBegin(people[4], now));
        Assert.False(turns.TryBegin(people[5], now));
    }

    [Fact]
    public void Whoever_does_not_ask_any_more_lets_the_others_go_first()
    {
        var turns = new SpeechTurns(processors: 1) { Level = LoadLevel.SpeechWaits };
        var (a, b, c) = (new object(), new object(), new object());
        Assert.True(turns.TryBegin(a, TimeSpan.FromSeconds(1)));
        Assert.False(turns.TryBegin(b, TimeSpan.FromSeconds(1)));
        Assert.False(turns.TryBegin(c, TimeSpan.FromSeconds(1)));
        turns.Leave(a);
        Assert.False(turns.TryBegin(c, TimeSpan.FromSeconds(1.5)));
        Assert.True(turns.TryBegin(c, TimeSpan.FromSeconds(2.1)));
        Assert.False(turns.TryBegin(b, TimeSpan.FromSeconds(2.2)));
        Assert.Equal(TimeSpan.Zero, turns.LongestWait(TimeSpan.FromSeconds(2.2)));
    }

    [Fact]
    public void While_there_is_room_nobody_waits_but_for_more_than_the_measure_can_follow()
    {
        var turns = new SpeechTurns(processors: 2);
        var begun = Enumerable.Range(0, 20).Count(_ => turns.TryBegin(new object(), TimeSpan.FromSeconds(1)));
        Assert.Equal(4, begun);
        Assert.Equal(16, turns.Waiting);
    }

    [Fact]
    public void Two_who_speak_at_once_speak_one_after_the_other_whole_and_the_second_is_told_that_it_waits()
    {
        var shows = new PoliteShows();
        using var house = new SimulatedHouse(new SimulatedNetwork(731), new SessionSettings { MeasuresHeadRoom = true, LeastLoad = 2 }, shows);
        var (first, second) = (house.Connect(), house.Connect());
        Assert.IsType<SayOutcome.Accepted>(first.Session.Say("aaaa"));
        house.Network.RunFor(TimeSpan.FromSeconds(1));
        Assert.IsType<SayOutcome.Accepted>(second.Session.Say("bb"));
        house.Network.RunFor(TimeSpan.FromSeconds(2));
        Assert.Equal((true, false), (first.Session.Snapshot().Speaking, first.Session.Snapshot().IsTurnAwaited));
        Assert.Equal((false, 1, true), (second.Session.Snapshot().Speaking, second.Session.Snapshot().Queued, second.Session.Snapshot().IsTurnAwaited));
        Assert.Equal(1, house.Sessions.SpeechWaiting);

        // What was begun is not taken away by a line that is there.
        Assert.True(house.Network.RunUntil(() => second.Session.Snapshot().Speaking, TimeSpan.FromSeconds(20)));
        Assert.Equal(0, first.Session.Snapshot().Queued);
        Assert.False(second.Session.Snapshot().IsTurnAwaited);
        Assert.True(house.Network.RunUntil(() => second.Session.Snapshot().Queued == 0, TimeSpan.FromSeconds(20)));
        Assert.Equal(["accepted", "started", "finished"], Story(first.Session));
        Assert.Equal(["accepted", "waits", "started", "finished"], Story(second.Session));
    }

    [Theory]
    [InlineData(4, 2.0, 2.6)]
    [InlineData(11, 0.0, 0.6)]
    public void A_pause_within_an_answer_keeps_the_turn_unless_it_was_a_long_one_already(int seconds, double least, double most)
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(734), new SessionSettings { MeasuresHeadRoom = true, LeastLoad = 2 }, new PoliteShows());
        var (first, second) = (house.Connect(), house.Connect());
        first.Session.Say(new string('a', seconds));
        house.Network.RunFor(TimeSpan.FromSeconds(1));
        second.Session.Say("b");
        Assert.True(house.Network.RunUntil(() => second.Session.Snapshot().Speaking, TimeSpan.FromSeconds(30)));
        var ended = first.Session.Journal.Capture(0).Entries.First(static entry => entry.Event is SessionEvent.UtteranceFinished).At;
        var began = second.Session.Journal.Capture(0).Entries.First(static entry => entry.Event is SessionEvent.UtteranceStarted).At;
        Assert.InRange((began - ended).TotalSeconds, least, most);
    }

    [Fact]
    public void Speech_that_an_outage_broke_off_goes_on_before_those_who_wait()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(732), new SessionSettings { MeasuresHeadRoom = true, LeastLoad = 2 }, new PoliteShows());
        var (first, second) = (house.Connect(), house.Connect());
        first.Session.Say("aaaaaaaa");
        house.Network.RunFor(TimeSpan.FromSeconds(2));
        first.Client.IsAlive = false;
        Assert.True(house.Network.RunUntil(() => first.Session.State == SessionState.Held, TimeSpan.FromSeconds(30)));
        second.Session.Say(new string('b', 60));
        Assert.True(house.Network.RunUntil(() => second.Session.Snapshot().Speaking, TimeSpan.FromSeconds(5)));
        first.Client.IsAlive = true;
        Assert.True(house.Network.RunUntil(() => first.Session.State == SessionState.Connected, TimeSpan.FromSeconds(20)));
        Assert.True(house.Network.RunUntil(() => first.Session.Snapshot().Queued == 0, TimeSpan.FromSeconds(20)));
        Assert.True(second.Session.Snapshot().Speaking);
        Assert.DoesNotContain("waits", Story(first.Session), StringComparer.Ordinal);
    }

    [Fact]
    public void A_full_server_lets_nobody_in_and_keeps_those_who_are_there()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(733), new SessionSettings { LeastLoad = 3 }, new PoliteShows());
        var refused = house.Sessions.Create(new SessionRequest(house.NewClient().Offer, null, null));
        Assert.Equal(AdmissionLimit.HeadRoom, Assert.IsType<CreateSessionResult.Full>(refused).Limit);
        Assert.Equal(0, house.Sessions.Count);
    }

    private static string[] Story(Session session) => [.. session.Journal.Capture(0).Entries.Select(static entry => entry.Event switch
    {
        SessionEvent.UtteranceAccepted => "accepted",
        SessionEvent.UtteranceStarted => "started",
        SessionEvent.UtteranceFinished => "finished",
        SessionEvent.Told told => told.Name,
        _ => string.Empty,
    }).Where(static kind => kind.Length > 0)];

    /// <summary>Tone shows that can be silent with their picture going on.</summary>
    private sealed class PoliteShows : IShowFactory
    {
        private readonly ToneShows _tones = new();

        public IReadOnlyList<ShowDescription> Shows => _tones.Shows;

        public Task PrepareAsync(CancellationToken cancellationToken) => _tones.PrepareAsync(cancellationToken);

        public IShow Create(string name, IShowObserver observer) => new PoliteShow(_tones.Create(name, observer));

        public ReadOnlyMemory<byte> Preview(string name) => _tones.Preview(name);
    }

    private sealed class PoliteShow(IShow show) : IHushableShow
    {
        private bool _isHushed;

        public VideoFormat VideoFormat => show.VideoFormat;

        public EncodedLoop? IdleLoop => show.IdleLoop;

        public bool IsIdle => show.IsIdle;

        public void Hush(bool isHushed) => _isHushed = isHushed;

        public bool ReadAudio(Span<short> pcm) => !_isHushed && show.ReadAudio(pcm);

        public void Draw(long frameIndex, I420Picture picture) => show.Draw(frameIndex, picture);

        public SayResult Say(Utterance utterance) => show.Say(utterance);

        public int Interrupt() => show.Interrupt();

        public ValueTask DisposeAsync() => show.DisposeAsync();
    }
}
