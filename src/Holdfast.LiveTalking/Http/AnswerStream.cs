using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Holdfast.Dialogue;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Holdfast.LiveTalking.Http;

/// <summary>
/// An answer as it is written, a JSON object a line: what was recognised, each piece, the whole. It is the answer that is heard; whoever stops reading
/// changes nothing about that.
/// </summary>
internal sealed class AnswerStream(string? asked) : IResult, IAnswerReader
{
    // The model waits long before so many sentences of an answer are there that nobody has heard.
    private readonly Channel<string?> _pieces = Channel.CreateBounded<string?>(new BoundedChannelOptions(1024) { FullMode = BoundedChannelFullMode.DropWrite });

    public void OnPiece(string text) => _pieces.Writer.TryWrite(text);

    public void OnRetracted() => _pieces.Writer.TryWrite(null);

    public void OnEnd() => _pieces.Writer.TryComplete();

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "application/x-ndjson; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        if (asked is not null)
        {
            await WriteAsync(httpContext, new { asr_result = asked }).ConfigureAwait(false);
        }

        var whole = new StringBuilder();
        await foreach (var piece in _pieces.Reader.ReadAllAsync(httpContext.RequestAborted).ConfigureAwait(false))
        {
            if (piece is null)
            {
                whole.Clear();
                continue;
            }

            whole.Append(piece);
            await WriteAsync(httpContext, new { response = piece }).ConfigureAwait(false);
        }

        await WriteAsync(httpContext, new { llm_response = whole.ToString() }).ConfigureAwait(false);
    }

    private static async Task WriteAsync<T>(HttpContext http, T line)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(line, Answer.Options);
        await http.Response.Body.WriteAsync((byte[])[.. bytes, (byte)'\n'], http.RequestAborted).ConfigureAwait(false);
        await http.Response.Body.FlushAsync(http.RequestAborted).ConfigureAwait(false);
    }
}
