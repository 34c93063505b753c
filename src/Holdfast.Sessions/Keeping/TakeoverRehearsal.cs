using Holdfast.Rtc;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Sessions;

/// <summary>
/// A takeover within one process, for nobody: a house has a session that speaks over a connection, gives it away, and another house goes on with it. What two
/// servers do once and for the first time, while everybody waits, has then been done before.
/// </summary>
/// <param name="sessions">Whose shows and settings are used; none of its sessions is touched.</param>
/// <param name="protection">Encrypts what is kept.</param>
/// <param name="time">The clock.</param>
/// <param name="open">Makes a store, each time the same one.</param>
internal sealed class TakeoverRehearsal(SessionDirectory sessions, ISessionProtection? protection, TimeProvider time, Func<ISessionStore> open)
{
    /// <summary>A voice that has said nothing by then is not waited for.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <returns>Whether the second house spoke over the connection of the first.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        await using (var first = new House(sessions, open(), protection, time))
        {
            await first.OpenAsync(cancellationToken).ConfigureAwait(false);
            if (await first.Endpoint.CallItselfAsync().ConfigureAwait(false) is not { } call)
            {
                return false;
            }

            var now = first.Endpoint.Now;
            var record = SessionRecord.OfNobody(sessions.Shows[0].Name, now.ToDateTimeOffset());
            first.Sessions.Restore([new StoredSession(record, call)], new PriorProcess(now, IsClean: false, CanGoOn: true));
            await first.GoOnAsync().ConfigureAwait(false);
            if (!await SpeaksAsync(first, cancellationToken).ConfigureAwait(false))
            {
                return false;
            }

            await first.Keeper.StopAsync().ConfigureAwait(false);
        }

        await using var second = new House(sessions, open(), protection, time);
        await second.OpenAsync(cancellationToken).ConfigureAwait(false);
        await second.GoOnAsync().ConfigureAwait(false);
        return await SpeaksAsync(second, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> SpeaksAsync(House house, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (!house.Sessions.Live.Any(static session => session is { State: SessionState.Connected, IsSounding: true }))
        {
            if (time.GetElapsedTime(begun) > LongestWait)
            {
                return false;
            }

            await Task.Delay(Look, time, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>All that a server has of sessions, with a port of its own that nobody outside of this machine reaches.</summary>
    private sealed class House : IAsyncDisposable
    {
        public House(SessionDirectory sessions, ISessionStore store, ISessionProtection? protection, TimeProvider time)
        {
            Endpoint = new RtcEndpoint(new RtcEndpointOptions { BindAddress = "127.0.0.1", Port = 0 }, time, NullLogger<RtcEndpoint>.Instance);
            Sessions = sessions.ForRehearsal(Endpoint);
            Keeper = new SessionKeeper(Sessions, Endpoint, store, protection, keepsConnections: true, time, NullLogger<SessionKeeper>.Instance);
        }

        public RtcEndpoint Endpoint { get; }

        public SessionDirectory Sessions { get; }

        public SessionKeeper Keeper { get; }

        public async Task OpenAsync(CancellationToken cancellationToken)
        {
            await Keeper.OpenAsync(cancellationToken).ConfigureAwait(false);
            Endpoint.Start();
        }

        public async Task GoOnAsync()
        {
            await Keeper.RestoreAsync().ConfigureAwait(false);
            Keeper.Run();
        }

        public async ValueTask DisposeAsync()
        {
            await Keeper.StopAsync().ConfigureAwait(false);
            await Sessions.CloseAllAsync(SessionReason.ServerStopping).ConfigureAwait(false);
            await Keeper.DisposeAsync().ConfigureAwait(false);
            await Endpoint.DisposeAsync().ConfigureAwait(false);
            await Sessions.DisposeAsync().ConfigureAwait(false);
        }
    }
}
