using System.Net;
using System.Net.Http.Json;
using Holdfast.Lab.Peer;
using Holdfast.Server.Tests.Operating;

namespace Holdfast.Server.Tests.Embedding;

/// <summary>The programs of samples/, started as a person would, with a peer that looks and listens.</summary>
[Trait("Speed", "Slow")]
public sealed class SampleTests : IAsyncLifetime
{
    private readonly PeerHost _peers = new(TimeProvider.System);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Open => ["Minimal", "BallAndBeep", "OwnVoice", "OwnModel"];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _peers.DisposeAsync();

    [Fact]
    public void Every_sample_is_tested_and_in_the_document()
    {
        var samples = Directory.GetDirectories(Path.Combine(Repository.Root, "samples")).Select(static path => Path.GetFileName(path)!).Where(static name => name is not "bin").ToArray();
        Assert.Equal(Open.Select(static row => row.Data).Append("BehindALogin").Order(StringComparer.Ordinal), samples.Order(StringComparer.Ordinal));
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "embedding.md"));
        Assert.All(samples, name => Assert.Contains($"(../samples/{name})", document, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Open))]
    public async Task A_sample_starts_shows_and_speaks(string name)
    {
        await using var app = await StartAsync(name);
        Assert.Contains("<holdfast-player", await app.Http.GetStringAsync("/", Cancel), StringComparison.Ordinal);
        using var player = await app.Http.GetAsync("/holdfast/player.js", Cancel);
        Assert.Equal(HttpStatusCode.OK, player.StatusCode);
        await using var guest = await Guest.ConnectAsync(app.Http, _peers);
        await guest.HearAsync("Hello there.", string.Equals(name, "OwnModel", StringComparison.Ordinal) ? "chat" : "echo");
    }

    [Fact]
    public async Task Behind_a_login_nobody_starts_a_session_who_is_not_logged_in()
    {
        await using var app = await StartAsync("BehindALogin");
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var browser = new HttpClient(handler) { BaseAddress = app.Http.BaseAddress };
        using var page = await browser.GetAsync("/", Cancel);
        Assert.Equal("/login", page.Headers.Location?.AbsolutePath);
        using var refused = await browser.PostAsJsonAsync("/api/sessions", new { sdp = Offers.Chromium, type = "offer" }, Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);

        using var form = new FormUrlEncodedContent([new("name", "ann")]);
        using var login = await browser.PostAsync("/login", form, Cancel);
        Assert.Equal(HttpStatusCode.Redirect, login.StatusCode);
        await using var guest = await Guest.ConnectAsync(browser, _peers);

        // The owner needs the resume token, and no login.
        Assert.Equal(HttpStatusCode.OK, await guest.LookAsync(app.Http));
    }

    private static Task<RunningProgram> StartAsync(string name)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var program = Path.Combine(Repository.Root, "samples", name, "bin", configuration, "net10.0", name + ".dll");
        return RunningProgram.StartAsync("dotnet", [program, "--urls", "http://127.0.0.1:0", "--Holdfast:Rtc:Port=0", "--Holdfast:Avatar:PictureSize=128"]);
    }
}
