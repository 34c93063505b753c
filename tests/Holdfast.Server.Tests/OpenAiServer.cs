using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Holdfast.Server.Tests;

/// <summary>A real HTTP server on this machine that speaks OpenAI's protocol of chat and of transcription: streamed, and also slow, broken off, refusing or talking nonsense.</summary>
internal sealed class OpenAiServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Func<HttpContext, Task>> _answers = new();
    private readonly ConcurrentQueue<JsonElement> _requests = new();

    private readonly ConcurrentQueue<Func<HttpContext, Task>> _transcriptions = new();
    private readonly ConcurrentQueue<Transcription> _heard = new();

    private OpenAiServer(WebApplication app) => _app = app;

    public string Url { get; private set; } = "";

    /// <summary>What was asked, the oldest first.</summary>
    public IReadOnlyList<JsonElement> Requests => [.. _requests];

    /// <summary>The sounds that were to be recognised, the oldest first.</summary>
    public IReadOnlyList<Transcription> Heard => [.. _heard];

    /// <summary>What is understood of a sound: 16 kHz mono.</summary>
    public Func<short[], string> Understand { get; set; } = static _ => "";

    /// <summary>Whether words are streamed, as the newer models do, and not sent all at once.</summary>
    public bool StreamsWords { get; set; } = true;

    /// <summary>The <c>Authorization</c> header of the last request.</summary>
    public string? Authorization { get; private set; }

    /// <summary>The <c>Authorization</c> header of the last call of each path that is neither; they are answered 404.</summary>
    public ConcurrentDictionary<string, string> Others { get; } = new(StringComparer.Ordinal);

    public static async Task<OpenAiServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new OpenAiServer(app);
        app.MapPost("/v1/chat/completions", server.AnswerAsync);
        app.MapPost("/v1/audio/transcriptions", server.TranscribeAsync);
        app.MapFallback(server.RefuseOther);
        await app.StartAsync(TestContext.Current.CancellationToken);
        server.Url = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First() + "/v1";
        return server;
    }

    /// <summary>The next question is answered with these tokens.</summary>
    public void Say(params string[] tokens) => _answers.Enqueue(http => StreamAsync(http, tokens, isWhole: true));

    /// <summary>The next question is answered with these tokens as soon as something is so.</summary>
    public void SayWhen(Task when, params string[] tokens) => _answers.Enqueue(async http =>
    {
        await when;
        await StreamAsync(http, tokens, isWhole: true);
    });

    /// <summary>The next question is answered with the wish to have a tool called.</summary>
    public void Call(string tool, string arguments = "{}") => _answers.Enqueue(async http =>
    {
        http.Response.ContentType = "text/event-stream";
        var call = new { index = 0, id = "call_1", type = "function", function = new { name = tool, arguments } };
        await WriteAsync(http, new { role = "assistant", tool_calls = new[] { call } }, finish: null);
        await WriteAsync(http, new { }, finish: "tool_calls");
        await http.Response.WriteAsync("data: [DONE]\n\n");
    });

    /// <summary>The next answer breaks off after these tokens, as soon as somebody says so.</summary>
    /// <param name="when">What arrived too late is lost with the connection: this is the moment when it is there.</param>
    /// <param name="tokens">What is said until then.</param>
    public void BreakOff(Task when, params string[] tokens) => _answers.Enqueue(async http =>
    {
        await StreamAsync(http, tokens, isWhole: false);
        await when;
        http.Abort();
    });

    /// <summary>The next question is refused.</summary>
    public void Refuse(int status, string? retryAfter = null) => _answers.Enqueue(http =>
    {
        http.Response.StatusCode = status;
        if (retryAfter is not null)
        {
            http.Response.Headers.RetryAfter = retryAfter;
        }

        return http.Response.WriteAsync("{\"error\":{\"message\":\"no\"}}");
    });

    /// <summary>The next answer is none.</summary>
    public void TalkNonsense(string body) => _answers.Enqueue(http =>
    {
        http.Response.ContentType = "text/event-stream";
        return http.Response.WriteAsync(body);
    });

    /// <summary>The next answer is exactly this.</summary>
    public void Send(string type, string body, string? connection = null) => _answers.Enqueue(http =>
    {
        http.Response.ContentType = type;
        if (connection is not null)
        {
            http.Response.Headers.Connection = connection;
        }

        return http.Response.WriteAsync(body);
    });

    /// <summary>An event of a streamed answer, as it is sent.</summary>
    public static string Event(string? content, string? finish = null) => "data: " + Chunk(content is null ? new { } : new { role = "assistant", content }, finish) + "\n\n";

    /// <summary>The next question is not answered before something is so.</summary>
    public void TakeTime(Task until) => _answers.Enqueue(async http => await until.WaitAsync(http.RequestAborted));

    /// <summary>The next sound is refused.</summary>
    public void RefuseSound(int status) => _transcriptions.Enqueue(http =>
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsync("{\"error\":{\"message\":\"no\"}}");
    });

    /// <summary>The next sound is answered with something that is no transcription.</summary>
    public void MishearSound(string body, string type = "application/json") => _transcriptions.Enqueue(http =>
    {
        http.Response.ContentType = type;
        return http.Response.WriteAsync(body);
    });

    /// <summary>The next sound is not answered before something is so.</summary>
    public void TakeTimeForSound(Task until) => _transcriptions.Enqueue(async http => await until.WaitAsync(http.RequestAborted));

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private Task RefuseOther(HttpContext http)
    {
        Others[http.Request.Path] = http.Request.Headers.Authorization.ToString();
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private async Task AnswerAsync(HttpContext http)
    {
        Authorization = http.Request.Headers.Authorization;
        using var body = await JsonDocument.ParseAsync(http.Request.Body);
        _requests.Enqueue(body.RootElement.Clone());
        await (_answers.TryDequeue(out var answer) ? answer(http) : StreamAsync(http, ["Nobody told me what to say."], isWhole: true));
    }

    private async Task TranscribeAsync(HttpContext http)
    {
        Authorization = http.Request.Headers.Authorization;
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        using var file = new MemoryStream();
        await form.Files["file"]!.CopyToAsync(file, http.RequestAborted);
        var samples = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, short>(file.ToArray().AsSpan(44)).ToArray();
        _heard.Enqueue(new Transcription(form["model"].ToString(), form["language"].ToString(), samples));
        if (_transcriptions.TryDequeue(out var answer))
        {
            await answer(http);
            if (http.Response.HasStarted)
            {
                return;
            }
        }

        var text = Understand(samples);
        if (!StreamsWords || !string.Equals(form["stream"], "true", StringComparison.Ordinal))
        {
            await http.Response.WriteAsJsonAsync(new { text });
            return;
        }

        http.Response.ContentType = "text/event-stream";
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            await WriteEventAsync(http, new { type = "transcript.text.delta", delta = word + " " });
        }

        await WriteEventAsync(http, new { type = "transcript.text.done", text });
    }

    private static async Task WriteEventAsync(HttpContext http, object data)
    {
        await http.Response.WriteAsync("data: " + JsonSerializer.Serialize(data) + "\n\n", Encoding.UTF8);
        await http.Response.Body.FlushAsync();
    }

    private static async Task StreamAsync(HttpContext http, IReadOnlyList<string> tokens, bool isWhole)
    {
        http.Response.ContentType = "text/event-stream";
        foreach (var token in tokens)
        {
            await WriteAsync(http, new { role = "assistant", content = token }, finish: null);
        }

        if (!isWhole)
        {
            return;
        }

        await WriteAsync(http, new { }, finish: "stop");
        await http.Response.WriteAsync("data: [DONE]\n\n");
    }

    private static async Task WriteAsync(HttpContext http, object delta, string? finish)
    {
        await http.Response.WriteAsync("data: " + Chunk(delta, finish) + "\n\n", Encoding.UTF8);
        await http.Response.Body.FlushAsync();
    }

    private static string Chunk(object delta, string? finish) => JsonSerializer.Serialize(new
    {
        id = "chatcmpl-1",
        @object = "chat.completion.chunk",
        created = 1_796_000_000,
        model = "test",
        choices = new[] { new { index = 0, delta, finish_reason = finish } },
    });
}

/// <summary>A sound that was to be recognised.</summary>
/// <param name="Model">By whom.</param>
/// <param name="Language">In which language; empty where that is not known.</param>
/// <param name="Sound">16 kHz mono.</param>
internal sealed record Transcription(string Model, string Language, short[] Sound)
{
    public double Seconds => Sound.Length / 16_000.0;
}
