using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Holdfast.Speech;

/// <summary>OpenAI's <c>/v1/audio/speech</c>.</summary>
internal sealed class OpenAiProtocol(SpeechServiceOptions options) : SpeechProtocol(options)
{
    public override ValueTask<HttpRequestMessage> RequestAsync(string text, RequestedVoice voice, HttpClient http, CancellationToken cancellationToken)
    {
        var body = new ServiceTextToSpeechClient.Request(Options.Model, text, voice.Name ?? Options.Voices.FirstOrDefault() ?? "alloy", Options.Format, voice.Speed);
        return ValueTask.FromResult(new HttpRequestMessage(HttpMethod.Post, new Uri(Address, "audio/speech")) { Content = JsonContent.Create(body, ServiceJson.Default.Request) });
    }
}

/// <summary>GPT-SoVITS, its <c>api_v2</c>: JSON to <c>/tts</c>; a WAV header, then samples while they are made. The reference is a path of the service's own machine.</summary>
internal sealed class SovitsProtocol(SpeechServiceOptions options) : SpeechProtocol(options)
{
    public override string PcmType => "audio/pcm;rate=32000";

    public override ValueTask<HttpRequestMessage> RequestAsync(string text, RequestedVoice voice, HttpClient http, CancellationToken cancellationToken)
    {
        var reference = Needed(voice, "GPT-SoVITS");
        var body = new JsonObject
        {
            ["text"] = text,
            ["text_lang"] = LanguageOf(text, voice),
            ["ref_audio_path"] = reference.Path,
            ["prompt_text"] = reference.Text,
            ["prompt_lang"] = IsChinese(reference.Text) ? "zh" : "en",
            ["media_type"] = "wav",
            ["streaming_mode"] = true,
            ["speed_factor"] = voice.Speed ?? 1,
        };
        return ValueTask.FromResult(Http.Post(new Uri(Address, "tts"), body));
    }
}

/// <summary>CosyVoice's own server: a form to <c>/inference_zero_shot</c> with the reference; samples at 24 kHz.</summary>
internal sealed class CosyVoiceProtocol(SpeechServiceOptions options) : SpeechProtocol(options)
{
    public override ValueTask<HttpRequestMessage> RequestAsync(string text, RequestedVoice voice, HttpClient http, CancellationToken cancellationToken)
    {
        var reference = Needed(voice, "CosyVoice");
        var form = new MultipartFormDataContent
        {
            { new StringContent(text), "tts_text" },
            { new StringContent(reference.Text), "prompt_text" },
            { Http.File(reference), "prompt_wav", "prompt" + Path.GetExtension(reference.Path) },
        };
        return ValueTask.FromResult(new HttpRequestMessage(HttpMethod.Post, new Uri(Address, "inference_zero_shot")) { Content = form });
    }
}

/// <summary>Fish speech: JSON to <c>/v1/tts</c>; a WAV header, then samples at 44.1 kHz. The voice's name is the service's reference id.</summary>
internal sealed class FishProtocol(SpeechServiceOptions options) : SpeechProtocol(options)
{
    public override string PcmType => "audio/pcm;rate=44100";

    public override ValueTask<HttpRequestMessage> RequestAsync(string text, RequestedVoice voice, HttpClient http, CancellationToken cancellationToken)
    {
        var body = new JsonObject
        {
            ["text"] = text,
            ["reference_id"] = voice.Name ?? Options.Voices.FirstOrDefault(),
            ["format"] = "wav",
            ["streaming"] = true,
            ["use_memory_cache"] = "on",
        };
        if (voice.Reference is { } reference)
        {
            body["reference_id"] = null;
            body["references"] = new JsonArray(new JsonObject { ["audio"] = Convert.ToBase64String(File.ReadAllBytes(reference.Path)), ["text"] = reference.Text });
        }

        return ValueTask.FromResult(Http.Post(new Uri(Address, "v1/tts"), body));
    }
}

