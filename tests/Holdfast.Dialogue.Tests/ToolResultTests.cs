using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Holdfast.Dialogue.Tests;

/// <summary>Whatever a tool answers, a model is told no more of it than its bound, and told that there was more.</summary>
public sealed class ToolResultTests
{
    private const int Most = 100;
    private const string Rest = "the rest was left out";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, object> TooLong => new()
    {
        { "letters", new string('a', 1_000_000) },
        { "wide characters", new string('字', 1_000_000) },
        { "digits", new string('7', 1_000_000) },
        { "pairs", string.Concat(Enumerable.Repeat("𝒂", 100_000)) },
        { "JSON", JsonSerializer.SerializeToElement(Enumerable.Range(0, 100_000)) },
        { "a string in JSON", JsonSerializer.SerializeToElement(new string('字', 100_000)) },
        { "JSON with one long string", JsonSerializer.SerializeToElement(new { Text = string.Concat(Enumerable.Repeat("word by word ", 100_000)) }) },
        { "JSON with a long name", JsonSerializer.SerializeToElement(new Dictionary<string, int>(StringComparer.Ordinal) { [string.Concat(Enumerable.Repeat("a b", 50_000))] = 1 }) },
        { "nested objects", Nested(60) },
        { "a list", Enumerable.Range(0, 100_000).ToArray() },
        { "what never ends", Endless() },
        { "what never ends, as it comes", EndlessAsync() },
        { "objects that never end", Endless().Select(static i => new { Number = i, Name = "the name of " + i }) },
        { "text content", new TextContent(new string('a', 100_000)) },
        { "contents that never end", Endless().Select(static AIContent (i) => new TextContent("Number " + i)) },
        { "a text file", new DataContent(Encoding.UTF8.GetBytes(new string('字', 100_000)), "text/plain") },
    };

    [Theory]
    [MemberData(nameof(TooLong), DisableDiscoveryEnumeration = true)]
    public async Task What_is_too_long_is_cut_and_the_model_is_told_so(string what, object result)
    {
        var told = await Told(result);

        Assert.True(TokenEstimate.Of(told) <= Most, $"{what}: {TokenEstimate.Of(told)} tokens: {told}");
        Assert.True(TokenEstimate.Of(told) > Most / 2, $"{what}: {told}");
        Assert.EndsWith(Rest + ".)", told, StringComparison.Ordinal);
        Assert.True(told.EnumerateRunes().All(static rune => rune != Rune.ReplacementChar), $"{what}: {told}");
    }

    [Theory]
    [InlineData("Sunny.", "Sunny.")]
    [InlineData("", "")]
    [InlineData(42, "42")]
    [InlineData(true, "true")]
    [InlineData(null, null)]
    public async Task What_is_short_is_told_as_it_is(object? result, string? told) => Assert.Equal(told, await ToolText.OfAsync(result, Most, AIJsonUtilities.DefaultOptions, Cancel));

    [Fact]
    public async Task Objects_are_told_as_JSON_and_a_string_without_its_quotation_marks()
    {
        Assert.Equal("""{"city":"北京","sun":[1,2.50,null]}""", await Told(JsonDocument.Parse("""{ "city": "\u5317\u4eac", "sun": [1, 2.50, null] }""").RootElement));
        Assert.Equal("""{"a":{"b":"c"}}""", await Told(new { a = new { b = "c" } }));
        Assert.Equal("Say \"hello\".", await Told(JsonSerializer.SerializeToElement("Say \"hello\".")));
        Assert.Equal("One.\nTwo.", await Told(new AIContent[] { new TextContent("One."), new TextContent("Two.") }));
    }

    [Fact]
    public async Task Pictures_and_sounds_are_told_by_their_size_and_cost_no_text()
    {
        var bytes = new byte[1_000_000];
        Assert.Equal("(image/png, 1000000 bytes, which you are not shown)", await Told(new DataContent(bytes, "image/png")));
        Assert.Equal("A cat.\n(image/png, 1000000 bytes, which you are not shown)", await Told(new AIContent[] { new TextContent("A cat."), new DataContent(bytes, "image/png") }));
        Assert.Equal("(binary data, 1000000 bytes, which you are not shown)", await Told(bytes));
        Assert.Equal(
            """{"content":[{"type":"image","data":"(binary data, 1000000 bytes, which you are not shown)"},{"type":"text","text":"A cat."}]}""",
            await Told(JsonSerializer.SerializeToElement(new { content = new object[] { new { type = "image", data = bytes }, new { type = "text", text = "A cat." } } })));
        Assert.Equal(
            """{"picture":"(binary data, 6000 bytes, which you are not shown)","name":"cat"}""", await Told(new { picture = new byte[6_000], name = "cat" }));
    }

