using Holdfast.Media;
using Holdfast.Speech.Tests;

namespace Holdfast.Avatar.Tests;

/// <summary>Every second picture is another face on a head that is held; nobody is to see it.</summary>
public sealed class HeldPoseTests
{
    [Theory]
    [InlineData("lin", 512)]
    [InlineData("kai", 512)]
    [InlineData("lin", 1024)]
    [InlineData("kai", 144)]
    public void Another_face_on_a_held_head_is_the_same_as_all_of_it_drawn_and_nothing_else_is_touched(string name, int size)
    {
        var design = Character.All.Single(c => string.Equals(c.Design.Name, name, StringComparison.Ordinal)).Design;
        using var renderer = new PortraitRenderer(new PortraitLayers(design, size));
        var random = new Random(31);
        var (picture, before, whole) = (new I420Picture(size, size), new I420Picture(size, size), new I420Picture(size, size));
        for (var i = 0; i < 60; i++)
        {
            var (pose, other) = (Any(random), Any(random));
            var held = pose.WithFaceOf(other, eyes: i % 2 == 0);
            renderer.Draw(pose, before);
            before.Data.CopyTo(picture.Data);
            var area = renderer.Redraw(pose, held, picture);
            renderer.Draw(held, whole);
            Assert.True(picture.Data.SequenceEqual(whole.Data), $"picture {i}");
            Assert.True(IsSameOutside(area, before, picture), $"picture {i}");
            Assert.InRange((area.Right - area.Left) * (area.Bottom - area.Top), 1, size * size * 0.35);
        }
    }

    [Theory]
    [InlineData("lin", 512)]
    [InlineData("kai", 512)]
    [InlineData("kai", 1024)]
    public void A_mouth_that_moves_is_drawn_without_the_eyes(string name, int size)
    {
        var design = Character.All.Single(c => string.Equals(c.Design.Name, name, StringComparison.Ordinal)).Design;
        using var portrait = new Portrait(new PortraitLayers(design, size));
        var (random, picture) = (new Random(32), new I420Picture(size, size));
        for (var i = 0; i < 60; i++)
        {
            var (pose, other) = (Any(random), Any(random));
            Assert.False(portrait.MouthArea(picture, pose, pose.WithFaceOf(other, eyes: false)).Meets(portrait.EyesArea(picture, pose)), $"picture {i}");
        }
    }

    [Fact]
    public void The_same_face_changes_nothing()
    {
        using var renderer = new PortraitRenderer(new PortraitLayers(Lin.Design, 144));
        var picture = new I420Picture(144, 144);
        Assert.True(renderer.Redraw(new Pose { Yaw = 0.1f }, new Pose { Yaw = 0.1f }, picture).IsEmpty);
    }

    [Fact]
    public void A_head_is_held_for_one_picture_at_the_most_and_only_while_it_hardly_moves()
    {
        var held = new HeldPose();
        var (pose, moved, far) = (new Pose { Mouth = Mouths.Of(Viseme.Oh) }, new Pose { Yaw = 0.05f }, new Pose { Yaw = 0.12f });
        Assert.InRange(moved.MovedFrom(pose), 0.1f, HeldPose.MostMoved);
        Assert.True(far.MovedFrom(pose) > HeldPose.MostMoved);

        Assert.False(held.TryHold(1, moved, out _, out _), "Nothing was drawn before.");
        held.Drew(4, pose);
        Assert.False(held.TryHold(5, far, out _, out _), "It moves too far.");
        Assert.False(held.TryHold(7, moved, out _, out _), "It is not the next one.");
        Assert.True(held.TryHold(5, moved, out var last, out var next));
        Assert.Equal(pose, last);
        Assert.Equal(new Pose(), next);
        held.Drew(5, next);
        Assert.False(held.TryHold(6, moved, out _, out _), "It was held already.");
    }

    [Theory]
    [InlineData(0.001f, false)]
    [InlineData(0.3f, true)]
    public void Eyes_that_hardly_move_are_held_with_it(float blink, bool isSeen)
    {
        var held = new HeldPose();
        held.Drew(0, default);
        Assert.True(held.TryHold(1, new Pose { Blink = blink }, out _, out var next));
        Assert.Equal(isSeen ? blink : 0, next.Blink);
    }

    [Fact]
    public async Task A_show_retouches_every_second_picture_of_a_voice_and_draws_all_of_it_where_it_has_to()
    {
        var diary = new Diary();
        await using var show = new AvatarShow(
            new AvatarStage(Character.All[0], 144), Espeak.Client(), new AvatarOptions(), diary, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        show.Say(new Utterance("a", "The quick brown fox jumps over the lazy dog, and twenty-three cats look on."));
        var (picture, before) = (new I420Picture(144, 144), new I420Picture(144, 144));
        var all = PictureArea.AllOf(picture);
        var pcm = new short[SoundFormat.SamplesPerFrame];
        var (held, drawn) = (0, 0);
        show.Draw(0, picture);
        for (var index = 1L; index <= 60; index++)
        {
            while (!show.IsReady)
            {
                await Task.Yield();
            }

            show.ReadAudio(pcm);
            show.ReadAudio(pcm);
            picture.Data.CopyTo(before.Data);
            var area = show.Retouch(index, picture);
            Assert.True(IsSameOutside(area, before, picture), $"picture {index}");
            Assert.True(index % 2 == 1 || area == all, $"picture {index}");
            (held, drawn) = area == all ? (held, drawn + 1) : (held + 1, drawn);
        }

        Assert.InRange(held, 20, 30);

        // Another session's picture is there, or nothing at all: what is asked for is drawn whole.
        before.Data.Fill(1);
        show.Draw(61, before);
        picture.Data.Fill(2);
        show.Draw(61, picture);
        Assert.True(before.Data.SequenceEqual(picture.Data));
    }

    private static bool IsSameOutside(in PictureArea area, I420Picture before, I420Picture after)
    {
        for (var row = 0; row < after.Height; row++)
        {
            for (var x = 0; x < after.Width; x++)
            {
                var isWithin = x >= area.Left && x < area.Right && row >= area.Top && row < area.Bottom;
                var (luma, chroma) = ((row * after.Width) + x, (row / 2 * (after.Width / 2)) + (x / 2));
                if (!isWithin && (before.Y[luma] != after.Y[luma] || before.U[chroma] != after.U[chroma] || before.V[chroma] != after.V[chroma]))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static Pose Any(Random random)
    {
        float Of(float least, float most) => least + ((most - least) * random.NextSingle());
        return new Pose
        {
            Breath = Of(0, 1),
            Yaw = Of(-1, 1),
            Pitch = Of(-1, 1),
            Roll = Of(-3, 3),
            GazeX = Of(-1, 1),
            GazeY = Of(-1, 1),
            Blink = Of(0, 1),
            Brow = Of(-1, 1),
            Smile = Of(0, 1),
            Sway = Of(-6, 6),
            Shoulders = Of(-3, 3),
            Mouth = new MouthShape { Open = Of(0, 1), Width = Of(-1, 1), Round = Of(0, 1), Upper = Of(0, 1), Lower = Of(0, 1), Tongue = Of(0, 1) },
        };
    }
}
