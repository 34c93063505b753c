using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Holdfast.AspNetCore.Http;

/// <summary>
/// Reads the JSON of a request, and refuses what is not exactly one JSON object in UTF-8 (RFC 8259) whose members can be read one way
/// only. Members that nobody knows are left alone: a newer client may send them.
/// </summary>
internal static class JsonBody
{
    /// <summary>Objects and arrays inside each other, at the most.</summary>
    public const int MaxDepth = 8;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        MaxDepth = MaxDepth,
        NumberHandling = JsonNumberHandling.Strict,
        PropertyNameCaseInsensitive = false,
        AllowDuplicateProperties = false,
    };

    /// <summary>The object in the body, or null where there is no body and none is needed; or why it is refused.</summary>
    /// <param name="http">The request.</param>
    /// <param name="maxBytes">The longest body that is read.</param>
    /// <param name="isOptional">Whether the body may be left out.</param>
    public static async ValueTask<(T? Body, ProblemHttpResult? Refusal)> ReadAsync<T>(HttpContext http, long maxBytes, bool isOptional)
        where T : class
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = maxBytes;
        }

        var reader = http.Request.BodyReader;
        ReadResult read;
        try
        {
            while (true)
            {
                // Whoever goes away ends this read; to cancel it from outside would leave the connection with a read under way.
                read = await reader.ReadAsync(CancellationToken.None);
                if (read.Buffer.Length > maxBytes)
                {
                    reader.AdvanceTo(read.Buffer.End);
                    return (null, Problems.TooLarge(maxBytes));
                }

                if (read.IsCompleted)
                {
                    break;
                }

                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (BadHttpRequestException refused) when (refused.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (null, Problems.TooLarge(maxBytes));
        }

        // Refusals hold no buffer.
        var bytes = read.Buffer.ToArray();
        reader.AdvanceTo(read.Buffer.End);
        if (bytes.Length == 0)
        {
            return (null, isOptional ? null : Problems.BadRequest("The body is empty; it must be a JSON object."));
        }

        return IsJson(http.Request) ? Parse<T>(bytes) : (null, Problems.NotJson());
    }

    private static (T? Body, ProblemHttpResult? Refusal) Parse<T>(ReadOnlySpan<byte> bytes)
        where T : class
    {
        bytes = bytes.StartsWith("\uFEFF"u8) ? bytes["\uFEFF"u8.Length..] : bytes;
        if (JsonFaults.Find(bytes, MaxDepth) is { } fault)
        {
            return (null, Problems.BadRequest(fault));
        }

        T? body;
        try
        {
            body = JsonSerializer.Deserialize<T>(bytes, Options);
        }
        catch (JsonException exception)
        {
            return (null, Problems.BadRequest(BodyMembers.WhatIsExpected(typeof(T), exception.Path)));
        }

        return body is null ? (null, Problems.BadRequest(BodyMembers.WhatIsExpected(typeof(T), path: null)))
            : BodyMembers.FindFault(body) is { } wrong ? (null, Problems.BadRequest(wrong))
            : (body, null);
    }

    private static bool IsJson(HttpRequest request)
    {
        var encoding = request.Headers.ContentEncoding;
        return (encoding.Count == 0 || string.Equals(encoding.ToString(), "identity", StringComparison.OrdinalIgnoreCase))
            && MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
                || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
            && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
    }
}

/// <summary>What is wrong with a text that should be JSON, in a sentence for a person.</summary>
internal static class JsonFaults
{
    /// <summary>Null where it is sound: UTF-8, one JSON value, every string a text, no name twice in an object, not too deep.</summary>
    public static string? Find(ReadOnlySpan<byte> bytes, int maxDepth)
    {
        if (!Utf8.IsValid(bytes))
        {
            return "The body is not UTF-8.";
        }

        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = maxDepth + 1 });
        var names = new Stack<HashSet<string>>();
        try
        {
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject or JsonTokenType.StartArray when reader.CurrentDepth >= maxDepth:
                        return $"The body is nested deeper than {maxDepth} levels.";
                    case JsonTokenType.StartObject:
                        names.Push(new HashSet<string>(StringComparer.Ordinal));
                        break;
                    case JsonTokenType.EndObject:
                        names.Pop();
                        break;
                    case JsonTokenType.PropertyName when reader.GetString()! is var name && !names.Peek().Add(name):
                        return $"'{Problems.Quote(name)}' is in the body twice.";
                    case JsonTokenType.String when reader.ValueIsEscaped:
                        reader.GetString();
                        break;
                }
            }
        }
        catch (JsonException exception)
        {
            return $"The body is not JSON: see line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.";
        }
        catch (InvalidOperationException)
        {
            return "A string in the body is not text: it has one half of a surrogate pair, such as \\ud800, without the other.";
        }

        return null;
    }
}
