using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Holdfast.Dialogue;

/// <summary>What all conversations share.</summary>
internal sealed partial class ConversationServices
{
    private readonly ILogger _logger;
    private string? _leftOut;

    /// <param name="options">Settings.</param>
    /// <param name="models">The models there are.</param>
    /// <param name="tools">Where tools come from.</param>
    /// <param name="hooks">Where the app takes part.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told of what fails.</param>
    public ConversationServices(
        DialogueOptions options,
        IModelDirectory models,
        IEnumerable<IToolSource> tools,
        IEnumerable<IConversationHook> hooks,
        TimeProvider time,
        ILogger<Conversation> logger)
    {
        (Options, Models, Tools, Time, _logger) = (options, models, [.. tools], time, logger);
        Hooks = new ConversationHooks([.. hooks], (turn, exception) => LogHookFailed(exception, turn.SessionId, turn.Turn));
    }

    /// <summary>The models there are.</summary>
    public IModelDirectory Models { get; }

    internal DialogueOptions Options { get; }

    internal IReadOnlyList<IToolSource> Tools { get; }

    internal ConversationHooks Hooks { get; }

    internal TimeProvider Time { get; }

    /// <summary>The tools that a model is told of: as many as there is room for, in their order. Those that are left out are told to whoever runs the server, once.</summary>
    internal IEnumerable<AIFunction> ToolsWithin(int tokens)
    {
        List<AIFunction> within = [];
        List<string> leftOut = [];
        foreach (var tool in Tools.SelectMany(static source => source.Tools))
        {
            var cost = PromptBudget.CostOf(tool);
            if (cost > tokens)
            {
                leftOut.Add(tool.Name);
                continue;
            }

            tokens -= cost;
            within.Add(tool);
        }

        var names = string.Join(", ", leftOut);
        if (names.Length > 0 && !string.Equals(Interlocked.Exchange(ref _leftOut, names), names, StringComparison.Ordinal))
        {
            LogToolsLeftOut(names, Options.HistoryTokens);
        }

        return within;
    }

    internal void OnModelFailed(TurnContext turn, ModelException exception) =>
        LogModelFailed(exception.InnerException, turn.SessionId, turn.Turn, turn.Model, exception.Fault, exception.Status);

    internal void OnToolFailed(TurnContext turn, string tool, Exception exception) => LogToolFailed(exception, turn.SessionId, turn.Turn, tool);

    internal void OnFault(string session, Exception exception) => LogFault(exception, session);

    [LoggerMessage(5001, LogLevel.Warning, "Session {SessionId}, turn {Turn}: the model {Model} failed: {Fault}, status {Status}")]
    private partial void LogModelFailed(Exception? exception, string sessionId, long turn, string model, ModelFault fault, int? status);

    [LoggerMessage(5002, LogLevel.Warning, "Session {SessionId}, turn {Turn}: the tool {Tool} failed")]
    private partial void LogToolFailed(Exception exception, string sessionId, long turn, string tool);

    [LoggerMessage(5003, LogLevel.Error, "Session {SessionId}, turn {Turn}: a hook of the app failed; the turn goes on without it")]
    private partial void LogHookFailed(Exception exception, string sessionId, long turn);

    [LoggerMessage(
        5005,
        LogLevel.Warning,
        "Models are not told of the tools {Tools}: with instructions and the other tools they take more than three quarters of Holdfast:Dialogue:HistoryTokens ({Tokens}); please raise it, or offer fewer tools")]
    private partial void LogToolsLeftOut(string tools, int tokens);

    [LoggerMessage(5004, LogLevel.Error, "Session {SessionId}: a step of the conversation failed")]
    private partial void LogFault(Exception exception, string sessionId);
}

/// <summary>Calls the app's hooks, one after the other. One that throws is left out.</summary>
internal sealed class ConversationHooks(IReadOnlyList<IConversationHook> hooks, Action<TurnContext, Exception> onFault)
{
    public async ValueTask<string?> HeardAsync(TurnContext turn, string text, CancellationToken cancellationToken)
    {
        string? heard = text;
        foreach (var hook in hooks)
        {
            await CallAsync(turn, async () => heard = await hook.OnHeardAsync(turn, heard!, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            if (heard is null)
            {
                return null;
            }
        }

        return heard;
    }

    public async ValueTask AskingAsync(TurnContext turn, IList<ChatMessage> messages, ChatOptions options, CancellationToken cancellationToken)
    {
        foreach (var hook in hooks)
        {
            await CallAsync(turn, () => hook.OnAskingAsync(turn, messages, options, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task EndedAsync(TurnContext turn, ConversationEvent.TurnEnded ended)
    {
        foreach (var hook in hooks)
        {
            await CallAsync(turn, () => hook.OnTurnEndedAsync(turn, ended), CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async ValueTask CallAsync(TurnContext turn, Func<ValueTask> call, CancellationToken cancellationToken)
    {
        try
        {
            await call().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            onFault(turn, exception);
        }
    }
}
