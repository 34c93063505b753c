using Holdfast.Speech;
using Microsoft.Extensions.AI;

namespace Holdfast.Dialogue;

/// <summary>
/// One session's conversation: whose turn it is, what is thought and said, and what of that was heard. It outlives connections, and, through
/// <see cref="CaptureAsync"/>, its process.
/// </summary>
/// <remarks>Calls come from any thread; each is done in the order of the calls, and none waits for a model.</remarks>
internal sealed class Conversation : IAsyncDisposable
{
    private const int OutagesKept = 8;

    /// <summary>The voice gets so many sentences ahead of the listener: what is behind them can still be given up without a word.</summary>
    private const int PiecesAhead = 3;

    /// <summary>How long a new turn waits to learn what was heard of the one that it broke off.</summary>
    private static readonly TimeSpan MaxSettling = TimeSpan.FromMilliseconds(300);

    private readonly ConversationServices _services;
    private readonly ConversationIdentity _identity;
    private readonly IMouth _mouth;
    private readonly IConversationObserver _observer;
    private readonly Mailbox _mailbox;
    private readonly ConversationHistory _history;
    private readonly List<SurvivedOutage> _outages = [];
    private readonly List<Answer> _endingAnswers = [];
    private readonly Place _place;
    private TurnState _state = TurnState.Initial;
    private Answer? _answer;
    private Task _thinking = Task.CompletedTask;
    private TaskCompletionSource? _here;
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
        _place = new Place(this);
        _history = new ConversationHistory(services.Options.HistoryTokens, kept?.History);
        if (kept is not null)
        {
            Restore(kept);
        }

