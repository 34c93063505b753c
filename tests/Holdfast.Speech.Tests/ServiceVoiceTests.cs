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

/// <summary>A service with OpenAI's speech protocol, as a real server on this machine, in all its moods.</summary>
public sealed class ServiceVoiceTests : IAsyncDisposable
{
    private readonly List<(string Body, string? Key)> _asked = [];
    private WebApplication? _app;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("pcm", "audio/pcm")]
    [InlineData("pcm", "application/octet-stream")]
    [InlineData("wav", "audio/wav")]
    [InlineData("wav", "application/json")]
    public async Task Sound_is_heard_in_whatever_form_it_comes_and_while_it_comes(string format, string said)
    {
        var goOn = new TaskCompletionSource();
        var client = await StartAsync(async http =>
        {
            http.Response.ContentType = said;
            var tone = Tone(24_000);
            var bytes = string.Equals(format, "wav", StringComparison.Ordinal) ? WavFile.Write(tone, 24_000) : Bytes(tone);
            await http.Response.Body.WriteAsync(bytes.AsMemory(0, 10_001), http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            await goOn.Task;
            await http.Response.Body.WriteAsync(bytes.AsMemory(10_001), http.RequestAborted);
        }, format);

        var samples = new List<short>();
        var decoder = new SpeechDecoder(piece => samples.AddRange(piece));
        var options = new TextToSpeechOptions { VoiceId = "nova", Speed = 1.5f };
        await foreach (var update in client.GetStreamingAudioAsync("Hello there.", options, Cancel))
        {
            // The service sends the rest only after the beginning was heard.
            goOn.TrySetResult();
            decoder.Push((DataContent)update.Contents.Single());
        }

        decoder.Flush();
        Assert.InRange(samples.Count, 47_500, 48_500);
        Assert.True(Espeak.Rms([.. samples]) > 4_000);

        var (body, key) = Assert.Single(_asked);
        Assert.Equal("Bearer secret", key);
        var request = JsonDocument.Parse(body).RootElement;
        Assert.Equal(
            ("tiny", "Hello there.", "nova", format, 1.5),
            (request.GetProperty("model").GetString(), request.GetProperty("input").GetString(), request.GetProperty("voice").GetString(),
                request.GetProperty("response_format").GetString(), request.GetProperty("speed").GetDouble()));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(401)]
    public async Task A_refusal_is_a_fault_with_the_services_words_for_the_log(int status)
    {
        var client = await StartAsync(http =>
        {
            http.Response.StatusCode = status;
            return http.Response.WriteAsync("""{"error":{"message":"Slow down."}}""" + new string('x', 100_000), Cancel);
        });
        var fault = await Assert.ThrowsAsync<SpeechException>(() => client.GetAudioAsync("Hello.", cancellationToken: Cancel));
        Assert.Contains($"{status}", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Slow down.", fault.Message, StringComparison.Ordinal);
        Assert.InRange(fault.Message.Length, 10, 600);
    }

    [Theory]
    [InlineData("text/html", "<html>Not what you think</html>")]
    [InlineData("application/json", """{"ok":true}""")]
    [InlineData("audio/mpeg", "ID3 and so on")]
    public async Task What_is_no_sound_is_refused(string type, string body)
    {
        var client = await StartAsync(http =>
        {
            http.Response.ContentType = type;
            return http.Response.WriteAsync(body, Cancel);
        });
        var fault = await Assert.ThrowsAsync<SpeechException>(() => client.GetAudioAsync("Hello.", cancellationToken: Cancel));
        Assert.Contains(type, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_answer_is_no_sound()
    {
        var client = await StartAsync(_ => Task.CompletedTask);
        var fault = await Assert.ThrowsAsync<SpeechException>(() => client.GetAudioAsync("Hello.", cancellationToken: Cancel));
        Assert.Equal(UtteranceFault.NoSound, fault.Fault);
    }

    [Fact]
    public async Task One_that_is_not_there_is_missing()
    {
        using var handler = new SocketsHttpHandler();
        var client = new ServiceTextToSpeechClient(new SpeechServiceOptions { BaseUrl = "http://127.0.0.1:9/v1" }, handler);
        var fault = await Assert.ThrowsAsync<SpeechException>(() => client.GetAudioAsync("Hello.", cancellationToken: Cancel));
        Assert.Equal(UtteranceFault.VoiceMissing, fault.Fault);
    }

    [Fact]
    public async Task Broken_off_in_the_middle_the_house_says_the_sentence()
    {
        await StartAsync(async http =>
        {
            http.Response.ContentType = "audio/pcm";
            await http.Response.Body.WriteAsync(Bytes(Tone(4_000)), http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            http.Abort();
        });
        var options = new SpeechOptions { English = "flite" };
        options.Services["tiny"] = ServiceOptions("pcm");
        var (told, sound) = await House.SayAsync(House.With(options), "Hello there.", "tiny/nova");
        Assert.Equal(("tiny", UtteranceFault.VoiceFailed), (told.OfType<VoiceFellBack>().Single().Voice, told.OfType<VoiceFellBack>().Single().Fault));
        Assert.NotEmpty(told.OfType<SpokenPhonemes>());
        Assert.True(sound.Length > 24_000);
    }

    [Fact]
    public async Task One_that_answers_and_sends_nothing_is_too_slow()
    {
        await StartAsync(async http =>
        {
            http.Response.ContentType = "audio/pcm";
            await http.Response.StartAsync(http.RequestAborted);
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        var options = new SpeechOptions { FirstSoundSeconds = 0.2 };
        options.Services["tiny"] = ServiceOptions("pcm");
        var (told, sound) = await House.SayAsync(House.With(options), "Hello there.", "tiny/nova");
        Assert.Equal(UtteranceFault.VoiceTooSlow, told.OfType<VoiceFellBack>().Single().Fault);
        Assert.True(Espeak.Rms(sound) > 500);
    }

    private static short[] Tone(int samples)
    {
        var tone = new short[samples];
        for (var i = 0; i < samples; i++)
        {
            tone[i] = (short)(9_000 * Math.Sin(2 * Math.PI * 440 * i / 24_000));
        }

        return tone;
    }

    private static byte[] Bytes(short[] samples)
    {
        var bytes = new byte[samples.Length * 2];
        for (var i = 0; i < samples.Length; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(2 * i), samples[i]);
        }

        return bytes;
    }

    private SpeechServiceOptions ServiceOptions(string format)
    {
        var address = _app!.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new SpeechServiceOptions { BaseUrl = address + "/v1/", Model = "tiny", Key = "secret", Format = format };
    }

    private async Task<ServiceTextToSpeechClient> StartAsync(Func<HttpContext, Task> answer, string format = "pcm")
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = ["--urls=http://127.0.0.1:0"] });
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapPost("/v1/audio/speech", async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            _asked.Add((await reader.ReadToEndAsync(http.RequestAborted), http.Request.Headers.Authorization));
            await answer(http);
        });
        await _app.StartAsync(Cancel);
        return new ServiceTextToSpeechClient(ServiceOptions(format), new SocketsHttpHandler());
    }
}
