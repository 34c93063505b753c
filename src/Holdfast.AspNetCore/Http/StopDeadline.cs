using Holdfast.Sessions;
using Microsoft.Extensions.Hosting;

namespace Holdfast.AspNetCore.Http;

/// <summary>
/// How long an answer that lasts may still take once the server stops: enough for what was told last, and not so long that a reader who
/// does not read holds up the end.
/// </summary>
internal sealed class StopDeadline : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _source = new();
    private readonly TimeProvider _time;
    private readonly CancellationTokenRegistration _registration;
    private ITimer? _timer;

    public StopDeadline(IHostApplicationLifetime lifetime, SessionKeeper keeper, TimeProvider time)
    {
        _time = time;
        _registration = lifetime.ApplicationStopping.Register(() => _ = BeginAsync(keeper));
    }

    /// <summary>Is cancelled when it is over.</summary>
    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _registration.Dispose();
        _timer?.Dispose();
        _source.Dispose();
    }

    private async Task BeginAsync(SessionKeeper keeper)
    {
        // What is told last is only known when sessions are kept, or cannot be.
        await keeper.StopAsync();
        _timer = _time.CreateTimer(
            static source => ((CancellationTokenSource)source!).Cancel(), _source, Grace, Timeout.InfiniteTimeSpan);
    }
}
