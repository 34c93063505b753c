using Microsoft.Extensions.AI;

namespace Holdfast.Dialogue;

/// <summary>What the thinking about one turn sees of its conversation: each call is done in the conversation's own order.</summary>
internal sealed class ThinkingPlace(
    ConversationServices services, ConversationIdentity identity, ConversationMemory memory, AnswersUnderWay answers, Presence presence, IMouth mouth,
    Mailbox mailbox, Action<ConversationEvent> tell) : IThinkingPlace
{
    public TurnContext Context(Answer answer) => Context(answer.Turn, answer.Model);

    public TurnContext Context(long turn, string model) => new(identity.SessionId, identity.Avatar, turn, model);

    public async Task WhenHereAsync(CancellationToken cancellationToken)
    {
        var here = await mailbox.InvokeAsync(() => presence.WhenHere).ConfigureAwait(false);
        await here.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public Task<(List<ChatMessage> Messages, ConversationFacts Facts)> BeginAsync(Answer answer, string text) => mailbox.InvokeAsync(() =>
    {
        answers.FinishAll();
        answer.IsNoted = true;

        // A hook may have changed the words.
        answer.Language = memory.LanguageOf(text);
        return memory.Ask(text);
    });

    public void Receive(Answer answer, string text) => mailbox.Post(() => answers.Receive(answer, text));

    public void DropUncut(Answer answer) => mailbox.Post(answer.DropUncut);

    public async Task AddAsync(Answer answer, string piece, bool isOwn = false, bool isShown = false)
    {
        var room = await mailbox.InvokeAsync(() =>
        {
            answer.Add(piece, isOwn: isOwn, isShown: isShown);
            answers.Pump();
            return answer.WhenRoomAsync(services.Options.MaxWaitingText);
        }).ConfigureAwait(false);
        await room.ConfigureAwait(false);
    }

    public Task RetractAsync(Answer answer) => mailbox.InvokeAsync(() =>
    {
        answer.Retract();
        if (answer.Outstanding > 0)
        {
            mouth.Stop();
        }

        return true;
    });

    public Task<bool> HasWordsAsync(Answer answer) => mailbox.InvokeAsync(() => answer.HasWords);

    public void Tell(Answer answer, ConversationEvent happened) => mailbox.Post(() => TellNow(answer, happened));

    /// <summary>The same, for who is in the conversation's order already.</summary>
    public void TellNow(Answer answer, ConversationEvent happened)
    {
        if (happened is ConversationEvent.ModelFailed failed)
        {
            answer.HasFailed = true;
            answer.Span.Fail(failed.Cause);
        }

        tell(happened);
    }

    public IToolWatch WatchTools(Answer answer) => new ToolWatch(this, answer);

    private void Fill(Answer answer)
    {
        if (answers.Current == answer && answer.Outstanding == 0 && presence.IsHere)
        {
            answer.Add(Sentences.Filler(answer.IsChinese), isFiller: true, isOwn: true);
            answers.Pump();
        }
    }

    /// <summary>Tells of tools, and has the avatar say something short while one takes its time.</summary>
    private sealed class ToolWatch(ThinkingPlace place, Answer answer) : IToolWatch
    {
        public IDisposable OnCalling(string name)
        {
            var wait = place.Services.Options.FillerAfterMilliseconds;
            return place.Services.Time.CreateTimer(
                _ => place.Post(() => place.Fill(answer)),
                state: null,
                wait > 0 ? TimeSpan.FromMilliseconds(wait) : Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan);
        }

        public void OnFailed(string name, Exception exception) => place.Services.OnToolFailed(place.Context(answer), name, exception);

        public void OnCalled(string name, TimeSpan took, bool failed) =>
            place.Tell(answer, new ConversationEvent.ToolCalled(answer.Turn, name, (int)took.TotalMilliseconds, failed));
    }

    private ConversationServices Services => services;

    private void Post(Action work) => mailbox.Post(work);
}
