using Holdfast.AspNetCore;
using Holdfast.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Server.Tests.Operating;

/// <summary>What a server does before a takeover, so that nobody waits while it does it for the first time.</summary>
[Trait("Speed", "Slow")]
public sealed class RehearsalTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_takeover_is_rehearsed_with_the_real_avatar_and_nobody_sees_anything_of_it()
    {
        await using var server = await RunningServer.StartAsync();
        var sessions = server.Services.GetRequiredService<SessionDirectory>();
        var news = new List<SessionNews>();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var reading = ReadAsync(sessions.Feed.ReadAllAsync(over.Token), news);
        var stores = 0;
        string? file = null;
        var went = false;
        await SqliteSessionStore.WithOneOfNobodyAsync(async open => went = await server.Services.GetRequiredService<SessionKeeper>().RehearseAsync(
            () =>
            {
                stores++;
                var store = (SqliteSessionStore)open();
                file = store.FilePath;
                return store;
            },
            Cancel));

        // Spoken in one house, given away, and spoken on in the other.
        Assert.True(went);
        Assert.Equal(2, stores);
        Assert.False(Directory.Exists(Path.GetDirectoryName(file)));
        Assert.Equal(0, sessions.Count);
        Assert.Empty(sessions.Live);
        Assert.False(sessions.IsStopping);
        await over.CancelAsync();
        await reading;
        Assert.Empty(news);
    }

    [Fact]
    public async Task A_rehearsal_that_cannot_write_says_so_and_harms_nobody()
    {
        await using var server = await RunningServer.StartAsync();
        Assert.False(await server.Services.GetRequiredService<SessionKeeper>().RehearseAsync(static () => new FullStore(), Cancel));
        Assert.Null(server.Services.GetRequiredService<SessionKeeper>().Problem);
        Assert.Empty(server.Services.GetRequiredService<SessionDirectory>().Live);
    }

    private static async Task ReadAsync(IAsyncEnumerable<SessionNews> feed, List<SessionNews> news)
    {
        try
        {
            await foreach (var one in feed)
            {
                news.Add(one);
            }
        }
        catch (OperationCanceledException)
        {
            // Enough was read.
        }
    }

    /// <summary>A disk on which nothing fits.</summary>
    private sealed class FullStore : ISessionStore
    {
        public Task<IReadOnlyList<StoredPart>> OpenAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<StoredPart>>([]);

        public Task CommitAsync(IReadOnlyList<StoredPart> changes, CancellationToken cancellationToken) => throw new SessionStoreException("The disk is full.");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
