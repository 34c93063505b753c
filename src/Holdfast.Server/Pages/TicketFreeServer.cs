using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Holdfast.Server.Pages;

/// <summary>
/// The web server, which forgets the ticket in a page's address (<c>?ticket=</c>) before anybody can write it into a log: ASP.NET Core's
/// own lines about a request come before any middleware. Only the page reads it, from its address bar.
/// </summary>
internal sealed class TicketFreeServer(IServer inner) : IServer
{
    private const string Name = "ticket";

    public IFeatureCollection Features => inner.Features;

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull => inner.StartAsync(new Application<TContext>(application), cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => inner.StopAsync(cancellationToken);

    public void Dispose() => inner.Dispose();

    /// <summary>Puts it before the web server that is registered.</summary>
    public static void AddTo(IServiceCollection services)
    {
        var registered = services.Last(static service => service.ServiceType == typeof(IServer));
        services.Remove(registered);
        services.AddSingleton<IServer>(provider => new TicketFreeServer((IServer)(
            registered.ImplementationFactory?.Invoke(provider) ?? registered.ImplementationInstance
            ?? ActivatorUtilities.CreateInstance(provider, registered.ImplementationType!))));
    }

    /// <summary>An address or its query without the tickets in it.</summary>
    internal static string Without(string address)
    {
        var query = address.IndexOf('?', StringComparison.Ordinal);
        if (query < 0)
        {
            return address;
        }

        var others = address[(query + 1)..].Split('&').Where(static pair => !IsTicket(pair)).ToArray();
        return others.Length == 0 ? address[..query] : $"{address[..query]}?{string.Join('&', others)}";
    }

    private static bool IsTicket(string pair)
    {
        var end = pair.IndexOf('=', StringComparison.Ordinal);
        return string.Equals(Uri.UnescapeDataString(end < 0 ? pair : pair[..end]), Name, StringComparison.OrdinalIgnoreCase);
    }

    private sealed class Application<TContext>(IHttpApplication<TContext> inner) : IHttpApplication<TContext>
        where TContext : notnull
    {
        public TContext CreateContext(IFeatureCollection contextFeatures)
        {
            if (contextFeatures.Get<IHttpRequestFeature>() is { QueryString.Length: > 0 } request)
            {
                request.QueryString = Without(request.QueryString);
                request.RawTarget = Without(request.RawTarget);
            }

            return inner.CreateContext(contextFeatures);
        }

        public Task ProcessRequestAsync(TContext context) => inner.ProcessRequestAsync(context);

        public void DisposeContext(TContext context, Exception? exception) => inner.DisposeContext(context, exception);
    }
}
