using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Holdfast.Dialogue;
using Holdfast.Lab.Peer;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Server.Tests;

/// <summary>Tools of a program that speaks the Model Context Protocol over its standard input and output.</summary>
public sealed class ToolProgramTests
{
    /// <summary>A tool server in a few lines: its tools are described by the process that has them.</summary>
    private const string Program = """
        import json, os, sys
        schema = {"type": "object", "properties": {"room": {"type": "string"}}}
        for line in sys.stdin:
            call = json.loads(line)
            if "id" not in call:
                continue
            method, params = call["method"], call.get("params") or {}
            answer = {"error": {"code": -32601, "message": "Method not found"}}
            if method == "initialize":
                answer = {"result": {"protocolVersion": params["protocolVersion"], "capabilities": {"tools": {}}, "serverInfo": {"name": "house", "version": "1"}}}
            elif method == "tools/list":
                answer = {"result": {"tools": [{"name": name, "description": str(os.getpid()), "inputSchema": schema} for name in ("lamp", "die")]}}
            elif method == "tools/call" and params["name"] == "die":
                os._exit(1)
            elif method == "tools/call":
                said = "The lamp of the %s is on, says %s" % (params["arguments"]["room"], " ".join(sys.argv[1:]))
                answer = {"result": {"content": [{"type": "text", "text": said}]}}
            print(json.dumps({"jsonrpc": "2.0", "id": call["id"], **answer}), flush=True)
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task A_program_that_dies_in_the_middle_is_told_to_the_model_begun_again_and_ended_with_the_server()
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        late.CancelAfter(TimeSpan.FromSeconds(90));
        var script = Path.Combine(Path.GetTempPath(), "holdfast-tools-" + Guid.NewGuid().ToString("N") + ".py");
        await File.WriteAllTextAsync(script, Program, late.Token);
        Process program;
        try
        {
            await using var model = await OpenAiServer.StartAsync();
            await using var server = await RunningServer.StartAsync(
            [
                "--Holdfast:Dialogue:ToolServers:house:Command=python3",
                $"--Holdfast:Dialogue:ToolServers:house:Arguments={script} the house",
                $"--Holdfast:Dialogue:Models:local:BaseUrl={model.Url}",
                "--Holdfast:Dialogue:Models:local:Model=tiny",
            ]);
            await using var peers = new PeerHost(TimeProvider.System);
            var person = await Person.ConnectAsync(server, peers);
            var first = await ProcessAsync(server, other: 0, late.Token);

            model.Call("die");
            model.Say("No.");
            var died = await TurnAsync(server, person, 1, late.Token);
            Assert.True(died.GetProperty("failed").GetBoolean());
            Assert.Contains("rror", LastTold(model), StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", LastTold(model), StringComparison.Ordinal);

            program = Process.GetProcessById(await ProcessAsync(server, first, late.Token));
            model.Call("lamp", """{"room":"kitchen"}""");
            model.Say("Yes.");
            var worked = await TurnAsync(server, person, 2, late.Token);
            Assert.False(worked.GetProperty("failed").GetBoolean());
            Assert.Contains("The lamp of the kitchen is on, says the house", LastTold(model), StringComparison.Ordinal);
            Assert.False(program.HasExited);
        }
        finally
        {
            File.Delete(script);
        }

        using (program)
        {
            await program.WaitForExitAsync(late.Token);
        }
    }

    private static string LastTold(OpenAiServer model) => model.Requests[^1].GetProperty("messages").EnumerateArray().Last().GetProperty("content").GetRawText();

    /// <summary>Waits for the tools of another process.</summary>
    private static async Task<int> ProcessAsync(RunningServer server, int other, CancellationToken cancellationToken)
    {
        using var often = new PeriodicTimer(TimeSpan.FromMilliseconds(40));
        while (true)
        {
            var tool = server.Services.GetServices<IToolSource>().SelectMany(static source => source.Tools).FirstOrDefault(static tool => tool.Name is "lamp");
            if (tool is not null && int.Parse(tool.Description, CultureInfo.InvariantCulture) is var id && id != other)
            {
                return id;
            }

            await often.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>Asks, and gives the tool's event of that turn when it is over.</summary>
    private static async Task<JsonElement> TurnAsync(RunningServer server, Person person, int turn, CancellationToken cancellationToken)
    {
        using var asked = await server.SendAsync(HttpMethod.Post, person.Path + "/say", person.Token, new { text = "Please.", mode = "chat" });
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        using var stream = await server.OpenEventsAsync(person.Path + "/events", person.Token);
        JsonElement? called = null;
        await foreach (var item in SseParser.Create(await stream.Content.ReadAsStreamAsync(cancellationToken)).EnumerateAsync(cancellationToken))
        {
            var data = JsonDocument.Parse(item.Data).RootElement;
            if (item.EventType is "tool" && data.GetProperty("turn").GetInt32() == turn)
            {
                called = data;
            }

            if (item.EventType is "turnEnded" && data.GetProperty("turn").GetInt32() == turn)
            {
                break;
            }
        }

        Assert.NotNull(called);
        return called.Value;
    }
}
