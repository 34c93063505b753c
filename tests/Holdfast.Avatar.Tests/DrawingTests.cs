using Holdfast.Media;

namespace Holdfast.Avatar.Tests;

public sealed class DrawingTests
{
    private const int Size = 256;

    public static TheoryData<string> Names => ["lin", "kai"];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_idle_motion_begins_again_with_the_very_same_pixels(string name)
    {
        var (character, renderer) = Make(name);
        using var _ = renderer;
        var idle = new IdleMotion(character.Motion);
        foreach (var frame in new[] { 0L, 1, 97, 249 })
        {
            var first = Draw(renderer, idle[frame]);
            var later = Draw(renderer, idle[frame + (IdleMotion.Period * 1000L)]);
            Assert.True(first.AsSpan().SequenceEqual(later));
        }

        // And the step over the seam is no larger than the largest other one.
        Assert.True(Step(idle, 249) <= Enumerable.Range(0, 249).Max(frame => Step(idle, frame)) + 1e-4);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_viseme_looks_different_at_the_mouth_and_only_below_the_nose(string name)
    {
        var (character, renderer) = Make(name);
        using var _ = renderer;
        var pictures = Enum.GetValues<Viseme>().Select(v => Draw(renderer, new Pose { Mouth = Mouths.Of(v) })).ToList();
        var mouth = (int)(character.Design.Mouth.Y * Size / 512);
        for (var a = 0; a < pictures.Count; a++)
        {
            for (var b = a + 1; b < pictures.Count; b++)
            {
                var changed = Changed(pictures[a], pictures[b], mouth - 14, mouth + 22, 108, 148);
                Assert.True(changed > 60, $"{(Viseme)a} and {(Viseme)b} differ in {changed} pixels");
                Assert.Equal(0, Changed(pictures[a], pictures[b], 0, mouth - 24, 0, Size));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_blink_changes_the_eyes_and_nothing_below_them(string name)
    {
        var (character, renderer) = Make(name);
        using var _ = renderer;
        var open = Draw(renderer, new Pose());
        var half = Draw(renderer, new Pose { Blink = 0.5f });
        var shut = Draw(renderer, new Pose { Blink = 1 });
        var eye = (int)(character.Design.Eyes.Y * Size / 512);
        Assert.True(Changed(open, shut, eye - 10, eye + 10, 90, 166) > 200);
        Assert.True(Changed(half, shut, eye - 10, eye + 10, 90, 166) > 60);
        Assert.Equal(0, Changed(open, shut, eye + 14, Size, 0, Size));

        // No white and no iris is left between shut lids: little contrast.
        Assert.True(Bright(open, eye, 90, 166) > 10);
        Assert.Equal(0, Bright(shut, eye, 90, 166));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_head_stays_inside_a_landscape_and_a_portrait_crop(string name)
    {
        var (_, renderer) = Make(name);
        using var __ = renderer;
        foreach (var pose in new[] { new Pose(), new Pose { Yaw = 1, Roll = 3 }, new Pose { Yaw = -1, Roll = -3, Pitch = -1 } })
        {
            var picture = Draw(renderer, pose);

            // 822 x 706 shows rows 7 % to 93 %; there is still air above the hair.
            Assert.Equal(0, DifferentFromBackground(picture, 0, (int)(Size * 0.085), 0, Size));

            // 360 x 520 shows columns 15 % to 85 %: nothing of head and hair lies outside, above the shoulders.
            Assert.Equal(0, DifferentFromBackground(picture, 0, (int)(Size * 0.70), 0, (int)(Size * 0.16)));
            Assert.Equal(0, DifferentFromBackground(picture, 0, (int)(Size * 0.70), (int)(Size * 0.84), Size));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_lies_behind_the_person_is_one_colour_in_the_encoded_picture_too(string name)
    {
        var (character, renderer) = Make(name);
        using var _ = renderer;
        using var encoder = new Vp8Encoder(new Vp8EncoderOptions { Format = new VideoFormat(Size, Size, 25), BitrateBitsPerSecond = 150_000 });
        using var decoder = new Vp8Decoder();
        var idle = new IdleMotion(character.Motion);
        var picture = new I420Picture(Size, Size);
        for (var i = 0; i < 8; i++)
        {
            renderer.Draw(idle[i * 6], picture);
            Assert.True(decoder.TryDecode(encoder.Encode(picture, forceKeyFrame: i == 4, out bool _), out var seen));

            // The upper corners, far from the hair: no blocks, whose edges are steps.
            for (var y = 0; y < Size / 4; y++)
            {
                var row = seen.Y.Slice(y * Size, Size / 6);
                Assert.True(row.IndexOfAnyExcept(seen.Y[0]) < 0, $"picture {i}, row {y}");
            }
        }
    }

    [Theory]
    [InlineData("lin", 330, 430, 90, 180)]
    [InlineData("kai", 46, 100, 170, 350)]
    public void The_loose_ends_of_the_hair_sway(string name, int top, int bottom, int left, int right)
    {
        var (_, renderer) = Make(name);
        using var __ = renderer;
        var still = Draw(renderer, new Pose());
        var swaying = Draw(renderer, new Pose { Sway = 4 });
        Assert.True(Changed(still, swaying, top / 2, bottom / 2, left / 2, right / 2) > 20);

        // The face stays.
        Assert.Equal(0, Changed(still, swaying, 95, 165, 105, 150));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_is_seen_below_lifted_shoulders(string name)
    {
        var (_, renderer) = Make(name);
        using var __ = renderer;
        foreach (var shoulders in new[] { -5f, 5f })
        {
            var picture = Draw(renderer, new Pose { Shoulders = shoulders, Breath = 1 });

            // But for the rim of a blouse, which is nearly of the backdrop's colour.
            Assert.InRange(DifferentFromBackground(picture, Size - 2, Size, 48, Size - 48), ((Size - 96) * 2) - 8, (Size - 96) * 2);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_shoulder_is_lifted_and_the_other_one_lowered(string name)
    {
        var (_, renderer) = Make(name);
        using var __ = renderer;
        var still = Draw(renderer, new Pose());
        var lifted = Draw(renderer, new Pose { Shoulders = 4 });
        Assert.True(Changed(still, lifted, 190, Size, 180, 250) > 20);
        Assert.True(Changed(still, lifted, 190, Size, 6, 76) > 20);
        Assert.Equal(0, Changed(still, lifted, 0, 160, 0, Size));
    }

    [Fact]
    public void Whoever_listens_looks_at_the_person_and_whoever_thinks_looks_away_for_a_moment()
    {
        var motion = new AttentionMotion();
        var idle = new Pose { GazeX = 0.4f, GazeY = 0.1f };
        Pose After(Attention attention, int ticks)
        {
            for (var i = 0; i < ticks; i++)
            {
                motion.Tick(attention);
            }

            return motion.Apply(idle);
        }

        var listening = After(Attention.Listening, 50);
        Assert.Equal(0, listening.GazeX, 3);
        Assert.True(listening.Brow > idle.Brow && listening.Roll != idle.Roll);

        var thinking = After(Attention.Thinking, 50);
        Assert.True(thinking.GazeX < -0.5f && thinking.GazeY < -0.5f);
        Assert.Equal(idle, After(Attention.None, 60));
        Assert.True(motion.IsIdle);

        // Neither costs a drawing for ever.
        Assert.Equal(idle, After(Attention.Thinking, 6 * 50));
        Assert.True(motion.IsIdle);
        Assert.NotEqual(idle, After(Attention.Listening, 10 * 50));
        Assert.Equal(idle, After(Attention.Listening, 12 * 50));
        Assert.True(motion.IsIdle);
    }

    [Fact]
    public void The_two_characters_blink_at_different_and_irregular_times()
    {
        var lin = Character.All[0].Motion.Blinks;
        var kai = Character.All[1].Motion.Blinks;
        Assert.Empty(lin.Intersect(kai));
        foreach (var blinks in new[] { lin, kai })
        {
            var gaps = blinks.Zip(blinks.Skip(1), (a, b) => b - a).Append(blinks[0] + IdleMotion.Period - blinks[^1]).ToList();
            Assert.True(gaps.Max() > gaps.Min() * 2);
            Assert.All(gaps, gap => Assert.InRange(gap, 8, 125));
        }
    }

    [Fact]
    public void A_picture_in_any_size_shows_the_same_portrait()
    {
        using var small = new PortraitRenderer(new PortraitLayers(Lin.Design, 256));
        using var large = new PortraitRenderer(new PortraitLayers(Lin.Design, 512));
        var smallPixels = Draw(small, new Pose());
        var largePixels = Draw(large, new Pose());
        var difference = 0.0;
        for (var y = 0; y < 256; y++)
        {
            for (var x = 0; x < 256; x++)
            {
                var at = ((y * 2 * 512) + (x * 2)) * 4;
                var mean = (largePixels[at + 1] + largePixels[at + 5] + largePixels[at + (512 * 4) + 1] + largePixels[at + (512 * 4) + 5]) / 4.0;
                difference += Math.Abs(mean - smallPixels[(((y * 256) + x) * 4) + 1]);
            }
        }

        Assert.True(difference / (256 * 256) < 1.5, $"{difference / (256 * 256)}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_was_drawn_before_leaves_no_trace(string name)
    {
        var design = Character.All.Single(c => string.Equals(c.Design.Name, name, StringComparison.Ordinal)).Design;
        var layers = new PortraitLayers(design, Size);
        using var used = new PortraitRenderer(layers);
        var random = new Random(23);
        float Any(float least, float most) => least + ((most - least) * random.NextSingle());
        var (before, after) = (new I420Picture(Size, Size), new I420Picture(Size, Size));
        for (var i = 0; i < 400; i++)
        {
            var pose = new Pose
            {
                Breath = Any(0, 1),
                Yaw = Any(-1, 1),
                Pitch = Any(-1, 1),
                Roll = Any(-3, 3),
                GazeX = Any(-1, 1),
                GazeY = Any(-1, 1),
                Blink = Any(0, 1),
                Brow = Any(-1, 1),
                Smile = Any(0, 1),
                Sway = Any(-6, 6),
                Shoulders = Any(-3, 3),
                Mouth = new MouthShape { Open = Any(0, 1), Width = Any(-1, 1), Round = Any(0, 1), Upper = Any(0, 1), Lower = Any(0, 1), Tongue = Any(0, 1) },
            };
            used.Draw(pose, before);
            using var fresh = new PortraitRenderer(layers);
            random.NextBytes(after.Data);
            fresh.Draw(pose, after);
            Assert.True(before.Data.SequenceEqual(after.Data), $"picture {i}");
        }
    }

    [Fact]
    public void Drawing_leaves_little_garbage()
    {
        using var renderer = new PortraitRenderer(new PortraitLayers(Kai.Design, Size));
        var picture = new I420Picture(Size, Size);
        var pose = new Pose { Yaw = 0.3f, Roll = 1, Mouth = Mouths.Of(Viseme.Ah) };
        for (var i = 0; i < 10; i++)
        {
            renderer.Draw(pose, picture);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 50; i++)
        {
            renderer.Draw(pose, picture);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 50, 0, 4096);
    }

    private static (Character Character, PortraitRenderer Renderer) Make(string name)
    {
        var character = Character.All.Single(c => string.Equals(c.Design.Name, name, StringComparison.Ordinal));
        return (character, new PortraitRenderer(new PortraitLayers(character.Design, Size)));
    }

    private static byte[] Draw(PortraitRenderer renderer, Pose pose)
    {
        using var colours = renderer.DrawColours(pose);
        return colours.GetPixelSpan().ToArray();
    }

    private static double Step(IdleMotion idle, long frame)
    {
        var (a, b) = (idle[frame], idle[frame + 1]);
        return Math.Max(Math.Abs(a.Yaw - b.Yaw), Math.Max(Math.Abs(a.Roll - b.Roll), Math.Max(Math.Abs(a.Breath - b.Breath), Math.Abs(a.GazeX - b.GazeX))));
    }

    private static int Changed(byte[] a, byte[] b, int top, int bottom, int left, int right)
    {
        var changed = 0;
        for (var y = top; y < bottom; y++)
        {
            for (var x = left; x < right; x++)
            {
                var at = ((y * Size) + x) * 4;
                changed += Math.Abs(a[at] - b[at]) + Math.Abs(a[at + 1] - b[at + 1]) + Math.Abs(a[at + 2] - b[at + 2]) > 24 ? 1 : 0;
            }
        }

        return changed;
    }

    private static int Bright(byte[] picture, int eye, int left, int right)
    {
        var bright = 0;
        for (var y = eye - 4; y < eye + 4; y++)
        {
            for (var x = left; x < right; x++)
            {
                var at = ((y * Size) + x) * 4;
                bright += picture[at] > 236 && picture[at + 1] > 236 ? 1 : 0;
            }
        }

        return bright;
    }

    private static int DifferentFromBackground(byte[] picture, int top, int bottom, int left, int right)
    {
        var bare = new byte[picture.Length];
        for (var i = 0; i < bare.Length; i += 4)
        {
            (bare[i], bare[i + 1], bare[i + 2], bare[i + 3]) = (Backdrop.Color.Blue, Backdrop.Color.Green, Backdrop.Color.Red, 255);
        }

        return Changed(picture, bare, top, bottom, left, right);
    }
}
