using System.Collections.Concurrent;
using System.Text.Json;
using Holdfast.Lab.Browsers;
using Holdfast.Lab.Words;
using Holdfast.Media;

namespace Holdfast.Lab.Matrix;

/// <summary>
/// A person at the product's own page, in a real browser: clicks what can be clicked, and keeps what was shown and played. Times are in milliseconds since
/// 1970.
/// </summary>
internal sealed class Visitor
{
    private const string Session = "watcher.session()";

    /// <summary>For the message of a page that does not do what it should.</summary>
    private const string Description =
        "`${location.href}, ${document.readyState}, ${document.visibilityState}, ${globalThis.watcher ? '' : 'not '}watched, in state ${globalThis.watcher?.session()?.state.status}, "
        + "with ${performance.getEntriesByType('resource').length} resources, the last at ${Math.round(Math.max(0, ...performance.getEntriesByType('resource').map(one => one.responseEnd)))} of ${Math.round(performance.now())} ms`";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly string Watcher = Scripts.Load("Holdfast.Lab.Matrix.watcher.js");

    private readonly RemoteBrowser _browser;
    private readonly Uri _server;
    private readonly string _preload;
    private readonly TimeProvider _time;
    private readonly List<SeenState> _states = [];
    private readonly List<CellSight> _sights = [];
    private readonly List<double> _pictures = [];
    private readonly List<RemoteTab> _earlier = [];
    private readonly List<Tape> _tapes = [];
    private readonly ConcurrentQueue<string> _told = new();
    private RemoteTab _tab;
    private double _lastLoud;

    private Visitor(RemoteBrowser browser, RemoteTab tab, Uri server, string preload, TimeProvider time) =>
        (_browser, _tab, _server, _preload, _time) = (browser, tab, server, preload, time);

    /// <summary>What was played, over all documents and tabs.</summary>
    public Recording Recording { get; } = new();

    public IReadOnlyList<SeenState> States => _states;

    public IReadOnlyList<CellSight> Sights => _sights;

    /// <summary>When a new picture was shown after a time without.</summary>
    public IReadOnlyList<double> Pictures => _pictures;

    /// <summary>Since when the session is away, as far as the page knows; null: it is not.</summary>
    public double? AwaySince
    {
        get
        {
            var away = _states.FindLastIndex(static state => string.Equals(state.State, "connected", StringComparison.Ordinal)) + 1;
            return away < _states.Count ? _states[away].At : null;
        }
    }

    /// <summary>How much sound, other than silence, the decoders of the connections made up that were asked last, in seconds.</summary>
    public double MadeUp { get; private set; }

    /// <summary>What the page and the browser wrote down.</summary>
    public IReadOnlyList<string> Console => _tab.Console;

    /// <summary>Opens the product's own page; <paramref name="more"/> is run before its scripts, too.</summary>
    public static async Task<Visitor> OpenAsync(
        RemoteBrowser browser, Uri server, string policy, string language, TimeProvider time, CancellationToken cancellationToken, string more = "")
    {
        var preload = $"if (location.protocol !== 'about:') {{ localStorage.setItem('holdfast.mode', 'echo'); localStorage.setItem('holdfast.policy', '{policy}'); localStorage.setItem('holdfast.language', '{language}'); }}\n{Watcher}\n{more}";
        var tab = await browser.OpenTabAsync(preload, cancellationToken);
        var visitor = new Visitor(browser, tab, server, preload, time);
        tab.OnTold = visitor._told.Enqueue;
        await tab.NavigateAsync(server, cancellationToken);
        return visitor;
    }

