using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Holdfast.Dialogue.Tests;

/// <summary>All that a model is told at once stays below one bound, whatever it consists of.</summary>
public sealed class PromptBudgetTests
{
    private const int Most = 600;

    [Fact]
    public async Task Instructions_tools_and_what_was_said_stay_below_it_together()
    {
        var options = new DialogueOptions { HistoryTokens = Most, Instructions = string.Concat(Enumerable.Repeat("Be brief. ", 60)) };
        await using var talk = new Talk(options, [Tool("weather", 60), Tool("news", 60)]);
        for (var i = 0; i < 12; i++)
        {
            await talk.Ask($"Question {i}, what is it?");
            var call = await talk.Model.NextCallAsync();
            Assert.True(CostOf(call) <= Most, $"{i}: {CostOf(call)}");
            Assert.Equal(2, call.Options!.Tools!.Count);
            Assert.StartsWith("Be brief.", call.Messages[0].Text, StringComparison.Ordinal);
            Assert.Equal($"Question {i}, what is it?", call.Messages[^1].Text);
            Assert.Equal(i < 3 ? (2 * i) + 2 : call.Messages.Count, call.Messages.Count);
            Assert.True(call.Messages.Count == 2 || call.Messages[1].Role == ChatRole.User);
            call.Say($"Answer {i}, it is that.").End();
            await talk.Until(() => talk.Said.Count == i + 1);
            talk.Hear();
            await talk.Until(() => talk.Events.OfType<ConversationEvent.TurnEnded>().Count() == i + 1);
        }

        await talk.Ask("So?");
        var last = await talk.Model.NextCallAsync();
        Assert.InRange(last.Messages.Count, 4, 24);
        Assert.Equal("Answer 11, it is that.", last.Messages[^2].Text);
    }

    [Fact]
    public async Task What_tools_answer_stays_below_it_too_and_the_newest_is_told_best()
    {
        var options = new DialogueOptions { HistoryTokens = Most, Instructions = "Be brief.", ToolResultTokens = 300 };
        await using var talk = new Talk(options, [AIFunctionFactory.Create(() => new string('字', 5_000), "long")]);
        await talk.Ask("Hello there, who are you?");
        (await talk.Model.NextCallAsync()).Say("Lin.").End();
        await talk.UntilSaid("Lin.");
        talk.Hear();
        await talk.UntilTold<ConversationEvent.TurnEnded>();
        await talk.Ask("Tell me all.");
        for (var round = 0; round < 5; round++)
        {
            var call = await talk.Model.NextCallAsync();
            Assert.True(CostOf(call) <= Most, $"{round}: {CostOf(call)}");
            Assert.Contains(call.Messages, static message => message.Text is "Tell me all.");
            var results = call.Messages.SelectMany(static message => message.Contents.OfType<FunctionResultContent>()).ToArray();
            Assert.Equal(2 * round, results.Length);
            Assert.True(round == 0 || TokenEstimate.Of((string)results[^1].Result!) > 100);
            Assert.All(results, static result => Assert.EndsWith(".)", (string)result.Result!, StringComparison.Ordinal));
            call.CallTools("long", "long");
        }

        (await talk.Model.NextCallAsync()).Say("That is all.").End();
        await talk.UntilSaid("Lin.", "That is all.");
    }

    [Fact]
    public void Tools_that_there_is_no_room_for_are_left_out_with_one_warning()
    {
        var log = new Notes();
        var services = new ConversationServices(
            new DialogueOptions { HistoryTokens = Most }, null!, [new Source([Tool("small", 20), Tool("huge", 2_000), Tool("other", 20)])], [], TimeProvider.System, log);
        Assert.Equal(["small", "other"], services.ToolsWithin(300).Select(static tool => tool.Name), StringComparer.Ordinal);
        Assert.Equal(["small", "other"], services.ToolsWithin(300).Select(static tool => tool.Name), StringComparer.Ordinal);

        var told = Assert.Single(log.Told);
        Assert.Contains("huge", told, StringComparison.Ordinal);
        Assert.DoesNotContain("small", told, StringComparison.Ordinal);
        Assert.Contains("Holdfast:Dialogue:HistoryTokens", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_hook_adds_is_counted_and_stays_whole()
    {
        var added = string.Concat(Enumerable.Repeat("A fact. ", 200));
        await using var talk = new Talk(new DialogueOptions { HistoryTokens = Most, Instructions = "Be brief." }, hooks: [new Adds(added)]);
        for (var i = 0; i < 4; i++)
        {
            await talk.Ask($"Question {i}, what is it?");
            var call = await talk.Model.NextCallAsync();
            Assert.Contains(call.Messages, message => string.Equals(message.Text, added, StringComparison.Ordinal));
            Assert.True(CostOf(call) <= Most, $"{i}: {CostOf(call)}");
            call.Say(string.Concat(Enumerable.Repeat("many words ", 30)) + ".").End();
            await talk.Until(() => talk.Said.Count > i);
            talk.Hear();
            await talk.Until(() => talk.Events.OfType<ConversationEvent.TurnEnded>().Count() == i + 1);
        }
    }

    [Fact]
    public void Instructions_that_leave_no_room_are_refused_with_what_to_change()
    {
        var options = new DialogueOptions { HistoryTokens = 1_000, Instructions = new string('字', 700) };
        options.InstructionsByAvatar["kai"] = new string('字', 800);
        Assert.Equal(
            ["Holdfast:Dialogue:InstructionsByAvatar:kai takes about 804 tokens, which leaves less than a quarter of Holdfast:Dialogue:HistoryTokens (1000) for what is said; please shorten it, or set HistoryTokens to 1073 or more."],
            new DialogueOptionsValidator().Validate(null, options).Failures,
            StringComparer.Ordinal);
        options.HistoryTokens = 1_073;
        Assert.True(new DialogueOptionsValidator().Validate(null, options).Succeeded);
        Assert.True(new DialogueOptionsValidator().Validate(null, new DialogueOptions { HistoryTokens = 200 }).Succeeded);
    }

    private static int CostOf(ScriptedModel.Call call) => call.Messages.Sum(PromptBudget.CostOf) + (call.Options?.Tools?.Sum(PromptBudget.CostOf) ?? 0);

    private static AIFunction Tool(string name, int words) => AIFunctionFactory.Create(static () => "yes", name, string.Concat(Enumerable.Repeat("word ", words)));

    private sealed class Source(IReadOnlyList<AIFunction> tools) : IToolSource
    {
        public IReadOnlyList<AIFunction> Tools => tools;
    }

    private sealed class Adds(string text) : IConversationHook
    {
        public ValueTask OnAskingAsync(TurnContext turn, IList<ChatMessage> messages, ChatOptions options, CancellationToken cancellationToken)
        {
            messages.Insert(1, new ChatMessage(ChatRole.System, text));
            return default;
        }
    }

    private sealed class Notes : ILogger<Conversation>
    {
        public List<string> Told { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Told.Add(formatter(state, exception));
    }
}
