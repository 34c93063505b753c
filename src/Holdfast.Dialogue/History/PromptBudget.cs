using Microsoft.Extensions.AI;

namespace Holdfast.Dialogue;

/// <summary>
/// Keeps all that is sent to a model at once below its bound: instructions, tools, what was said, and what tools answered. What was said longest ago is left out
/// first, then tools' answers are cut. Instructions, the question and what an app's hook adds are never touched.
/// </summary>
/// <param name="maxTokens">The bound, by <see cref="TokenEstimate"/>.</param>
/// <param name="said">Of the messages those that tell what was said before the question, the oldest first.</param>
internal sealed class PromptBudget(int maxTokens, IEnumerable<ChatMessage> said)
{
    /// <summary>What a model reads in the place of a tool's answer that there is no room for.</summary>
    private const string LeftOut = "(Left out: too long.)";

    private readonly HashSet<ChatMessage> _said = [.. said];

    /// <summary>How many of so many tokens instructions and tools may take: the rest is for the conversation.</summary>
    public static int FixedShare(int maxTokens) => maxTokens - (maxTokens / 4);

    /// <summary>What the definition of a tool costs.</summary>
    public static int CostOf(AITool tool) => TokenEstimate.Of(tool.Name) + TokenEstimate.Of(tool.Description)
        + (tool is AIFunctionDeclaration { JsonSchema.ValueKind: not System.Text.Json.JsonValueKind.Undefined } function ? TokenEstimate.Of(function.JsonSchema.GetRawText()) : 0);

    /// <summary>What a message costs. Pictures and sounds that a hook adds are no text.</summary>
    public static int CostOf(ChatMessage message) => message.Contents.Sum(static content => content switch
    {
        TextContent text => TokenEstimate.Of(text.Text),
        FunctionCallContent call => TokenEstimate.Of(call.Name) + (call.Arguments?.Sum(static argument => TokenEstimate.Of(argument.Key) + TokenEstimate.Of(argument.Value?.ToString() ?? "")) ?? 0),
        FunctionResultContent result => CostOf(result),
        _ => TokenEstimate.Of(""),
    });

    /// <summary>The messages of one call, as many of them and as much as there is room for.</summary>
    public List<ChatMessage> Fit(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        List<ChatMessage> fitting = [.. messages];
        var room = maxTokens - (options?.Tools?.Sum(CostOf) ?? 0) - (options?.Instructions is { } more ? TokenEstimate.Of(more) : 0) - fitting.Sum(CostOf);
        while (room < 0 && fitting.FindIndex(_said.Contains) is >= 0 and var oldest)
        {
            // An answer without its question tells a model nothing.
            do
            {
                room += CostOf(fitting[oldest]);
                fitting.RemoveAt(oldest);
            }
            while (oldest < fitting.Count && _said.Contains(fitting[oldest]) && IsAnswer(fitting, oldest));
        }

        return room < 0 ? CutResults(fitting, room) : fitting;
    }

    /// <summary>An answer, or the note behind it that it was broken off.</summary>
    private static bool IsAnswer(List<ChatMessage> messages, int at) =>
        messages[at].Role == ChatRole.Assistant || string.Equals(messages[at].Text, ConversationHistory.BrokenOff, StringComparison.Ordinal);

    /// <summary>The newest get the most, and each of the older ones half of what is left.</summary>
    private static List<ChatMessage> CutResults(List<ChatMessage> messages, int room)
    {
        FunctionResultContent[] results = [.. messages.SelectMany(static message => message.Contents.OfType<FunctionResultContent>()).Reverse()];
        room += results.Sum(CostOf);
        var least = TokenEstimate.Of(LeftOut);
        var cut = new Dictionary<FunctionResultContent, FunctionResultContent>();
        for (var i = 0; i < results.Length; i++)
        {
            var older = results.Length - 1 - i;
            var spare = Math.Max(0, room - ((older + 1) * least));
            var grant = least + (older == 0 ? spare : spare / 2);
            if (CostOf(results[i]) > grant)
            {
                cut[results[i]] = new FunctionResultContent(
                    results[i].CallId, ToolText.Bound(results[i].Result?.ToString() ?? "", grant) is { } less && TokenEstimate.Of(less) <= grant ? less : LeftOut);
            }

            room -= CostOf(cut.GetValueOrDefault(results[i], results[i]));
        }

        return [.. messages.Select(message => message.Contents.OfType<FunctionResultContent>().Any(cut.ContainsKey)
            ? new ChatMessage(message.Role, [.. message.Contents.Select(content => content is FunctionResultContent result && cut.TryGetValue(result, out var less) ? less : content)])
            : message)];
    }

    private static int CostOf(FunctionResultContent result) => TokenEstimate.Of(result.Result?.ToString() ?? "");
}
