using CsCheck;

namespace Holdfast.Dialogue.Tests;

public sealed class TurnMachineTests
{
    private static readonly Question Why = new("Why?", null, IsSpoken: false);
    private static readonly Question How = new("How?", null, IsSpoken: false);

    [Fact]
    public void A_question_is_thought_about_said_and_over_when_its_end_was_heard()
    {
        var turn = new Turns();

        Assert.Equal([new TurnEffect.Ask(1, Why)], turn.On(new TurnInput.Asked(Why, Interrupts: false)));
        Assert.Empty(turn.On(new TurnInput.PieceHandedOn(1)));
        Assert.Equal(TurnPhase.Speaking, turn.State.Phase);
        Assert.Empty(turn.On(new TurnInput.AnswerWritten(1)));
        Assert.Equal([new TurnEffect.TurnEnded(1)], turn.On(new TurnInput.PieceEnded(1)));
        Assert.Equal(TurnPhase.Quiet, turn.State.Phase);
    }

    [Fact]
    public void An_answer_of_nothing_ends_its_turn()
    {
        var turn = new Turns();
        turn.On(new TurnInput.Asked(Why, Interrupts: false));

        Assert.Equal([new TurnEffect.TurnEnded(1)], turn.On(new TurnInput.AnswerWritten(1)));
    }

    [Fact]
    public void What_comes_of_an_older_turn_changes_nothing()
    {
        var turn = new Turns();
        turn.On(new TurnInput.Asked(Why, Interrupts: false));
        turn.On(new TurnInput.Asked(How, Interrupts: true));
        var before = turn.State;

        Assert.Empty(turn.On(new TurnInput.PieceHandedOn(1)));
        Assert.Empty(turn.On(new TurnInput.AnswerWritten(1)));
        Assert.Empty(turn.On(new TurnInput.PieceEnded(1)));
        Assert.Empty(turn.On(new TurnInput.Recognised(1, "late")));
        Assert.Empty(turn.On(new TurnInput.FalseAlarm(1)));
        Assert.Equal(before, turn.State);
    }

    [Fact]
    public void A_question_that_interrupts_gives_up_the_answer_and_what_waits()
    {
        var turn = new Turns();
        turn.On(new TurnInput.Asked(Why, Interrupts: false));
        turn.On(new TurnInput.PieceHandedOn(1));
        turn.On(new TurnInput.Asked(Why, Interrupts: false));

        var effects = turn.On(new TurnInput.Asked(How, Interrupts: true));

        Assert.Equal([new TurnEffect.GiveUp(1, WasSpeaking: true), new TurnEffect.Ask(turn.State.Turn, How)], effects);
        Assert.Empty(turn.State.Waiting);
    }

    [Fact]
    public void A_question_that_does_not_interrupt_waits_its_turn_and_too_many_are_refused()
    {
        var turn = new Turns();
        turn.On(new TurnInput.Asked(Why, Interrupts: false));
        for (var i = 0; i < TurnState.MaxWaiting; i++)
        {
            Assert.Empty(turn.On(new TurnInput.Asked(How, Interrupts: false)));
        }

        Assert.Equal([new TurnEffect.Refuse(How)], turn.On(new TurnInput.Asked(How, Interrupts: false)));
        Assert.Equal([new TurnEffect.TurnEnded(1), new TurnEffect.Ask(2, How)], turn.On(new TurnInput.AnswerWritten(1)));
    }

    [Fact]
    public void A_spoken_question_is_heard_recognised_and_asked()
    {
        var turn = new Turns();

        Assert.Equal([new TurnEffect.PauseSpeech(), new TurnEffect.Listen(1)], turn.On(new TurnInput.VoiceBegan()));
        Assert.Equal([new TurnEffect.Recognise(1)], turn.On(new TurnInput.VoiceEnded()));
        Assert.Equal([new TurnEffect.StopSpeech(), new TurnEffect.Ask(1, new Question("Why?", null, IsSpoken: true))], turn.On(new TurnInput.Recognised(1, "Why?")));
        Assert.Equal(TurnPhase.Thinking, turn.State.Phase);
    }

