using System.ClientModel.Primitives;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Holdfast.Dialogue;

/// <summary>
/// Looks at what a service really sends before the client library reads it, for that takes every end of a stream for the end of an answer: an answer
/// that ends in the middle, an error inside the stream and a page of HTML become a <see cref="ModelException"/>; a completion that was not streamed
/// becomes a stream of one event.
/// </summary>
internal sealed class ModelWire : PipelinePolicy
{
    /// <summary>The longest answer that is read whole, and the longest event that is looked at, in bytes.</summary>
    public const int MaxBody = 1024 * 1024;

    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        ProcessNext(message, pipeline, currentIndex);
        if (ReadsStream(message) is { } response)
        {
            var isJson = IsJson(response);
            using var whole = new MemoryStream();
            if (isJson)
            {
                CopyBounded(response.ContentStream!, whole);
            }

            Take(response, isJson ? whole : null);
        }
    }

    public override async ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        await ProcessNextAsync(message, pipeline, currentIndex).ConfigureAwait(false);
        if (ReadsStream(message) is { } response)
        {
            var isJson = IsJson(response);
            using var whole = new MemoryStream();
            if (isJson)
            {
                await CopyBoundedAsync(response.ContentStream!, whole, message.CancellationToken).ConfigureAwait(false);
            }

            Take(response, isJson ? whole : null);
        }
    }

    private static PipelineResponse? ReadsStream(PipelineMessage message) =>
        !message.BufferResponse && message.Response is { Status: >= 200 and < 300, ContentStream: not null } response ? response : null;

    private static string TypeOf(PipelineResponse response) =>
        response.Headers.TryGetValue("Content-Type", out var type) && type is not null ? type.Split(';')[0].Trim().ToLowerInvariant() : "";

    private static bool IsJson(PipelineResponse response) => TypeOf(response) is "application/json";

    private static void Take(PipelineResponse response, MemoryStream? whole)
    {
        if (whole is not null)
        {
            var inner = response.ContentStream!;
            response.ContentStream = new WatchedEvents(new MemoryStream(AsEvents(whole.ToArray())));
            inner.Dispose();
        }
        else if (TypeOf(response) is "text/html" or "application/xhtml+xml" or "application/xml" or "text/xml")
        {
            throw new ModelException(ModelFault.Protocol, null, null, null);
        }
        else
        {
            response.ContentStream = new WatchedEvents(response.ContentStream!);
        }
    }

    private static void CopyBounded(Stream from, MemoryStream to)
    {
        var buffer = new byte[16 * 1024];
        for (int read; (read = from.Read(buffer)) > 0;)
        {
            Keep(buffer.AsSpan(0, read), to);
        }
    }

    private static async ValueTask CopyBoundedAsync(Stream from, MemoryStream to, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        for (int read; (read = await from.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            Keep(buffer.AsSpan(0, read), to);
        }
    }

    private static void Keep(ReadOnlySpan<byte> read, MemoryStream to)
    {
        if (to.Length + read.Length > MaxBody)
        {
            throw new ModelException(ModelFault.Protocol, null, null, null);
        }

        to.Write(read);
    }

    /// <summary>A completion that came whole, as the events that it would have been.</summary>
    private static byte[] AsEvents(byte[] body)
    {
        try
        {
            if (JsonNode.Parse(body) is JsonObject whole)
            {
                ThrowIfError(whole);
                if (whole["choices"] is JsonArray { Count: > 0 } choices)
                {
                    whole["object"] = "chat.completion.chunk";
                    foreach (var choice in choices.OfType<JsonObject>())
                    {
                        choice["delta"] = choice["message"]?.DeepClone();
                        choice.Remove("message");
                        var calls = (choice["delta"] as JsonObject)?["tool_calls"] as JsonArray;
                        for (var i = 0; i < calls?.Count; i++)
                        {
                            ((JsonObject)calls[i]!)["index"] = i;
                        }
                    }

                    return Encoding.UTF8.GetBytes("data: " + whole.ToJsonString() + "\n\ndata: [DONE]\n\n");
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException or InvalidCastException)
        {
            throw new ModelException(ModelFault.Protocol, null, null, exception);
        }

        throw new ModelException(ModelFault.Protocol, null, null, null);
    }

    /// <summary>An error in the place of an answer. Some services number it as HTTP does.</summary>
    private static void ThrowIfError(JsonObject data)
    {
        if (data["error"] is not { } error)
        {
            return;
        }

        var code = (error as JsonObject)?["code"] ?? (error as JsonObject)?["status"];
        var status = int.TryParse(code?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 400 and < 600 ? number : (int?)null;
        throw new ModelException(status is null ? ModelFault.Error : ModelFault.Status, status, null, null);
    }

    /// <summary>Passes a stream of events on, up to an error in it, and knows whether it came to its end.</summary>
    private sealed class WatchedEvents(Stream inner) : Stream
    {
        private readonly MemoryStream _line = new();
        private ModelException? _failure;
        private bool _isWhole;
        private bool _hasEvent;
        private bool _hasBytes;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            ThrowIfFailed();
            return Look(buffer, inner.Read(buffer));
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            ThrowIfFailed();
            var read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            return Look(buffer.Span, read);
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
                _line.Dispose();
            }

            base.Dispose(disposing);
        }

        private void ThrowIfFailed()
        {
            if (_failure is not null)
            {
                throw _failure;
            }
        }

        /// <summary>How much of what was read is passed on: all of it, or what came before an error.</summary>
        private int Look(ReadOnlySpan<byte> buffer, int read)
        {
            if (read == 0 && buffer.Length > 0)
            {
                EndOfLine();
                ThrowIfFailed();
                return _isWhole ? 0 : throw new ModelException(_hasBytes && !_hasEvent ? ModelFault.Protocol : ModelFault.Broken, null, null, null);
            }

            _hasBytes |= read > 0;
            var begin = 0;
            for (var at = 0; at < read; at++)
            {
                if (buffer[at] is not ((byte)'\n' or (byte)'\r'))
                {
                    if (_line.Length < MaxBody)
                    {
                        _line.WriteByte(buffer[at]);
                    }

                    continue;
                }

                EndOfLine();
                if (_failure is not null)
                {
                    return begin > 0 ? begin : throw _failure;
                }

                begin = at + 1;
            }

            return read;
        }

        private void EndOfLine()
        {
            var line = _line.GetBuffer().AsSpan(0, (int)_line.Length);
            if (line.StartsWith("data:"u8))
            {
                _hasEvent = true;
                var data = line[5..].Trim((byte)' ');
                _isWhole |= data.SequenceEqual("[DONE]"u8);
                if (data.IndexOf("\"error\""u8) >= 0 || data.IndexOf("\"finish_reason\""u8) >= 0)
                {
                    LookInto(data);
                }
            }

            _line.SetLength(0);
        }

        private void LookInto(ReadOnlySpan<byte> data)
        {
            try
            {
                if (JsonNode.Parse(data) is not JsonObject chunk)
                {
                    return;
                }

                ThrowIfError(chunk);
                _isWhole |= chunk["choices"] is JsonArray choices && choices.Any(static choice => (choice as JsonObject)?["finish_reason"] is not null);
            }
            catch (ModelException failure)
            {
                _failure = failure;
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
            {
                // The client library says what it thinks of it.
            }
        }
    }
}
