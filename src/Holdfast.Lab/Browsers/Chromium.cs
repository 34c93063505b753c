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

    private readonly MessageSocket _socket;

    private Chromium(BrowserProcess process, MessageSocket socket)
        : base(process) => _socket = socket;

    public override BrowserKind Kind => BrowserKind.Chromium;

    public static new async Task<RemoteBrowser> LaunchAsync(BrowserLaunch launch, TimeProvider time, CancellationToken cancellationToken)
    {
        var process = BrowserProcess.Start(Programs, launch.NetworkNamespace, profile => Arguments(launch, profile), "DevTools listening on ");
        try
        {
            var address = await process.AnnouncedAsync(StartLimit, time, cancellationToken);
            var socket = await ConnectAsync(process, address, launch, time, cancellationToken);
            var browser = new Chromium(process, socket);
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
        var tab = new Tab(_socket, target, attached.MustHaveText("sessionId"));
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

        if (launch.TrustedOrigin is { } origin)
        {
            yield return $"--unsafely-treat-insecure-origin-as-secure={origin.GetLeftPart(UriPartial.Authority)}";
        }
    }

    private sealed class Tab(MessageSocket socket, string target, string session) : RemoteTab
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

        public override async Task CrashAsync(Func<Task> before, CancellationToken cancellationToken)
        {
            await before();
            var crashed = NextAsync("Inspector.targetCrashed", cancellationToken);
            try
            {
                await socket.CallAsync("Page.crash", [], TimeSpan.FromSeconds(1), cancellationToken, session);
            }
            catch (BrowserException)
            {
                // Nobody is left to answer.
            }

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
