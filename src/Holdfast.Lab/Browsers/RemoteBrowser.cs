using System.Text.Json;
using Holdfast.Lab.Network.Isolated;

namespace Holdfast.Lab.Browsers;

internal enum BrowserKind
{
    /// <summary>Chromium or Chrome, by the DevTools protocol.</summary>
    Chromium,

    /// <summary>Firefox or its ESR, by WebDriver BiDi.</summary>
    Firefox,
}

/// <summary>A browser that did not do what it was asked for; the message is a sentence for a person.</summary>
internal sealed class BrowserException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>How a browser is started: headless, with a profile that nobody used before.</summary>
/// <param name="Kind">Which.</param>
/// <param name="NetworkNamespace">The network it lives in (<see cref="IsolatedNetwork.Device"/>); null: this process's own.</param>
/// <param name="TrustedOrigin">Plain HTTP that it is to trust as if it were HTTPS, as pages need for much of what they may do; null: none.</param>
/// <param name="TellsAddresses">Whether pages learn this machine's addresses, as one does that may hear the person; Chromium only.</param>
internal sealed record BrowserLaunch(BrowserKind Kind, string? NetworkNamespace = null, Uri? TrustedOrigin = null, bool TellsAddresses = false);

/// <summary>A real browser, driven from outside. Nothing here is called by two at a time.</summary>
internal abstract class RemoteBrowser : IAsyncDisposable
{
    private readonly BrowserProcess _process;

    protected RemoteBrowser(BrowserProcess process) => _process = process;

    public abstract BrowserKind Kind { get; }

    /// <summary>With its name, such as "Chromium 156.0.8078.73".</summary>
    public string Version { get; protected set; } = "";

    /// <summary>What runs on this machine for it; for those who look what becomes of that.</summary>
    internal BrowserProcess Process => _process;

    /// <exception cref="BrowserException">It is not installed, does not start or does not answer.</exception>
    public static async Task<RemoteBrowser> LaunchAsync(BrowserLaunch launch, TimeProvider time, CancellationToken cancellationToken) =>
        launch.Kind == BrowserKind.Chromium
            ? await Chromium.LaunchAsync(launch, time, cancellationToken)
            : await Firefox.LaunchAsync(launch, time, cancellationToken);

    /// <param name="preload">A script that runs in each of the tab's documents before the page's own.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task<RemoteTab> OpenTabAsync(string preload, CancellationToken cancellationToken);

    /// <summary>All its processes stop where they are, as when a laptop sleeps.</summary>
    public void Suspend() => _process.Signal(ProcessSignal.Stop);

    /// <summary>They go on.</summary>
    public void Resume() => _process.Signal(ProcessSignal.Continue);

    public virtual ValueTask DisposeAsync() => _process.DisposeAsync();

    /// <summary>To where it said that it can be reached; what it says may be anything.</summary>
    protected static async Task<MessageSocket> ConnectAsync(
        BrowserProcess process, string address, BrowserLaunch launch, TimeProvider time, CancellationToken cancellationToken) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && string.Equals(uri.Scheme, "ws", StringComparison.Ordinal)
            ? await MessageSocket.ConnectAsync(uri, launch.NetworkNamespace, time, () => $"{launch.Kind} wrote last:\n{process.Output}", cancellationToken)
            : throw new BrowserException($"{launch.Kind} cannot be reached at {address}.");
}

/// <summary>A tab of a browser.</summary>
internal abstract class RemoteTab
{
    /// <summary>The function by which a page tells.</summary>
    internal const string TellName = "holdfastTell";

    private readonly Lock _gate = new();
    private readonly List<string> _console = [];

    /// <summary>What it wrote to its console until now, in order.</summary>
    public IReadOnlyList<string> Console
    {
        get
        {
            lock (_gate)
            {
                return [.. _console];
            }
        }
    }

    /// <summary>
    /// Is handed what scripts of the page hand to <c>holdfastTell(text)</c>, in order, and at once: nothing that was told is lost when the page goes. Called by
    /// whoever reads from the browser; it must not take long.
    /// </summary>
    public Action<string>? OnTold { get; set; }

    public abstract Task NavigateAsync(Uri address, CancellationToken cancellationToken);

    /// <summary>As by F5; also from the page that says that the tab has crashed.</summary>
    public abstract Task ReloadAsync(CancellationToken cancellationToken);

    /// <summary>Its process dies.</summary>
    /// <param name="before">What is to happen just before, when the process is known.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task CrashAsync(Func<Task> before, CancellationToken cancellationToken);

    public abstract Task<byte[]> ScreenshotAsync(CancellationToken cancellationToken);

    public abstract Task CloseAsync(CancellationToken cancellationToken);

    /// <summary>The value of an expression; a promise is waited for.</summary>
    /// <param name="expression">JavaScript.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BrowserException">It threw, or there is no value of that type.</exception>
    public async Task<T> EvaluateAsync<T>(string expression, CancellationToken cancellationToken)
    {
        var json = await EvaluateJsonAsync($"(async () => JSON.stringify((await ({expression})) ?? null))()", cancellationToken);
        try
        {
            return JsonSerializer.Deserialize<T>(json, JsonSerializerOptions.Web)!;
        }
        catch (JsonException e)
        {
            throw new BrowserException($"{expression} is {json}, which is not what was expected: {e.Message}", e);
        }
    }

    /// <summary>Clicks where a person would: in the middle of what can be seen of it.</summary>
    /// <param name="selector">CSS; elements within open shadow roots are found too.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BrowserException">It is not there, hidden, disabled, or something lies over it.</exception>
    public async Task ClickAsync(string selector, CancellationToken cancellationToken)
    {
        var spot = await EvaluateAsync<Spot>($"({Scripts.Find})({JsonSerializer.Serialize(selector)})", cancellationToken);
        if (spot.Problem is not null)
        {
            throw new BrowserException($"{selector} cannot be clicked: {spot.Problem}.");
        }

        await ClickAsync(spot.X, spot.Y, cancellationToken);
    }

    protected abstract Task ClickAsync(double x, double y, CancellationToken cancellationToken);

    /// <summary>The value of an expression that is a promise of a string.</summary>
    protected abstract Task<string> EvaluateJsonAsync(string expression, CancellationToken cancellationToken);

    protected void Tell(string text) => OnTold?.Invoke(text);

    protected void Note(string line)
    {
        lock (_gate)
        {
            _console.Add(line);
        }
    }

    private sealed record Spot(double X, double Y, string? Problem);
}
