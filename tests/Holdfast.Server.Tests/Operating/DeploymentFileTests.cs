using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Holdfast.Lab.Servers;
using Holdfast.Server.Tests.Http;

namespace Holdfast.Server.Tests.Operating;

/// <summary>The files of deploy/, used as they are.</summary>
public sealed class DeploymentFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("holdfast-deploy-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Behind_the_nginx_of_deploy_everything_is_there_over_TLS_below_the_prefix()
    {
        Assert.SkipUnless(NginxInFront.IsInstalled, "nginx is not installed.");
        await using var server = await RunningServer.StartAsync();
        var port = FreePort.Next();
        WriteCertificate();

        // Only what everybody has to set is set: names, paths, ports.
        var site = (await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy", "nginx", "holdfast.conf"), Cancel))
            .Replace("listen [::]:443 ssl http2;", string.Empty, StringComparison.Ordinal)
            .Replace("listen 443 ssl http2;", $"listen 127.0.0.1:{port} ssl http2;", StringComparison.Ordinal)
            .Replace("/etc/ssl/holdfast", _folder.FullName, StringComparison.Ordinal)
            .Replace("http://127.0.0.1:8010", server.Http.BaseAddress!.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);
        var configuration = Path.Combine(_folder.FullName, "nginx.conf");
        await File.WriteAllTextAsync(
            configuration,
            $$"""
            daemon off;
            pid {{_folder.FullName}}/pid;
            error_log stderr error;
            events { worker_connections 64; }
            http {
              access_log off;
              client_body_temp_path {{_folder.FullName}}/body;
              proxy_temp_path {{_folder.FullName}}/proxy;
              fastcgi_temp_path {{_folder.FullName}}/fastcgi;
              uwsgi_temp_path {{_folder.FullName}}/uwsgi;
              scgi_temp_path {{_folder.FullName}}/scgi;
            {{site}}
            }
            """,
            Cancel);
        using var nginx = Process.Start(new ProcessStartInfo("/usr/sbin/nginx", ["-p", _folder.FullName, "-c", configuration]) { UseShellExecute = false, RedirectStandardError = true })!;
        try
        {
            using var handler = new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = static (_, _, _, _) => true } };
            using var http = new HttpClient(handler) { BaseAddress = new Uri($"https://127.0.0.1:{port}") };
            Assert.Contains("<holdfast-player", await GetAsync(http, "/face/", nginx), StringComparison.Ordinal);
            foreach (var path in (string[])["/face/api/server", "/face/holdfast/player.js", "/face/healthz"])
            {
                using var found = await http.GetAsync(path, Cancel);
                Assert.Equal(HttpStatusCode.OK, found.StatusCode);
            }

            using var hidden = await http.GetAsync("/face/metrics", Cancel);
            Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        }
        finally
        {
            nginx.Kill(entireProcessTree: true);
            await nginx.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Theory]
    [InlineData("holdfast.service")]
    [InlineData("holdfast@.service")]
    public async Task The_systemd_unit_is_a_good_one(string name)
    {
        const string Program = "/usr/bin/systemd-analyze";
        Assert.SkipUnless(File.Exists(Program), "systemd-analyze is not installed.");
        var unit = Path.Combine(_folder.FullName, name);
        await File.WriteAllTextAsync(
            unit,
            (await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy", "systemd", name), Cancel))
                .Replace("/opt/holdfast/%i/Holdfast.Server", "/bin/true", StringComparison.Ordinal)
                .Replace("/opt/holdfast/Holdfast.Server", "/bin/true", StringComparison.Ordinal)
                .Replace("User=holdfast", "User=daemon", StringComparison.Ordinal),
            Cancel);
        using var process = Process.Start(new ProcessStartInfo(Program, ["verify", unit]) { UseShellExecute = false, RedirectStandardError = true })!;
        var said = await process.StandardError.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        Assert.DoesNotContain(name, said, StringComparison.Ordinal);
    }

    private static async Task<string> GetAsync(HttpClient http, string path, Process nginx)
    {
        while (true)
        {
            try
            {
                return await http.GetStringAsync(path, Cancel);
            }
            catch (HttpRequestException exception) when (exception.StatusCode is null && !nginx.HasExited)
            {
                // It does not listen yet.
                await Task.Yield();
            }
        }
    }

    private void WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=holdfast.example", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        File.WriteAllText(Path.Combine(_folder.FullName, "fullchain.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder.FullName, "privkey.pem"), key.ExportPkcs8PrivateKeyPem());
    }
}
