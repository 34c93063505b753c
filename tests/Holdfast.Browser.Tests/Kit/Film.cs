using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Playwright;
using SkiaSharp;

namespace Holdfast.Browser.Kit;

/// <summary>What the browser paints of a page, picture by picture, from when it is started.</summary>
internal sealed class Film : IAsyncDisposable
{
    private readonly ConcurrentQueue<byte[]> _pictures = new();
    private readonly ICDPSession _browser;

    private Film(ICDPSession browser) => _browser = browser;

    public static async Task<Film> StartAsync(IPage page)
    {
        var film = new Film(await page.Context.NewCDPSessionAsync(page));
        film._browser.Event("Page.screencastFrame").OnEvent += (_, message) => _ = film.TakeAsync(message!.Value);
        await film._browser.SendAsync("Page.startScreencast", new Dictionary<string, object>(StringComparer.Ordinal) { ["format"] = "png", ["everyNthFrame"] = 1 });
        return film;
    }

    /// <summary>Ends it, and gives its pictures as PNG files.</summary>
    public async Task<IReadOnlyList<byte[]>> EndAsync()
    {
        await _browser.SendAsync("Page.stopScreencast");
        return [.. _pictures];
    }

    /// <summary>The colour at the left edge of a picture, half-way down.</summary>
    public static (int Red, int Green, int Blue) PaperOf(byte[] picture)
    {
        using var pixels = SKBitmap.Decode(picture);
        var paper = pixels.GetPixel(2, pixels.Height / 2);
        return (paper.Red, paper.Green, paper.Blue);
    }

    public async ValueTask DisposeAsync() => await _browser.DetachAsync();

    private Task TakeAsync(JsonElement message)
    {
        _pictures.Enqueue(message.GetProperty("data").GetBytesFromBase64());

        // The next one comes when this one was taken.
        return _browser.SendAsync("Page.screencastFrameAck", new Dictionary<string, object>(StringComparer.Ordinal) { ["sessionId"] = message.GetProperty("sessionId").GetInt32() });
    }
}
