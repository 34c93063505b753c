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
        await Store().KeepAsync(kept, Cancel);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(OnlyTheUser, System.IO.File.GetUnixFileMode(File));
            Assert.Equal(OnlyTheUser | UnixFileMode.UserExecute, System.IO.File.GetUnixFileMode(Path.GetDirectoryName(File)!));
        }

        var store = Store();
        var taken = await store.TakeAsync(Cancel);
        Assert.Equal(kept.Select(static one => (one.Id, Text(one))), taken.Select(static one => (one.Id, Text(one))));
        Assert.Empty(await Store().TakeAsync(Cancel));
        await store.ForgetTakenAsync(Cancel);
        Assert.Empty(Directory.EnumerateFiles(Path.GetDirectoryName(File)!));
    }

    [Fact]
    public async Task Of_many_servers_that_want_it_one_gets_it()
    {
        await Store().KeepAsync(Sessions(2), Cancel);
        var taken = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => Store().TakeAsync(Cancel), Cancel)));
        Assert.Equal(2, Assert.Single(taken, static one => one.Count > 0).Count);
    }

    [Fact]
    public async Task A_start_that_failed_puts_it_back()
    {
        await Store().KeepAsync(Sessions(2), Cancel);
        var failing = Store();
        await failing.TakeAsync(Cancel);
        await failing.PutBackAsync(Cancel);
        Assert.Equal(2, (await Store().TakeAsync(Cancel)).Count);
    }

    [Fact]
    public async Task Where_there_is_nothing_to_keep_nothing_old_stays()
    {
        await Store().KeepAsync(Sessions(2), Cancel);
        await Store().KeepAsync([], Cancel);
        Assert.Empty(await Store().TakeAsync(Cancel));
    }

    [Fact]
    public async Task A_damaged_session_costs_only_itself_and_the_file_is_put_aside()
    {
        await Store().KeepAsync(Sessions(3), Cancel);
        var lines = await System.IO.File.ReadAllLinesAsync(File, Cancel);
        lines[2] = lines[2][..^3] + "!!!";
        await System.IO.File.WriteAllLinesAsync(File, lines, Cancel);
        var store = Store();
        Assert.Equal(2, (await store.TakeAsync(Cancel)).Count);
        await store.ForgetTakenAsync(Cancel);
        Assert.Equal(File + ".unreadable", Assert.Single(Directory.EnumerateFiles(Path.GetDirectoryName(File)!)));
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
        Assert.Empty(await Store().TakeAsync(Cancel));
        Assert.True(System.IO.File.Exists(File + ".unreadable"));
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public async Task Where_nothing_can_be_written_it_says_so()
    {
        Directory.CreateDirectory(_directory);
        await System.IO.File.WriteAllTextAsync(Path.Combine(_directory, "deep"), "a file, and no directory", Cancel);
        Assert.Throws<SessionStoreException>(Store().EnsureWritable);
        var failure = await Assert.ThrowsAsync<SessionStoreException>(() => Store().KeepAsync(Sessions(1), Cancel));
        Assert.Contains(File, failure.Message, StringComparison.Ordinal);
        Assert.Empty(await Store().TakeAsync(Cancel));
    }

    [Fact]
    public async Task What_a_file_holds_never_throws()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        await Store().KeepAsync(Sessions(2), Cancel);
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
                var store = Store();
                Assert.True((await store.TakeAsync(CancellationToken.None)).Count <= 2 || bytes.Length > 0);
                await store.ForgetTakenAsync(CancellationToken.None);
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

    private static KeptSession[] Sessions(int count) =>
        [.. Enumerable.Range(1, count).Select(static i => new KeptSession(SessionId.Parse($"{i}", null), Encoding.UTF8.GetBytes($"session {i}: 你好\n")))];

    private static string Text(KeptSession kept) => Encoding.UTF8.GetString(kept.Data.Span);

    private FileSessionStore Store() => new(File, protection: null, NullLogger<FileSessionStore>.Instance);
}
