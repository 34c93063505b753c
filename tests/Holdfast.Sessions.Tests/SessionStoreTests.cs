using System.Text;
using CsCheck;
using Holdfast.Rtc.Tests.Kit;
using Holdfast.Sessions.Tests.Kit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Sessions.Tests;

/// <summary>What is kept of sessions, as bytes and as a file: it comes back whole, to one server only, and nothing in it can do harm.</summary>
public sealed class SessionStoreTests : IDisposable
{
    private const string Characters = "0123456789-.\"{}[],:nuletrfas ";

    private const UnixFileMode OnlyTheUser = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _directory = Path.Combine(Path.GetTempPath(), "holdfast-tests-" + Guid.NewGuid().ToString("N"));

    private string File => Path.Combine(_directory, "deep", "sessions");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_kept_comes_back_once()
    {
        var kept = Sessions(3);
        await KeepAsync(kept);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(OnlyTheUser, System.IO.File.GetUnixFileMode(File));
            Assert.Equal(OnlyTheUser | UnixFileMode.UserExecute, System.IO.File.GetUnixFileMode(Path.GetDirectoryName(File)!));
        }

        using var store = Store();
        var taken = await store.TakeAsync(Cancel);
        Assert.Equal(kept.Select(static one => (one.Id, Text(one))), taken.Select(static one => (one.Id, Text(one))));
        using var other = Store();
        Assert.Empty(await other.TakeAsync(Cancel));
        await Assert.ThrowsAsync<SessionStoreException>(() => other.KeepAsync(Sessions(1), Cancel));
        await store.RetainTakenAsync([], Cancel);
        Assert.Equal(File + ".lock", Assert.Single(Directory.EnumerateFiles(Path.GetDirectoryName(File)!)));
    }

    [Fact]
    public async Task Of_many_servers_that_want_it_one_gets_it()
    {
        await KeepAsync(Sessions(2));
        var stores = Enumerable.Range(0, 16).Select(_ => Store()).ToArray();
        var taken = await Task.WhenAll(stores.Select(store => Task.Run(() => store.TakeAsync(Cancel), Cancel)));
        Assert.Equal(2, Assert.Single(taken, static one => one.Count > 0).Count);
        Array.ForEach(stores, static store => store.Dispose());
    }

    [Fact]
    public async Task A_start_that_failed_leaves_it_to_the_next()
    {
        await KeepAsync(Sessions(2));
        using (var failing = Store())
        {
            await failing.TakeAsync(Cancel);
        }

        using var next = Store();
        Assert.Equal(2, (await next.TakeAsync(Cancel)).Count);
    }

    [Fact]
    public async Task Where_there_is_nothing_to_keep_nothing_old_stays()
    {
        await KeepAsync(Sessions(2));
        using var store = Store();
        await store.TakeAsync(Cancel);
        await store.KeepAsync([], Cancel);
        Assert.Empty(await store.TakeAsync(Cancel));
    }

    [Fact]
    public async Task What_another_server_left_meanwhile_is_kept_too()
    {
        await KeepAsync(Sessions(3));
        using var store = Store();
        Assert.Equal(4, (await store.KeepAsync([One(1, "newer"), One(9, "mine")], Cancel)).Count);
        Assert.Equal(["mine", "newer", "session 2: 你好\n", "session 3: 你好\n"], (await store.TakeAsync(Cancel)).Select(Text).Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_session_that_cannot_be_encrypted_is_not_said_to_be_kept_and_the_others_are()
    {
        using var store = new FileSessionStore(File, new Picky(), NullLogger<FileSessionStore>.Instance);
        Assert.Equal([Id(1), Id(3)], await store.KeepAsync([One(1, "a"), One(2, "no"), One(3, "c")], Cancel));
        Assert.Equal(["a", "c"], (await store.TakeAsync(Cancel)).Select(Text), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Who_has_given_up_waiting_finds_nothing_kept()
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        using var store = new FileSessionStore(File, protection: null, NullLogger<FileSessionStore>.Instance) { Stepped = _ => late.Cancel() };
        await Assert.ThrowsAsync<SessionStoreException>(() => store.KeepAsync(Sessions(1), late.Token));
        Assert.Empty(await store.TakeAsync(Cancel));
    }

    [Fact]
    public async Task What_is_over_is_taken_out_of_what_was_taken()
    {
        await KeepAsync(Sessions(3));
        using (var store = Store())
        {
            await store.TakeAsync(Cancel);
            await store.RetainTakenAsync([Id(2)], Cancel);
        }

        using var next = Store();
        Assert.Equal([Id(2)], (await next.TakeAsync(Cancel)).Select(static one => one.Id));
    }

    [Fact]
    public async Task What_cannot_be_used_is_set_aside_and_never_deleted()
    {
        using var store = Store();
        await store.SetAsideAsync([One(1, "first")], Cancel);
        await store.SetAsideAsync([One(2, "second")], Cancel);
        await store.KeepAsync(Sessions(1), Cancel);
        await store.TakeAsync(Cancel);
        await store.KeepAsync([], Cancel);
        Assert.Equal(
            [File + ".lock", File + ".unreadable", File + ".unreadable-2"],
            Directory.EnumerateFiles(Path.GetDirectoryName(File)!).Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_damaged_session_costs_only_itself_and_the_file_is_put_aside()
    {
        await KeepAsync(Sessions(3));
        var lines = await System.IO.File.ReadAllLinesAsync(File, Cancel);
        lines[2] = lines[2][..^3] + "!!!";
        await System.IO.File.WriteAllLinesAsync(File, lines, Cancel);
        using var store = Store();
        Assert.Equal(2, (await store.TakeAsync(Cancel)).Count);
        await store.RetainTakenAsync([], Cancel);
        Assert.Equal(lines, await System.IO.File.ReadAllLinesAsync(File + ".unreadable", Cancel));
        Assert.Equal(2, Directory.EnumerateFiles(Path.GetDirectoryName(File)!).Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("something else\n")]
    [InlineData("null\n")]
    [InlineData("{}\n")]
    [InlineData("{\"format\":\"holdfast-sessions\",\"version\":2,\"isProtected\":false,\"count\":1}\n1 e30=\n")]
    [InlineData("{\"format\":\"holdfast-sessions\",\"version\":1,\"isProtected\":true,\"count\":1}\n1 e30=\n")]
    [InlineData("{\"format\":\"holdfast-sessions\",\"version\":1,\"isProtected\":false,\"count\":2147483647}\n0 e30=\n")]
    public async Task A_foreign_file_is_put_aside(string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        await System.IO.File.WriteAllTextAsync(File, content, Cancel);
        using var store = Store();
        Assert.Empty(await store.TakeAsync(Cancel));
        Assert.Equal(content, await System.IO.File.ReadAllTextAsync(File + ".unreadable", Cancel));
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public async Task Where_nothing_can_be_written_it_says_so()
    {
        Directory.CreateDirectory(_directory);
        await System.IO.File.WriteAllTextAsync(Path.Combine(_directory, "deep"), "a file, and no directory", Cancel);
        using var store = Store();
        Assert.Throws<SessionStoreException>(store.EnsureWritable);
        var failure = await Assert.ThrowsAsync<SessionStoreException>(() => store.KeepAsync(Sessions(1), Cancel));
        Assert.Contains(File, failure.Message, StringComparison.Ordinal);
        Assert.Empty(await store.TakeAsync(Cancel));
    }

    [Fact]
    public async Task What_a_file_holds_never_throws()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        await KeepAsync(Sessions(2));
        var sound = await System.IO.File.ReadAllBytesAsync(File, Cancel);
        var damaged = Gen.Select(Gen.Int[0, sound.Length - 1], Gen.Byte, Gen.Int[0, sound.Length]).Select((at, value, length) =>
        {
            var bytes = sound[..length];
            if (at < length)
            {
                bytes[at] = value;
            }

            return bytes;
        });
        await Gen.OneOf(Gen.Byte.Array[0, 400], damaged).SampleAsync(
            async bytes =>
            {
                await System.IO.File.WriteAllBytesAsync(File, bytes);
                using var store = Store();
                Assert.True((await store.TakeAsync(CancellationToken.None)).Count <= 2 || bytes.Length > 0);
                await store.RetainTakenAsync([], CancellationToken.None);
                foreach (var aside in Directory.EnumerateFiles(Path.GetDirectoryName(File)!, "*.unreadable"))
                {
                    System.IO.File.Delete(aside);
                }
            },
            iter: 500,
            threads: 1);
    }

    [Fact]
    public void What_a_record_holds_never_throws_and_what_is_taken_up_lives()
    {
        using var listener = new Listener(71);
        listener.Visit.Session.Say("abcdefghijklmnop", "key");
        listener.Visit.RunFor(3);
        var (id, data) = listener.House.PutAside().Single();
        var sound = data.ToArray();
        using var next = new SimulatedHouse(listener.House.Network, shows: new NumberedShows());
        var digits = Gen.Int[0, Characters.Length - 1].Select(static i => (byte)Characters[i]);
        var damaged = Gen.Select(Gen.Select(Gen.Int[0, sound.Length - 1], digits).Array[1, 3], Gen.Int[0, 400]).Select((changes, cut) =>
        {
            var bytes = sound.ToArray();
            foreach (var (at, value) in changes)
            {
                bytes[at] = value;
            }

            return cut == 0 ? bytes[..(bytes.Length / 2)] : bytes;
        });
        var takenUp = 0;
        Gen.OneOf(Gen.Byte.Array[0, 200], damaged).Sample(
            bytes =>
            {
                var taken = next.Sessions.TakeUp([new KeptSession(id, bytes)]);
                Assert.Equal(1, taken.Live + taken.Expired + taken.Unreadable);
                if (next.Sessions.Find(id) is not SessionLookup.Live(var session))
                {
                    return;
                }

                // It can do all that a session can.
                takenUp++;
                session.Heartbeat();
                session.Say("more");
                session.Interrupt();
                Assert.Equal(SessionState.Held, session.Snapshot().State);
                Assert.NotNull(SessionRecordFormat.Write(session.PutAsideAsync().GetAwaiter().GetResult()!));
                next.Sessions.Abandon(id);
            },
            iter: 2_000,
            threads: 1);
        Assert.True(takenUp > 20, "Some changes do no harm.");
    }

    public void Dispose()
    {
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    private static SessionId Id(int i) => SessionId.Parse($"{i}", null);

    private static KeptSession One(int i, string text) => new(Id(i), Encoding.UTF8.GetBytes(text));

    private async Task KeepAsync(KeptSession[] sessions)
    {
        using var store = Store();
        Assert.Equal(sessions.Select(static one => one.Id), await store.KeepAsync(sessions, Cancel));
    }

    private sealed class Picky : ISessionProtection
    {
        public byte[] Protect(ReadOnlySpan<byte> data) =>
            data.SequenceEqual("no"u8) ? throw new InvalidOperationException("There is no key for it.") : data.ToArray();

        public bool TryUnprotect(ReadOnlySpan<byte> data, out byte[] open)
        {
            open = data.ToArray();
            return true;
        }
    }

    private static KeptSession[] Sessions(int count) =>
        [.. Enumerable.Range(1, count).Select(static i => new KeptSession(SessionId.Parse($"{i}", null), Encoding.UTF8.GetBytes($"session {i}: 你好\n")))];

    private static string Text(KeptSession kept) => Encoding.UTF8.GetString(kept.Data.Span);

    private FileSessionStore Store() => new(File, protection: null, NullLogger<FileSessionStore>.Instance);
}
