using Microsoft.Playwright;

namespace Holdfast.Browser.Kit;

/// <summary>The system's own Chromium, driven by Playwright; nothing is downloaded.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

    private readonly IPlaywright _playwright;

    private Chromium(IPlaywright playwright, IBrowser browser)
    {
        _playwright = playwright;
        Browser = browser;
    }

    public IBrowser Browser { get; }

    /// <param name="hasMicrophone">
    /// Whether there is a microphone, which beeps, and nobody to ask for it. A browser that a page may hear tells the page its addresses; otherwise it hides them.
    /// </param>
    /// <param name="mouth">A WAV file that the microphone hears once, from when it is opened, in place of beeps.</param>
    public static async Task<Chromium> LaunchAsync(bool hasMicrophone = true, string? mouth = null)
    {
        var playwright = await Playwright.CreateAsync();
        try
        {
            var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = Find(),
                Args =
                [
                    .. hasMicrophone ? (string[])["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"] : [],
                    .. mouth is null ? (string[])[] : [$"--use-file-for-fake-audio-capture={mouth}%noloop"],
                ],
            });
            return new Chromium(playwright, browser);
        }
        catch
        {
            playwright.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        _playwright.Dispose();
    }

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("HOLDFAST_CHROMIUM") is { Length: > 0 } named)
        {
            return named;
        }

        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return Names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("No Chromium on the PATH. Debian: apt-get install chromium. Or name one in HOLDFAST_CHROMIUM.");
    }
}
