using System.ComponentModel;
using System.Runtime.CompilerServices;
using Holdfast.AspNetCore;
using Holdfast.Dialogue;
using Holdfast.Speech;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Server.Tests;

/// <summary>What docs/conversation.md shows of models, tools, hooks and recognisers compiles and works: it is the text between the marks in this file.</summary>
public sealed class AddYourOwnTests
{
    [Fact]
    public async Task A_tool_and_a_model_of_the_apps_own_are_there()
    {
        var builder = WebApplication.CreateSlimBuilder();
        AddModel(builder);
        AddTool(builder);
        await using var app = builder.Build();

        var tool = Assert.Single(app.Services.GetServices<AIFunction>());
        Assert.Equal("It is sunny in Paris.", (await tool.InvokeAsync(new AIFunctionArguments(StringComparer.Ordinal) { ["city"] = "Paris" }, TestContext.Current.CancellationToken))?.ToString());
        Assert.Contains(app.Services.GetServices<IToolSource>(), source => source.Tools.Any(one => ReferenceEquals(one, tool)));
        Assert.IsType<MyModel>(app.Services.GetRequiredService<IChatClient>());
    }

    [Fact]
    public async Task A_hook_of_the_apps_own_changes_what_a_model_is_told()
    {
        var builder = WebApplication.CreateSlimBuilder();
        AddModel(builder);
        AddHook(builder);
        await using var app = builder.Build();
        var hook = Assert.Single(app.Services.GetServices<IConversationHook>());
        List<ChatMessage> messages = [new(ChatRole.System, "You are Lin."), new(ChatRole.User, "Who am I?")];

        await hook.OnAskingAsync(new TurnContext("7", "lin", 1, "app"), messages, new ChatOptions(), TestContext.Current.CancellationToken);

        Assert.Equal(["You are Lin.", "The person's name is Ada.", "Who am I?"], messages.Select(static message => message.Text), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_recogniser_of_the_apps_own_hears_the_person()
    {
        var builder = WebApplication.CreateSlimBuilder();
        AddRecogniser(builder);
        await using var app = builder.Build();

        var recogniser = app.Services.GetRequiredService<Hearing>().Recogniser;
        Assert.NotNull(recogniser);
        var partial = new List<string>();
        var words = await recogniser.RecogniseAsync(new short[16_000], isFinal: true, partial.Add, TestContext.Current.CancellationToken);

        Assert.Equal("32044 bytes of sound", words);
        Assert.Equal(["32044 bytes"], partial);
    }

    [Fact]
    public void The_document_shows_this_very_code()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "conversation.md"));
        var parts = File.ReadAllText(Path.Combine(Repository.Root, "tests", "Holdfast.Server.Tests", "AddYourOwnTests.cs")).Split("        // >>>\n", StringSplitOptions.None).Skip(1).ToArray();
        Assert.Equal(6, parts.Length);
        Assert.All(parts, part => Assert.Contains(
            string.Join('\n', part[..part.IndexOf("        // <<<", StringComparison.Ordinal)].Split('\n').Select(static line => line.StartsWith("        ", StringComparison.Ordinal) ? line[8..] : line)).Trim(),
            document, StringComparison.Ordinal));
    }

    private static void AddModel(WebApplicationBuilder builder)
    {
        // >>>
        builder.Services.AddSingleton<IChatClient>(new MyModel());
        builder.Services.AddHoldfast().AddDialogue();

        // <<<
    }

    private static void AddTool(WebApplicationBuilder builder)
    {
        // >>>
        builder.Services.AddSingleton<AIFunction>(AIFunctionFactory.Create(
            ([Description("The city's name")] string city) => $"It is sunny in {city}.",
            "weather", "Tells the weather of a city"));

        // <<<
    }

    private static void AddHook(WebApplicationBuilder builder)
    {
        // >>>
        builder.Services.AddSingleton<IConversationHook>(new Names());

        // <<<
    }

    private static void AddRecogniser(WebApplicationBuilder builder)
    {
        // >>>
        builder.Services.AddSingleton<ISpeechToTextClient>(new MyRecogniser());
        builder.Services.AddHoldfast().AddDialogue();

        // <<<
    }

    private sealed class MyRecogniser : ISpeechToTextClient
    {
        // >>>
        public async IAsyncEnumerable<SpeechToTextResponseUpdate> GetStreamingTextAsync(
            Stream audioSpeechStream, SpeechToTextOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            using var sound = new MemoryStream();
            await audioSpeechStream.CopyToAsync(sound, cancellationToken);          // WAV, 16 kHz, mono, 16 bit
            await foreach (var (words, isFinal) in UnderstandAsync(sound.ToArray(), options?.SpeechLanguage))
            {
                yield return new(words) { Kind = isFinal ? SpeechToTextResponseUpdateKind.TextUpdated : SpeechToTextResponseUpdateKind.TextUpdating };
            }
        }

        // <<<
        public async Task<SpeechToTextResponse> GetTextAsync(Stream audioSpeechStream, SpeechToTextOptions? options = null, CancellationToken cancellationToken = default) =>
            await GetStreamingTextAsync(audioSpeechStream, options, cancellationToken).ToSpeechToTextResponseAsync(cancellationToken);

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }

        private static async IAsyncEnumerable<(string Words, bool IsFinal)> UnderstandAsync(byte[] wave, string? language)
        {
            await Task.CompletedTask;
            yield return ($"{wave.Length} bytes", false);
            yield return ($"{wave.Length} bytes of sound" + language, true);
        }
    }

    private sealed class Names : IConversationHook
    {
        // >>>
        public ValueTask OnAskingAsync(TurnContext turn, IList<ChatMessage> messages, ChatOptions options, CancellationToken cancellationToken)
        {
            messages.Insert(1, new ChatMessage(ChatRole.System, "The person's name is Ada."));
            return default;
        }

        // <<<
    }

    private sealed class MyModel : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, "Yes.")));

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask;
            yield return new ChatResponseUpdate(ChatRole.Assistant, "Yes.");
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