    [Fact]
    public async Task No_character_is_cut_in_two_wherever_the_cut_falls_and_half_a_one_does_no_harm()
    {
        for (var i = 0; i < 12; i++)
        {
            var told = await Told(new string('a', i) + string.Concat(Enumerable.Repeat("🙂", 200)));
            Assert.DoesNotContain(told.EnumerateRunes(), static rune => rune == Rune.ReplacementChar);
            Assert.Contains(Rest, told, StringComparison.Ordinal);
        }

        Assert.Equal("a\ud83db", await Told("a\ud83db"));
        Assert.Contains(Rest, await Told(new string('\ud83d', 1_000)), StringComparison.Ordinal);
        Assert.Equal("""["\\ud83d"]""", await Told(JsonDocument.Parse("""["\ud83d"]""").RootElement));
        Assert.Equal("""
            "\\ud83d"
            """, await Told(JsonDocument.Parse("""
            "\ud83d"
            """).RootElement));
    }

    [Fact]
    public async Task A_result_that_refers_to_itself_is_one_sentence()
    {
        var node = new Node();
        node.Next = node;
        Assert.Equal("Error: the tool odd failed.", await CallAsync(new Raw("odd", node)));
        Assert.Equal("Error: the tool odd failed.", await CallAsync(AIFunctionFactory.Create(() => node, "odd")));
    }

    [Fact]
    public async Task A_function_that_never_gives_its_thread_back_is_given_up()
    {
        using var release = new ManualResetEventSlim();
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var tool = new WatchedTool(
            AIFunctionFactory.Create(
                () =>
                {
                    entered.SetResult();
                    release.Wait(Cancel);
                    return 1;
                },
                "stuck"),
            new Watch(),
            TimeSpan.FromSeconds(5),
            Most,
            time);
        var answer = Task.Run(() => tool.InvokeAsync(new AIFunctionArguments(StringComparer.Ordinal), Cancel).AsTask(), Cancel);
        await entered.Task.WaitAsync(Cancel);
        time.Advance(TimeSpan.FromSeconds(5));
        var told = await answer.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        release.Set();
        Assert.Equal("Error: the tool stuck took longer than 5 seconds and was given up.", told);
    }

    [Fact]
    public async Task The_model_is_told_no_more_however_many_tools_it_calls_in_a_turn()
    {
        await using var talk = new Talk(
            new DialogueOptions { ToolResultTokens = Most }, [AIFunctionFactory.Create(() => new string('字', 5_000), "long"), AIFunctionFactory.Create(() => Endless().Take(50_000), "many")]);
        await talk.Ask("Tell me all.");
        for (var round = 0; round < 3; round++)
        {
            var call = await talk.Model.NextCallAsync();
            Assert.All(ResultsOf(call), static told => Assert.True(TokenEstimate.Of(told) <= Most && told.Contains(Rest, StringComparison.Ordinal), told));
            Assert.Equal(round * 4, ResultsOf(call).Count);
            call.CallTools("long", "many", "long", "many");
        }

        var last = await talk.Model.NextCallAsync();
        Assert.Equal(12, ResultsOf(last).Count);
        last.Say("That is all.").End();
        await talk.UntilSaid("That is all.");
    }

    private static List<string> ResultsOf(ScriptedModel.Call call) =>
        [.. call.Messages.SelectMany(static message => message.Contents.OfType<FunctionResultContent>()).Select(static result => (string)result.Result!)];

    private static async Task<string> Told(object result) => (await ToolText.OfAsync(result, Most, AIJsonUtilities.DefaultOptions, Cancel))!;

    private static async Task<object?> CallAsync(AIFunction tool) =>
        await new WatchedTool(tool, new Watch(), TimeSpan.FromSeconds(30), Most, TimeProvider.System).InvokeAsync(new AIFunctionArguments(StringComparer.Ordinal), Cancel);

    private static object Nested(int depth)
    {
        object inner = new string('a', 400);
        for (var i = 0; i < depth; i++)
        {
            inner = new Dictionary<string, object>(StringComparer.Ordinal) { ["level " + i] = inner, ["next to " + i] = i };
        }

        return inner;
    }

    private static IEnumerable<int> Endless()
    {
        for (var i = 0; ; i++)
        {
            yield return i;
        }
    }

    private static async IAsyncEnumerable<int> EndlessAsync()
    {
        for (var i = 0; ; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }

    private sealed class Node
    {
        public Node? Next { get; set; }
    }

    /// <summary>A function of an app's own kind, which gives its object as it is.</summary>
    private sealed class Raw(string name, object result) : AIFunction
    {
        public override string Name => name;

        protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) => new(result);
    }

    private sealed class Watch : IToolWatch, IDisposable
    {
        public IDisposable OnCalling(string name) => this;

        public void OnFailed(string name, Exception exception)
        {
        }

        public void OnCalled(string name, TimeSpan took, bool failed)
        {
        }

        public void Dispose()
        {
        }
    }
}
