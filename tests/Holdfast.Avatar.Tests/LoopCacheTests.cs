using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Avatar.Tests;

/// <summary>Idle loops that are drawn and encoded once, and read at the starts that follow.</summary>
public sealed class LoopCacheTests : IDisposable
{
    private const int Bitrate = 200_000;

    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"holdfast-loops-{Guid.NewGuid():N}");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private LoopCache Cache => new(_directory, NullLogger.Instance);

    public void Dispose()
    {
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    [Fact]
    public void A_second_start_reads_what_the_first_has_drawn()
    {
        using var first = new AvatarStage(Character.All[0], 128);
        Assert.True(first.Prepare(Bitrate, Cache, Cancellation));
        first.PrepareThinner(Bitrate, Cache, Cancellation);

        using var second = new AvatarStage(Character.All[0], 128);
        Assert.False(second.Prepare(Bitrate, Cache, Cancellation));

        Assert.NotNull(second.Loop!.Thinner);
        Assert.All(Enumerable.Range(0, first.Loop!.Count), i => Assert.True(first.Loop[i].SequenceEqual(second.Loop[i])));
    }

    [Fact]
    public void What_is_drawn_otherwise_is_drawn_anew()
    {
        using var lin = new AvatarStage(Character.All[0], 128);
        lin.Prepare(Bitrate, Cache, Cancellation);
        lin.PrepareThinner(Bitrate, Cache, Cancellation);

        using var larger = new AvatarStage(Character.All[0], 144);
        Assert.True(larger.Prepare(Bitrate, Cache, Cancellation));
        using var another = new AvatarStage(Character.All[1], 128);
        Assert.True(another.Prepare(Bitrate, Cache, Cancellation));
        using var richer = new AvatarStage(Character.All[0], 128);
        Assert.True(richer.Prepare(Bitrate * 2, Cache, Cancellation));
    }

    [Fact]
    public void A_damaged_file_is_drawn_over()
    {
        using var first = new AvatarStage(Character.All[0], 128);
        first.Prepare(Bitrate, Cache, Cancellation);
        first.PrepareThinner(Bitrate, Cache, Cancellation);
        var file = Assert.Single(Directory.GetFiles(_directory));
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..1_000]);

        using var second = new AvatarStage(Character.All[0], 128);
        Assert.True(second.Prepare(Bitrate, Cache, Cancellation));
        second.PrepareThinner(Bitrate, Cache, Cancellation);

        using var third = new AvatarStage(Character.All[0], 128);
        Assert.False(third.Prepare(Bitrate, Cache, Cancellation));
        Assert.Single(Directory.GetFiles(_directory));
    }

    [Fact]
    public void Where_nothing_can_be_kept_the_loops_are_there_all_the_same()
    {
        // A file where the directory should be.
        File.WriteAllText(_directory, "");
        try
        {
            using var stage = new AvatarStage(Character.All[0], 128);
            Assert.True(stage.Prepare(Bitrate, Cache, Cancellation));
            stage.PrepareThinner(Bitrate, Cache, Cancellation);
            Assert.NotNull(stage.Loop!.Thinner);
        }
        finally
        {
            File.Delete(_directory);
        }
    }

    [Fact]
    public void Of_many_those_used_last_are_left()
    {
        Directory.CreateDirectory(_directory);
        for (var i = 0; i < 40; i++)
        {
            var old = Path.Combine(_directory, $"old-{i}.loop");
            File.WriteAllText(old, "");
            File.SetLastWriteTimeUtc(old, DateTime.UnixEpoch.AddDays(i));
        }

        using var stage = new AvatarStage(Character.All[0], 128);
        stage.Prepare(Bitrate, Cache, Cancellation);
        stage.PrepareThinner(Bitrate, Cache, Cancellation);

        Assert.Equal(32, Directory.GetFiles(_directory).Length);
        Assert.True(File.Exists(Path.Combine(_directory, "old-39.loop")));
        Assert.False(File.Exists(Path.Combine(_directory, "old-8.loop")));
        Assert.False(new AvatarStage(Character.All[0], 128).Prepare(Bitrate, Cache, Cancellation));
    }

    [Fact]
    public void They_are_kept_where_a_service_or_a_user_keeps_what_can_be_made_again()
    {
        Assert.Equal("/var/cache/holdfast", Directory_("CACHE_DIRECTORY", "/var/cache/holdfast:/var/cache/other"));
        Assert.Equal(Path.Combine("/var/lib/holdfast", "cache"), Directory_("STATE_DIRECTORY", "/var/lib/holdfast"));
        if (OperatingSystem.IsLinux())
        {
            Assert.Equal("/tmp/x/holdfast", Directory_("XDG_CACHE_HOME", "/tmp/x"));
            Assert.Equal("/home/lin/.cache/holdfast", Directory_("NONE", ""));
            Assert.Null(LoopCache.DefaultDirectory(static _ => null, userData: "", home: ""));
        }

        static string? Directory_(string name, string value) => LoopCache.DefaultDirectory(
            asked => string.Equals(asked, name, StringComparison.Ordinal) ? value : null, "/home/lin/.local/share", "/home/lin");
    }
}
