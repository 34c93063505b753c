using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Holdfast.Dialogue;

/// <summary>
/// What a tool answered, as a model is told it: text, and never more of it than its bound. What is cut is told in a sentence. A picture or a sound is told by
/// its kind and size, since as text it would be nothing but letters.
/// </summary>
internal static class ToolText
{
    /// <summary>What a model reads behind what was cut.</summary>
    public const string Cut = " (The tool answered more than this; the rest was left out.)";

    /// <summary>A string in JSON that is as long as this, and of base64 only without a blank, is no text.</summary>
    private const int ShortestBinary = 256;

    /// <summary>Deeper than anything that serialises by itself.</summary>
    private const int MaxDepth = 512;

    private static readonly JsonWriterOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true, MaxDepth = MaxDepth };

    /// <summary>Makes text of a result. Reads no more of it than the bound needs, also where it has no end.</summary>
    /// <param name="result">What the tool returned.</param>
    /// <param name="maxTokens">How much a model is told of it, by <see cref="TokenEstimate"/>.</param>
    /// <param name="options">How the tool's own types are written.</param>
    /// <param name="cancellationToken">Its time is up.</param>
    /// <exception cref="JsonException">It cannot be written, such as an object that refers to itself.</exception>
    /// <exception cref="NotSupportedException">It cannot be written, since its type is not known.</exception>
    public static async Task<string?> OfAsync(object? result, int maxTokens, JsonSerializerOptions options, CancellationToken cancellationToken)
    {
        switch (result)
        {
            case null:
                return null;
            case string text:
                return Bound(text, maxTokens);
            case byte[] bytes:
                return Binary(kind: null, bytes.Length);
            case AIContent content:
                return Bound(await TextOfAsync(content, maxTokens, options, cancellationToken).ConfigureAwait(false), maxTokens);
            case IEnumerable<AIContent> contents:
                var all = new StringBuilder();
                foreach (var content in contents)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    all.Append(all.Length > 0 ? "\n" : "").Append(await TextOfAsync(content, maxTokens, options, cancellationToken).ConfigureAwait(false));
                    if (IsTooMuch(all.Length, maxTokens))
                    {
                        break;
                    }
                }

                return Bound(all.ToString(), maxTokens);
            case JsonElement { ValueKind: JsonValueKind.Undefined }:
                return null;
            case JsonElement element:
                return Bound(OfJson(element, maxTokens), maxTokens);
            default:
                return Bound(await WriteAsync(result, maxTokens, options, cancellationToken).ConfigureAwait(false), maxTokens);
        }
    }

    /// <summary>A text, or as much of its beginning as its bound allows, and then that there was more.</summary>
    public static string Bound(string text, int maxTokens)
    {
        // Who has cut it before could not tell whether it was all.
        var isCut = text.EndsWith(Cut, StringComparison.Ordinal);
        var whole = isCut ? text.AsSpan(0, text.Length - Cut.Length) : text;
        if (!isCut && TokenEstimate.Fit(whole, maxTokens) == whole.Length)
        {
            return text;
        }

        var room = Math.Max(0, maxTokens - TokenEstimate.Of(Cut));
        return string.Concat(whole[..TokenEstimate.Fit(whole, room)], Cut);
    }

    /// <summary>Whether so many UTF-16 units are more than the bound, whichever they are.</summary>
    private static bool IsTooMuch(long length, int maxTokens) => length > 4L * maxTokens;

    private static async Task<string> TextOfAsync(AIContent content, int maxTokens, JsonSerializerOptions options, CancellationToken cancellationToken) => content switch
    {
        TextContent text => text.Text,
        ErrorContent error => "Error: " + error.Message,
        UriContent link => $"{link.Uri} ({link.MediaType})",
        DataContent data when IsText(data.MediaType) => TextOf(data.Data.Span, maxTokens),
        DataContent data => Binary(data.MediaType, data.Data.Length),
        _ => await WriteAsync(content, maxTokens, options, cancellationToken).ConfigureAwait(false),
    };

    private static bool IsText(string mediaType) =>
        mediaType.StartsWith("text/", StringComparison.OrdinalIgnoreCase) || mediaType is "application/json" or "application/xml";

    private static string TextOf(ReadOnlySpan<byte> utf8, int maxTokens)
    {
        var most = (int)Math.Min(utf8.Length, (4L * maxTokens) + 4);
        var text = Encoding.UTF8.GetString(utf8[..most]);
        return most < utf8.Length ? text + Cut : text;
    }

    private static string Binary(string? kind, long bytes) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"({kind ?? "binary data"}, {bytes} bytes, which you are not shown)");

    private static string OfJson(JsonElement element, int maxTokens) => element.ValueKind == JsonValueKind.String && TryString(element, out var text)
        ? text
        : Rewrite(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(element), isWhole: true, maxTokens);

    private static bool TryString(JsonElement element, out string text)
    {
        try
        {
            text = element.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            // Half a character, written as an escape.
            text = "";
            return false;
        }
    }

    private static async Task<string> WriteAsync(object value, int maxTokens, JsonSerializerOptions options, CancellationToken cancellationToken)
    {
        await using var written = new BoundedStream((int)Math.Min(64 * 1024 * 1024, Math.Max(64 * 1024, 16L * maxTokens)));
        try
        {
            await JsonSerializer.SerializeAsync(written, value, options.GetTypeInfo(value.GetType()), cancellationToken).ConfigureAwait(false);
        }
        catch (IOException) when (written.IsFull)
        {
            // What there is of it is enough.
        }

        return Rewrite(written.Bytes, !written.IsFull, maxTokens);
    }

    /// <summary>The same JSON without its binary strings, as far as it goes and is needed.</summary>
    private static string Rewrite(ReadOnlySpan<byte> json, bool isWhole, int maxTokens)
    {
        using var output = new MemoryStream();
        using var writer = new Utf8JsonWriter(output, Plain);
        var reader = new Utf8JsonReader(json, isWhole, new JsonReaderState(new JsonReaderOptions { MaxDepth = MaxDepth }));
        while (reader.Read())
        {
            Copy(ref reader, writer);
            if (IsTooMuch(writer.BytesCommitted + writer.BytesPending, 3 * maxTokens))
            {
                isWhole = false;
                break;
            }
        }

        writer.Flush();
        var text = Encoding.UTF8.GetString(output.GetBuffer().AsSpan(0, (int)output.Length));
        return isWhole ? text : text + Cut;
    }

    private static void Copy(ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                writer.WriteStartObject();
                break;
            case JsonTokenType.EndObject:
                writer.WriteEndObject();
                break;
            case JsonTokenType.StartArray:
                writer.WriteStartArray();
                break;
            case JsonTokenType.EndArray:
                writer.WriteEndArray();
                break;
            case JsonTokenType.PropertyName:
                writer.WritePropertyName(StringOf(ref reader));
                break;
            case JsonTokenType.String when reader.ValueSpan.Length >= ShortestBinary && !reader.ValueSpan.Contains((byte)' ') && Base64.IsValid(reader.ValueSpan, out var bytes):
                writer.WriteStringValue(Binary(kind: null, bytes));
                break;
            case JsonTokenType.String:
                writer.WriteStringValue(StringOf(ref reader));
                break;
            case JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null:
                writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
                break;
        }
    }

    private static string StringOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Half a character, written as an escape: it is told as it was written.
            return Encoding.UTF8.GetString(reader.ValueSpan);
        }
    }

    /// <summary>Takes so many bytes, and then no more: whoever writes on is told so.</summary>
    private sealed class BoundedStream(int most) : Stream
    {
        private readonly MemoryStream _bytes = new();

        public bool IsFull { get; private set; }

        public ReadOnlySpan<byte> Bytes => _bytes.GetBuffer().AsSpan(0, (int)_bytes.Length);

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _bytes.Length;

        public override long Position { get => _bytes.Position; set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            var room = (int)Math.Min(buffer.Length, most - _bytes.Length);
            _bytes.Write(buffer[..room]);
            if (room < buffer.Length)
            {
                IsFull = true;
                throw new IOException("The result is longer than is needed of it.");
            }
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Write(buffer.Span);
            return default;
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        protected override void Dispose(bool disposing)
        {
            _bytes.Dispose();
            base.Dispose(disposing);
        }
    }
}
