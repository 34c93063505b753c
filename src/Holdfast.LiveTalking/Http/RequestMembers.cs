using System.Text;
using System.Text.Json;
using Holdfast.AspNetCore.Http;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Holdfast.LiveTalking.Http;

/// <summary>
/// What a request says, read as leniently as the server that these clients were written for did: JSON whatever its content type, names that nobody
/// knows, ids as numbers or as strings.
/// </summary>
internal sealed class RequestMembers
{
    private const int MaxDepth = 16;

    private readonly JsonElement _json;

    private RequestMembers(JsonElement json) => _json = json;

    /// <summary>The session that is meant; null where there is no number from 1 to 2^53 - 1.</summary>
    public SessionId? Session => Find("sessionid") is { } id && SessionId.TryParse(IdText(id), null, out var session) ? session : null;

    /// <summary>Reads the JSON object in a body.</summary>
    public static async Task<(RequestMembers? Members, Failure? Failure)> ReadAsync(HttpContext http)
    {
        var limit = RequestBody.LimitFor(http);
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = limit;
        }

        using var bytes = new MemoryStream();
        await http.Request.Body.CopyToAsync(bytes, http.RequestAborted).ConfigureAwait(false);
        try
        {
            var read = bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
            if (JsonFaults.Find(read.Span, MaxDepth) is not null)
            {
                return (null, NoJson);
            }

            using var document = JsonDocument.Parse(read, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? (new RequestMembers(document.RootElement.Clone()), null)
                : (null, NoJson);
        }
        catch (JsonException)
        {
            return (null, NoJson);
        }
    }

    /// <summary>Whether a member is there, whatever it is.</summary>
    public bool Has(string name) => _json.TryGetProperty(name, out _);

    /// <summary>A text; null where it is none.</summary>
    public string? Text(string name) => Find(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>A text or a number, as text.</summary>
    public string? TextOrNumber(string name) => Find(name) is { } value ? IdText(value) : null;

    /// <summary>true, or what was taken for true: 1 and "true".</summary>
    public bool Flag(string name) => Find(name) is { } value && (value.ValueKind == JsonValueKind.True || IdText(value) is "1" or "true");

    /// <summary>A text within an object, such as <c>tts.voice</c>.</summary>
    public string? TextIn(string name, string inner) =>
        Find(name) is { ValueKind: JsonValueKind.Object } group && group.TryGetProperty(inner, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <summary>What a member is, or what the JSON in its text is; null where it is neither.</summary>
    public JsonElement? JsonIn(string name)
    {
        if (Find(name) is not { ValueKind: JsonValueKind.String } text)
        {
            return Find(name);
        }

        try
        {
            // It is looked at as the body is that it came in.
            var inner = Encoding.UTF8.GetBytes(text.GetString()!);
            if (JsonFaults.Find(inner, MaxDepth) is not null)
            {
                return null;
            }

            using var document = JsonDocument.Parse(inner, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Failure NoJson { get; } = Failure.Bad("请求体必须是 JSON 对象", "The body must be a JSON object.");

    private JsonElement? Find(string name) => _json.TryGetProperty(name, out var value) ? value : null;

    private static string? IdText(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True => "true",
        _ => null,
    };
}