    [Fact]
    public void Who_only_takes_a_breath_goes_on_in_the_same_turn()
    {
        var turn = new Turns();
        turn.On(new TurnInput.VoiceBegan());
        turn.On(new TurnInput.VoiceEnded());

        Assert.Empty(turn.On(new TurnInput.VoiceBegan()));
        Assert.Equal(TurnPhase.Hearing, turn.State.Phase);
        Assert.Empty(turn.On(new TurnInput.Recognised(1, "half a")));
        Assert.Equal([new TurnEffect.Recognise(1)], turn.On(new TurnInput.VoiceEnded()));
    }

    [Fact]
    public void A_cough_only_pauses_the_speech_and_it_goes_on()
    {
        var turn = Speaking();

        Assert.Equal([new TurnEffect.PauseSpeech(), new TurnEffect.Listen(1)], turn.On(new TurnInput.VoiceBegan()));
        Assert.Equal([new TurnEffect.Recognise(1)], turn.On(new TurnInput.VoiceEnded()));
        Assert.Equal([new TurnEffect.StopListening(1), new TurnEffect.ResumeSpeech()], turn.On(new TurnInput.Recognised(1, " ")));
        Assert.Equal(TurnPhase.Speaking, turn.State.Phase);
        Assert.Equal(1, turn.State.Unheard);
    }

    [Fact]
    public void No_word_for_too_long_is_a_false_alarm_also_before_the_voice_ends()
    {
        var turn = Speaking();
        turn.On(new TurnInput.VoiceBegan());

        Assert.Equal([new TurnEffect.TakeForNoise(1), new TurnEffect.ResumeSpeech()], turn.On(new TurnInput.FalseAlarm(1)));
    }

    [Fact]
    public void An_answer_that_was_heard_to_its_end_under_a_cough_is_over_after_it()
    {
        var turn = Speaking();
        turn.On(new TurnInput.VoiceBegan());
        turn.On(new TurnInput.AnswerWritten(1));
        turn.On(new TurnInput.PieceEnded(1));

        var effects = turn.On(new TurnInput.FalseAlarm(1));

        Assert.Contains(new TurnEffect.TurnEnded(1), effects);
        Assert.Equal(TurnPhase.Quiet, turn.State.Phase);
    }

    [Fact]
    public void A_real_word_gives_the_answer_up_and_is_a_turn_of_its_own()
    {
        var turn = Speaking();
        turn.On(new TurnInput.VoiceBegan());

        Assert.Equal([new TurnEffect.GiveUp(1, WasSpeaking: true), new TurnEffect.StopSpeech(), new TurnEffect.Listen(2)], turn.On(new TurnInput.WordRecognised(1)));
        Assert.Empty(turn.On(new TurnInput.PieceHandedOn(1)));
        turn.On(new TurnInput.VoiceEnded());

        // Once more: a text of an app may have been begun meanwhile.
        Assert.Equal([new TurnEffect.StopSpeech(), new TurnEffect.Ask(2, new Question("stop it", null, IsSpoken: true))], turn.On(new TurnInput.Recognised(2, "stop it")));
    }

    [Fact]
    public void Words_that_are_known_only_at_the_end_give_the_answer_up_too()
    {
        var turn = Speaking();
        turn.On(new TurnInput.VoiceBegan());
        turn.On(new TurnInput.VoiceEnded());

        var effects = turn.On(new TurnInput.Recognised(1, "no, wait"));

        Assert.Equal([new TurnEffect.GiveUp(1, WasSpeaking: true), new TurnEffect.StopSpeech(), new TurnEffect.Ask(2, new Question("no, wait", null, IsSpoken: true))], effects);
    }

