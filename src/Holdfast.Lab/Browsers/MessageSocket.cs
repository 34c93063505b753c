using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Lab.Network.Isolated;

namespace Holdfast.Lab.Browsers;

/// <summary>
/// Calls and events as JSON over a WebSocket, each call with a number that its answer repeats. Chromium's DevTools protocol and WebDriver BiDi
/// differ in what they are called, not in this.
/// </summary>
internal sealed class MessageSocket : IAsyncDisposable
{
    private const int MostBytes = 64 * 1024 * 1024;
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(15);

    private readonly WebSocket _socket;
    private readonly TimeProvider _time;
    private readonly Func<string> _story;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _calls = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _reading;
    private volatile bool _isGone;
    private int _last;

    /// <param name="socket">Is this one's from now on.</param>
    /// <param name="time">For limits.</param>
    /// <param name="story">Which browser it is and what it wrote last, for the message of a failure.</param>
    internal MessageSocket(WebSocket socket, TimeProvider time, Func<string> story)
    {
        _socket = socket;
        _time = time;
        _story = story;
        _reading = ReadAsync();
    }

    /// <summary>Is told each message that answers no call: its method and the whole of it. On the socket's own thread, one at a time.</summary>
    public Action<string, JsonElement>? Event { get; set; }

    /// <exception cref="BrowserException">Nobody answers there.</exception>
    public static async Task<MessageSocket> ConnectAsync(
        Uri address, string? networkNamespace, TimeProvider time, Func<string> story, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        using var handler = new SocketsHttpHandler();
        if (networkNamespace is not null)
        {
            handler.ConnectCallback = (context, token) => NetworkNamespace.ConnectAsync(networkNamespace, context.DnsEndPoint, token);
        }

        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ConnectLimit);
        try
        {
            await socket.ConnectAsync(address, invoker, limit.Token);
            return new MessageSocket(socket, time, story);
        }
        catch (Exception e) when (e is WebSocketException or IsolationException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            socket.Dispose();
            throw new BrowserException($"The browser does not answer at {address}: {e.Message}\n{story()}", e);
        }
    }

    /// <returns>What the browser answered: the message's "result", which is an object.</returns>
    /// <exception cref="BrowserException">It refuses, does not answer in time, or is gone.</exception>
    public async Task<JsonElement> CallAsync(string method, JsonObject parameters, TimeSpan limit, CancellationToken cancellationToken, string? session = null)
    {
        var number = Interlocked.Increment(ref _last);
        var message = new JsonObject { ["id"] = number, ["method"] = method, ["params"] = parameters };
        if (session is not null)
        {
            message["sessionId"] = session;
        }

        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[number] = answer;
        try
        {
            if (_isGone)
            {
                throw new BrowserException("the browser is gone.");
            }

            // A browser that is stopped takes nothing in either, once all buffers are full.
            await SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), cancellationToken).WaitAsync(limit, _time, cancellationToken);
            return await answer.Task.WaitAsync(limit, _time, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new BrowserException($"{method}: no answer within {limit.TotalSeconds:F0} s. {_story()}", e);
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
            throw new BrowserException($"{method}: the browser is gone. {_story()}", e);
        }
        catch (BrowserException e)
        {
            throw new BrowserException($"{method}: {e.Message} {(_isGone ? _story() : "")}".TrimEnd(), e);
        }
        finally
        {
            _calls.TryRemove(number, out _);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _socket.Abort();
        await _reading;
        _socket.Dispose();
        _sending.Dispose();
        _stopping.Dispose();
    }

    private async Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReadAsync()
    {
        await Task.Yield();
        var message = new ArrayBufferWriter<byte>(64 * 1024);
        try
        {
            while (true)
            {
                var result = await _socket.ReceiveAsync(message.GetMemory(16 * 1024), _stopping.Token);
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    break;
                }

                message.Advance(result.Count);
                if (message.WrittenCount > MostBytes)
                {
                    break;
                }

                if (result.EndOfMessage)
                {
                    Handle(message.WrittenMemory);
                    message.ResetWrittenCount();
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            // The browser is gone, or nobody wants to know any more.
        }

        _isGone = true;
        foreach (var call in _calls.Values)
        {
            call.TrySetException(new BrowserException("the browser is gone."));
        }
    }

    /// <summary>What is no message is passed over: a browser that sends it fails the call that waits for another.</summary>
    private void Handle(ReadOnlyMemory<byte> bytes)
    {
        JsonElement message;
        try
        {
            using var document = JsonDocument.Parse(bytes);
            message = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return;
        }

        if (message.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        if (message.TryGetProperty("id", out var id))
        {
            var number = id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out var whole) ? whole : 0;
            if (_calls.TryRemove(number, out var call))
            {
                Answer(call, message);
            }
        }
        else if (message.TextOf("method") is { } method)
        {
            Event?.Invoke(method, message);
        }
    }

    private static void Answer(TaskCompletionSource<JsonElement> call, JsonElement message)
    {
        if (message.TryGetProperty("error", out var error))
        {
            // DevTools: an object with a message. BiDi: a code, and the message beside it.
            var text = (error.ValueKind == JsonValueKind.Object ? error : message).TextOf("message");
            call.TrySetException(new BrowserException(text ?? error.ToString()));
        }
        else if (message.TryGetProperty("result", out var result) && result.ValueKind == JsonValueKind.Object)
        {
            call.TrySetResult(result);
        }
        else
        {
            call.TrySetException(new BrowserException("the answer has neither a result nor an error."));
        }
    }
}