        _snapshot = Snap();
    }

    /// <summary>What it is doing now.</summary>
    public ConversationSnapshot Snapshot => _snapshot;

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
            if (input is TurnInput.Recognised { Text: { } text } recognised && !string.IsNullOrWhiteSpace(text) && recognised.Turn == _state.Turn)
            {
                Tell(new ConversationEvent.Heard(recognised.Turn, text, IsFinal: true));
            }

            Apply(input);
        });
    }

    /// <summary>The session is held: nobody is there.</summary>
    public void Left() => _mailbox.Post(() =>
    {
        if (!_state.IsAway)
        {
            _here ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Apply(new TurnInput.Left());
        }
    });

    /// <summary>Somebody is there again.</summary>
    /// <param name="away">How long nobody heard anything. What was too short to be noticed is not worth telling a model of.</param>
    /// <param name="saying">What was being said when it began; empty where nothing.</param>
    public void CameBack(TimeSpan away, string saying = "") => _mailbox.Post(() =>
    {
        if (away >= TimeSpan.FromSeconds(1))
        {
            Remember(new SurvivedOutage(away, saying));
        }

        _here?.TrySetResult();
        _here = null;
        Apply(new TurnInput.CameBack());
        Pump();
    });

    /// <summary>What became of an utterance, of this conversation or not.</summary>
    /// <param name="utteranceId">Which.</param>
    /// <param name="heard">How much of its text was heard, in UTF-16 units; null: all of it.</param>
    public void OnUtteranceEnded(string utteranceId, int? heard) => _mailbox.Post(() =>
    {
        if (_answer is { } answer && answer.TryEnd(utteranceId, heard ?? int.MaxValue))
        {
            Apply(new TurnInput.PieceEnded(answer.Turn));
        }
        else if (_endingAnswers.Find(ending => ending.TryEnd(utteranceId, heard ?? int.MaxValue)) is { } broken && broken.Settled.IsCompleted)
        {
            Finish(broken);
        }

        Pump();
    });

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

    /// <summary>Who answers from the next turn on.</summary>
    public void ChangeAvatar(string avatar) => _mailbox.Post(() => _identity.Avatar = avatar);

    /// <summary>All that another process needs to go on. Changes nothing.</summary>
    public Task<ConversationRecord> CaptureAsync() => _mailbox.InvokeAsync(() => new ConversationRecord
    {
        Version = ConversationRecord.CurrentVersion,
        Turn = _state.Turn,
        Model = _model,
        History = [.. _answer is { IsNoted: true } asked && asked.Parts().Count == 0 ? _history.Lines.SkipLast(1) : _history.Lines],
        Waiting = [.. _state.Waiting],
        Outages = [.. _outages],
        Open = _answer is { } answer && !(answer is { IsWritten: true, Settled.IsCompleted: true })
            ? new OpenAnswer(answer.Question, answer.Parts(), answer.Unsaid())
            : null,
    });

    /// <summary>Gives everything up; nothing is told any more.</summary>
    public async ValueTask DisposeAsync()
    {
        var thinking = await _mailbox.InvokeAsync(() =>
        {
            _isOver = true;
            _answer?.GiveUp();
            _here?.TrySetResult();
            return _thinking;
        }).ConfigureAwait(false);
        await thinking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Restore(ConversationRecord kept)
    {
        _model = _services.Models.Find(kept.Model) is null ? null : kept.Model;
        _outages.AddRange(kept.Outages);
        _state = TurnState.Initial with { Turn = kept.Turn, IsAway = true, Waiting = [.. kept.Waiting] };
        _here = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (kept.Open is not { } open)
        {
            return;
        }

        if (open.Parts.Count == 0)
        {
            // Nothing of it was heard: it is asked again, once, as soon as somebody is there.
            _state = _state with { Waiting = _state.Waiting.Insert(0, open.Question) };
            return;
        }

        _answer = new Answer(kept.Turn, open.Question, NameOfModel(), _services.Time.GetTimestamp());
        _answer.Restore(open.Parts, open.Unsaid);
        _answer.Close();
        _state = _state with { Phase = TurnPhase.Speaking, Unheard = _answer.Outstanding };
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

        _snapshot = Snap();
        if (before.Phase != _state.Phase)
        {
            Tell(new ConversationEvent.PhaseChanged(_state.Turn, NameOf(_state.Phase)));
        }

        return effects;
    }

    private void Do(TurnEffect effect)
    {
        switch (effect)
        {
            case TurnEffect.Ask ask:
                Think(ask);
                break;
            case TurnEffect.GiveUp:
                GiveUp();
                break;
            case TurnEffect.TurnEnded when _answer is { } answer:
                _answer = null;
                Finish(answer);
                break;
            case TurnEffect.PauseSpeech:
                _mouth.Pause();
                break;
            case TurnEffect.ResumeSpeech:
                _mouth.GoOn();
                break;
            case TurnEffect.Listen or TurnEffect.Recognise or TurnEffect.StopListening:
                _identity.Ears?.Do(effect);
                break;
        }
    }

    private void Think(TurnEffect.Ask ask)
    {
        var settled = _endingAnswers.Count > 0 ? _endingAnswers[^1].Settled : Task.CompletedTask;
        var answer = new Answer(ask.Turn, ask.Question, NameOfModel(), _services.Time.GetTimestamp());
        _answer = answer;
        Tell(new ConversationEvent.TurnStarted(ask.Turn, ask.Question.Text, ask.Question.IsSpoken, answer.Model));
        _thinking = Task.Run(() => ThinkAsync(answer, settled));
    }

    private async Task ThinkAsync(Answer answer, Task settled)
    {
        try
        {
            // What was heard of the answer before is what the model is told.
            await Task.WhenAny(settled, Task.Delay(MaxSettling, _services.Time, answer.Cancellation.Token)).ConfigureAwait(false);
            if (_services.Models.Find(answer.Model) is { } model)
            {
                await new Thinker(_services, _place, answer).ThinkAsync(model).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (answer.Cancellation.IsCancellationRequested)
        {
            // It was given up.
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _services.OnFault(_identity.SessionId, exception);
            _mailbox.Post(() =>
            {
                var sentence = Sentences.Failed(ModelFault.Protocol, null, answer.HasBegun, Sentences.IsChinese(answer.Question.Text));
                answer.HasFailed = true;
                Tell(new ConversationEvent.ModelFailed(answer.Turn, "protocol", null, sentence));
                answer.Add(sentence);
            });
        }

        _mailbox.Post(() =>
        {
            answer.Close();
            Pump();
        });
    }

    /// <summary>Hands on what is written, as far as the voice is to run ahead of the listener.</summary>
    private void Pump()
    {
        while (_answer is { IsGivenUp: false } answer && answer.Outstanding < PiecesAhead && answer.TryPeek(out var text) && !_isOver)
        {
            switch (_mouth.Speak(answer.Turn, text))
            {
                case SpeakResult.Accepted(var id):
                    answer.HandedOn(id);
                    Apply(new TurnInput.PieceHandedOn(answer.Turn));
                    break;
                case SpeakResult.NothingToSay:
                    answer.HandedOn(utteranceId: null);
                    if (!string.IsNullOrWhiteSpace(text))
                    {
                        Tell(new ConversationEvent.Shown(answer.Turn, text));
                    }

                    break;
                case SpeakResult.NotNow:
                    return;
                case SpeakResult.Gone:
                    answer.GiveUp();
                    return;
            }
        }

        if (_answer is { IsWritten: true, IsToldWritten: false } written && !written.TryPeek(out _))
        {
            written.IsToldWritten = true;
            Apply(new TurnInput.AnswerWritten(written.Turn));
        }
    }

    private void GiveUp()
    {
        if (_answer is not { } answer)
        {
            return;
        }

        _answer = null;
        var isSpoken = answer.Outstanding > 0;
        answer.GiveUp();
        if (answer.Settled.IsCompleted)
        {
            Finish(answer);
            return;
        }

        if (_endingAnswers.Count >= 4)
        {
            Finish(_endingAnswers[0]);
        }

        _endingAnswers.Add(answer);
        if (isSpoken)
        {
            _mouth.Stop();
        }
    }

    private void Finish(Answer answer)
    {
        _endingAnswers.Remove(answer);
        var (text, isBrokenOff) = answer.WhatWasHeard();
        _history.Add(new SaidLine(SaidBy.Avatar, text, isBrokenOff));
        var how = isBrokenOff ? "brokenOff" : answer.HasFailed ? "failed" : text.Length == 0 ? "empty" : "heard";
        var ended = new ConversationEvent.TurnEnded(answer.Turn, how, text, (int)_services.Time.GetElapsedTime(answer.BeganAt).TotalMilliseconds);
        Tell(ended);
        _ = _services.Hooks.EndedAsync(_place.Context(answer), ended);
        answer.Cancellation.Dispose();
    }

    private void Remember(SurvivedOutage outage)
    {
        _outages.Add(outage);
        if (_outages.Count > OutagesKept)
        {
            _outages.RemoveAt(0);
        }

        var saying = outage.Saying.Length == 0 ? "" : $" You were saying: \"{outage.Saying}\" and went on from there.";
        _history.Add(new SaidLine(SaidBy.Note, $"The connection was lost for {outage.Away.TotalSeconds:0} seconds; the conversation goes on.{saying}"));
    }

    private void Tell(ConversationEvent happened)
    {
        if (!_isOver)
        {
            _observer.OnConversationEvent(happened);
        }
    }

    private string NameOfModel() => (_services.Models.Find(_model) ?? _services.Models.Find(null)!).Description.Name;

    private ConversationSnapshot Snap() =>
        new(_state.Phase, _state.Turn, NameOfModel(), (_services.Models.Find(_model) ?? _services.Models.Find(null)!).Description.IsOffline, _state.Waiting.Count);

    private static string NameOf(TurnPhase phase) => phase switch
    {
        TurnPhase.Quiet => "quiet",
        TurnPhase.Hearing => "hearing",
        TurnPhase.Deciding => "deciding",
        TurnPhase.Thinking => "thinking",
        TurnPhase.Speaking => "speaking",
    };

    /// <summary>What a turn's thinking sees of the conversation.</summary>
    private sealed class Place(Conversation owner) : IThinkingPlace
    {
        public TurnContext Context(Answer answer) => new(owner._identity.SessionId, owner._identity.Avatar, answer.Turn, answer.Model);

        public async Task WhenHereAsync(CancellationToken cancellationToken)
        {
            var here = await owner._mailbox.InvokeAsync(() => owner._here?.Task ?? Task.CompletedTask).ConfigureAwait(false);
            await here.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        public Task<(List<ChatMessage> Messages, ConversationFacts Facts)> BeginAsync(Answer answer, string text) => owner._mailbox.InvokeAsync(() =>
        {
            foreach (var ending in owner._endingAnswers.ToArray())
            {
                owner.Finish(ending);
            }

            owner._history.Add(new SaidLine(SaidBy.Person, text));
            answer.IsNoted = true;
            List<ChatMessage> messages = [new(ChatRole.System, Instructions.For(owner._services.Options, owner._identity.Avatar)), .. owner._history.ToMessages()];
            var facts = new ConversationFacts(
                owner._identity.Avatar, Sentences.IsChinese(text), owner._identity.Seed, [.. owner._outages]);
            return (messages, facts);
        });

        public async Task AddAsync(Answer answer, string piece)
        {
            var room = await owner._mailbox.InvokeAsync(() =>
            {
                answer.Add(piece);
                owner.Pump();
                return answer.WhenRoomAsync(owner._services.Options.MaxWaitingText);
            }).ConfigureAwait(false);
            await room.ConfigureAwait(false);
        }

        public Task RetractAsync(Answer answer) => owner._mailbox.InvokeAsync(() =>
        {
            answer.Retract();
            if (answer.Outstanding > 0)
            {
                owner._mouth.Stop();
            }

            return true;
        });

        public Task<bool> HasWordsAsync(Answer answer) => owner._mailbox.InvokeAsync(() => answer.HasWords);

        public void Tell(Answer answer, ConversationEvent happened) => owner._mailbox.Post(() =>
        {
            answer.HasFailed |= happened is ConversationEvent.ModelFailed;
            owner.Tell(happened);
        });

        public IToolWatch WatchTools(Answer answer) => new ToolWatch(owner, answer);
    }

    /// <summary>Tells of tools, and has the avatar say something short while one takes its time.</summary>
    private sealed class ToolWatch(Conversation owner, Answer answer) : IToolWatch
    {
        public IDisposable OnCalling(string name)
        {
            var wait = owner._services.Options.FillerAfterMilliseconds;
            return owner._services.Time.CreateTimer(
                _ => owner._mailbox.Post(Fill),
                state: null,
                wait > 0 ? TimeSpan.FromMilliseconds(wait) : Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan);
        }

        public void OnFailed(string name, Exception exception) => owner._services.OnToolFailed(owner._place.Context(answer), name, exception);

        public void OnCalled(string name, TimeSpan took, bool failed) =>
            owner._mailbox.Post(() => owner.Tell(new ConversationEvent.ToolCalled(answer.Turn, name, (int)took.TotalMilliseconds, failed)));

        private void Fill()
        {
            if (owner._answer == answer && answer.Outstanding == 0 && !owner._state.IsAway)
            {
                answer.Add(Sentences.Filler(Sentences.IsChinese(answer.Question.Text)), isFiller: true);
                owner.Pump();
            }
        }
    }
}

/// <summary>Whose conversation it is.</summary>
/// <param name="sessionId">The session.</param>
/// <param name="avatar">Who answers.</param>
internal sealed class ConversationIdentity(string sessionId, string avatar)
{
    /// <summary>The session.</summary>
    public string SessionId { get; } = sessionId;

    /// <summary>Who answers.</summary>
    public string Avatar { get; internal set; } = avatar;

    /// <summary>What hears the person, where anything does.</summary>
    public IEars? Ears { get; init; }

    internal long Seed { get; } = SeedOf(sessionId);

    private static long SeedOf(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in text)
        {
            hash = unchecked((hash ^ c) * 1099511628211UL);
        }

        return unchecked((long)hash);
    }
}

/// <summary>What hears the person for a conversation, and tells it by <see cref="Conversation.OnVoice"/>.</summary>
internal interface IEars
{
    /// <summary>Does what the turn wants of it: <see cref="TurnEffect.Listen"/>, <see cref="TurnEffect.Recognise"/> or <see cref="TurnEffect.StopListening"/>. Returns at once.</summary>
    void Do(TurnEffect effect);
}

/// <summary>What a conversation is doing.</summary>
/// <param name="Phase">Where it is.</param>
/// <param name="Turn">The number of the turn; 0 before the first.</param>
/// <param name="Model">Who is asked.</param>
/// <param name="IsOffline">Whether that is only the companion.</param>
/// <param name="Waiting">Questions that wait.</param>
internal sealed record ConversationSnapshot(TurnPhase Phase, long Turn, string Model, bool IsOffline, int Waiting);