    [Fact]
    public void An_answer_that_begins_under_the_person_stands_still_until_they_are_done()
    {
        var turn = new Turns();
        turn.On(new TurnInput.Asked(Why, Interrupts: false));
        turn.On(new TurnInput.VoiceBegan());

        Assert.Empty(turn.On(new TurnInput.PieceHandedOn(1)));
        Assert.Empty(turn.On(new TurnInput.PieceHandedOn(1)));
        Assert.Equal([new TurnEffect.TakeForNoise(1), new TurnEffect.ResumeSpeech()], turn.On(new TurnInput.FalseAlarm(1)));
        Assert.Equal(2, turn.State.Unheard);
    }

    [Fact]
    public void While_nobody_is_there_nothing_new_is_asked()
    {
        var turn = new Turns();
        turn.On(new TurnInput.Left());

        Assert.Empty(turn.On(new TurnInput.Asked(Why, Interrupts: false)));
        Assert.Empty(turn.On(new TurnInput.Asked(How, Interrupts: true)));
        Assert.Equal([new TurnEffect.Ask(turn.State.Turn + 1, How)], turn.On(new TurnInput.CameBack()));
    }

    [Fact]
    public void What_was_said_before_the_connection_died_is_asked_after_it_is_back()
    {
        var turn = new Turns();
        turn.On(new TurnInput.VoiceBegan());
        turn.On(new TurnInput.Left());
        turn.On(new TurnInput.VoiceEnded());

        Assert.Equal([new TurnEffect.StopSpeech()], turn.On(new TurnInput.Recognised(1, "Why?")));
        Assert.Equal([new TurnEffect.Ask(2, new Question("Why?", null, IsSpoken: true))], turn.On(new TurnInput.CameBack()));
    }

    [Fact]
    public void Silence_is_a_new_turn_in_every_phase()
    {
        foreach (var prepare in new Action<Turns>[]
        {
            static turn => turn.On(new TurnInput.VoiceBegan()),
            static turn => { turn.On(new TurnInput.VoiceBegan()); turn.On(new TurnInput.VoiceEnded()); },
            static turn => turn.On(new TurnInput.Asked(Why, Interrupts: false)),
            static turn => { turn.On(new TurnInput.Asked(Why, Interrupts: false)); turn.On(new TurnInput.PieceHandedOn(1)); },
            static turn => { turn.On(new TurnInput.Asked(Why, Interrupts: false)); turn.On(new TurnInput.PieceHandedOn(1)); turn.On(new TurnInput.VoiceBegan()); },
        })
        {
            var turn = new Turns();
            prepare(turn);

            Assert.NotEmpty(turn.On(new TurnInput.Interrupted()));
            Assert.Equal(TurnPhase.Quiet, turn.State.Phase);
            Assert.Equal(2, turn.State.Turn);
        }
    }

    [Fact]
    public void Whatever_happens_turns_only_rise_and_each_one_that_was_asked_ends_or_is_given_up_once()
    {
        Gen.Int[0, 11].Array[0, 60].Sample(static steps =>
        {
            var turn = new Turns();
            var open = new HashSet<long>();
            var last = 0L;
            foreach (var step in steps)
            {
                var now = turn.State.Turn;
                foreach (var effect in turn.On(Input(step, now)))
                {
                    switch (effect)
                    {
                        case TurnEffect.Ask ask:
                            Assert.True(open.Add(ask.Turn));
                            Assert.False(turn.State.IsAway);
                            break;
                        case TurnEffect.GiveUp given:
                            Assert.True(open.Remove(given.Turn));
                            break;
                        case TurnEffect.TurnEnded ended:
                            open.Remove(ended.Turn);
                            break;
                    }
                }

                Assert.InRange(turn.State.Turn, last, long.MaxValue);
                last = turn.State.Turn;
                Assert.InRange(open.Count, 0, 1);
                Assert.InRange(turn.State.Unheard, 0, int.MaxValue);
                Assert.True(turn.State.Under is null || turn.State.Phase is TurnPhase.Hearing or TurnPhase.Deciding);
                Assert.True(open.Count == 1 || turn.State.Phase is not (TurnPhase.Thinking or TurnPhase.Speaking));
            }
        });

        static TurnInput Input(int step, long turn) => step switch
        {
            0 => new TurnInput.Asked(Why, Interrupts: false),
            1 => new TurnInput.Asked(How, Interrupts: true),
            2 => new TurnInput.VoiceBegan(),
            3 => new TurnInput.VoiceEnded(),
            4 => new TurnInput.WordRecognised(turn),
            5 => new TurnInput.Recognised(turn, "yes"),
            6 => new TurnInput.Recognised(turn, ""),
            7 => new TurnInput.PieceHandedOn(turn),
            8 => new TurnInput.PieceEnded(turn),
            9 => new TurnInput.AnswerWritten(turn),
            10 => new TurnInput.Left(),
            _ => new TurnInput.CameBack(),
        };
    }

