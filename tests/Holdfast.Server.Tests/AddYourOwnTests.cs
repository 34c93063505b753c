using System.ComponentModel;
using Holdfast.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Server.Tests;

/// <summary>What docs/conversation.md shows of models and tools compiles and works: it is the text between the marks in this file.</summary>
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
        Assert.Contains(app.Services.GetServices<Dialogue.IToolSource>(), source => source.Tools.Any(one => ReferenceEquals(one, tool)));
        Assert.IsType<MyModel>(app.Services.GetRequiredService<IChatClient>());
    }

    [Fact]
    public void The_document_shows_this_very_code()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "conversation.md"));
        var parts = File.ReadAllText(Path.Combine(Repository.Root, "tests", "Holdfast.Server.Tests", "AddYourOwnTests.cs")).Split("        // >>>\n", StringSplitOptions.None).Skip(1).ToArray();
        Assert.Equal(2, parts.Length);
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
