using System.Collections.Immutable;

namespace Holdfast.Dialogue;

/// <summary>
/// Whose turn it is. Pure: a state and what happened in, the next state and what is to be done out. No clock, no thread, nothing
/// that waits.
/// </summary>
/// <remarks>
/// An interruption is a new turn number and nothing else: whatever still runs for the old one is given up, and if it answers all the same, its
/// number says that it is too late.
/// </remarks>
internal static class TurnMachine
{
    /// <summary>What follows from something that happened.</summary>
    public static (TurnState Next, ImmutableArray<TurnEffect> Effects) Next(TurnState state, TurnInput input)
    {
        ArgumentNullException.ThrowIfNull(state);
        return input switch
        {
            TurnInput.Asked asked => OnAsked(state, asked),
            TurnInput.VoiceBegan => OnVoiceBegan(state),
            TurnInput.VoiceEnded => OnVoiceEnded(state),
            TurnInput.WordRecognised word => OnWord(state, word.Turn),
            TurnInput.Recognised recognised => OnRecognised(state, recognised),
            TurnInput.FalseAlarm alarm => OnFalseAlarm(state, alarm.Turn),
            TurnInput.PieceHandedOn piece => OnPieceHandedOn(state, piece.Turn),
            TurnInput.PieceEnded piece => OnPieceEnded(state, piece.Turn),
            TurnInput.AnswerWritten written => OnWritten(state, written.Turn),
            TurnInput.Interrupted => OnInterrupted(state),
            TurnInput.Left => Nothing(state with { IsAway = true }),
            TurnInput.CameBack => OnCameBack(state),
            _ => throw new ArgumentOutOfRangeException(nameof(input), input, null),
        };
    }

    private static (TurnState, ImmutableArray<TurnEffect>) OnAsked(TurnState state, TurnInput.Asked asked)
    {
        if (!asked.Interrupts && (state.Phase != TurnPhase.Quiet || state.IsAway))
        {
            return Wait(state, asked.Question);
        }

        var (stopped, effects) = Stop(state);
        stopped = stopped with { Waiting = asked.Interrupts ? [] : stopped.Waiting };
        if (state.IsAway)
        {
            var (waiting, refused) = Wait(stopped, asked.Question);
            return (waiting, effects.AddRange(refused));
        }

        return Begin(stopped, effects, asked.Question);
    }

    private static (TurnState, ImmutableArray<TurnEffect>) Wait(TurnState state, Question question) => state.Waiting.Count >= TurnState.MaxWaiting
        ? (state, [new TurnEffect.Refuse(question)])
        : Nothing(state with { Waiting = state.Waiting.Add(question) });

    private static (TurnState, ImmutableArray<TurnEffect>) OnVoiceBegan(TurnState state)
    {
        switch (state.Phase)
        {
            case TurnPhase.Quiet:
                return Listen(state, under: null);
            case TurnPhase.Thinking or TurnPhase.Speaking:
                return Listen(state, new BrokenInto(state.Phase, state.IsWritten, state.Unheard));
            case TurnPhase.Deciding:
                // They only took a breath: what they say now belongs to what they said.
                return Nothing(state with { Phase = TurnPhase.Hearing });
            case TurnPhase.Hearing:
                return Nothing(state);
        }

        return Nothing(state);
    }

    /// <summary>
    /// Whoever speaks is not talked over: from now on nothing is said, an answer or anything else. While an answer stands still below, the turn keeps its
    /// number: it is not given up yet.
    /// </summary>
    private static (TurnState, ImmutableArray<TurnEffect>) Listen(TurnState state, BrokenInto? under)
    {
        var turn = under is null ? state.Turn + 1 : state.Turn;
        return (state with { Phase = TurnPhase.Hearing, Turn = turn, Under = under, IsWritten = false, Unheard = 0 }, [new TurnEffect.PauseSpeech(), new TurnEffect.Listen(turn)]);
    }

    private static (TurnState, ImmutableArray<TurnEffect>) OnVoiceEnded(TurnState state) => state.Phase == TurnPhase.Hearing
        ? (state with { Phase = TurnPhase.Deciding }, [new TurnEffect.Recognise(state.Turn)])
        : Nothing(state);

    /// <summary>A real word: the answer below it is given up, and from now on this is a turn of its own.</summary>
    private static (TurnState, ImmutableArray<TurnEffect>) OnWord(TurnState state, long turn)
    {
        if (turn != state.Turn || state.Under is not { } under || state.Phase is not (TurnPhase.Hearing or TurnPhase.Deciding))
        {
            return Nothing(state);
        }

        return (
            state with { Turn = state.Turn + 1, Under = null },
            [new TurnEffect.GiveUp(state.Turn, under.Phase == TurnPhase.Speaking), new TurnEffect.StopSpeech(), new TurnEffect.Listen(state.Turn + 1)]);
    }

    private static (TurnState, ImmutableArray<TurnEffect>) OnRecognised(TurnState state, TurnInput.Recognised recognised)
    {
        if (recognised.Turn != state.Turn || state.Phase != TurnPhase.Deciding)
        {
            return Nothing(state);
        }

        if (string.IsNullOrWhiteSpace(recognised.Text))
        {
            return GoOnBelow(state, new TurnEffect.StopListening(state.Turn));
        }

        var (risen, effects) = OnWord(state, state.Turn);
        effects = effects.IsEmpty ? [new TurnEffect.StopSpeech()] : [.. effects.Where(static effect => effect is not TurnEffect.Listen)];
        var question = new Question(recognised.Text, Key: null, IsSpoken: true) { Times = recognised.Times };
        if (state.IsAway)
        {
            return (Quiet(risen) with { Waiting = risen.Waiting.Add(question) }, effects);
        }

        return (risen with { Phase = TurnPhase.Thinking, IsWritten = false, Unheard = 0 }, effects.Add(new TurnEffect.Ask(risen.Turn, question)));
    }

