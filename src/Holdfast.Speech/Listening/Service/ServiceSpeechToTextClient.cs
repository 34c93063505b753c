using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Holdfast.Speech;

/// <summary>Recognises with a service that has OpenAI's <c>/v1/audio/transcriptions</c>: words as they come where it streams, all at once where not.</summary>
internal sealed class ServiceSpeechToTextClient : ISpeechToTextClient
{
    /// <summary>What a service says of itself is for the log, up to here.</summary>
    private const int MaxWords = 300;

    /// <summary>No turn has more text.</summary>
    private const int MaxAnswerBytes = 256 * 1024;

    private readonly ListeningOptions _options;
    private readonly HttpClient _http;
    private readonly Uri _address;

    /// <param name="options">Where it is.</param>
    /// <param name="key">Sent as a bearer token; null for none.</param>
    /// <param name="handler">Sends requests; disposed of here.</param>
    public ServiceSpeechToTextClient(ListeningOptions options, string? key, HttpMessageHandler handler)
    {
        _options = options;
        _address = new Uri(options.BaseUrl!.TrimEnd('/') + "/audio/transcriptions");
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MaxAnswerBytes };
        if (!string.IsNullOrEmpty(key))
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
    }

    public async Task<SpeechToTextResponse> GetTextAsync(
        Stream audioSpeechStream, SpeechToTextOptions? options = null, CancellationToken cancellationToken = default)
    {
        var text = new System.Text.StringBuilder();
        await foreach (var update in GetStreamingTextAsync(audioSpeechStream, options, cancellationToken).ConfigureAwait(false))
        {
            text.Append(update.Kind == SpeechToTextResponseUpdateKind.TextUpdated ? update.Text : string.Empty);
        }

        return new SpeechToTextResponse(text.ToString());
    }

    /// <exception cref="RecognitionException">The service refuses, is not there, breaks off, or answers what is no answer.</exception>
    public async IAsyncEnumerable<SpeechToTextResponseUpdate> GetStreamingTextAsync(
        Stream audioSpeechStream, SpeechToTextOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(audioSpeechStream);
        using var response = await AskAsync(audioSpeechStream, options, cancellationToken).ConfigureAwait(false);
        if (response.Content.Headers.ContentType?.MediaType is "text/event-stream")
        {
            var body = await ReadAsync(() => response.Content.ReadAsStreamAsync(cancellationToken)).ConfigureAwait(false);
            await foreach (var update in StreamAsync(body, cancellationToken).ConfigureAwait(false))
            {
                yield return update;
            }

            yield break;
        }

        var answer = await ReadAsync(() => response.Content.ReadAsStringAsync(cancellationToken)).ConfigureAwait(false);
        yield return new SpeechToTextResponseUpdate(TextOf(answer, "text")) { Kind = SpeechToTextResponseUpdateKind.TextUpdated };
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(SpeechToTextClientMetadata) ? new SpeechToTextClientMetadata("openai", _address, _options.Model)
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Events "transcript.text.delta" with what is new and one "transcript.text.done" with all of it; a stream that ends without is broken.</summary>
    private async IAsyncEnumerable<SpeechToTextResponseUpdate> StreamAsync(Stream body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var events = SseParser.Create(body).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (events.ConfigureAwait(false))
        {
            while (await ReadAsync(async () => await events.MoveNextAsync().ConfigureAwait(false)).ConfigureAwait(false))
            {
                var data = events.Current.Data;
                if (data is "[DONE]" or "")
                {
                    continue;
                }

                switch (TextOf(data, "type"))
                {
                    case "transcript.text.delta":
                        yield return new SpeechToTextResponseUpdate(TextOf(data, "delta")) { Kind = SpeechToTextResponseUpdateKind.TextUpdating };
                        break;
                    case "transcript.text.done":
                        yield return new SpeechToTextResponseUpdate(TextOf(data, "text")) { Kind = SpeechToTextResponseUpdateKind.TextUpdated };
                        yield break;
                    case "error":
                        throw new RecognitionException(RecognitionFault.Protocol, $"{_address} told of an error: {Short(data)}");
                }
            }
        }

        throw new RecognitionException(RecognitionFault.Unreachable, $"{_address} broke off.");
    }

    private async Task<HttpResponseMessage> AskAsync(Stream sound, SpeechToTextOptions? options, CancellationToken cancellationToken)
    {
        using var form = new MultipartFormDataContent();
        var file = new StreamContent(sound);
        file.Headers.ContentType = new MediaTypeHeaderValue(WavFile.MediaType);
        form.Add(file, "file", "speech.wav");
        form.Add(new StringContent(options?.ModelId ?? _options.Model), "model");
        form.Add(new StringContent("json"), "response_format");
        if (options?.SpeechLanguage is { Length: > 0 } language)
        {
            // The service wants ISO 639-1, without a region.
            form.Add(new StringContent(language.Split('-')[0].ToLowerInvariant()), "language");
        }

        if (_options.Streams)
        {
            form.Add(new StringContent("true"), "stream");
        }

        HttpResponseMessage response;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = form };
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException exception)
        {
            throw new RecognitionException(RecognitionFault.Unreachable, $"{_address} does not answer: {exception.Message}", exception);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            var words = await ReadAsync(() => response.Content.ReadAsStringAsync(cancellationToken)).ConfigureAwait(false);
            throw new RecognitionException(
                RecognitionFault.Status, $"{_address} answered {(int)response.StatusCode}: {Short(words)}", status: (int)response.StatusCode)
            {
                RetryAfter = response.Headers.RetryAfter?.Delta,
            };
        }
    }

    private async Task<T> ReadAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new RecognitionException(RecognitionFault.Unreachable, $"{_address} broke off: {exception.Message}", exception);
        }
    }

    private string TextOf(string json, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String)
            {
                return text.GetString()!;
            }
        }
        catch (JsonException exception)
        {
            throw new RecognitionException(RecognitionFault.Protocol, $"{_address} answered what is no JSON: {Short(json)}", exception);
        }

        throw new RecognitionException(RecognitionFault.Protocol, $"{_address} answered without '{name}': {Short(json)}");
    }

    private static string Short(string words) => words[..Math.Min(words.Length, MaxWords)].ReplaceLineEndings(" ");
}
