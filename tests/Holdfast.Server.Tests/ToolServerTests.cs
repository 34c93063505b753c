using System.ComponentModel;
using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Holdfast.Dialogue;
using Holdfast.Lab.Peer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Server;

namespace Holdfast.Server.Tests;

/// <summary>Tools of a real server of the Model Context Protocol, called during a turn.</summary>
[Trait("Speed", "Slow")]
public sealed class ToolServerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_model_calls_a_tool_of_a_configured_server_and_answers_with_what_it_told()
    {
        await using var house = await StartHouseAsync();
        await using var model = await OpenAiServer.StartAsync();
        model.Call("lamp", """{"room":"kitchen"}""");
        model.Say("The lamp is on.");

        var events = await TurnAsync(house, model);

        var tool = Assert.Single(events, static told => told.Kind is "tool").Data;
        Assert.Equal("lamp", tool.GetProperty("name").GetString());
        Assert.False(tool.GetProperty("failed").GetBoolean());
        Assert.Contains("The lamp of the kitchen is on", LastTold(model), StringComparison.Ordinal);
        Assert.Equal("The lamp is on.", events[^1].Data.GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_tool_that_fails_is_told_to_the_model_and_not_to_the_person()
    {
        await using var house = await StartHouseAsync();
        await using var model = await OpenAiServer.StartAsync();
        model.Call("broken");
        model.Say("I could not do that.");

        var events = await TurnAsync(house, model);

        Assert.True(Assert.Single(events, static told => told.Kind is "tool").Data.GetProperty("failed").GetBoolean());
        Assert.Contains("rror", LastTold(model), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", LastTold(model), StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", string.Concat(events.Where(static told => told.Kind is "accepted").Select(static told => told.Data.GetRawText())), StringComparison.Ordinal);
        Assert.Equal("I could not do that.", events[^1].Data.GetProperty("text").GetString());
    }

    [Fact]
    public async Task While_a_tool_takes_its_time_the_avatar_says_something_short()
    {
        await using var house = await StartHouseAsync();
        await using var model = await OpenAiServer.StartAsync();
        model.Call("slow");
        model.Say("It is done.");

        var events = await TurnAsync(house, model, "--Holdfast:Dialogue:FillerAfterMilliseconds=50");

        var said = events.Where(static told => told.Kind is "accepted").Select(static told => told.Data.GetProperty("text").GetString()).ToArray();
        Assert.Equal(2, said.Length);
        Assert.Equal("It is done.", said[1]);
        Assert.Equal("It is done.", events[^1].Data.GetProperty("text").GetString());
    }

    private static string LastTold(OpenAiServer model) => model.Requests[^1].GetProperty("messages").EnumerateArray().Last().GetProperty("content").GetRawText();

    private static async Task<List<(string Kind, JsonElement Data)>> TurnAsync(WebApplication house, OpenAiServer model, params string[] settings)
    {
        var address = house.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
        await using var server = await RunningServer.StartAsync(
        [
            $"--Holdfast:Dialogue:ToolServers:house:Url={address}/mcp",
            $"--Holdfast:Dialogue:Models:local:BaseUrl={model.Url}",
            "--Holdfast:Dialogue:Models:local:Model=tiny",
            .. settings,
        ]);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        late.CancelAfter(TimeSpan.FromSeconds(60));
        while (server.Services.GetServices<IToolSource>().All(static source => source.Tools.Count == 0))
        {
            late.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        await using var peers = new PeerHost(TimeProvider.System);
        var person = await Person.ConnectAsync(server, peers);
        using var asked = await server.SendAsync(HttpMethod.Post, person.Path + "/say", person.Token, new { text = "Please.", mode = "chat" });
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        using var stream = await server.OpenEventsAsync(person.Path + "/events", person.Token);
        var events = new List<(string, JsonElement)>();
        await foreach (var item in SseParser.Create(await stream.Content.ReadAsStreamAsync(late.Token)).EnumerateAsync(late.Token))
        {
            events.Add((item.EventType, JsonDocument.Parse(item.Data).RootElement));
            if (item.EventType is "accepted")
            {
                house.Services.GetRequiredService<Patience>().Spoken.TrySetResult();
            }

            if (item.EventType is "turnEnded")
            {
                break;
            }
        }

        return events;
    }

    private static async Task<WebApplication> StartHouseAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<Patience>();
        builder.Services.AddMcpServer().WithHttpTransport().WithTools<HouseTools>();
        var app = builder.Build();
        app.MapMcp("/mcp");
        await app.StartAsync(Cancel);
        return app;
    }

    /// <summary>The slow tool takes until the avatar has something to say, however fast or slow the machine is.</summary>
    internal sealed class Patience
    {
        public TaskCompletionSource Spoken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [McpServerToolType]
    internal sealed class HouseTools
    {
        [McpServerTool(Name = "lamp"), Description("Turns on the lamp of a room")]
        public static string Lamp(string room) => $"The lamp of the {room} is on";

        [McpServerTool(Name = "broken"), Description("Always fails")]
        public static string Broken() => throw new InvalidOperationException("The fuse box at 10.0.0.3 burns.");

        [McpServerTool(Name = "slow"), Description("Takes its time")]
        public static async Task<string> SlowAsync(Patience patience, CancellationToken cancellationToken)
        {
            await patience.Spoken.Task.WaitAsync(cancellationToken);
            return "done";
        }
    }
}
