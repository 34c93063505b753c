using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Holdfast.Media;
using Microsoft.Extensions.AI;

namespace Holdfast.Speech;

/// <summary>Speaks with a service, whatever its protocol is: the sound is handed on while it comes.</summary>
internal sealed class ServiceTextToSpeechClient : ITextToSpeechClient
{
    /// <summary>More than any sentence takes: 2 minutes of 48 kHz.</summary>
    private const int MaxBytes = 120 * 48_000 * 2;

    private const int PieceBytes = 16 * 1024;

    /// <summary>What a service says of itself is for the log, up to here.</summary>
    private const int MaxWords = 300;

    private readonly SpeechServiceOptions _options;
    private readonly SpeechProtocol _protocol;
    private readonly IReadOnlyDictionary<string, VoiceReference> _references;
    private readonly HttpClient _http;
    private readonly Uri _address;

    /// <param name="options">Where it is.</param>
    /// <param name="handler">Sends requests; not disposed of here.</param>
    public ServiceTextToSpeechClient(SpeechServiceOptions options, HttpMessageHandler handler)
    {
        _options = options;
        _protocol = SpeechProtocol.Of(options);
        _references = VoiceReference.In(options.References);
        _address = _protocol.Address;
        _http = new HttpClient(handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        if (!string.IsNullOrEmpty(options.Key) && options.Kind is not "azure")
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", options.Key);
        }
    }

    public async Task<TextToSpeechResponse> GetAudioAsync(
        string text, TextToSpeechOptions? options = null, CancellationToken cancellationToken = default)
    {
        var contents = new List<AIContent>();
        await foreach (var update in GetStreamingAudioAsync(text, options, cancellationToken))
        {
            contents.AddRange(update.Contents);
        }

        return new TextToSpeechResponse(contents);
    }

    /// <exception cref="SpeechException">The service refuses, is not there, breaks off, or sends what is no sound.</exception>
    public async IAsyncEnumerable<TextToSpeechResponseUpdate> GetStreamingAudioAsync(
        string text, TextToSpeechOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        using var response = await AskAsync(text, options, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var said = response.Content.Headers.ContentType?.MediaType;
        var (type, bytes) = ((string?)null, 0);
        while (bytes < MaxBytes)
        {
            // One array for each piece: it is handed on, and whoever has it may keep it.
            var piece = new byte[PieceBytes];
            var read = await ReadAsync(body, piece, atLeast: type is null ? 4 : 1, cancellationToken);
            if (read == 0)
            {
                break;
            }

            bytes += read;
            type ??= TypeOf(piece.AsSpan(0, read), said);
            yield return new TextToSpeechResponseUpdate([new DataContent(piece.AsMemory(0, read), type)])
            {
                Kind = TextToSpeechResponseUpdateKind.AudioUpdating,
            };
        }

        if (bytes == 0)
        {
            throw new SpeechException($"{_address} gave no sound.") { Fault = UtteranceFault.NoSound };
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(TextToSpeechClientMetadata) ? new TextToSpeechClientMetadata(_options.Kind, _address, _options.Model)
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    public void Dispose() => _http.Dispose();

    /// <summary>What it is by its first bytes; by what the service says of it only where they do not tell.</summary>
    private string TypeOf(ReadOnlySpan<byte> bytes, string? said)
    {
        if (bytes.StartsWith("RIFF"u8) || bytes.StartsWith("RF64"u8))
        {
            return WavFile.MediaType;
        }

        // Bare samples look like anything; what is told to be something else is believed.
        return said is null or "application/octet-stream" or "audio/wav" or "audio/x-wav" or "audio/pcm" or "audio/l16" or "audio/L16" or "audio/raw"
            ? _protocol.PcmType
            : throw new SpeechException($"{_address} sent {said}, which is no sound that can be read; PCM and WAV are.");
    }

    private async Task<int> ReadAsync(Stream body, byte[] piece, int atLeast, CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAtLeastAsync(piece, atLeast, throwOnEndOfStream: false, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new SpeechException($"{_address} broke off: {e.Message}", e);
        }
    }

    private async Task<HttpResponseMessage> AskAsync(string text, TextToSpeechOptions? options, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            using var request = await _protocol.RequestAsync(text, VoiceOf(options), _http, cancellationToken);
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            var isMissing = e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError;
            throw new SpeechException($"{_address} does not answer: {e.Message}", e)
            {
                Fault = isMissing ? UtteranceFault.VoiceMissing : UtteranceFault.VoiceFailed,
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SpeechException($"{_address} could not be asked: {e.Message}", e);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw new SpeechException($"{_address} answered {(int)response.StatusCode}: {await WordsOf(response, cancellationToken)}");
        }
    }

    /// <summary>Where no voice is named, or one that only the house has, the first recording there is.</summary>
    private RequestedVoice VoiceOf(TextToSpeechOptions? options)
    {
        var name = options?.VoiceId is { } id && !VoiceIds.IsFemale(id) && !VoiceIds.IsMale(id) ? id : null;
        var reference = name is null ? _references.Values.FirstOrDefault() : _references.GetValueOrDefault(name);
        return new RequestedVoice(name, reference, options?.Speed, options?.Language);
    }

    private static async Task<string> WordsOf(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            var bytes = new byte[MaxWords];
            var count = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
            return System.Text.Encoding.UTF8.GetString(bytes, 0, count).ReplaceLineEndings(" ");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return "(and broke off)";
        }
    }

    /// <summary>The body of a request.</summary>
    internal sealed record Request(string Model, string Input, string Voice, string ResponseFormat, float? Speed);
}

/// <summary>How requests to a speech service are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ServiceTextToSpeechClient.Request))]
internal sealed partial class ServiceJson : JsonSerializerContext;
