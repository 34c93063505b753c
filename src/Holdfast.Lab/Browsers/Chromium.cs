using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Holdfast.Lab.Browsers;

/// <summary>Chromium, by the DevTools protocol.</summary>
internal sealed class Chromium : RemoteBrowser
{
    private static readonly string[] Programs = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Of the work given to a page, in seconds: what is more is no process that does something else now and then.</summary>
    private const double LeastWork = 0.05;

    private const int MostRounds = 25;

    /// <summary>Half of 200 ms, in pieces that keep nobody waiting.</summary>
    private const string Work = """
        new Promise(done => {
          const end = performance.now() + 200;
          const work = () => {
            const until = performance.now() + 4;
            while (performance.now() < until);
            if (performance.now() < end) setTimeout(work, 4);
            else done('worked');
          };
          work();
        })
        """;

    private readonly MessageSocket _socket;
    private readonly TimeProvider _time;

    private Chromium(BrowserProcess process, MessageSocket socket, TimeProvider time)
        : base(process) => (_socket, _time) = (socket, time);

    public override BrowserKind Kind => BrowserKind.Chromium;

    public static new async Task<RemoteBrowser> LaunchAsync(BrowserLaunch launch, TimeProvider time, CancellationToken cancellationToken)
    {
        var process = BrowserProcess.Start(Programs, launch.NetworkNamespace, profile => Arguments(launch, profile), "DevTools listening on ");
        try
        {
            var address = await process.AnnouncedAsync(StartLimit, time, cancellationToken);
            var socket = await ConnectAsync(process, address, launch, time, cancellationToken);
            var browser = new Chromium(process, socket, time);
            var version = await socket.CallAsync("Browser.getVersion", [], Limit, cancellationToken);
            browser.Version = $"Chromium {version.MustHaveText("product").Split('/')[^1]}";
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
        var created = await _socket.CallAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank" }, Limit, cancellationToken);
        var target = created.MustHaveText("targetId");
        var attached = await _socket.CallAsync(
            "Target.attachToTarget", new JsonObject { ["targetId"] = target, ["flatten"] = true }, Limit, cancellationToken);
        var tab = new Tab(_socket, Process, target, attached.MustHaveText("sessionId"), _time);
        await tab.BeginAsync(preload, cancellationToken);
        return tab;
    }

    public override async ValueTask DisposeAsync()
    {
        await _socket.DisposeAsync();
        await base.DisposeAsync();
    }

    private static IEnumerable<string> Arguments(BrowserLaunch launch, string profile)
    {
        yield return "--headless";
        yield return $"--user-data-dir={profile}";
        yield return "--remote-debugging-port=0";
        yield return "--window-size=1280,900";
        yield return "--disable-gpu";
        yield return "--disable-quic";
        yield return "--no-first-run";
        yield return "--disable-background-networking";
        yield return "--disable-component-update";
        yield return "--disable-sync";
        yield return "--disable-breakpad";

        // A person has clicked somewhere long before the sound begins; after a crash or in a new tab, the lab has not.
        yield return "--autoplay-policy=no-user-gesture-required";
        if (Environment.IsPrivilegedProcess)
        {
            yield return "--no-sandbox";
        }

        if (launch.TellsAddresses)
        {
            yield return "--disable-features=WebRtcHideLocalIpsWithMdns";
        }

        if (launch.TrustedOrigin is { } origin)
        {
            yield return $"--unsafely-treat-insecure-origin-as-secure={origin.GetLeftPart(UriPartial.Authority)}";
        }
    }

    private sealed class Tab(MessageSocket socket, BrowserProcess process, string target, string session, TimeProvider time) : RemoteTab
    {
        public async Task BeginAsync(string preload, CancellationToken cancellationToken)
        {
            socket.Event += Hear;
            await CallAsync("Page.enable", [], cancellationToken);
            await CallAsync("Runtime.enable", [], cancellationToken);
            await CallAsync("Runtime.addBinding", new JsonObject { ["name"] = TellName }, cancellationToken);
            await CallAsync("Page.addScriptToEvaluateOnNewDocument", new JsonObject { ["source"] = preload }, cancellationToken);
        }

        public override async Task NavigateAsync(Uri address, CancellationToken cancellationToken)
        {
            var answer = await LoadAsync(() => CallAsync("Page.navigate", new JsonObject { ["url"] = address.ToString() }, cancellationToken), cancellationToken);
            if (answer.TextOf("errorText") is { } error)
            {
                throw new BrowserException($"{address} could not be loaded: {error}.");
            }
        }

        public override Task ReloadAsync(CancellationToken cancellationToken) =>
            LoadAsync(() => CallAsync("Page.reload", [], cancellationToken), cancellationToken);

        /// <summary>
        /// The kernel ends the process, as it does when memory is short. The protocol's own crash waits until the page's thread comes to it; the others
        /// may receive and play meanwhile, and nobody tells what.
        /// </summary>
        public override async Task CrashAsync(Func<Task> before, CancellationToken cancellationToken)
        {
            var doomed = await ProcessAsync(cancellationToken);
            await before();
            var crashed = NextAsync("Inspector.targetCrashed", cancellationToken);
            await process.CrashAsync(doomed, Limit, time, cancellationToken);
            await crashed;
        }

        public override async Task<byte[]> ScreenshotAsync(CancellationToken cancellationToken) =>
            (await CallAsync("Page.captureScreenshot", [], cancellationToken)).MustHaveBytes("data");

        public override async Task CloseAsync(CancellationToken cancellationToken)
        {
            socket.Event -= Hear;
            await socket.CallAsync("Target.closeTarget", new JsonObject { ["targetId"] = target }, Limit, cancellationToken);
        }

        protected override async Task ClickAsync(double x, double y, CancellationToken cancellationToken)
        {
            foreach (var (type, button, count) in ((string, string, int)[])[("mouseMoved", "none", 0), ("mousePressed", "left", 1), ("mouseReleased", "left", 1)])
            {
                await CallAsync(
                    "Input.dispatchMouseEvent",
                    new JsonObject { ["type"] = type, ["x"] = x, ["y"] = y, ["button"] = button, ["clickCount"] = count },
                    cancellationToken);
            }
        }

        protected override async Task<string> EvaluateJsonAsync(string expression, CancellationToken cancellationToken)
        {
            var answer = await CallAsync(
                "Runtime.evaluate",
                new JsonObject { ["expression"] = expression, ["awaitPromise"] = true, ["returnByValue"] = true, ["userGesture"] = true },
                cancellationToken);
            if (answer.PartOf("exceptionDetails") is { } details)
            {
                throw new BrowserException($"The page threw: {details.PartOf("exception")?.TextOf("description") ?? details.TextOf("text") ?? "something"}");
            }

            return answer.PartOf("result")?.TextOf("value") ?? throw new BrowserException("The page gave no value.");
        }

        private Task<JsonElement> CallAsync(string method, JsonObject parameters, CancellationToken cancellationToken) =>
            socket.CallAsync(method, parameters, Limit, cancellationToken, session);

        private async Task<JsonElement> LoadAsync(Func<Task<JsonElement>> begin, CancellationToken cancellationToken)
        {
            var loaded = NextAsync("Page.loadEventFired", cancellationToken);
            var answer = await begin();
            if (answer.TextOf("errorText") is null)
            {
                await loaded;
            }

            return answer;
        }

        /// <summary>The process of the tab, for which the protocol has no name: twice in a row the only one that works while the page is given work.</summary>
        private async Task<int> ProcessAsync(CancellationToken cancellationToken)
        {
            var last = 0;
            for (var i = 0; i < MostRounds; i++)
            {
                var before = await RenderersAsync(cancellationToken);
                _ = await EvaluateJsonAsync(Work, cancellationToken);
                var after = await RenderersAsync(cancellationToken);
                int[] worked = [.. after.Where(one => one.Value - before.GetValueOrDefault(one.Key) > LeastWork).Select(static one => one.Key)];
                if (worked is [var one] && one == last)
                {
                    return one;
                }

                last = worked is [var only] ? only : 0;
            }

            throw new BrowserException("Which of Chromium's processes shows the page could not be told.");
        }

        /// <summary>What each process that shows pages has worked, in seconds.</summary>
        private async Task<Dictionary<int, double>> RenderersAsync(CancellationToken cancellationToken)
        {
            var answer = await socket.CallAsync("SystemInfo.getProcessInfo", [], Limit, cancellationToken);
            return answer.PartOf("processInfo") is { ValueKind: JsonValueKind.Array } all
                ? all.EnumerateArray()
                    .Where(static one => string.Equals(one.TextOf("type"), "renderer", StringComparison.Ordinal))
                    .ToDictionary(static one => (int)one.NumberOf("id"), static one => one.NumberOf("cpuTime"))
                : [];
        }

        /// <summary>Waits for the tab's next event of a kind.</summary>
        private async Task NextAsync(string method, CancellationToken cancellationToken)
        {
            var happened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            void Look(string name, JsonElement message)
            {
                if (string.Equals(name, method, StringComparison.Ordinal) && IsMine(message))
                {
                    happened.TrySetResult();
                }
            }

            socket.Event += Look;
            try
            {
                await happened.Task.WaitAsync(Limit, cancellationToken);
            }
            catch (TimeoutException e)
            {
                throw new BrowserException(string.Create(CultureInfo.InvariantCulture, $"{method} did not come within {Limit.TotalSeconds} s."), e);
            }
            finally
            {
                socket.Event -= Look;
            }
        }

        private bool IsMine(JsonElement message) => string.Equals(message.TextOf("sessionId"), session, StringComparison.Ordinal);

        private void Hear(string method, JsonElement message)
        {
            if (!IsMine(message) || message.PartOf("params") is not { } parameters)
            {
                return;
            }

            if (string.Equals(method, "Runtime.bindingCalled", StringComparison.Ordinal) && string.Equals(parameters.TextOf("name"), TellName, StringComparison.Ordinal))
            {
                Tell(parameters.TextOf("payload") ?? "");
            }
            else if (string.Equals(method, "Runtime.consoleAPICalled", StringComparison.Ordinal) && parameters.PartOf("args") is { ValueKind: JsonValueKind.Array } args)
            {
                Note(string.Join(' ', args.EnumerateArray().Select(static arg => arg.PartOf("value")?.ToString() ?? arg.TextOf("description") ?? "")));
            }
            else if (string.Equals(method, "Runtime.exceptionThrown", StringComparison.Ordinal))
            {
                var details = parameters.PartOf("exceptionDetails");
                Note($"uncaught: {details?.PartOf("exception")?.TextOf("description") ?? details?.TextOf("text") ?? "something"}");
            }
        }
    }
}
