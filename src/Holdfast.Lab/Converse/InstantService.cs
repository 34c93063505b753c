using System.Net;
using System.Text;
using System.Text.Json;

namespace Holdfast.Lab.Converse;

/// <summary>
/// A service of OpenAI's kind that understands and answers at once, so that what is left of a turn's time is the pipeline's own: transcription, and chat that
/// is streamed.
/// </summary>
internal sealed class InstantService : IAsyncDisposable
{
    /// <summary>What is understood of whatever is heard.</summary>
    public const string Question = "What do you see?";

    /// <summary>Some fifteen seconds: long enough to be interrupted.</summary>
    private static readonly string[] Answer =
    [
        "I see a harbour with many small boats. ", "The water is calm, and the sun is about to set behind the hills. ",
        "A fisherman mends his net, and two children count the gulls on the roof. ", "It is a quiet evening. ",
    ];

    private readonly HttpListener _listener = new();
    private readonly Task _serving;

    private InstantService(int port)
    {
        _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <exception cref="HttpListenerException">The port is taken.</exception>
    public static InstantService Start(int port) => new(port);

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                _ = AnswerAsync(await _listener.GetContextAsync());
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private static async Task AnswerAsync(HttpListenerContext http)
    {
        try
        {
            await http.Request.InputStream.CopyToAsync(Stream.Null);
            if (http.Request.Url!.AbsolutePath.EndsWith("/audio/transcriptions", StringComparison.Ordinal))
            {
                http.Response.ContentType = "application/json";
                await WriteAsync(http, JsonSerializer.Serialize(new { text = Question }));
            }
            else
            {
                await ChatAsync(http);
            }

            http.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException)
        {
            // Whoever asked does not want it any more.
        }
    }

    private static async Task ChatAsync(HttpListenerContext http)
    {
        http.Response.ContentType = "text/event-stream";
        http.Response.SendChunked = true;
        foreach (var sentence in Answer)
        {
            await WriteAsync(http, Chunk(new { role = "assistant", content = sentence }, finish: null));
        }

        await WriteAsync(http, Chunk(new { }, finish: "stop") + "data: [DONE]\n\n");
    }

    private static string Chunk(object delta, string? finish) => "data: " + JsonSerializer.Serialize(new
    {
        id = "lab",
        @object = "chat.completion.chunk",
        created = 0,
        model = "instant",
        choices = new[] { new { index = 0, delta, finish_reason = finish } },
    }) + "\n\n";

    private static async Task WriteAsync(HttpListenerContext http, string text)
    {
        await http.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
        await http.Response.OutputStream.FlushAsync();
    }
}
