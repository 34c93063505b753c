using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Holdfast.Browser.Kit;

/// <summary>One page with buttons of all kinds, served where a test wants it: what drives a browser is tested with nothing else in the way.</summary>
internal sealed class SmallSite : IAsyncDisposable
{
    private const string Html = """
        <!doctype html><html lang="en"><title>Small</title>
        <div id="host"></div>
        <button id="hidden" hidden>Hidden</button>
        <button id="disabled" disabled>Disabled</button>
        <div style="position: relative"><button id="covered">Covered</button><div style="position: absolute; inset: 0; background: grey"></div></div>
        <div style="height: 3000px"></div>
        <button id="below">Below what is seen</button>
        <script>
          globalThis.clicks = [];
          const root = document.getElementById('host').attachShadow({ mode: 'open' });
          root.innerHTML = '<button id="inner">Inner</button>';
          for (const button of [...document.querySelectorAll('button'), root.querySelector('button')]) {
            button.addEventListener('click', event => clicks.push(`${button.id} ${event.isTrusted ? 'trusted' : 'made up'}`));
          }
        </script>
        """;

    private readonly WebApplication _app;

    /// <param name="address">Where; null: loopback.</param>
    public SmallSite(IPAddress? address = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://{address ?? IPAddress.Loopback}:0");
        _app = builder.Build();
        _app.Run(static context =>
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            return context.Response.WriteAsync(Html);
        });
    }

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/");

    public Task StartAsync() => _app.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
