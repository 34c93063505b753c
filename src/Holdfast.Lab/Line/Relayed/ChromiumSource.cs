using System.Globalization;
using System.Text.Json;
using Holdfast.Lab.Browsers;

namespace Holdfast.Lab.Line.Relayed;

/// <summary>libwebrtc's own sender: Chromium, each time with a new tab, which plays a video and sends what it shows and says.</summary>
internal sealed class ChromiumSource : ILineSource, IAsyncDisposable
{
    public const string ItsName = "Chromium";

    private readonly RemoteBrowser _browser;
    private readonly VideoSite _site;

    private ChromiumSource(RemoteBrowser browser, VideoSite site) => (_browser, _site) = (browser, site);

    public string Name => ItsName;

    /// <summary>With its name.</summary>
    public string Version => _browser.Version;

    /// <param name="video">What is sent, WebM; it must be longer than anybody watches.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BrowserException">There is no Chromium, or it does not start.</exception>
    public static async Task<ChromiumSource> StartAsync(byte[] video, TimeProvider time, CancellationToken cancellationToken)
    {
        var site = VideoSite.Start(video);
        try
        {
            return new ChromiumSource(await RemoteBrowser.LaunchAsync(new BrowserLaunch(BrowserKind.Chromium, TellsAddresses: true), time, cancellationToken), site);
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    public async Task<ILineSender> OpenAsync(CancellationToken cancellationToken)
    {
        var tab = await _browser.OpenTabAsync(Scripts.Load("Holdfast.Lab.Line.Relayed.beside.js"), cancellationToken);
        await tab.NavigateAsync(_site.Address, cancellationToken);
        return new Sender(tab);
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        await _site.DisposeAsync();
    }

    private sealed class Sender(RemoteTab tab) : ILineSender
    {
        public IReadOnlyList<uint> Words => [];

        public Task<string> AnswerAsync(string offer, CancellationToken cancellationToken) => tab.EvaluateAsync<string>(
            string.Create(
                CultureInfo.InvariantCulture,
                $"beside.answer({JsonSerializer.Serialize(offer)}, {LineVideo.PicturesBits}, {LineStage.Format.FramesPerSecond})"),
            cancellationToken);

        /// <summary>The video speaks by itself when its time has come.</summary>
        public Task SpeakAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async ValueTask DisposeAsync()
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            await tab.CloseAsync(limit.Token);
        }
    }
}
