using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Holdfast.Lab.Sessions;
using Holdfast.Lab.Tests.Kit;

namespace Holdfast.Server.Tests;

/// <summary>A real server process gets SIGKILL while a model, which is another process's affair, is answering.</summary>
[Trait("Speed", "Slow")]
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
        await using var session = await BeginAsync(server);
        using var http = ClientOf(session, server);
        var path = $"api/sessions/{session.Ticket.Id}";
        await AskAsync(http, path, "What is that?", key: "q1", HttpStatusCode.Accepted);

        Assert.True(await IsSoAsync(() => model.Requests.Count == 1, server));
        await server.Process.KillAsync();
        never.SetResult();
        await server.Process.StartAsync(Cancelled);

        // Asked again by a client that did not hear that it was accepted, it is asked once all the same.
        await AskAsync(http, path, "What is that?", key: "q1", HttpStatusCode.OK);

        var answer = await AnswerAsync(http, path, server);
        Assert.Equal("heard", answer.GetProperty("how").GetString());
        Assert.Equal("It is a bird.", answer.GetProperty("text").GetString());
        Assert.Equal(2, model.Requests.Count);
        Assert.Equal("What is that?", model.Requests[1].GetProperty("messages").EnumerateArray().Last().GetProperty("content").GetString());
    }

    [Fact]
    public async Task Killed_in_the_middle_of_a_sentence_what_was_received_of_it_is_said_once_and_that_the_rest_is_lost()
    {
        await using var model = await OpenAiServer.StartAsync();
        var never = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        model.BreakOff(never.Task, "Here is one. And this is what I kn");
        model.Say("It is a bird.");
        await using var server = new MortalServer(
            $"--Holdfast:Dialogue:Models:local:BaseUrl={model.Url}", "--Holdfast:Dialogue:Models:local:Model=tiny", "--Holdfast:Dialogue:Models:local:Key=s3cret");
        await using var session = await BeginAsync(server);
        using var http = ClientOf(session, server);
        var path = $"api/sessions/{session.Ticket.Id}";
        await AskAsync(http, path, "What do you know?", key: "q1", HttpStatusCode.Accepted);

        await EventAsync(http, path, server, static (kind, data) => kind is "accepted" && data.GetProperty("text").GetString()!.Contains("Here is one.", StringComparison.Ordinal));

        // It is promised that this one is not forgotten: so all is written down by then.
        await AskAsync(http, path, "What is that?", key: "q2", HttpStatusCode.Accepted);

        await server.Process.KillAsync();
        never.SetResult();
        await server.Process.StartAsync(Cancelled);

        var answer = await AnswerAsync(http, path, server);
        Assert.Equal("failed", answer.GetProperty("how").GetString());
        Assert.Equal("Here is one. And this is what I kn Sorry, I lost the rest of that thought. Please ask me again.", answer.GetProperty("text").GetString());
        var next = await EventAsync(http, path, server, (kind, data) => kind is "turnEnded" && data.GetProperty("turn").GetInt64() > answer.GetProperty("turn").GetInt64());
        Assert.Equal("It is a bird.", next.GetProperty("text").GetString());
        Assert.Equal(2, model.Requests.Count);
    }

    [Fact]
    public async Task Killed_while_it_records_the_next_server_makes_the_file_whole()
    {
        var directory = Directory.CreateTempSubdirectory("holdfast-recordings-");
        try
        {
            await using var server = new MortalServer($"--Holdfast:Recording:Directory={directory.FullName}", "--Holdfast:Recording:KeepFreeMegabytes=0");
            await server.Process.StartAsync(Cancelled);
            using var http = new HttpClient { BaseAddress = server.Process.Address };
            using var created = await http.PostAsJsonAsync("api/sessions", new { avatar = "lin" }, Cancelled);
            var session = await created.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
            http.DefaultRequestHeaders.Authorization = new("Bearer", session.GetProperty("resumeToken").GetString());
            var path = $"api/sessions/{session.GetProperty("sessionId")}/recordings";
            using var started = await http.PostAsync(new Uri(path, UriKind.Relative), null, Cancelled);
            Assert.Equal(HttpStatusCode.Created, started.StatusCode);

            // The answer does not wait for the disk. Then some clusters are on it, and one is being made.
            string? file;
            while ((file = Directory.GetFiles(directory.FullName, "*.webm").SingleOrDefault()) is null || (await SecondsAsync()) < 4 || new FileInfo(file).Length < 10_000)
            {
                await Task.Delay(50, Cancelled);
            }

            await server.Process.KillAsync();
            Assert.Null((await Videos.ProbeAsync(file)).Seconds);
            await server.Process.StartAsync(Cancelled);
            using var whole = await http.GetAsync(new Uri((await started.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("url").GetString()!, UriKind.RelativeOrAbsolute), Cancelled);
            Assert.Equal(HttpStatusCode.OK, whole.StatusCode);
            await File.WriteAllBytesAsync(Path.Combine(directory.FullName, "fetched"), await whole.Content.ReadAsByteArrayAsync(Cancelled), Cancelled);
            var video = await Videos.ProbeAsync(Path.Combine(directory.FullName, "fetched"));
            Assert.True(video.Seconds > 1, $"{video.Seconds} s");
            var (complaints, pictures) = await Videos.PlayAsync(Path.Combine(directory.FullName, "fetched"));
            Assert.Equal("", complaints);
            var (_, fromTheMiddle) = await Videos.PlayAsync(Path.Combine(directory.FullName, "fetched"), video.Seconds.Value / 2);
            Assert.InRange(fromTheMiddle, 1, pictures - 5);
            Assert.InRange(await SecondsAsync(), video.Seconds.Value - 0.1, video.Seconds.Value + 0.1);

            async Task<double> SecondsAsync() =>
                (await http.GetFromJsonAsync<JsonElement>(path, Cancelled)).GetProperty("recordings")[0].GetProperty("seconds").GetDouble();
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>Starts the server, and a session in it that is connected.</summary>
    private static async Task<LabSession> BeginAsync(MortalServer server)
    {
        await server.Process.StartAsync(Cancelled);
        var (session, _) = await LabSession.StartAsync(server.Peers, server.Service, new LabSessionOptions(), Cancelled);
        return session;
    }

    private static HttpClient ClientOf(LabSession session, MortalServer server)
    {
        var http = new HttpClient { BaseAddress = server.Process.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", session.Ticket.Token);
        return http;
    }

    private static async Task AskAsync(HttpClient http, string path, string text, string key, HttpStatusCode expected)
    {
        using var asked = await http.PostAsJsonAsync($"{path}/say", new { text, mode = "chat", key }, Cancelled);
        Assert.Equal(expected, asked.StatusCode);
    }

    private static Task<JsonElement> AnswerAsync(HttpClient http, string path, MortalServer server) => EventAsync(http, path, server, static (kind, _) => kind is "turnEnded");

    private static async Task<JsonElement> EventAsync(HttpClient http, string path, MortalServer server, Func<string, JsonElement, bool> isIt)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        late.CancelAfter(TimeSpan.FromSeconds(60));
        using var response = await http.GetAsync($"{path}/events", HttpCompletionOption.ResponseHeadersRead, late.Token);
        try
        {
            await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync(late.Token)).EnumerateAsync(late.Token))
            {
                var data = JsonDocument.Parse(item.Data).RootElement;
                if (isIt(item.EventType, data))
                {
                    return data;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Told below.
        }

        Assert.Fail($"It never happened.\n{server.Process.Output}");
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