    /// <summary>Clicks start, and waits until sound and pictures come.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await UntilAsync("watcher.isSeen(watcher.part('start'))", StartLimit, cancellationToken);
        await _tab.ClickAsync("#start", cancellationToken);
        await UntilAsync($"{Session}.state.status === 'connected' && document.querySelector('holdfast-player').video.videoWidth > 0", StartLimit, cancellationToken);
        await CollectAsync(cancellationToken);
    }

    public async Task SayAsync(string text, CancellationToken cancellationToken)
    {
        // As typed: the page's own field, its own button.
        await _tab.EvaluateAsync<object?>(
            $"(() => {{ const field = document.getElementById('human-text'); field.value = {JsonSerializer.Serialize(text)}; field.dispatchEvent(new Event('input', {{ bubbles: true }})); }})()",
            cancellationToken);
        await _tab.ClickAsync("#send-human-text", cancellationToken);
    }

    /// <summary>Waits until speech is heard.</summary>
    public async Task HearAsync(CancellationToken cancellationToken)
    {
        var since = Now;
        var begun = _time.GetTimestamp();
        while (_lastLoud < since)
        {
            if (_time.GetElapsedTime(begun) > StartLimit)
            {
                throw new BrowserException($"Nothing was heard within {StartLimit.TotalSeconds:F0} s of what was to be said. The page wrote:\n{string.Join('\n', Console.TakeLast(10))}");
            }

            await Task.Delay(Look, _time, cancellationToken);
            await CollectAsync(cancellationToken);
        }
    }

    /// <summary>Clicks the button that brings the session back, if it is there.</summary>
    /// <returns>When; null: there is nothing to click now.</returns>
    public async Task<double?> TryClickReconnectAsync(CancellationToken cancellationToken)
    {
        if (!await _tab.EvaluateAsync<bool>("watcher.isSeen(watcher.part('reconnect')) && !watcher.part('reconnect').disabled", cancellationToken))
        {
            return null;
        }

        var at = Now;
        await _tab.ClickAsync("#reconnect", cancellationToken);
        return at;
    }

    public Task ReloadAsync(CancellationToken cancellationToken) => _tab.ReloadAsync(cancellationToken);

    /// <param name="before">What is to happen just before.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task CrashAsync(Func<Task> before, CancellationToken cancellationToken) => _tab.CrashAsync(before, cancellationToken);

    /// <summary>
    /// Duplicates the tab, as a browser's menu does: the new one has what the first keeps of its session. From now on the person looks at the new one.
    /// </summary>
    public async Task OpenSecondTabAsync(CancellationToken cancellationToken)
    {
        var kept = await _tab.EvaluateAsync<string?>("sessionStorage.getItem('holdfast:session')", cancellationToken)
            ?? throw new BrowserException("The page keeps nothing of its session, so another tab cannot know of it.");
        await CollectAsync(cancellationToken, isLast: true);
        var inherit = $"if (sessionStorage.getItem('holdfast:session') === null) sessionStorage.setItem('holdfast:session', {JsonSerializer.Serialize(kept)});\n";
        var second = await _browser.OpenTabAsync(inherit + _preload, cancellationToken);
        second.OnTold = _told.Enqueue;
        await second.NavigateAsync(_server, cancellationToken);
        _earlier.Add(_tab);
        _tab = second;
    }

    /// <summary>The session's number; null: the page has none.</summary>
    public Task<string?> SessionIdAsync(CancellationToken cancellationToken) =>
        _tab.EvaluateAsync<string?>($"{Session}?.state.sessionId?.toString() ?? null", cancellationToken);

    /// <summary>Whether there is something to be said yet, as the server has it.</summary>
    public Task<bool> IsSpeakingAsync(CancellationToken cancellationToken) =>
        _tab.EvaluateAsync<bool>($"{Session}.describe().then(({{ speaking, queued }}) => speaking || queued > 0, () => true)", cancellationToken);

    /// <summary>What the page answers.</summary>
    /// <param name="expression">JavaScript.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<T> AskAsync<T>(string expression, CancellationToken cancellationToken) => _tab.EvaluateAsync<T>(expression, cancellationToken);

    /// <summary>Takes what was shown and played since the last time. A page that is just being loaded has nothing to say.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="isLast">Whether the document is about to go.</param>
    public async Task CollectAsync(CancellationToken cancellationToken, bool isLast = false)
    {
        // A tab that was left still plays until the session has moved.
        foreach (var tab in _earlier)
        {
            Hear(await TakeAsync(tab, isLast, cancellationToken));
        }

        if (await TakeAsync(_tab, isLast, cancellationToken) is { } found)
        {
            Hear(found);
            _states.AddRange(found.States);
            _sights.AddRange(found.Sights);
            _pictures.AddRange(found.Pictures);
        }

        while (_told.TryDequeue(out var text))
        {
            Hear(JsonSerializer.Deserialize<Heard>(text, JsonSerializerOptions.Web)!);
        }
    }

    /// <summary>Makes sound of what the browser's own recorders have written, where they were used; to be done once, in the end.</summary>
    public async Task DevelopAsync(CancellationToken cancellationToken)
    {
        foreach (var tape in _tapes.OrderBy(static tape => tape.At))
        {
            if (await _tab.EvaluateAsync<string?>($"watcher.develop('{Convert.ToBase64String(tape.Bytes.ToArray())}')", cancellationToken) is { } pcm)
            {
                Recording.Add(new Recording.Piece(tape.At, Begins: true, SoundFormat.SampleRate, pcm, tape.Name));
            }
        }

        _tapes.Clear();
    }

    public Task<byte[]> ScreenshotAsync(CancellationToken cancellationToken) => _tab.ScreenshotAsync(cancellationToken);

    private double Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task<Findings?> TakeAsync(RemoteTab tab, bool isLast, CancellationToken cancellationToken)
    {
        try
        {
            return await tab.EvaluateAsync<Findings?>($"globalThis.watcher?.take({(isLast ? "true" : "false")})", cancellationToken);
        }
        catch (BrowserException) when (_states.Count > 0)
        {
            // Between two documents there is nobody to ask.
            return null;
        }
    }

    private void Hear(Heard heard)
    {
        if (heard.Piece is { } piece)
        {
            Recording.Add(piece);
        }

        if (heard.Reel is { } reel)
        {
            var tape = _tapes.Find(tape => string.Equals(tape.Name, reel.Tape, StringComparison.Ordinal));
            if (tape is null)
            {
                _tapes.Add(tape = new Tape(reel.Tape, reel.At, new MemoryStream()));
            }

            tape.Bytes.Write(Convert.FromBase64String(reel.Bytes));
        }
    }

    private void Hear(Findings? found)
    {
        _lastLoud = Math.Max(_lastLoud, found?.LastLoud ?? 0);
        MadeUp += found?.MadeUp ?? 0;
    }

    private async Task UntilAsync(string condition, TimeSpan limit, CancellationToken cancellationToken)
    {
        var begun = _time.GetTimestamp();
        while (!await _tab.EvaluateAsync<bool>($"!!globalThis.watcher && ({condition})", cancellationToken))
        {
            if (_time.GetElapsedTime(begun) > limit)
            {
                var page = await _tab.EvaluateAsync<string>(Description, cancellationToken);
                throw new BrowserException($"Not within {limit.TotalSeconds:F0} s: {condition}. The page is {page}. It wrote:\n{string.Join('\n', Console.TakeLast(10))}");
            }

            await Task.Delay(Look, _time, cancellationToken);
        }
    }

    private sealed record Tape(string Name, double At, MemoryStream Bytes);

    /// <param name="Tape">Of which it is a part.</param>
    /// <param name="At">When the tape began.</param>
    /// <param name="Bytes">In base64.</param>
    private sealed record Reel(string Tape, double At, string Bytes);

    /// <summary>Either of both.</summary>
    private sealed record Heard(Recording.Piece? Piece, Reel? Reel);

    private sealed record Findings(
        IReadOnlyList<SeenState> States, IReadOnlyList<CellSight> Sights, IReadOnlyList<double> Pictures, double LastLoud, double MadeUp);
}

/// <param name="At">When it was entered.</param>
/// <param name="State">Its name.</param>
/// <param name="Level">With connected, how it came back; null at the start.</param>
internal sealed record SeenState(double At, string State, int? Level);
