using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace Holdfast.Server.Tests;

/// <summary>A WHIP server of another make: aiortc's, which decodes what it is sent (Peers/whip_server.py).</summary>
internal sealed class WhipServer : IAsyncDisposable
{
    public const string Token = "tok.en-123";
    private const string Python = "/usr/bin/python3";

    private readonly Process _process;
    private readonly HttpClient _http;

    private WhipServer(Process process, int port)
    {
        (_process, Port) = (process, port);
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
    }

    public int Port { get; }

    /// <summary>Starts it; the test is skipped on a machine that does not have it, which ./test does.</summary>
    public static async Task<WhipServer> StartAsync()
    {
        Assert.SkipUnless(File.Exists(Python), "There is no Python.");
        using var check = Process.Start(new ProcessStartInfo(Python, ["-c", "import aiortc"]) { UseShellExecute = false, RedirectStandardError = true })!;
        await check.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(check.ExitCode != 0, "There is no aiortc (python3-aiortc).");

        var script = Path.Combine(Repository.Root, "tests", "Holdfast.Server.Tests", "Peers", "whip_server.py");
        var process = Process.Start(new ProcessStartInfo(Python, [script, Token]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var port = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        return new WhipServer(process, int.Parse(port!, System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>What it has seen and heard.</summary>
    public Task<JsonElement> StateAsync() => _http.GetFromJsonAsync<JsonElement>("/state", TestContext.Current.CancellationToken);

    /// <summary>Ends what it is sent from its side.</summary>
    public async Task DropAsync()
    {
        using var dropped = await _http.PostAsync(new Uri("/drop", UriKind.Relative), null, TestContext.Current.CancellationToken);
        dropped.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }
}
