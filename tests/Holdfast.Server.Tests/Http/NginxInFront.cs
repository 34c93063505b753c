using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Holdfast.Lab.Servers;

namespace Holdfast.Server.Tests.Http;

/// <summary>A real nginx in front of a server, as docs/deployment.md sets one up, on a free port.</summary>
internal sealed class NginxInFront : IAsyncDisposable
{
    private static readonly string? Program = ((string[])["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"]).FirstOrDefault(File.Exists);

    private readonly Process _process;
    private readonly string _directory;

    private NginxInFront(Process process, string directory, Uri address)
    {
        _process = process;
        _directory = directory;
        Address = address;
    }

    public static bool IsInstalled => Program is not null;

    /// <summary>Where it serves, without the prefix.</summary>
    public Uri Address { get; }

    public static async Task<NginxInFront> StartAsync(Uri server, string prefix, CancellationToken cancel)
    {
        var directory = Directory.CreateTempSubdirectory("holdfast-nginx-").FullName;
        var port = FreePort.Next();
        var configuration = Path.Combine(directory, "nginx.conf");
        await File.WriteAllTextAsync(
            configuration,
            $$"""
            daemon off;
            worker_processes 1;
            pid {{directory}}/pid;
            error_log stderr error;
            events { worker_connections 64; }
            http {
              access_log off;
              client_body_temp_path {{directory}}/body;
              proxy_temp_path {{directory}}/proxy;
              fastcgi_temp_path {{directory}}/fastcgi;
              uwsgi_temp_path {{directory}}/uwsgi;
              scgi_temp_path {{directory}}/scgi;
              server {
                listen 127.0.0.1:{{port}};
                location = {{prefix}} { return 301 {{prefix}}/; }
                location {{prefix}}/ {
                  proxy_pass {{server.GetLeftPart(UriPartial.Authority)}}/;
                  proxy_http_version 1.1;
                  proxy_set_header X-Forwarded-For $remote_addr;
                  proxy_set_header X-Forwarded-Proto $scheme;
                  proxy_set_header X-Forwarded-Host $http_host;
                  proxy_set_header X-Forwarded-Prefix {{prefix}};
                  proxy_read_timeout 60s;
                }
              }
            }
            """,
            cancel);
        var process = Process.Start(new ProcessStartInfo(Program!, ["-p", directory, "-c", configuration]) { UseShellExecute = false, RedirectStandardError = true })!;
        var nginx = new NginxInFront(process, directory, new Uri($"http://127.0.0.1:{port}"));
        try
        {
            await nginx.WaitAsync(port, cancel);
            return nginx;
        }
        catch
        {
            await nginx.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task WaitAsync(int port, CancellationToken cancel)
    {
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            if (_process.HasExited)
            {
                throw new InvalidOperationException("nginx ended: " + await _process.StandardError.ReadToEndAsync(cancel));
            }

            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, cancel);
                return;
            }
            catch (SocketException)
            {
                await Task.Yield(); // not listening yet
            }
        }
    }
}
