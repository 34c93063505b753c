using Holdfast.Speech;
using Microsoft.Extensions.AI;

namespace Holdfast.Dialogue;

/// <summary>What a turn's thinking needs of its conversation. Each call is done in the conversation's own order.</summary>
internal interface IThinkingPlace
{
    TurnContext Context(Answer answer);

    /// <summary>Completes when somebody is there to hear an answer.</summary>
    Task WhenHereAsync(CancellationToken cancellationToken);

    /// <summary>Notes the question and gives all that a model is told before it, the instructions first.</summary>
    Task<(List<ChatMessage> Messages, ConversationFacts Facts)> BeginAsync(Answer answer, string text);

    /// <summary>The model wrote this of the answer. What of it is no piece by the time the process ends is not lost either.</summary>
    void Receive(Answer answer, string text);

    /// <summary>What was received and is no piece yet is not said: the model is asked again, or it is no whole sentence.</summary>
    void DropUncut(Answer answer);

    /// <summary>A piece of the answer is whole, or of what the product says in its place. Completes when there is room for more.</summary>
    Task AddAsync(Answer answer, string piece, bool isOwn = false, bool isShown = false);

    /// <summary>What was written so far was reasoning.</summary>
    Task RetractAsync(Answer answer);

    /// <summary>Whether anything is on its way to the listener already.</summary>
    Task<bool> HasWordsAsync(Answer answer);

    void Tell(Answer answer, ConversationEvent happened);

    IToolWatch WatchTools(Answer answer);
}

/// <summary>Thinks about one question: hooks, the model, its tools, one retry, and a sentence for the person where all that comes to nothing.</summary>
internal sealed class Thinker
{
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortestRetryAfter = TimeSpan.FromMilliseconds(250);

    private readonly ConversationServices _services;
    private readonly IThinkingPlace _place;
    private readonly Answer _answer;
    private int _toolsRunning;
    private IReadOnlyList<ChatMessage> _asked = [];
    private PromptBudget _budget = new(int.MaxValue, []);
    private SentenceStream _sentences = new();
    private (long Began, TimeSpan? FirstToken, bool IsTold) _call;

    public Thinker(ConversationServices services, IThinkingPlace place, Answer answer)
    {
        (_services, _place, _answer) = (services, place, answer);
    }

    private DialogueOptions Options => _services.Options;

