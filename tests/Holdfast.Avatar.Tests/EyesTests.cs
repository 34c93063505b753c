using Holdfast.Media;

namespace Holdfast.Avatar.Tests;

/// <summary>Eyes and brows are painted once for each form, and are moved then; nobody is to see it.</summary>
public sealed class EyesTests
{
    private const int Size = 512;

    [Fact]
    public void Eyes_that_only_move_are_not_painted_again()
    {
        var layers = new PortraitLayers(Lin.Design, Size);
        using var one = new Portrait(layers);
        using var other = new Portrait(layers);
        var picture = new I420Picture(Size, Size);
        one.Draw(picture, new Pose());
        Assert.Equal(4, layers.Forms.Count);

        // What is nearer to it than half a step, and what only moves all of the head; the other one has what this one painted.
        other.Draw(picture, new Pose { GazeX = 0.02f, Blink = 0.007f, Brow = 0.07f, Smile = 0.07f, Yaw = 0.09f, Roll = 0.29f, Pitch = 1, Breath = 1 });
        Assert.Equal(4, layers.Forms.Count);
        one.Draw(picture, new Pose { GazeX = 0.03f });
        Assert.Equal(6, layers.Forms.Count);
        one.Draw(picture, new Pose { Brow = 0.09f });
        Assert.Equal(10, layers.Forms.Count);
    }

    [Fact]
    public void No_more_is_kept_than_was_said_and_what_is_drawn_stays()
    {
        var (forms, often) = (new PaintedForms(), new FormOfPart(IsBrow: true, 1, default));
        var image = new PlanarImage(4, 4);
        forms.Keep(often, image);
        for (var i = 1; i < 3000; i++)
        {
            var part = new FormOfPart(IsBrow: false, 1, new EyesForm { GazeX = i });
            Assert.Null(forms.Find(part));
            forms.Keep(part, new PlanarImage(4, 4));
            Assert.Same(image, forms.Find(often));
            Assert.InRange(forms.Count, 1, 2 * PaintedForms.MostOfEach);
        }

        Assert.Null(forms.Find(new FormOfPart(IsBrow: false, 1, new EyesForm { GazeX = 1 })));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Eyes_that_look_aside_do_so_in_steps_that_are_not_seen(int who)
    {
        // A step of the gaze is a quarter of a pixel, of which the lids hide a part; steps that are seen would be larger.
        using var portrait = new Portrait(new PortraitLayers(Character.All[who].Design, Size));
        var picture = new I420Picture(Size, Size);
        var last = double.NaN;
        for (var step = 0; step <= 60; step++)
        {
            portrait.Draw(picture, new Pose { GazeX = step / 60f });
            var middle = MiddleOfDark(picture, Character.All[who].Design.Eyes);
            Assert.True(double.IsNaN(last) || Math.Abs(middle - last) < 0.7, $"from {last} to {middle}");
            last = middle;
        }
    }

    [Fact]
    public void What_is_made_sharper_still_mixes_to_no_more_than_white()
    {
        var random = new Random(5);
        var image = new PlanarImage(16, 12);
        var painted = new byte[16 * 12 * 4];
        for (var y = 2; y < 10; y++)
        {
            for (var x = 2; x < 14; x++)
            {
                var alpha = random.Next(4) == 0 ? 255 : random.Next(256);
                painted[(((y * 16) + x) * 4) + 3] = (byte)alpha;
                for (var channel = 0; channel < 3; channel++)
                {
                    painted[(((y * 16) + x) * 4) + channel] = (byte)random.Next(alpha + 1);
                }
            }
        }

        image.Take(painted);
        var before = image.Luma.Values.ToArray();
        image.Sharpen();
        Assert.False(before.AsSpan().SequenceEqual(image.Luma.Values));
        for (var at = 0; at < 16 * 12; at++)
        {
            Assert.InRange(image.Luma.Values[at], 0, image.Luma.Alpha[at]);
            Assert.True(at / 16 is >= 2 and < 10 && at % 16 is >= 2 and < 14 || image.Luma.Alpha[at] == 0, $"{at}");
        }
    }

    /// <summary>Of the dark that is in and about the right one, the middle column.</summary>
    private static double MiddleOfDark(I420Picture picture, EyeDesign eye)
    {
        var (sum, weight) = (0.0, 0.0);
        for (var y = (int)eye.Y - 8; y < (int)eye.Y + 8; y++)
        {
            for (var x = (int)(CharacterDesign.Middle + eye.Apart) - 30; x < (int)(CharacterDesign.Middle + eye.Apart) + 30; x++)
            {
                var dark = Math.Max(0, 90 - picture.Y[(y * Size) + x]);
                (sum, weight) = (sum + (dark * (double)x), weight + dark);
            }
        }

        return sum / weight;
    }
}
