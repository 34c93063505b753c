using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Holdfast.Lab.Sessions;
using Holdfast.Lab.Tests.Kit;

namespace Holdfast.Server.Tests;

/// <summary>A real server process gets SIGKILL while a model, which is another process's affair, is answering.</summary>
public sealed class KilledTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_while_the_model_is_answering_the_question_is_not_forgotten_and_gets_its_answer()
    {
        await using var model = await OpenAiServer.StartAsync();
        var never = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        model.BreakOff(never.Task, "This is what the first ");
        model.Say("It is a bird.");
        await using var server = new MortalServer(
            $"--Holdfast:Dialogue:Models:local:BaseUrl={model.Url}", "--Holdfast:Dialogue:Models:local:Model=tiny", "--Holdfast:Dialogue:Models:local:Key=s3cret");
        await server.Process.StartAsync(Cancelled);
        var (session, _) = await LabSession.StartAsync(server.Peers, server.Service, new LabSessionOptions(), Cancelled);
        await using var __ = session;
        using var http = new HttpClient { BaseAddress = server.Process.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", session.Ticket.Token);
        var path = $"api/sessions/{session.Ticket.Id}";
        using (var asked = await http.PostAsJsonAsync($"{path}/say", new { text = "What is that?", mode = "chat", key = "q1" }, Cancelled))
        {
            Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        }

        Assert.True(await IsSoAsync(() => model.Requests.Count == 1, server));
        await server.Process.KillAsync();
        never.SetResult();
        await server.Process.StartAsync(Cancelled);

        // Asked again by a client that did not hear that it was accepted, it is asked once all the same.
        using (var again = await http.PostAsJsonAsync($"{path}/say", new { text = "What is that?", mode = "chat", key = "q1" }, Cancelled))
        {
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        }

        var answer = await AnswerAsync(http, path, server);
        Assert.Equal("heard", answer.GetProperty("how").GetString());
        Assert.Equal("It is a bird.", answer.GetProperty("text").GetString());
        Assert.Equal(2, model.Requests.Count);
        Assert.Equal("What is that?", model.Requests[1].GetProperty("messages").EnumerateArray().Last().GetProperty("content").GetString());
    }

    private static async Task<JsonElement> AnswerAsync(HttpClient http, string path, MortalServer server)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        late.CancelAfter(TimeSpan.FromSeconds(60));
        using var response = await http.GetAsync($"{path}/events", HttpCompletionOption.ResponseHeadersRead, late.Token);
        try
        {
            await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync(late.Token)).EnumerateAsync(late.Token))
            {
                if (item.EventType is "turnEnded")
                {
                    return JsonDocument.Parse(item.Data).RootElement;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Told below.
        }

        Assert.Fail($"No turn ended.\n{server.Process.Output}");
        return default;
    }

    private static async Task<bool> IsSoAsync(Func<bool> condition, MortalServer server)
    {
        var begun = server.Peers.Clock.Now;
        while (!condition())
        {
            if (server.Peers.Clock.Now - begun > TimeSpan.FromSeconds(20))
            {
                return false;
            }

            await server.Peers.Clock.Delay(TimeSpan.FromMilliseconds(20), Cancelled);
        }

        return true;
    }
}