    /// <summary>Thinks until the answer is written. Does not throw but for the answer's own cancellation.</summary>
    public async Task ThinkAsync(ChatModel model)
    {
        var cancellationToken = _answer.Cancellation.Token;
        var context = _place.Context(_answer);
        var text = await _services.Hooks.HeardAsync(context, _answer.Question.Text, cancellationToken).ConfigureAwait(false);
        if (text is null)
        {
            return;
        }

        var (messages, facts) = await _place.BeginAsync(_answer, text).ConfigureAwait(false);
        _budget = new PromptBudget(Options.HistoryTokens, messages.Skip(1).SkipLast(1));
        var options = OptionsFor(model, facts, PromptBudget.CostOf(messages[0]));
        await _services.Hooks.AskingAsync(context, messages, options, cancellationToken).ConfigureAwait(false);
        _asked = messages;
        for (var isLast = false; ; isLast = true)
        {
            try
            {
                // The second time from where the first came to: what a tool answered is known, and no tool is called again.
                await AskAsync(model, _asked, options, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (ModelException failure)
            {
                var hasWords = await _place.HasWordsAsync(_answer).ConfigureAwait(false);
                _services.OnModelFailed(context, failure);
                DialogueDiagnostics.OnModelFailed(model.Id, CauseOf(failure.Fault));
                if (isLast || hasWords || !IsWorthAnother(failure))
                {
                    await ApologiseAsync(model, failure).ConfigureAwait(false);
                    return;
                }

                var pause = failure.RetryAfter ?? ShortestRetryAfter;
                await Task.Delay(pause < ShortestRetryAfter ? ShortestRetryAfter : pause, _services.Time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task AskAsync(ChatModel model, IReadOnlyList<ChatMessage> messages, ChatOptions options, CancellationToken cancellationToken)
    {
        _call = (_services.Time.GetTimestamp(), null, false);
        _sentences = new SentenceStream();
        _place.DropUncut(_answer);
        var reasoning = new ReasoningFilter();
        using var client = ClientFor(model, options);
        await foreach (var token in ModelCall.AskAsync(
            client, messages, options, Options.ModelTimeout, _services.Time, () => Volatile.Read(ref _toolsRunning) > 0, cancellationToken).ConfigureAwait(false))
        {
            _call.FirstToken ??= _services.Time.GetElapsedTime(_call.Began);
            var written = reasoning.Push(token);
            if (reasoning.IsRetracted)
            {
                reasoning.Acknowledge();
                _sentences = new SentenceStream();
                await _place.RetractAsync(_answer).ConfigureAwait(false);
            }

            await ReceiveAsync(model, written, cancellationToken).ConfigureAwait(false);
        }

        await ReceiveAsync(model, reasoning.End(), cancellationToken).ConfigureAwait(false);
        await HandOnAsync(model, _sentences.End(), cancellationToken).ConfigureAwait(false);
        if (!_call.IsTold)
        {
            throw new ModelException(ModelFault.Empty, null, null, null);
        }
    }

    private Task ReceiveAsync(ChatModel model, string text, CancellationToken cancellationToken)
    {
        if (text.Length > 0)
        {
            _place.Receive(_answer, text);
        }

        return HandOnAsync(model, _sentences.Push(text), cancellationToken);
    }

    private async Task HandOnAsync(ChatModel model, IEnumerable<SpeechPiece> pieces, CancellationToken cancellationToken)
    {
        foreach (var piece in pieces)
        {
            if (!_call.IsTold && !string.IsNullOrWhiteSpace(piece.Text))
            {
                var elapsed = _services.Time.GetElapsedTime(_call.Began);
                _call.IsTold = true;
                DialogueDiagnostics.OnAnswerBegan(model.Id, _call.FirstToken!.Value, elapsed);
                _place.Tell(_answer, new ConversationEvent.AnswerBegan(
                    _answer.Turn, (int)_call.FirstToken!.Value.TotalMilliseconds, (int)elapsed.TotalMilliseconds)
                {
                    AskedMilliseconds = (int)_answer.AgeAt(_call.Began).TotalMilliseconds,
                });
            }

            await _place.AddAsync(_answer, piece.Text, isShown: piece.Kind == PieceKind.MoreCode).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The model, asked only while somebody is there, and the loop that calls its tools.</summary>
    private IChatClient ClientFor(ChatModel model, ChatOptions options)
    {
        var gated = new GatedChatClient(model.Client, _place.WhenHereAsync, _budget.Fit, messages => _asked = messages);
        return options.Tools is not { Count: > 0 }
            ? gated
            : new FunctionInvokingChatClient(gated) { AllowConcurrentInvocation = true, MaximumIterationsPerRequest = 8, IncludeDetailedErrors = false };
    }

    private ChatOptions OptionsFor(ChatModel model, ConversationFacts facts, int instructions)
    {
        var options = new ChatOptions
        {
            Temperature = model.Temperature,
            MaxOutputTokens = model.MaxOutputTokens,
            AdditionalProperties = new AdditionalPropertiesDictionary { [ConversationFacts.Key] = facts },
        };
        if (model.CallsTools)
        {
            var watch = new CountingWatch(this, _place.WatchTools(_answer));
            options.Tools = [.. _services.ToolsWithin(PromptBudget.FixedShare(Options.HistoryTokens) - instructions)
                .Select(AITool (tool) => new WatchedTool(tool, watch, Options.ToolTimeout, Options.ToolResultTokens, _services.Time))];
        }

        return options;
    }

    /// <summary>Says what is whole, and then why there is no more. A sentence that was not finished is not said as if it were.</summary>
    private async Task ApologiseAsync(ChatModel model, ModelException failure)
    {
        await HandOnAsync(model, _sentences.End().Where(static piece => IsWhole(piece.Text)), _answer.Cancellation.Token).ConfigureAwait(false);
        _place.DropUncut(_answer);
        var hasWords = await _place.HasWordsAsync(_answer).ConfigureAwait(false);
        var sentence = Sentences.Failed(failure.Fault, failure.Status, hasWords, _answer.IsChinese);
        _place.Tell(_answer, new ConversationEvent.ModelFailed(_answer.Turn, CauseOf(failure.Fault), failure.Status, sentence));
        await _place.AddAsync(_answer, sentence, isOwn: true).ConfigureAwait(false);
    }

    /// <summary>Whether a piece ends as a sentence does. The point in "3." may be one of 3.5.</summary>
    private static bool IsWhole(string text)
    {
        var end = text.AsSpan().TrimEnd().TrimEnd("\"'”’)）」』*_");
        return end.Length > 1 && end[^1] is '.' or '!' or '?' or '。' or '！' or '？' or '…' && !char.IsAsciiDigit(end[^2]);
    }

    private static bool IsWorthAnother(ModelException failure) =>
        failure.Fault is not (ModelFault.Length or ModelFault.Filtered)
        && !(failure.RetryAfter > LongestRetryAfter)
        && failure.Status is null or 408 or 409 or 425 or 429 or >= 500;

    private static string CauseOf(ModelFault fault) => fault switch
    {
        ModelFault.Timeout => "timeout",
        ModelFault.Unreachable => "unreachable",
        ModelFault.Status => "status",
        ModelFault.Error => "error",
        ModelFault.Protocol => "protocol",
        ModelFault.Empty => "empty",
        ModelFault.Broken => "broken",
        ModelFault.Length => "length",
        ModelFault.Filtered => "filtered",
    };

    /// <summary>While a tool runs the model is not late.</summary>
    private sealed class CountingWatch(Thinker thinker, IToolWatch inner) : IToolWatch
    {
        public IDisposable OnCalling(string name)
        {
            Interlocked.Increment(ref thinker._toolsRunning);
            return inner.OnCalling(name);
        }

        public void OnFailed(string name, Exception exception) => inner.OnFailed(name, exception);

        public void OnCalled(string name, TimeSpan took, bool failed)
        {
            Interlocked.Decrement(ref thinker._toolsRunning);
            inner.OnCalled(name, took, failed);
        }
    }
}

/// <summary>Asks a model only while somebody is there, and no more at once than it may be told: also for what it asks again after a tool has answered.</summary>
internal sealed class GatedChatClient(
    IChatClient inner, Func<CancellationToken, Task> whenHere, Func<IEnumerable<ChatMessage>, ChatOptions?, IReadOnlyList<ChatMessage>> fit,
    Action<IReadOnlyList<ChatMessage>> onAsking) : DelegatingChatClient(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await whenHere(cancellationToken).ConfigureAwait(false);
        var asked = fit(messages, options);
        onAsking(asked);
        await foreach (var update in base.GetStreamingResponseAsync(asked, options, cancellationToken).ConfigureAwait(false))
        {
            yield return update;
        }
    }

    /// <summary>The model is shared by all sessions: it is not this turn's to dispose of.</summary>
    protected override void Dispose(bool disposing)
    {
    }
}
