namespace Holdfast.Dialogue;

/// <summary>
/// One session's conversation: whose turn it is, what is thought and said, and what of that was heard. It outlives connections, and, through
/// <see cref="CaptureAsync"/>, its process.
/// </summary>
/// <remarks>Calls come from any thread; each is done in the order of the calls, and none waits for a model.</remarks>
internal sealed class Conversation : IAsyncDisposable
{
    private readonly ConversationServices _services;
    private readonly ConversationIdentity _identity;
    private readonly IMouth _mouth;
    private readonly IConversationObserver _observer;
    private readonly Mailbox _mailbox;
    private readonly ConversationMemory _memory;
    private readonly AnswersUnderWay _answers;
    private readonly Presence _presence = new();
    private readonly Thoughts _thoughts;
    private TurnState _state = TurnState.Initial;
    private string? _model;
    private bool _isOver;
    private volatile ConversationSnapshot _snapshot;

    /// <param name="services">What all conversations share.</param>
    /// <param name="identity">Whose conversation it is.</param>
    /// <param name="mouth">Speaks for it.</param>
    /// <param name="observer">Is told of its steps.</param>
    /// <param name="kept">What another process left, to go on with. Nobody is there then, until <see cref="CameBack"/>.</param>
    public Conversation(ConversationServices services, ConversationIdentity identity, IMouth mouth, IConversationObserver observer, ConversationRecord? kept = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(identity);
        (_services, _identity, _mouth, _observer) = (services, identity, mouth, observer);
        _mailbox = new Mailbox(exception => services.OnFault(identity.SessionId, exception));
        _memory = new ConversationMemory(identity, services.Options, kept);
        _answers = new AnswersUnderWay(
            mouth, () => _isOver, input => Apply(input), (answer, text) => Tell(new ConversationEvent.Shown(answer.Turn, text)), answer => _thoughts!.Finish(answer));
        _thoughts = new Thoughts(
            services, _memory, _answers, new ThinkingPlace(services, identity, _memory, _answers, _presence, mouth, _mailbox, Tell), _mailbox, Tell);
        if (kept is not null)
        {
            Restore(kept);
        }

        _snapshot = Snap();
    }

    /// <summary>What it is doing now.</summary>
    public ConversationSnapshot Snapshot => _snapshot;

    /// <summary>How much was received of answers: what is captured is another one than before, though nothing was told.</summary>
    public long Received => _answers.Received;

    /// <summary>The person asks in writing.</summary>
    /// <param name="question">What.</param>
    /// <param name="interrupts">Whether the answer that is being given is stopped for it; otherwise it waits its turn.</param>
    /// <returns>False where too many questions wait already.</returns>
    public Task<bool> AskAsync(Question question, bool interrupts)
    {
        ArgumentNullException.ThrowIfNull(question);
        return _mailbox.InvokeAsync(() => !_isOver && !Apply(new TurnInput.Asked(question, interrupts)).Any(static effect => effect is TurnEffect.Refuse));
    }

    /// <summary>The person, or a program, wants silence: what is thought and said is given up, and what waits is forgotten.</summary>
    public void Interrupt() => _mailbox.Post(() => Apply(new TurnInput.Interrupted()));

    /// <summary>Something happens to the person's voice.</summary>
    /// <param name="input">What.</param>
    public void OnVoice(TurnInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _mailbox.Post(() =>
        {
            if (_state.Phase == TurnPhase.Deciding && input is TurnInput.Recognised recognised && recognised.Turn == _state.Turn
                && !string.IsNullOrWhiteSpace(recognised.Text))
            {
                // With the first word an answer below is given up, and this is a turn of its own.
                Tell(new ConversationEvent.Heard(_state.Under is null ? _state.Turn : _state.Turn + 1, recognised.Text, IsFinal: true)
                {
                    SinceSpeechMilliseconds = (int?)recognised.Times?.SinceSpeech.TotalMilliseconds,
                    RecognitionMilliseconds = (int?)recognised.Times?.Recognition.TotalMilliseconds,
                });
            }

            var isWord = _state.Phase is TurnPhase.Hearing or TurnPhase.Deciding && input is TurnInput.WordRecognised word && word.Turn == _state.Turn;
            Apply(input);
            if (isWord)
            {
                Tell(new ConversationEvent.Heard(_state.Turn, ((TurnInput.WordRecognised)input).Text, IsFinal: false));
            }
        });
    }