/// <summary>XTTS's streaming server: the reference to <c>/clone_speaker</c> once, what comes of it with each text to <c>/tts_stream</c>; samples at 24 kHz.</summary>
internal sealed class XttsProtocol(SpeechServiceOptions options) : SpeechProtocol(options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, JsonObject> _speakers = new(StringComparer.Ordinal);

    public override async ValueTask<HttpRequestMessage> RequestAsync(string text, RequestedVoice voice, HttpClient http, CancellationToken cancellationToken)
    {
        var speaker = await SpeakerAsync(Needed(voice, "XTTS"), http, cancellationToken).ConfigureAwait(false);
        speaker["text"] = text;
        speaker["language"] = LanguageOf(text, voice) is var language && LanguageTag.IsChinese(language) ? "zh-cn" : language;
        speaker["stream_chunk_size"] = "20";
        return Http.Post(new Uri(Address, "tts_stream"), speaker);
    }

    private async Task<JsonObject> SpeakerAsync(VoiceReference reference, HttpClient http, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_speakers.TryGetValue(reference.Path, out var known))
            {
                return (JsonObject)known.DeepClone();
            }
        }

        using var form = new MultipartFormDataContent { { Http.File(reference), "wav_file", "reference" + Path.GetExtension(reference.Path) } };
        using var response = await http.PostAsync(new Uri(Address, "clone_speaker"), form, cancellationToken).ConfigureAwait(false);
        var speaker = await Http.JsonOfAsync(response, "clone_speaker", cancellationToken).ConfigureAwait(false) as JsonObject
            ?? throw new SpeechException("XTTS's clone_speaker answered what is no JSON object.");
        lock (_gate)
        {
            _speakers[reference.Path] = (JsonObject)speaker.DeepClone();
        }

        return speaker;
    }
}

