using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Holdfast.Lab.Browsers;

/// <summary>Firefox, by WebDriver BiDi (https://www.w3.org/TR/webdriver-bidi/).</summary>
internal sealed class Firefox : RemoteBrowser
{
    private static readonly string[] Programs = ["firefox-esr", "firefox"];
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// The process of the tab that is looked at. The browser notes every few seconds what a tab holds, for the day that it crashes; a tab that is open for as
    /// long as a session lasts was noted long ago, so this one is noted now.
    /// </summary>
    private const string Doomed = """
        (async () => {
          const { TabStateFlusher } = ChromeUtils.importESModule('resource:///modules/sessionstore/TabStateFlusher.sys.mjs');
          await TabStateFlusher.flush(gBrowser.selectedBrowser);
          return `${gBrowser.selectedBrowser.browsingContext.currentWindowGlobal.osPid}`;
        })()
        """;

    /// <summary>Whether what is run before each page was: true where the page's own scripts had not begun.</summary>
    private const string InTime = "holdfastLabInTime";

    private readonly MessageSocket _socket;
    private readonly TimeProvider _time;

    private Firefox(BrowserProcess process, MessageSocket socket, TimeProvider time)
        : base(process) => (_socket, _time) = (socket, time);

    public override BrowserKind Kind => BrowserKind.Firefox;

