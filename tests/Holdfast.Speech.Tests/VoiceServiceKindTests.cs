using System.Buffers.Binary;
using System.Text.Json;
using Holdfast.Media;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Holdfast.Speech.Tests;

/// <summary>The speech servers that people run, each as a real local server that speaks its protocol: well, slowly, and broken off.</summary>
public sealed class VoiceServiceKindTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-voices-").FullName;
    private readonly List<string> _asked = [];
    private readonly TaskCompletionSource _goOn = new();
    private WebApplication _app = null!;
    private bool _breaksOff;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Kinds => ["gpt-sovits", "cosyvoice", "fish", "xtts", "azure"];

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllBytesAsync(Path.Combine(_folder, "anna.wav"), WavFile.Write(Tone(16_000), 16_000), Cancel);
        await File.WriteAllTextAsync(Path.Combine(_folder, "anna.txt"), "这是安娜的声音。\n", Cancel);
        var builder = WebApplication.CreateBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapPost("/tts", async http =>
        {
            var asked = await JsonAsync(http);
            Assert.Equal(("你好。", "zh", "这是安娜的声音。", "zh", true), (
                asked.GetProperty("text").GetString(), asked.GetProperty("text_lang").GetString(), asked.GetProperty("prompt_text").GetString(), asked.GetProperty("prompt_lang").GetString(),
                asked.GetProperty("streaming_mode").GetBoolean()));
            Assert.Equal(Path.Combine(_folder, "anna.wav"), asked.GetProperty("ref_audio_path").GetString());
            await SendAsync(http, 32_000, isWav: true);
        });
        _app.MapPost("/inference_zero_shot", async http =>
        {
            var form = await http.Request.ReadFormAsync(Cancel);
            Assert.Equal(("你好。", "这是安娜的声音。"), (form["tts_text"].ToString(), form["prompt_text"].ToString()));
            Assert.True(form.Files.GetFile("prompt_wav")!.Length > 30_000);
            await SendAsync(http, 24_000, isWav: false);
        });
        _app.MapPost("/v1/tts", async http =>
        {
            var asked = await JsonAsync(http);
            Assert.Equal(("你好。", "wav", true), (asked.GetProperty("text").GetString(), asked.GetProperty("format").GetString(), asked.GetProperty("streaming").GetBoolean()));
            Assert.Equal("这是安娜的声音。", asked.GetProperty("references")[0].GetProperty("text").GetString());
            await SendAsync(http, 44_100, isWav: true);
        });
        _app.MapPost("/clone_speaker", async http =>
        {
            var form = await http.Request.ReadFormAsync(Cancel);
            Assert.NotNull(form.Files.GetFile("wav_file"));
            Note("clone");
            await http.Response.WriteAsJsonAsync(new { speaker_embedding = new[] { 0.25, 0.5 }, gpt_cond_latent = new[] { 1 } }, Cancel);
        });
        _app.MapPost("/tts_stream", async http =>
        {
            var asked = await JsonAsync(http);
            Assert.Equal(("你好。", "zh-cn", 0.5), (asked.GetProperty("text").GetString(), asked.GetProperty("language").GetString(), asked.GetProperty("speaker_embedding")[1].GetDouble()));
            http.Response.ContentType = "audio/wav";
            await SendAsync(http, 24_000, isWav: false);
        });
        _app.MapPost("/cognitiveservices/v1", async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            var ssml = await reader.ReadToEndAsync(Cancel);
            Assert.Equal(("secret", "raw-24khz-16bit-mono-pcm"), (http.Request.Headers["Ocp-Apim-Subscription-Key"].ToString(), http.Request.Headers["X-Microsoft-OutputFormat"].ToString()));
            Assert.Equal(0, http.Request.Headers.Authorization.Count);
            Assert.Contains("<voice name=\"anna\"><prosody>你好。</prosody></voice>", ssml, StringComparison.Ordinal);
            await SendAsync(http, 24_000, isWav: false);
        });
        _app.MapPost("/gradio_api/upload", async http =>
        {
            Assert.NotNull((await http.Request.ReadFormAsync(Cancel)).Files.GetFile("files"));
            Note("upload");
            await http.Response.WriteAsJsonAsync(new[] { "/tmp/gradio/a b.wav" }, Cancel);
        });
        _app.MapPost("/gradio_api/call/gen_single", async http =>
        {
            var data = (await JsonAsync(http)).GetProperty("data");
            Assert.Equal(("/tmp/gradio/a b.wav", "你好。"), (data[1].GetProperty("path").GetString(), data[2].GetString()));
            await http.Response.WriteAsJsonAsync(new { event_id = "e1" }, Cancel);
        });
        _app.MapGet("/gradio_api/call/gen_single/e1", async http =>
        {
            http.Response.ContentType = "text/event-stream";
            var answer = _breaksOff ? "event: error\ndata: null\n\n" : "event: heartbeat\ndata: null\n\nevent: complete\ndata: [{\"visible\":true,\"value\":{\"path\":\"/tmp/out 1.wav\",\"url\":\"http://elsewhere.invalid/x\"},\"__type__\":\"update\"}]\n\n";
            await http.Response.WriteAsync(answer, Cancel);
        });
        _app.MapGet("/gradio_api/{**file}", async (string file, HttpContext http) =>
        {
            Assert.Equal("file=/tmp/out 1.wav", file);
            await http.Response.Body.WriteAsync(WavFile.Write(Tone(22_050), 22_050), Cancel);
        });
        await _app.StartAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        _goOn.TrySetResult();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Its_sound_is_heard_while_it_comes_whole_and_without_clicks(string kind)
    {
        // The server sends the rest only after the beginning was heard: it is as slow as can be.
        var sound = await HearAsync(Client(kind), onFirst: () => _goOn.TrySetResult());

        Assert.InRange(sound.Length, 47_000, 49_000);
        Assert.Equal(0, Clicks(sound));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task One_that_breaks_off_in_the_middle_is_a_fault_after_what_was_heard(string kind)
    {
        _breaksOff = true;
        var heard = false;
        var fault = await Assert.ThrowsAsync<SpeechException>(() => HearAsync(Client(kind), onFirst: () =>
        {
            heard = true;
            _goOn.TrySetResult();
        }));
        Assert.True(heard);
        Assert.Equal(UtteranceFault.VoiceFailed, fault.Fault);
    }

    [Fact]
    public async Task XTTS_is_told_of_a_speaker_once()
    {
        _goOn.TrySetResult();
        var client = Client("xtts");
        await HearAsync(client);
        await HearAsync(client);
        Assert.Equal(["clone"], _asked, StringComparer.Ordinal);
    }

    [Fact]
    public async Task IndexTTS2_is_asked_as_its_page_asks_and_its_file_is_taken_from_where_it_was_asked()
    {
        var client = Client("indextts2");
        Assert.InRange((await HearAsync(client)).Length, 47_000, 49_000);
        await HearAsync(client);
        Assert.Equal(["upload"], _asked, StringComparer.Ordinal);
        _breaksOff = true;
        await Assert.ThrowsAsync<SpeechException>(() => HearAsync(client));
    }

    [Theory]
    [InlineData("gpt-sovits")]
    [InlineData("cosyvoice")]
    [InlineData("xtts")]
    [InlineData("indextts2")]
    public async Task Without_a_recording_to_be_like_it_says_what_to_set(string kind)
    {
        using var client = new ServiceTextToSpeechClient(new SpeechServiceOptions { Kind = kind, BaseUrl = Address }, new SocketsHttpHandler());
        var fault = await Assert.ThrowsAsync<SpeechException>(() => HearAsync(client));
        Assert.Contains("References", fault.Message, StringComparison.Ordinal);
        Assert.Equal(UtteranceFault.VoiceMissing, fault.Fault);
    }

    private string Address => _app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();

    private ServiceTextToSpeechClient Client(string kind) =>
        new(new SpeechServiceOptions { Kind = kind, BaseUrl = Address, Key = "secret", References = _folder }, new SocketsHttpHandler());

    private static async Task<short[]> HearAsync(ServiceTextToSpeechClient client, Action? onFirst = null)
    {
        var samples = new List<short>();
        var decoder = new SpeechDecoder(piece => samples.AddRange(piece));
        await foreach (var update in client.GetStreamingAudioAsync("你好。", new TextToSpeechOptions { VoiceId = "anna" }, Cancel))
        {
            onFirst?.Invoke();
            onFirst = null;
            decoder.Push((DataContent)update.Contents.Single());
        }

        decoder.Flush();
        return [.. samples];
    }

    /// <summary>A second of sound in pieces of odd lengths; the second half when the first was heard.</summary>
    private async Task SendAsync(HttpContext http, int rate, bool isWav)
    {
        var bytes = isWav ? Streamed(WavFile.Write(Tone(rate), rate)) : Bytes(Tone(rate));
        var half = (bytes.Length / 2) | 1;
        for (var at = 0; at < half; at += 4_001)
        {
            await http.Response.Body.WriteAsync(bytes.AsMemory(at, Math.Min(4_001, half - at)), Cancel);
            await http.Response.Body.FlushAsync(Cancel);
        }

        await _goOn.Task.WaitAsync(Cancel);
        if (_breaksOff)
        {
            http.Abort();
            return;
        }

        await http.Response.Body.WriteAsync(bytes.AsMemory(half), Cancel);
    }

    /// <summary>Who streams does not know how long it will be.</summary>
    private static byte[] Streamed(byte[] wav)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(wav.AsSpan(4), uint.MaxValue);
        BinaryPrimitives.WriteUInt32LittleEndian(wav.AsSpan(40), uint.MaxValue);
        return wav;
    }

    private void Note(string what)
    {
        lock (_asked)
        {
            _asked.Add(what);
        }
    }

    private static async Task<JsonElement> JsonAsync(HttpContext http) => (await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: Cancel)).RootElement;

    /// <summary>Jumps that a tone of 440 Hz does not make.</summary>
    private static int Clicks(short[] sound) => sound.Zip(sound.Skip(1)).Skip(500).SkipLast(500).Count(static pair => Math.Abs(pair.Second - pair.First) > 1_500);

    private static short[] Tone(int rate) => [.. Enumerable.Range(0, rate).Select(i => (short)(8_000 * Math.Sin(2 * Math.PI * 440 * i / rate)))];

    private static byte[] Bytes(short[] samples)
    {
        var bytes = new byte[samples.Length * 2];
        for (var i = 0; i < samples.Length; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(2 * i), samples[i]);
        }

        return bytes;
    }
}