/// <summary>
/// IndexTTS2's page (Gradio): the reference is uploaded, <c>gen_single</c> is called, and its events are read until they name the file, which is the sound. It has no stream:
/// the first sound comes when the sentence is done.
/// </summary>
internal sealed class IndexTtsProtocol(SpeechServiceOptions options) : SpeechProtocol(options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _uploaded = new(StringComparer.Ordinal);

    public override async ValueTask<HttpRequestMessage> RequestAsync(string text, RequestedVoice voice, HttpClient http, CancellationToken cancellationToken)
    {
        var reference = await UploadAsync(Needed(voice, "IndexTTS2"), http, cancellationToken).ConfigureAwait(false);
        var body = new JsonObject { ["data"] = Arguments(reference, text) };
        using var request = Http.Post(new Uri(Address, "gradio_api/call/gen_single"), body);
        using var answer = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var call = (await Http.JsonOfAsync(answer, "gen_single", cancellationToken).ConfigureAwait(false))?["event_id"]?.GetValue<string>()
            ?? throw new SpeechException("IndexTTS2's gen_single named no call.");
        return new HttpRequestMessage(HttpMethod.Get, await ResultAsync(call, http, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>In the order of the page's fields: the reference's own feeling, no feeling of another's, usual sampling.</summary>
    private static JsonArray Arguments(string reference, string text) => new(
        "Same as the voice reference", FileData(reference), text, null, 0.8, 0, 0, 0, 0, 0, 0, 0, 0, "", false, 120, true, 0.8, 30, 0.8, 0.0, 3, 10.0, 1500);

    private static JsonObject FileData(string path) => new() { ["path"] = path, ["meta"] = new JsonObject { ["_type"] = "gradio.FileData" } };

    private async Task<string> UploadAsync(VoiceReference reference, HttpClient http, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_uploaded.TryGetValue(reference.Path, out var known))
            {
                return known;
            }
        }

        using var form = new MultipartFormDataContent { { Http.File(reference), "files", "reference" + Path.GetExtension(reference.Path) } };
        using var response = await http.PostAsync(new Uri(Address, "gradio_api/upload"), form, cancellationToken).ConfigureAwait(false);
        var path = (await Http.JsonOfAsync(response, "upload", cancellationToken).ConfigureAwait(false))?[0]?.GetValue<string>()
            ?? throw new SpeechException("IndexTTS2 took the reference and named no file.");
        lock (_gate)
        {
            return _uploaded[reference.Path] = path;
        }
    }

    private async Task<Uri> ResultAsync(string call, HttpClient http, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(
            new Uri(Address, "gradio_api/call/gen_single/" + Uri.EscapeDataString(call)), HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using var reader = new StreamReader(body);
        var kind = "";
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (line.StartsWith("event:", StringComparison.Ordinal))
            {
                kind = line["event:".Length..].Trim();
            }
            else if (line.StartsWith("data:", StringComparison.Ordinal) && kind is "complete" or "error")
            {
                return kind is "complete" && FileIn(line["data:".Length..]) is { } file
                    ? new Uri(Address, file)
                    : throw new SpeechException($"IndexTTS2 could not say it: {Http.Short(line)}");
            }
        }

        throw new SpeechException("IndexTTS2 broke off before it had said anything.");
    }

    /// <summary>The file's address on the same server, whatever host the service thinks it has.</summary>
    private static string? FileIn(string data)
    {
        try
        {
            var first = JsonNode.Parse(data)?[0];
            var path = (first?["value"] ?? first)?["path"]?.GetValue<string>();
            return path is null ? null : "gradio_api/file=" + Uri.EscapeDataString(path).Replace("%2F", "/", StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}

/// <summary>Azure's REST: SSML with the key in a header; samples at 24 kHz.</summary>
internal sealed class AzureProtocol(SpeechServiceOptions options) : SpeechProtocol(options)
{
    private const string DefaultVoice = "zh-CN-XiaoxiaoNeural";

    public override ValueTask<HttpRequestMessage> RequestAsync(string text, RequestedVoice voice, HttpClient http, CancellationToken cancellationToken)
    {
        var name = voice.Name ?? Options.Voices.FirstOrDefault() ?? DefaultVoice;
        var language = string.Join('-', name.Split('-').Take(2));
        var rate = voice.Speed is { } speed && speed is not 1 ? string.Create(CultureInfo.InvariantCulture, $" rate=\"{speed:0.##}\"") : "";
        var ssml = $"<speak version=\"1.0\" xmlns=\"http://www.w3.org/2001/10/synthesis\" xml:lang=\"{SecurityElement.Escape(language)}\">"
            + $"<voice name=\"{SecurityElement.Escape(name)}\"><prosody{rate}>{SecurityElement.Escape(text)}</prosody></voice></speak>";
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, "cognitiveservices/v1"))
        {
            Content = new StringContent(ssml, Encoding.UTF8, new MediaTypeHeaderValue("application/ssml+xml")),
        };
        request.Headers.TryAddWithoutValidation("Ocp-Apim-Subscription-Key", Options.Key);
        request.Headers.TryAddWithoutValidation("X-Microsoft-OutputFormat", "raw-24khz-16bit-mono-pcm");
        request.Headers.TryAddWithoutValidation("User-Agent", "Holdfast");
        return ValueTask.FromResult(request);
    }
}

/// <summary>What the protocols send and read alike.</summary>
file static class Http
{
    public static HttpRequestMessage Post(Uri address, JsonObject body) => new(HttpMethod.Post, address)
    {
        Content = new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
    };

    public static StreamContent File(VoiceReference reference)
    {
        var content = new StreamContent(System.IO.File.OpenRead(reference.Path));
        content.Headers.ContentType = new MediaTypeHeaderValue("audio/wav");
        return content;
    }

    public static async Task<JsonNode?> JsonOfAsync(HttpResponseMessage response, string what, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw new SpeechException($"{what} answered {(int)response.StatusCode}: {Short(text)}");
        }

        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException exception)
        {
            throw new SpeechException($"{what} answered what is no JSON.", exception);
        }
    }

    public static string Short(string text) => (text.Length > 200 ? text[..200] : text).ReplaceLineEndings(" ");
}