    public static new async Task<RemoteBrowser> LaunchAsync(BrowserLaunch launch, TimeProvider time, CancellationToken cancellationToken)
    {
        var process = BrowserProcess.Start(Programs, launch.NetworkNamespace, profile => Arguments(launch, profile), "WebDriver BiDi listening on ");
        try
        {
            var address = await process.AnnouncedAsync(StartLimit, time, cancellationToken);
            var socket = await ConnectAsync(process, address + "/session", launch, time, cancellationToken);
            var browser = new Firefox(process, socket, time);
            var session = await socket.CallAsync("session.new", new JsonObject { ["capabilities"] = new JsonObject() }, StartLimit, cancellationToken);
            browser.Version = $"Firefox {session.PartOf("capabilities")?.TextOf("browserVersion")}";
            await socket.CallAsync(
                "session.subscribe", new JsonObject { ["events"] = new JsonArray("log.entryAdded", "script.message") }, Limit, cancellationToken);
            return browser;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public override async Task<RemoteTab> OpenTabAsync(string preload, CancellationToken cancellationToken)
    {
        var created = await _socket.CallAsync("browsingContext.create", new JsonObject { ["type"] = "tab" }, Limit, cancellationToken);
        var context = created.MustHaveText("context");
        var tab = new Tab(_socket, Process, context, _time);
        await _socket.CallAsync(
            "script.addPreloadScript",
            new JsonObject
            {
                ["functionDeclaration"] = $"tell => {{ globalThis.{RemoteTab.TellName} = tell; globalThis.{InTime} = document.readyState === 'loading'; {preload} }}",
                ["arguments"] = new JsonArray(new JsonObject { ["type"] = "channel", ["value"] = new JsonObject { ["channel"] = RemoteTab.TellName } }),
                ["contexts"] = new JsonArray(context),
            },
            Limit, cancellationToken);
        return tab;
    }

    public override async ValueTask DisposeAsync()
    {
        await _socket.DisposeAsync();
        await base.DisposeAsync();
    }

    private static IEnumerable<string> Arguments(BrowserLaunch launch, string profile)
    {
        var preferences = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            // Nothing but the page under test is asked for: this is a measurement, and there may be no other network.
            ["app.update.enabled"] = false,
            ["app.normandy.enabled"] = false,
            ["browser.aboutHomeSnippets.updateUrl"] = "",
            ["browser.region.network.url"] = "",
            ["browser.safebrowsing.malware.enabled"] = false,
            ["browser.safebrowsing.phishing.enabled"] = false,
            ["browser.search.update"] = false,
            ["browser.shell.checkDefaultBrowser"] = false,
            ["browser.startup.homepage"] = "about:blank",
            ["browser.startup.page"] = 0,
            ["browser.tabs.crashReporting.sendReport"] = false,
            ["datareporting.healthreport.uploadEnabled"] = false,
            ["datareporting.policy.dataSubmissionEnabled"] = false,
            ["extensions.update.enabled"] = false,
            ["media.gmp-manager.updateEnabled"] = false,
            ["network.captive-portal-service.enabled"] = false,
            ["network.connectivity-service.enabled"] = false,
            ["services.settings.server"] = "data:,",
            ["toolkit.telemetry.enabled"] = false,

            // As for Chromium: a person has clicked somewhere long before.
            ["media.autoplay.default"] = 0,
            ["media.autoplay.blocking_policy"] = 0,
            ["media.autoplay.block-webaudio"] = false,
        };
        if (launch.TrustedOrigin is { } origin)
        {
            preferences["dom.securecontext.allowlist"] = origin.Host;
        }

        File.WriteAllLines(
            Path.Combine(profile, "user.js"),
            preferences.Select(static pair => $"user_pref({JsonSerializer.Serialize(pair.Key)}, {JsonSerializer.Serialize(pair.Value)});"));
        return ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0", "--remote-allow-system-access", "--width", "1280", "--height", "900"];
    }

    private sealed class Tab : RemoteTab
    {
        private readonly MessageSocket _socket;
        private readonly BrowserProcess _process;
        private readonly string _context;
        private readonly TimeProvider _time;
        private bool _hasCrashed;

        public Tab(MessageSocket socket, BrowserProcess process, string context, TimeProvider time)
        {
            (_socket, _process, _context, _time) = (socket, process, context, time);
            socket.Event += Hear;
        }

        public override Task NavigateAsync(Uri address, CancellationToken cancellationToken) =>
            CallAsync("browsingContext.navigate", new JsonObject { ["url"] = address.ToString(), ["wait"] = "complete" }, cancellationToken);

        public override async Task ReloadAsync(CancellationToken cancellationToken)
        {
            if (!_hasCrashed)
            {
                await CallAsync("browsingContext.reload", new JsonObject { ["wait"] = "complete" }, cancellationToken);
                return;
            }

            await RestoreAsync(cancellationToken);
            _hasCrashed = false;
        }

        public override async Task CrashAsync(Func<Task> before, CancellationToken cancellationToken)
        {
            await CallAsync("browsingContext.activate", [], cancellationToken);
            var id = await EvaluateAsync(await WindowAsync(cancellationToken), Doomed, Limit, cancellationToken);
            if (!int.TryParse(id, CultureInfo.InvariantCulture, out var process) || process <= 0)
            {
                throw new BrowserException($"No process of the tab was found, but \"{id}\".");
            }

            await before();
            await _process.CrashAsync(process, Limit, _time, cancellationToken);
            _hasCrashed = true;
        }

        public override async Task<byte[]> ScreenshotAsync(CancellationToken cancellationToken) =>
            (await CallAsync("browsingContext.captureScreenshot", [], cancellationToken)).MustHaveBytes("data");

        public override Task CloseAsync(CancellationToken cancellationToken)
        {
            _socket.Event -= Hear;
            return CallAsync("browsingContext.close", [], cancellationToken);
        }

        protected override Task ClickAsync(double x, double y, CancellationToken cancellationToken) =>
            CallAsync(
                "input.performActions",
                new JsonObject
                {
                    ["actions"] = new JsonArray(new JsonObject
                    {
                        ["type"] = "pointer",
                        ["id"] = "mouse",
                        ["actions"] = new JsonArray(
                            new JsonObject { ["type"] = "pointerMove", ["x"] = Math.Round(x), ["y"] = Math.Round(y) },
                            new JsonObject { ["type"] = "pointerDown", ["button"] = 0 },
                            new JsonObject { ["type"] = "pointerUp", ["button"] = 0 }),
                    }),
                },
                cancellationToken);

        protected override Task<string> EvaluateJsonAsync(string expression, CancellationToken cancellationToken) =>
            EvaluateAsync(_context, expression, Limit, cancellationToken);

        private async Task<string> EvaluateAsync(string context, string expression, TimeSpan limit, CancellationToken cancellationToken)
        {
            var answer = await _socket.CallAsync(
                "script.evaluate",
                new JsonObject
                {
                    ["expression"] = expression,
                    ["target"] = new JsonObject { ["context"] = context },
                    ["awaitPromise"] = true,
                    ["userActivation"] = true,
                },
                limit, cancellationToken);
            if (answer.PartOf("exceptionDetails") is { } details)
            {
                throw new BrowserException($"The page threw: {details.TextOf("text") ?? "something"}");
            }

            return answer.PartOf("result")?.TextOf("value") ?? throw new BrowserException("The page gave no value.");
        }

        /// <summary>
        /// What "Restore Tab" does on the page that tells of the crash. That page belongs to the browser, so the browser's own window is asked: there
        /// is no button that BiDi could click, and to load the address anew would be another thing.
        /// </summary>
        private async Task RestoreAsync(CancellationToken cancellationToken)
        {
            var window = await WindowAsync(cancellationToken);
            var problem = "";
            var begun = _time.GetTimestamp();
            while (_time.GetElapsedTime(begun) < Limit)
            {
                try
                {
                    // Again and again: until the browser has noticed the crash, there is nothing to restore.
                    await EvaluateAsync(window, "SessionStore.reviveAllCrashedTabs(); 'asked'", Limit, cancellationToken);
                    problem = await EvaluateAsync(
                        _context, $$"""`${document.readyState} ${location.protocol} ${globalThis.{{InTime}}}`""", Moment, cancellationToken);
                    if (problem.StartsWith("complete http", StringComparison.Ordinal))
                    {
                        // Once in many, a new process learns what it has to run first only when its page is there.
                        if (!problem.EndsWith(" true", StringComparison.Ordinal))
                        {
                            Note("The tab that was restored began without what the lab runs first, and is loaded again.");
                            await CallAsync("browsingContext.reload", new JsonObject { ["wait"] = "complete" }, cancellationToken);
                        }

                        return;
                    }
                }
                catch (BrowserException e)
                {
                    problem = e.Message;
                }

                await Task.Delay(Pause, _time, cancellationToken);
            }

            throw new BrowserException($"The tab that crashed was not restored within {Limit.TotalSeconds:F0} s: {problem}");
        }

        /// <summary>The browser's own window, in which scripts may do what its buttons do (--remote-allow-system-access).</summary>
        private async Task<string> WindowAsync(CancellationToken cancellationToken)
        {
            var tree = await _socket.CallAsync("browsingContext.getTree", new JsonObject { ["moz:scope"] = "chrome" }, Limit, cancellationToken);
            var window = tree.PartOf("contexts") is { ValueKind: JsonValueKind.Array } contexts
                ? contexts.EnumerateArray().FirstOrDefault(static context => context.TextOf("url")?.EndsWith("/browser.xhtml", StringComparison.Ordinal) is true)
                : default;
            return window.MustHaveText("context");
        }

        private Task<JsonElement> CallAsync(string method, JsonObject parameters, CancellationToken cancellationToken)
        {
            parameters["context"] = _context;
            return _socket.CallAsync(method, parameters, Limit, cancellationToken);
        }

        private void Hear(string method, JsonElement message)
        {
            if (message.PartOf("params") is not { } entry)
            {
                return;
            }

            if (string.Equals(method, "script.message", StringComparison.Ordinal) && string.Equals(entry.PartOf("source")?.TextOf("context"), _context, StringComparison.Ordinal))
            {
                Tell(entry.PartOf("data")?.TextOf("value") ?? "");
            }
            else if (string.Equals(method, "log.entryAdded", StringComparison.Ordinal)
                && string.Equals(entry.PartOf("source")?.TextOf("context"), _context, StringComparison.Ordinal)
                && entry.TextOf("text") is { } text)
            {
                Note(text);
            }
        }
    }
}
