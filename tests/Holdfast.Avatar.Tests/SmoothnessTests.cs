namespace Holdfast.Avatar.Tests;

/// <summary>What is moved row by row or leans by steps is not seen to be: no staircase at the rim, however large the stage.</summary>
public sealed class SmoothnessTests
{
    private const int Size = 1024;
    private const float Scale = Size / CharacterDesign.SheetSize;

    /// <summary>Pixels; a step of more is seen, since the rim moves.</summary>
    private const double MostStep = 1;

    [Theory]
    [InlineData(6)]
    [InlineData(-6)]
    public void Hair_that_sways_has_a_smooth_rim(float sway)
    {
        // Below the face, and above the shoulders; the sway of somebody who speaks.
        var rows = Enumerable.Range((int)(240 * Scale), (int)(130 * Scale)).ToList();
        var (rest, swayed) = (RimsOf(new Pose(), rows), RimsOf(new Pose { Sway = sway }, rows));
        var moved = rest.Zip(swayed, static (before, after) => after - before).ToList();
        Assert.True(Math.Abs(moved[^1] - moved[0]) > 4, "It does not sway.");
        Assert.All(moved.Zip(moved.Skip(1), static (one, next) => Math.Abs(next - one)), static step => Assert.InRange(step, 0, MostStep));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(-4)]
    public void Shoulders_that_are_lifted_have_a_smooth_rim(float lift)
    {
        // Between collar and arm at the right, where the rim is nearly level.
        var columns = Enumerable.Range((int)(334 * Scale), (int)(56 * Scale)).ToList();
        var (rest, lifted) = (TopsOf(new Pose(), columns), TopsOf(new Pose { Shoulders = lift }, columns));
        var moved = rest.Zip(lifted, static (before, after) => before - after).ToList();
        Assert.All(moved, far => Assert.InRange(far * Math.Sign(lift), 2, 2 * Math.Abs(lift) * Scale));
        Assert.All(moved.Zip(moved.Skip(1), static (one, next) => Math.Abs(next - one)), static step => Assert.InRange(step, 0, MostStep));
    }

    /// <summary>Where the backdrop ends in each column, from below the ears.</summary>
    private static List<double> TopsOf(Pose pose, IEnumerable<int> columns)
    {
        using var renderer = new PortraitRenderer(new PortraitLayers(Kai.Design, Size));
        using var colours = renderer.DrawColours(pose);
        var pixels = colours.GetPixelSpan().ToArray();
        return [.. columns.Select(column => Rim(at => Green(pixels, column, (int)(340 * Scale) + at)))];
    }

    /// <summary>Where the backdrop ends in each row, from the right.</summary>
    private static List<double> RimsOf(Pose pose, IEnumerable<int> rows)
    {
        using var renderer = new PortraitRenderer(new PortraitLayers(Lin.Design, Size));
        using var colours = renderer.DrawColours(pose);
        var pixels = colours.GetPixelSpan().ToArray();
        return [.. rows.Select(row => Rim(at => Green(pixels, Size - 1 - at, row)))];
    }

    /// <summary>The first place at which it is half as bright as the backdrop, between pixels.</summary>
    private static double Rim(Func<int, double> brightness)
    {
        var half = (Backdrop.Color.Green + 50) / 2.0;
        for (var at = 1; at < Size; at++)
        {
            var (before, here) = (brightness(at - 1), brightness(at));
            if (here < half)
            {
                return at - 1 + ((before - half) / Math.Max(1, before - here));
            }
        }

        return Size;
    }

    private static double Green(byte[] pixels, int x, int y) => pixels[(((y * Size) + x) * 4) + 1];
}