    [Theory]
    [InlineData("idle", 0)]
    [InlineData("listening", 1)]
    [InlineData("deciding", 2)]
    [InlineData("thinking", 3)]
    [InlineData("speaking", 4)]
    [InlineData("speaking, twice", 5)]
    [InlineData("all is written", 6)]
    [InlineData("half is heard", 7)]
    [InlineData("idle again", 8)]
    public void An_outage_in_any_state_of_a_turn_asks_nothing_twice_and_loses_nothing(string state, int at)
    {
        TurnInput[] whole =
        [
            new TurnInput.VoiceBegan(), new TurnInput.VoiceEnded(), new TurnInput.Recognised(1, "Why?"),
            new TurnInput.PieceHandedOn(1), new TurnInput.PieceHandedOn(1), new TurnInput.AnswerWritten(1), new TurnInput.PieceEnded(1), new TurnInput.PieceEnded(1),
        ];
        var turn = new Turns();
        List<TurnEffect> effects = [.. whole[..at].SelectMany(turn.On), .. turn.On(new TurnInput.Left())];
        Assert.DoesNotContain(turn.On(new TurnInput.Left()), static _ => true);
        var before = effects.OfType<TurnEffect.Ask>().Count();

        // What was under way before arrives while nobody is there: a recogniser's answer, a model's.
        var isDeciding = turn.State.Phase == TurnPhase.Deciding;
        if (isDeciding)
        {
            effects.AddRange(turn.On(whole[at]));
            Assert.Equal(before, effects.OfType<TurnEffect.Ask>().Count());
        }

        effects.AddRange(turn.On(new TurnInput.CameBack()));
        foreach (var input in whole[(isDeciding ? at + 1 : at)..])
        {
            effects.AddRange(turn.On(Now(input, turn.State.Turn)));
        }

        Assert.Single(effects.OfType<TurnEffect.Ask>());
        Assert.Equal("Why?", effects.OfType<TurnEffect.Ask>().Single().Question.Text);
        Assert.Single(effects.OfType<TurnEffect.TurnEnded>());
        Assert.DoesNotContain(effects, static effect => effect is TurnEffect.GiveUp);
        Assert.Equal((TurnPhase.Quiet, state), (turn.State.Phase, state));

        static TurnInput Now(TurnInput input, long turn) => input switch
        {
            TurnInput.PieceHandedOn => new TurnInput.PieceHandedOn(turn),
            TurnInput.AnswerWritten => new TurnInput.AnswerWritten(turn),
            TurnInput.PieceEnded => new TurnInput.PieceEnded(turn),
            _ => input,
        };
    }

    private static Turns Speaking()
    {
        var turn = new Turns();
        turn.On(new TurnInput.Asked(Why, Interrupts: false));
        turn.On(new TurnInput.PieceHandedOn(1));
        return turn;
    }

    private sealed class Turns
    {
        public TurnState State { get; private set; } = TurnState.Initial;

        public IReadOnlyList<TurnEffect> On(TurnInput input)
        {
            (State, var effects) = TurnMachine.Next(State, input);
            return effects;
        }
    }
}
