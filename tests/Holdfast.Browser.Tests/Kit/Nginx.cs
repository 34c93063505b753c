using System.Diagnostics;
using System.Globalization;
using Holdfast.Lab.Servers;

namespace Holdfast.Browser.Kit;

/// <summary>
/// A real nginx in front of a server, which serves it under <c>/talk/</c> and answers the API in its place when it is told to. It buffers, as it
/// does unless an answer forbids it.
/// </summary>
internal sealed class Nginx : IAsyncDisposable
{
    /// <summary>What is passed on to the server.</summary>
    public const string Honest = "honest";

    private const string Page = "'<!doctype html><title>Somebody</title><h1>Somebody else</h1>'";

    private readonly string _directory = Directory.CreateTempSubdirectory("holdfast-nginx-").FullName;
    private readonly HttpClient _http = new();
    private readonly int _port = FreePort.Next();
    private readonly Uri _server;
    private Process? _process;
    private int _configuration;

    private Nginx(Uri server) => _server = server;

    /// <summary>Where the page is.</summary>
    public Uri Address => new($"http://127.0.0.1:{_port.ToString(CultureInfo.InvariantCulture)}/talk/");

    /// <summary>Everything that it can answer in the server's place, by name: a directive of a <c>location</c>.</summary>
    public static IReadOnlyDictionary<string, string> Answers { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["404"] = $"return 404 {Page};",
        ["403"] = $"return 403 {Page};",
        ["410"] = $"return 410 {Page};",
        ["429"] = $"add_header Retry-After 1 always; return 429 {Page};",
        ["502"] = $"return 502 {Page};",
        ["200 with HTML"] = $"return 200 {Page};",
        ["a redirect to sign in"] = "return 302 /sign-in;",
    };

    /// <param name="server">The server's own address.</param>
    /// <param name="behaviour">A name of <see cref="Answers"/>, or <see cref="Honest"/>.</param>
    public static async Task<Nginx> StartAsync(Uri server, string behaviour = Honest)
    {
        var nginx = new Nginx(server);
        try
        {
            await nginx.StartAsync(behaviour);
            return nginx;
        }
        catch
        {
            await nginx.DisposeAsync();
            throw;
        }
    }

    /// <summary>From now on it answers so: the configuration is read anew, as an operator has it done. What it has begun it ends.</summary>
    public async Task BehaveAsync(string behaviour)
    {
        Write(behaviour);
        await SignalAsync("HUP");
        await AnswersAsync();
    }

    /// <summary>Ends it, with every connection it has.</summary>
    public async Task StopAsync()
    {
        await SignalAsync("TERM");
        await _process!.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        _process.Dispose();
        _process = null;
    }

    /// <summary>Starts it, on the same port as before.</summary>
    public async Task StartAsync(string behaviour = Honest)
    {
        Write(behaviour);
        var start = new ProcessStartInfo(Find()) { UseShellExecute = false, WorkingDirectory = _directory };
        foreach (var argument in new[] { "-p", _directory, "-c", "nginx.conf", "-e", "errors.log" })
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start) ?? throw new InvalidOperationException("nginx did not start.");
        await AnswersAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await StopAsync();
        }

        _http.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Debian has it where only root's PATH leads.</summary>
    private static string Find()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin");
        return folders.Select(static folder => Path.Combine(folder, "nginx")).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("There is no nginx here. Debian: apt-get install nginx.");
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits until what was written last is what new connections get: a connection that was kept may still be an old worker's.</summary>
    private async Task AnswersAsync()
    {
        var wanted = _configuration.ToString(CultureInfo.InvariantCulture);
        var limit = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(limit) < TimeSpan.FromSeconds(15))
        {
            if (_process!.HasExited)
            {
                break;
            }

            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address, "/configuration"));
                request.Headers.ConnectionClose = true;
                using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
                if (string.Equals(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), wanted, StringComparison.Ordinal))
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken);
        }

        throw new InvalidOperationException("nginx does not answer:\n" + await File.ReadAllTextAsync(Path.Combine(_directory, "errors.log"), TestContext.Current.CancellationToken));
    }

    private void Write(string behaviour)
    {
        var pass = $"proxy_pass {_server}; proxy_set_header Host $http_host; proxy_buffering on;";
        var api = string.Equals(behaviour, Honest, StringComparison.Ordinal) ? pass.Replace($"{_server};", $"{_server}api/;", StringComparison.Ordinal) : Answers[behaviour];
        var port = _port.ToString(CultureInfo.InvariantCulture);
        var configuration = $$"""
            daemon off;
            {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
            pid nginx.pid;
            worker_processes 1;
            events { worker_connections 256; }
            http {
              access_log off;
              # Each request on a connection of its own: one that is kept would still be answered by a worker of before.
              keepalive_timeout 0;
              default_type text/html;
              client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
              server {
                listen 127.0.0.1:{{port}};
                location = /configuration { return 200 '{{(++_configuration).ToString(CultureInfo.InvariantCulture)}}'; }
                location = /sign-in { return 200 {{Page}}; }
                location /talk/ { {{pass}} }
                location /talk/api/ { {{api}} }
              }
            }
            """;
        File.WriteAllText(Path.Combine(_directory, "nginx.conf"), configuration);
    }
}