    /// <summary>Where an answer was broken into, it is given the floor again. Where none was, there is nothing to hurry for: only what was paused goes on.</summary>
    private static (TurnState, ImmutableArray<TurnEffect>) OnFalseAlarm(TurnState state, long turn)
    {
        if (turn != state.Turn || state.Phase is not (TurnPhase.Hearing or TurnPhase.Deciding))
        {
            return Nothing(state);
        }

        return state.Under is null ? (state, [new TurnEffect.ResumeSpeech()]) : GoOnBelow(state, new TurnEffect.TakeForNoise(turn));
    }

    /// <summary>It was a cough: what stood still goes on, also where it was finished meanwhile.</summary>
    private static (TurnState, ImmutableArray<TurnEffect>) GoOnBelow(TurnState state, TurnEffect ears)
    {
        ImmutableArray<TurnEffect> effects = [ears, new TurnEffect.ResumeSpeech()];
        if (state.Under is not { } under)
        {
            return GoOnWaiting(Quiet(state), effects.Add(new TurnEffect.TurnEnded(state.Turn)));
        }

        var back = state with { Phase = under.Phase, IsWritten = under.IsWritten, Unheard = under.Unheard, Under = null };
        return EndIfHeard(back, effects);
    }

    private static (TurnState, ImmutableArray<TurnEffect>) OnPieceHandedOn(TurnState state, long turn)
    {
        if (turn != state.Turn)
        {
            return Nothing(state);
        }

        if (state.Under is { } under)
        {
            // It stands still from the beginning: nothing is said while the person speaks.
            return Nothing(state with { Under = under with { Phase = TurnPhase.Speaking, Unheard = under.Unheard + 1 } });
        }

        return state.Phase is TurnPhase.Thinking or TurnPhase.Speaking
            ? Nothing(state with { Phase = TurnPhase.Speaking, Unheard = state.Unheard + 1 })
            : Nothing(state);
    }

    private static (TurnState, ImmutableArray<TurnEffect>) OnPieceEnded(TurnState state, long turn)
    {
        if (turn != state.Turn)
        {
            return Nothing(state);
        }

        return state.Under is { } under
            ? Nothing(state with { Under = under with { Unheard = Math.Max(0, under.Unheard - 1) } })
            : state.Phase == TurnPhase.Speaking ? EndIfHeard(state with { Unheard = Math.Max(0, state.Unheard - 1) }, []) : Nothing(state);
    }

    private static (TurnState, ImmutableArray<TurnEffect>) OnWritten(TurnState state, long turn)
    {
        if (turn != state.Turn)
        {
            return Nothing(state);
        }

        return state.Under is { } under
            ? Nothing(state with { Under = under with { IsWritten = true } })
            : state.Phase is TurnPhase.Thinking or TurnPhase.Speaking ? EndIfHeard(state with { IsWritten = true }, []) : Nothing(state);
    }

    private static (TurnState, ImmutableArray<TurnEffect>) EndIfHeard(TurnState state, ImmutableArray<TurnEffect> effects) =>
        state is { IsWritten: true, Unheard: 0 } ? GoOnWaiting(Quiet(state), effects.Add(new TurnEffect.TurnEnded(state.Turn))) : (state, effects);

    private static (TurnState, ImmutableArray<TurnEffect>) OnInterrupted(TurnState state)
    {
        var (next, effects) = Stop(state);
        return (next with { Waiting = [] }, effects);
    }

    private static (TurnState, ImmutableArray<TurnEffect>) OnCameBack(TurnState state) => state.Phase == TurnPhase.Quiet
        ? GoOnWaiting(state with { IsAway = false }, [])
        : Nothing(state with { IsAway = false });

    private static (TurnState, ImmutableArray<TurnEffect>) GoOnWaiting(TurnState state, ImmutableArray<TurnEffect> effects) =>
        state.IsAway || state.Waiting.IsEmpty ? (state, effects) : Begin(state with { Waiting = state.Waiting.RemoveAt(0) }, effects, state.Waiting[0]);

    private static (TurnState, ImmutableArray<TurnEffect>) Begin(TurnState state, ImmutableArray<TurnEffect> effects, Question question)
    {
        var turn = state.Turn + 1;
        return (
            state with { Phase = TurnPhase.Thinking, Turn = turn, IsWritten = false, Unheard = 0, Under = null },
            effects.Add(new TurnEffect.Ask(turn, question)));
    }

    private static (TurnState, ImmutableArray<TurnEffect>) Stop(TurnState state)
    {
        if (state.Phase == TurnPhase.Quiet)
        {
            return (state, []);
        }

        ImmutableArray<TurnEffect> effects = [];
        if (state.Phase is TurnPhase.Hearing or TurnPhase.Deciding)
        {
            effects = [new TurnEffect.StopListening(state.Turn), new TurnEffect.StopSpeech()];
        }

        if (state.Under?.Phase is { } under || state.Phase is TurnPhase.Thinking or TurnPhase.Speaking)
        {
            effects = effects.Add(new TurnEffect.GiveUp(state.Turn, (state.Under?.Phase ?? state.Phase) == TurnPhase.Speaking));
        }

        return (Quiet(state) with { Turn = state.Turn + 1 }, effects);
    }

    private static TurnState Quiet(TurnState state) => state with { Phase = TurnPhase.Quiet, IsWritten = false, Unheard = 0, Under = null };

    private static (TurnState, ImmutableArray<TurnEffect>) Nothing(TurnState state) => (state, []);
}
