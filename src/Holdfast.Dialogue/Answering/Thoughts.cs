namespace Holdfast.Dialogue;

/// <summary>Has each question thought about, tells when its answer begins and ends, and notes in the history what was heard of it.</summary>
/// <remarks>Not thread-safe: a conversation calls it in its own order.</remarks>
internal sealed class Thoughts(
    ConversationServices services, ConversationMemory memory, AnswersUnderWay answers, ThinkingPlace place, Mailbox mailbox, Action<ConversationEvent> tell)
{
    /// <summary>How long a new turn waits to learn what was heard of the one that it broke off.</summary>
    private static readonly TimeSpan MaxSettling = TimeSpan.FromMilliseconds(300);

    /// <summary>Completes when nothing is thought about.</summary>
    public Task Running { get; private set; } = Task.CompletedTask;

    /// <summary>A question's turn has come.</summary>
    public void Begin(long turn, Question question, ChatModel model)
    {
        var settled = answers.Settled;
        var span = TurnSpan.Start(place.Context(turn, model.Description.Name), model, question);
        var answer = new Answer(turn, question, model.Description.Name, memory.LanguageOf(question.Text), services.Time, span) { IsOffline = model.Description.IsOffline };
        answers.Begin(answer);
        tell(new ConversationEvent.TurnStarted(turn, question.Text, question.IsSpoken, answer.Model));
        Running = span.Run(() => ThinkAsync(answer, model, settled));
    }

    /// <summary>The listener begins to hear the answer, or a filler before it.</summary>
    public void OnFirstSound(Answer answer, string utteranceId, DateTimeOffset at, bool isFiller)
    {
        answer.Span.Sounds(at, isFiller);
        var after = Math.Max(0, (int)(at - answer.AskedAt).TotalMilliseconds);
        tell(new ConversationEvent.Spoken(answer.Turn, utteranceId, after, isFiller));
    }

    /// <summary>The process that listened to the model is gone: what it had received is said, and then why there is no more.</summary>
    /// <param name="answer">What is left of it.</param>
    /// <param name="received">What was received last, which need not be whole.</param>
    public void LoseTheRest(Answer answer, string received)
    {
        var sentence = Sentences.Failed(ModelFault.Broken, status: null, hasBegun: true, answer.IsChinese);
        answer.Add((received.Length > 0 && !char.IsWhiteSpace(received[^1]) ? " " : "") + sentence, isOwn: true);
        mailbox.Post(() => place.TellNow(answer, new ConversationEvent.ModelFailed(answer.Turn, "broken", null, sentence)));
    }

    /// <summary>All is known of an answer.</summary>
    public void Finish(Answer answer)
    {
        var (text, isBrokenOff) = answer.WhatWasHeard();
        memory.History.Add(new SaidLine(SaidBy.Avatar, text, isBrokenOff));
        var how = isBrokenOff ? "brokenOff" : answer.HasFailed ? "failed" : text.Length == 0 ? "empty" : "heard";
        var ended = new ConversationEvent.TurnEnded(answer.Turn, how, text, (int)answer.Age.TotalMilliseconds)
        {
            InterruptedMilliseconds = (int?)answer.GivenUpAfter?.TotalMilliseconds,
        };
        tell(ended);
        answer.Span.End(how);
        _ = services.Hooks.EndedAsync(place.Context(answer), ended);
        answer.Cancellation.Dispose();
    }

    private async Task ThinkAsync(Answer answer, ChatModel model, Task settled)
    {
        try
        {
            // What was heard of the answer before is what the model is told.
            await Task.WhenAny(settled, Task.Delay(MaxSettling, services.Time, answer.Cancellation.Token)).ConfigureAwait(false);
            await new Thinker(services, place, answer).ThinkAsync(model).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (answer.Cancellation.IsCancellationRequested)
        {
            // It was given up.
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            services.OnFault(place.Context(answer).SessionId, exception);
            mailbox.Post(() =>
            {
                var sentence = Sentences.Failed(ModelFault.Protocol, null, answer.HasBegun, answer.IsChinese);
                place.TellNow(answer, new ConversationEvent.ModelFailed(answer.Turn, "protocol", null, sentence));
                answer.Add(sentence, isOwn: true);
            });
        }

        mailbox.Post(() =>
        {
            answer.Close();
            answers.Pump();
        });
    }
}
