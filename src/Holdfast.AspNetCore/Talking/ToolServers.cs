using Holdfast.Dialogue;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Client;

namespace Holdfast.AspNetCore.Talking;

/// <summary>The tools of the servers of the Model Context Protocol that are configured. One that cannot be reached is tried again, and keeps nothing waiting.</summary>
internal sealed partial class ToolServers : BackgroundService, IToolSource
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly DialogueOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ToolServers> _logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, IReadOnlyList<AIFunction>> _byServer = new(StringComparer.OrdinalIgnoreCase);
    private IReadOnlyList<AIFunction> _tools = [];

    public ToolServers(IOptions<DialogueOptions> options, TimeProvider time, ILogger<ToolServers> logger)
    {
        (_options, _time, _logger) = (options.Value, time, logger);
    }

    /// <inheritdoc/>
    public IReadOnlyList<AIFunction> Tools => Volatile.Read(ref _tools);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_options.ToolServers.Select(server => Task.Run(() => KeepAsync(server.Key, server.Value, stoppingToken), stoppingToken)));

    private async Task KeepAsync(string name, ToolServerOptions options, CancellationToken stopping)
    {
        for (var pause = TimeSpan.FromSeconds(1); !stopping.IsCancellationRequested; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await using var client = await McpClient.CreateAsync(TransportTo(name, options), cancellationToken: stopping).ConfigureAwait(false);
                var tools = await client.ListToolsAsync(cancellationToken: stopping).ConfigureAwait(false);
                Keep(name, [.. tools]);
                LogReached(name, tools.Count);
                pause = TimeSpan.FromSeconds(1);
                await client.Completion.WaitAsync(stopping).ConfigureAwait(false);
                LogGone(null, name);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                LogGone(exception, name);
            }

            Keep(name, []);
            await Task.Delay(pause, _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Keep(string name, IReadOnlyList<AIFunction> tools)
    {
        lock (_gate)
        {
            _byServer[name] = tools;

            // Two servers may have a tool of the same name: the first one's counts, for a model knows names only.
            Volatile.Write(ref _tools, [.. _byServer.Values.SelectMany(static all => all).DistinctBy(static tool => tool.Name, StringComparer.Ordinal)]);
        }
    }

    private static IClientTransport TransportTo(string name, ToolServerOptions options) => options.Url is { Length: > 0 } url
        ? new HttpClientTransport(new HttpClientTransportOptions { Name = name, Endpoint = new Uri(url) })
        : new StdioClientTransport(new StdioClientTransportOptions { Name = name, Command = options.Command!, Arguments = [.. options.Arguments] });

    [LoggerMessage(61, LogLevel.Information, "The tool server {Name} has {Count} tools")]
    private partial void LogReached(string name, int count);

    [LoggerMessage(62, LogLevel.Warning, "The tool server {Name} is not there; conversations go on without its tools, and it is tried again")]
    private partial void LogGone(Exception? exception, string name);
}