    /// <summary>The person said something into a dead connection, and it came later: it waits its turn, as what is typed does.</summary>
    public void OnSaidInTheGap(string text) => _mailbox.Post(() =>
    {
        if (_state.Waiting.Count < TurnState.MaxWaiting)
        {
            Tell(new ConversationEvent.Heard(_state.Turn + 1 + _state.Waiting.Count, text, IsFinal: true));
            Apply(new TurnInput.Asked(new Question(text, Key: null, IsSpoken: true), Interrupts: false));
        }
    });

    /// <summary>The person said something that could not be recognised.</summary>
    /// <param name="turn">Which turn it belongs to; 0 where it has none.</param>
    /// <param name="cause">For a program.</param>
    /// <param name="status">The HTTP status, where it is one.</param>
    public void OnNotHeard(long turn, string cause, int? status) => _mailbox.Post(() => Tell(new ConversationEvent.NotHeard(
        turn > 0 ? turn : _state.Turn, cause, status, Sentences.NotHeard(_memory.IsChinese))));

    /// <summary>The session is held: nobody is there.</summary>
    public void Left() => _mailbox.Post(() =>
    {
        if (!_state.IsAway)
        {
            _presence.Leave();
            Apply(new TurnInput.Left());
        }
    });

    /// <summary>Somebody is there again.</summary>
    /// <param name="away">How long nobody heard anything. What was too short to be noticed is not worth telling a model of.</param>
    /// <param name="saying">What was being said when it began; empty where nothing.</param>
    public void CameBack(TimeSpan away, string saying = "") => _mailbox.Post(() =>
    {
        _memory.NoteOutage(away, saying);
        _presence.Return();
        Apply(new TurnInput.CameBack());
        _answers.Pump();
    });

    /// <summary>The first sound of an utterance, of this conversation or not, is sent.</summary>
    /// <param name="utteranceId">Which.</param>
    /// <param name="at">When, by the wall clock.</param>
    public void OnUtteranceStarted(string utteranceId, DateTimeOffset at) =>
        _mailbox.Post(() => _answers.OnUtteranceStarted(utteranceId, (answer, isFiller) => _thoughts.OnFirstSound(answer, utteranceId, at, isFiller)));

    /// <summary>What became of an utterance, of this conversation or not.</summary>
    /// <param name="utteranceId">Which.</param>
    /// <param name="heard">How much of its text was heard, in UTF-16 units; null: all of it.</param>
    public void OnUtteranceEnded(string utteranceId, int? heard) => _mailbox.Post(() => _answers.OnUtteranceEnded(utteranceId, heard));

    /// <summary>Chooses the model that is asked from the next turn on.</summary>
    /// <param name="name">One of those that <see cref="ConversationServices.Models"/> has; null for the default.</param>
    /// <returns>False where there is none of this name.</returns>
    public Task<bool> ChooseModelAsync(string? name) => _mailbox.InvokeAsync(() =>
    {
        if (_services.Models.Find(name) is null)
        {
            return false;
        }

        _model = name;
        _snapshot = Snap();
        return true;
    });

    /// <summary>All that another process needs to go on. Changes nothing.</summary>
    public Task<ConversationRecord> CaptureAsync() => _mailbox.InvokeAsync(() => new ConversationRecord
    {
        Version = ConversationRecord.CurrentVersion,
        Turn = _state.Turn,
        Model = _model,
        History = [.. _answers.Current is { IsNoted: true } asked && asked.Capture().Parts.Count == 0 ? _memory.History.Lines.SkipLast(1) : _memory.History.Lines],
        Waiting = [.. _state.Waiting],
        Outages = [.. _memory.Outages],
        Open = _answers.Current is { } answer && !(answer is { IsWritten: true, Settled.IsCompleted: true })
            ? answer.Capture()
            : null,
    });

