using System.Globalization;
using System.Net;
using System.Text;
using Holdfast.Lab.Servers;

namespace Holdfast.Lab.Line.Relayed;

/// <summary>A page with a video, on a port of this machine.</summary>
internal sealed class VideoSite : IAsyncDisposable
{
    private static readonly byte[] Page = Encoding.UTF8.GetBytes("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>A sender</title><video playsinline></video>");

    private readonly HttpListener _listener = new();
    private readonly byte[] _video;
    private readonly Task _serving;

    private VideoSite(byte[] video, Uri address)
    {
        (_video, Address) = (video, address);
        _listener.Prefixes.Add(address.ToString());
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Address { get; }

    public static VideoSite Start(byte[] video) => new(video, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Next()}/")));

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                await AnswerAsync(await _listener.GetContextAsync());
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
            {
                // Whoever asked does not want it any more, or it is over.
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext http)
    {
        var isVideo = http.Request.Url!.AbsolutePath is "/video.webm";
        http.Response.ContentType = isVideo ? "video/webm" : "text/html; charset=utf-8";
        await http.Response.OutputStream.WriteAsync(isVideo ? _video : Page);
        http.Response.Close();
    }
}
