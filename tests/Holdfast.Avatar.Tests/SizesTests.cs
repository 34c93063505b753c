using Holdfast.Media;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Avatar.Tests;

/// <summary>Avatars in larger sizes, for large stages.</summary>
public sealed class SizesTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"holdfast-loops-{Guid.NewGuid():N}");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    [Theory]
    [InlineData(512, 1024, "512 768 1024")]
    [InlineData(512, 1000, "512 768")]
    [InlineData(512, 512, "512")]
    [InlineData(512, 256, "512")]
    [InlineData(720, 1080, "720 1024")]
    [InlineData(1000, 1024, "992")]
    [InlineData(128, 400, "128 256 384")]
    public void There_are_sizes_from_the_usual_one_to_the_largest_that_is_allowed(int usual, int most, string expected) =>
        Assert.Equal(expected, string.Join(' ', AvatarSizes.From(usual, most).Select(static format => format.Width)));

    [Fact]
    public async Task Larger_loops_are_made_when_they_are_wanted_and_are_the_same_motion()
    {
        await using var factory = Make();
        await factory.PrepareAsync(Cancellation);
        var show = Assert.IsType<IScalableShow>(factory.Create("lin", new Diary()), exactMatch: false);
        Assert.Equal([128, 256, 384], show.VideoFormats.Select(static format => format.Width));
        await factory.Larger.Settled;
        Assert.Single(Directory.GetFiles(_directory, "lin-*"));

        // To ask is to want; whoever asks again while it is made begins nothing anew.
        Assert.Null(show.IdleLoopOf(show.VideoFormats[1]));
        var making = factory.Larger.Settled;
        for (var i = 0; i < 1_000; i++)
        {
            _ = show.IdleLoopOf(show.VideoFormats[1]);
        }

        Assert.Same(making, factory.Larger.Settled);
        await making;
        Assert.Equal(2, Directory.GetFiles(_directory, "lin-*").Length);
        var loop = show.IdleLoopOf(show.VideoFormats[1])!;
        Assert.Same(show.IdleLoop, loop.Thinner);
        Assert.Null(show.IdleLoopOf(show.VideoFormats[2]));
        await factory.Larger.Settled;
        Assert.Same(loop, show.IdleLoopOf(show.VideoFormats[2])!.Thinner);
        Assert.Single(Directory.GetFiles(_directory, "kai-*"));

        // It shows what Draw draws, which draws in the size of the picture.
        using var decoder = new Vp8Decoder();
        var drawn = new I420Picture(256, 256);
        for (var i = 0; i < 60; i++)
        {
            Assert.True(decoder.TryDecode(loop[i], out var decoded));
            show.Draw(i, drawn);
            Assert.True(AvatarShowFactoryTests.Psnr(decoded, drawn) > 30, $"picture {i}");
        }

        Assert.Throws<ArgumentException>(() => show.Draw(0, new I420Picture(144, 144)));

        // The next start reads them, when they are wanted.
        await using var again = Make();
        await again.PrepareAsync(Cancellation);
        var same = (IScalableShow)again.Create("lin", new Diary());
        Assert.Null(same.IdleLoopOf(show.VideoFormats[1]));
        await again.Larger.Settled;
        Assert.True(loop[7].SequenceEqual(same.IdleLoopOf(show.VideoFormats[1])![7]));
    }

    [Fact]
    public async Task What_leans_is_painted_before_somebody_speaks()
    {
        await using (var first = Make())
        {
            await first.PrepareAsync(Cancellation);
        }

        // The loops are read, so that nothing was painted for them.
        await using var factory = Make();
        await factory.PrepareAsync(Cancellation);
        await using var show = Assert.IsType<AvatarShow>(factory.Create("kai", new Diary()));
        var picture = new I420Picture(128, 128);
        show.Draw(0, picture);

        // The second time nothing is painted whatever was the first time; one step of the head takes some fifty kilobytes in this size.
        var (once, again) = (Speak(), Speak());
        Assert.InRange(once - again, -100_000, 100_000);

        long Speak()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 300; i++)
            {
                show.Motion.Tick(speaking: true, MouthShape.Rest, 0.5f);
                show.Draw(i, picture);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public async Task Letting_go_stops_the_making()
    {
        var factory = Make();
        await factory.PrepareAsync(Cancellation);
        var show = (IScalableShow)factory.Create("lin", new Diary());
        Assert.Null(show.IdleLoopOf(show.VideoFormats[2]));
        await factory.DisposeAsync();
        Assert.True(factory.Larger.Settled.IsCompleted);
    }

    [Fact]
    public void An_action_is_stretched_to_a_larger_picture()
    {
        var source = new I420Picture(16, 16);
        for (var i = 0; i < source.Y.Length; i++)
        {
            source.Y[i] = (byte)(i % 16 * 16);
        }

        source.U.Fill(90);
        source.V.Fill(200);
        var target = new I420Picture(32, 32);
        Stretching.Stretch(source, target);
        Assert.Equal(0, target.Y[0]);
        Assert.Equal(240, target.Y[31]);
        for (var x = 1; x < 31; x++)
        {
            Assert.Equal(8, target.Y[(5 * 32) + x + 1 - (x == 30 ? 1 : 0)] - target.Y[(5 * 32) + x - (x == 30 ? 1 : 0)], tolerance: 4.0);
        }

        Assert.Equal(90, target.U[77]);
        Assert.Equal(200, target.V[77]);
    }

    private AvatarShowFactory Make() => AvatarShowFactoryTests.Make(options =>
        (options.PictureSize, options.MaxPictureSize, options.LoopCache) = (128, 384, _directory));
}
