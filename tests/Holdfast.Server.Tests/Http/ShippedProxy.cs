using System.Diagnostics;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Holdfast.Lab.Servers;

namespace Holdfast.Server.Tests.Http;

/// <summary>
/// Debian's nginx or Caddy before a server, with its file of <c>deploy/</c>: TLS, below <c>/face</c>. Only what everybody has to set is set: the name, the
/// certificate, ports. Nobody trusts its certificate but <see cref="Trusting"/>.
/// </summary>
internal sealed class ShippedProxy : IAsyncDisposable
{
    private static readonly string[] Folders = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("holdfast-proxy-");
    private readonly int _port = FreePort.Next();
    private readonly string _name;
    private readonly string _program;
    private Process? _process;

    private ShippedProxy(string name)
    {
        _name = name;
        _program = Find(name) ?? throw new InvalidOperationException($"There is no {name} here.");
    }

    /// <summary>Where it serves the page.</summary>
    public Uri Address => new($"https://localhost:{_port}/face/");

    /// <summary>The certificate that signed the proxy's own: as an operator's authority it is given to clients.</summary>
    private string Authority => Path.Combine(_folder.FullName, IsCaddy ? "caddy/pki/authorities/local/root.crt" : "fullchain.pem");

    private bool IsCaddy => string.Equals(_name, "caddy", StringComparison.Ordinal);

    public static bool IsInstalled(string name) => Find(name) is not null;

    /// <param name="name">"nginx" or "caddy".</param>
    /// <param name="server">What it is put before.</param>
    /// <param name="deploy">The folder of the shipped files.</param>
    /// <param name="cancel">Gives up waiting.</param>
    public static async Task<ShippedProxy> StartAsync(string name, Uri server, string deploy, CancellationToken cancel)
    {
        var proxy = new ShippedProxy(name);
        try
        {
            var arguments = proxy.IsCaddy ? await proxy.WriteCaddyAsync(server, deploy, cancel) : await proxy.WriteNginxAsync(server, deploy, cancel);
            await proxy.RunAsync(arguments, cancel);
            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    /// <summary>What believes the proxy's own authority, and no other.</summary>
    public SocketsHttpHandler Trusting()
    {
        var authority = X509CertificateLoader.LoadCertificateFromFile(Authority);
        return new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { authority },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync(CancellationToken.None);
            }

            _process.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    private static string? Find(string name) => Folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>The text with what an operator sets in it; a line that is no longer there would be left unset.</summary>
    private static string Set(string text, string mark, string value)
    {
        Assert.Contains(mark, text, StringComparison.Ordinal);
        return text.Replace(mark, value, StringComparison.Ordinal);
    }

    private async Task<string[]> WriteNginxAsync(Uri server, string deploy, CancellationToken cancel)
    {
        var folder = _folder.FullName;
        WriteCertificate();
        var site = await File.ReadAllTextAsync(Path.Combine(deploy, "nginx", "holdfast.conf"), cancel);
        site = Set(site, "listen [::]:443 ssl http2;", string.Empty);
        site = Set(site, "listen 443 ssl http2;", $"listen 127.0.0.1:{_port} ssl http2;");
        site = Set(site, "holdfast.example", "localhost");
        site = Set(site, "/etc/ssl/holdfast", folder);
        site = Set(site, "http://127.0.0.1:8010", server.GetLeftPart(UriPartial.Authority));

        // As Debian's own nginx.conf includes it.
        var configuration = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(
            configuration,
            $$"""
            daemon off;
            {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
            pid {{folder}}/pid;
            worker_processes 1;
            error_log stderr error;
            events { worker_connections 256; }
            http {
              access_log off;
              client_body_temp_path {{folder}}/body;
              proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/fastcgi;
              uwsgi_temp_path {{folder}}/uwsgi;
              scgi_temp_path {{folder}}/scgi;
              include {{folder}}/holdfast.conf;
            }
            """,
            cancel);
        await File.WriteAllTextAsync(Path.Combine(folder, "holdfast.conf"), site, cancel);
        return ["-p", folder, "-c", configuration];
    }

    private async Task<string[]> WriteCaddyAsync(Uri server, string deploy, CancellationToken cancel)
    {
        // Caddy's own authority signs what it serves on localhost; the public ones would have to reach it by its name.
        var site = await File.ReadAllTextAsync(Path.Combine(deploy, "caddy", "Caddyfile"), cancel);
        site = Set(site, "holdfast.example", $"localhost:{_port}");
        site = Set(site, "127.0.0.1:8010", server.Authority);
        var configuration = Path.Combine(_folder.FullName, "Caddyfile");
        await File.WriteAllTextAsync(
            configuration,
            $$"""
            {
            	admin off
            	auto_https disable_redirects
            	default_bind 127.0.0.1
            	skip_install_trust
            }
            {{site}}
            """,
            cancel);
        return ["run", "--adapter", "caddyfile", "--config", configuration];
    }

    private async Task RunAsync(string[] arguments, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(_program, arguments) { UseShellExecute = false, RedirectStandardError = true };

        // Where Caddy keeps its keys.
        start.Environment["XDG_DATA_HOME"] = _folder.FullName;
        start.Environment["XDG_CONFIG_HOME"] = _folder.FullName;
        var said = new List<string?>();
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (said)
            {
                said.Add(line.Data);
            }
        };
        _process.BeginErrorReadLine();
        while (true)
        {
            try
            {
                using var http = new HttpClient(Trusting());
                using var answer = await http.GetAsync(new Uri(Address, "/"), cancel);
                return;
            }
            catch (Exception exception) when (exception is IOException or CryptographicException or HttpRequestException)
            {
                // Neither its certificate nor its port is there yet.
                if (_process.HasExited)
                {
                    throw new InvalidOperationException($"{_name} ended:\n{string.Join('\n', said)}", exception);
                }

                await Task.Delay(TimeSpan.FromMilliseconds(20), cancel);
            }
        }
    }

    private void WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(Path.Combine(_folder.FullName, "fullchain.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder.FullName, "privkey.pem"), key.ExportPkcs8PrivateKeyPem());
    }
}