    /// <summary>Gives everything up; nothing is told any more.</summary>
    public async ValueTask DisposeAsync()
    {
        var thinking = await _mailbox.InvokeAsync(() =>
        {
            _isOver = true;
            foreach (var answer in _answers.Known())
            {
                answer.Span.End("ended");
            }

            _answers.Current?.GiveUp();
            foreach (var question in _state.Waiting)
            {
                question.Reader?.OnEnd();
            }

            _presence.Return();
            return _thoughts.Running;
        }).ConfigureAwait(false);
        await thinking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Restore(ConversationRecord kept)
    {
        _model = _services.Models.Find(kept.Model) is null ? null : kept.Model;
        _state = TurnState.Initial with { Turn = kept.Turn, IsAway = true, Waiting = [.. kept.Waiting] };
        _presence.Leave();
        if (kept.Open is not { } open)
        {
            return;
        }

        if (open.Parts.Count == 0)
        {
            // Nothing of it was heard: it is asked again, once, as soon as somebody is there.
            var question = TurnSpan.TryParse(open.Trace, out var before) ? open.Question with { AskedFrom = before } : open.Question;
            _state = _state with { Waiting = _state.Waiting.Insert(0, question) };
            return;
        }

        var model = Model;
        var name = model.Description.Name;
        var span = TurnSpan.Continue(new TurnContext(_identity.SessionId, _identity.Avatar, kept.Turn, name), model, open.Trace);
        var answer = new Answer(kept.Turn, open.Question, name, _memory.LanguageOf(open.Question.Text), _services.Time, span) { IsOffline = model.Description.IsOffline };
        span.Says();
        answer.Restore(open);
        if (!open.IsWritten)
        {
            _thoughts.LoseTheRest(answer, open.Uncut);
        }

        answer.Close();
        _answers.Begin(answer);
        _state = _state with { Phase = TurnPhase.Speaking, Unheard = answer.Outstanding };
    }

    private System.Collections.Immutable.ImmutableArray<TurnEffect> Apply(TurnInput input)
    {
        if (_isOver)
        {
            return [];
        }

        var before = _state;
        (_state, var effects) = TurnMachine.Next(_state, input);
        foreach (var effect in effects)
        {
            Do(effect);
        }

        TellReaders(before, input, effects);
        _snapshot = Snap();
        if (before.Phase != _state.Phase)
        {
            Tell(new ConversationEvent.PhaseChanged(_state.Turn, NameOf(_state.Phase)));
        }

        return effects;
    }

    /// <summary>A question that is not waiting any more and was not asked either has no answer to read.</summary>
    private void TellReaders(TurnState before, TurnInput input, System.Collections.Immutable.ImmutableArray<TurnEffect> effects)
    {
        foreach (var question in input is TurnInput.Asked { Question: var asked } ? before.Waiting.Add(asked) : before.Waiting)
        {
            if (question.Reader is { } reader && !_state.Waiting.Any(waiting => ReferenceEquals(waiting, question))
                && !effects.Any(effect => effect is TurnEffect.Ask ask && ReferenceEquals(ask.Question, question)))
            {
                reader.OnEnd();
            }
        }
    }

    private void Do(TurnEffect effect)
    {
        switch (effect)
        {
            case TurnEffect.Ask ask:
                _thoughts.Begin(ask.Turn, ask.Question, Model);
                break;
            case TurnEffect.GiveUp:
                _answers.GiveUp();
                break;
            case TurnEffect.TurnEnded:
                _answers.EndCurrent();
                break;
            case TurnEffect.PauseSpeech:
                _mouth.Pause();
                break;
            case TurnEffect.ResumeSpeech:
                _mouth.GoOn();
                break;
            case TurnEffect.StopSpeech:
                _mouth.Stop();
                break;
            case TurnEffect.Listen or TurnEffect.Recognise or TurnEffect.StopListening or TurnEffect.TakeForNoise:
                _identity.Ears?.Do(effect);
                break;
        }
    }

    private void Tell(ConversationEvent happened)
    {
        if (!_isOver)
        {
            _observer.OnConversationEvent(happened);
        }
    }

    /// <summary>Who is asked: the one that was chosen, or the first.</summary>
    private ChatModel Model => _services.Models.Find(_model) ?? _services.Models.Find(null)!;

    private string NameOfModel() => Model.Description.Name;

    private ConversationSnapshot Snap() =>
        new(_state.Phase, _state.Turn, NameOfModel(), Model.Description.IsOffline, _state.Waiting.Count);

    private static string NameOf(TurnPhase phase) => phase switch
    {
        TurnPhase.Quiet => "quiet",
        TurnPhase.Hearing => "hearing",
        TurnPhase.Deciding => "deciding",
        TurnPhase.Thinking => "thinking",
        TurnPhase.Speaking => "speaking",
    };
}
