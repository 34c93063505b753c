using Holdfast.AspNetCore;
using Holdfast.Sessions;
using Microsoft.Data.Sqlite;

namespace Holdfast.Server.Tests;

/// <summary>The database that sessions are kept in: what was committed is there, one process has it, and what is not ours is left alone.</summary>
public sealed class SqliteSessionStoreTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "holdfast-tests-" + Guid.NewGuid().ToString("N"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Database => Path.Combine(_directory, "sessions.db");

    public void Dispose()
    {
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    [Fact]
    public async Task What_was_committed_is_there_for_the_next_process()
    {
        await using (var first = Store())
        {
            Assert.Empty(await first.OpenAsync(Cancel));
            await first.CommitAsync([Part(7, "a", 1), Part(7, "b", 2), Part(8, "a", 3), Part(0, "alive", 4)], Cancel);
            await first.CommitAsync([Part(7, "a", 5), new StoredPart(7, "b", null), new StoredPart(8, "", null)], Cancel);
        }

        await using var second = Store();
        var found = (await second.OpenAsync(Cancel)).ToDictionary(static part => (part.Session, part.Name), static part => part.Data!.Value.ToArray());
        Assert.Equal([(0, "alive"), (7, "a")], found.Keys.Order());
        Assert.Equal([5], found[(7, "a")]);
    }

    /// <summary>A server that takes over looks at the file while the older one still writes, and takes nothing from it.</summary>
    [Fact]
    public async Task One_that_gets_ready_beside_the_owner_finds_what_was_committed_last()
    {
        await using var second = Store();
        await second.PrepareAsync(Cancel);
        await using (var first = Store())
        {
            await first.OpenAsync(Cancel);
            await first.CommitAsync([Part(7, "a", 1)], Cancel);
            await second.PrepareAsync(Cancel);
            await second.PrepareAsync(Cancel);
            Assert.Equal(SessionStoreFault.Taken, (await Assert.ThrowsAsync<SessionStoreException>(() => second.OpenAsync(Cancel))).Fault);
            await first.CommitAsync([Part(7, "a", 2)], Cancel);
        }

        Assert.Equal([2], Assert.Single(await second.OpenAsync(Cancel)).Data!.Value.ToArray());
        await second.CommitAsync([Part(7, "a", 3)], Cancel);
    }

    [Fact]
    public async Task What_is_wrong_with_the_file_is_told_when_it_is_taken_and_not_when_one_gets_ready()
    {
        Directory.CreateDirectory(_directory);
        var garbage = Enumerable.Range(0, 20_000).Select(static i => (byte)(i * 7)).ToArray();
        await File.WriteAllBytesAsync(Database, garbage, Cancel);
        await using (var store = Store())
        {
            await store.PrepareAsync(Cancel);
            Assert.Equal(SessionStoreFault.Unreadable, (await Assert.ThrowsAsync<SessionStoreException>(() => store.OpenAsync(Cancel))).Fault);
        }

        Assert.Equal(garbage, await File.ReadAllBytesAsync(Database, Cancel));
    }

    [Fact]
    public async Task Nobody_but_this_user_can_read_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has other rights.");
        await using var store = Store();
        await store.OpenAsync(Cancel);
        await store.CommitAsync([Part(7, "a", 1)], Cancel);
        foreach (var file in Directory.EnumerateFiles(_directory))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(file).UnixFileMode);
        }
    }

    [Fact]
    public async Task A_second_process_is_refused_and_told_who_has_it()
    {
        await using var first = new SqliteSessionStore(Database, "process 42 on a machine");
        await first.OpenAsync(Cancel);
        await using var second = Store();
        var refused = await Assert.ThrowsAsync<SessionStoreException>(() => second.OpenAsync(Cancel));
        Assert.Equal(SessionStoreFault.Taken, refused.Fault);
        Assert.Contains("process 42 on a machine", refused.Message, StringComparison.Ordinal);
        await first.CommitAsync([Part(7, "a", 1)], Cancel);
    }

    [Fact]
    public async Task One_that_was_taken_over_writes_nothing_more()
    {
        await using var first = Store();
        await first.OpenAsync(Cancel);

        // A lock that did not hold: another process opened the store all the same.
        File.Delete(Database + ".lock");
        await using var second = new SqliteSessionStore(Database, "the other");
        await second.OpenAsync(Cancel);
        var lost = await Assert.ThrowsAsync<SessionStoreException>(() => first.CommitAsync([Part(7, "a", 1)], Cancel));
        Assert.Equal(SessionStoreFault.Taken, lost.Fault);
        Assert.Contains("the other", lost.Message, StringComparison.Ordinal);
        await second.CommitAsync([Part(7, "a", 2)], Cancel);
    }

    [Fact]
    public async Task A_damaged_file_is_left_as_it_is()
    {
        Directory.CreateDirectory(_directory);
        var garbage = Enumerable.Range(0, 20_000).Select(static i => (byte)(i * 7)).ToArray();
        await File.WriteAllBytesAsync(Database, garbage, Cancel);
        await using (var store = Store())
        {
            Assert.Equal(SessionStoreFault.Unreadable, (await Assert.ThrowsAsync<SessionStoreException>(() => store.OpenAsync(Cancel))).Fault);
        }

        Assert.Equal(garbage, await File.ReadAllBytesAsync(Database, Cancel));
    }

    [Fact]
    public async Task A_torn_page_is_noticed_and_left_as_it_is()
    {
        await using (var store = Store())
        {
            await store.OpenAsync(Cancel);
            await store.CommitAsync([.. Enumerable.Range(1, 200).Select(static i => new StoredPart(i, "a", new byte[500]))], Cancel);
        }

        var bytes = await File.ReadAllBytesAsync(Database, Cancel);
        bytes.AsSpan(4_096 * 3, 4_096 * 2).Fill(0xAB);
        await File.WriteAllBytesAsync(Database, bytes, Cancel);
        await using (var store = Store())
        {
            Assert.Equal(SessionStoreFault.Unreadable, (await Assert.ThrowsAsync<SessionStoreException>(() => store.OpenAsync(Cancel))).Fault);
        }

        Assert.Equal(bytes, await File.ReadAllBytesAsync(Database, Cancel));
    }

    [Fact]
    public async Task A_newer_version_is_left_as_it_is_and_named()
    {
        await using (var store = Store())
        {
            await store.OpenAsync(Cancel);
        }

        await ExecuteAsync("PRAGMA user_version = 99");
        await using var older = Store();
        var refused = await Assert.ThrowsAsync<SessionStoreException>(() => older.OpenAsync(Cancel));
        Assert.Equal(SessionStoreFault.Unreadable, refused.Fault);
        Assert.Contains("version 99", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_programs_database_is_left_as_it_is()
    {
        Directory.CreateDirectory(_directory);
        await ExecuteAsync("CREATE TABLE bookmark (url TEXT)");
        await using var store = Store();
        Assert.Equal(SessionStoreFault.Unreadable, (await Assert.ThrowsAsync<SessionStoreException>(() => store.OpenAsync(Cancel))).Fault);
    }

    [Fact]
    public async Task While_somebody_else_locks_it_nothing_is_written_and_afterwards_it_is()
    {
        await using var store = Store();
        await store.OpenAsync(Cancel);
        await using (var other = new SqliteConnection($"Data Source={Database};Pooling=False"))
        {
            await other.OpenAsync(Cancel);
            await using var transaction = other.BeginTransaction(deferred: false);
            var refused = await Assert.ThrowsAsync<SessionStoreException>(() => store.CommitAsync([Part(7, "a", 1)], Cancel));
            Assert.Equal(SessionStoreFault.Unavailable, refused.Fault);
        }

        await store.CommitAsync([Part(7, "a", 2)], Cancel);
    }

    private static StoredPart Part(long session, string name, byte data) => new(session, name, new[] { data });

    private SqliteSessionStore Store() => new(Database, "a test");

    private async Task ExecuteAsync(string sql)
    {
        await using var database = new SqliteConnection($"Data Source={Database};Pooling=False");
        await database.OpenAsync(Cancel);
        await using var command = database.CreateCommand();
#pragma warning disable CA2100 // Written in this test.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
