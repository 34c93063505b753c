using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Holdfast.Speech;

namespace Holdfast.LiveTalking.Http;

/// <summary>
/// FunASR's protocol over a WebSocket: a JSON that begins (<c>is_speaking:true</c>), PCM (16 bit, mono, 16 kHz) in binary messages, a JSON that ends
/// (<c>is_speaking:false</c>), and the whole text as answer; then it may begin again.
/// </summary>
internal sealed class FunAsrConversation(WebSocket socket, Recogniser recogniser)
{
    private const int MaxSeconds = 120;
    private const int MaxBytes = MaxSeconds * Recogniser.SampleRate * 2;

    /// <summary>20 ms: less is no word.</summary>
    private const int MinSamples = Recogniser.SampleRate / 50;

    /// <summary>JSON messages carry options such as hot words, and are not longer.</summary>
    private const int MaxTextBytes = 64 * 1024;

    /// <summary>Until the program says goodbye, or goes without a word: that is no error of this server's.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ConverseAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is WebSocketException || cancellationToken.IsCancellationRequested)
        {
            socket.Abort();
        }
    }

    private async Task ConverseAsync(CancellationToken cancellationToken)
    {
        using var sound = new MemoryStream();
        using var text = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (socket.State == WebSocketState.Open)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken).ConfigureAwait(false);
            var (into, limit) = received.MessageType == WebSocketMessageType.Text ? (text, MaxTextBytes) : (sound, MaxBytes);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, cancellationToken).ConfigureAwait(false);
                return;
            }

            if (into.Length + received.Count > limit)
            {
                await socket.CloseAsync(WebSocketCloseStatus.MessageTooBig, "too long", cancellationToken).ConfigureAwait(false);
                return;
            }

            into.Write(buffer, 0, received.Count);
            if (received is not { MessageType: WebSocketMessageType.Text, EndOfMessage: true })
            {
                continue;
            }

            var isSpeaking = IsSpeaking(text.GetBuffer().AsSpan(0, (int)text.Length));
            text.SetLength(0);
            switch (isSpeaking)
            {
                case true:
                    sound.SetLength(0);
                    break;
                case false:
                    if (!await AnswerAsync(sound.ToArray(), cancellationToken).ConfigureAwait(false))
                    {
                        await socket.CloseAsync(WebSocketCloseStatus.InternalServerError, "the recogniser failed", cancellationToken).ConfigureAwait(false);
                        return;
                    }

                    sound.SetLength(0);
                    break;
            }
        }
    }

    /// <summary>Null where it says nothing of that.</summary>
    private static bool? IsSpeaking(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("is_speaking", out var value)
                && value.ValueKind is JsonValueKind.True or JsonValueKind.False
                ? value.GetBoolean()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <returns>Whether the recogniser could say what there is; where not, nothing was sent.</returns>
    private async Task<bool> AnswerAsync(byte[] pcm, CancellationToken cancellationToken)
    {
        short[] samples = [.. MemoryMarshal.Cast<byte, short>(pcm.AsSpan(0, pcm.Length & ~1))];
        string text;
        try
        {
            text = samples.Length < MinSamples ? "" : await recogniser.RecogniseAsync(samples, cancellationToken).ConfigureAwait(false);
        }
        catch (RecognitionException)
        {
            return false;
        }

        var answer = JsonSerializer.SerializeToUtf8Bytes(
            new { text, mode = "2pass-offline", is_final = true, timestamp = (string?)null }, Answer.Options);
        await socket.SendAsync(answer.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, cancellationToken).ConfigureAwait(false);
        return true;
    }
}
