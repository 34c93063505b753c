namespace Holdfast.Server.Tests;

/// <summary>Whether two sounds have the same syllables at the same times: none is missing in the other, and none is in it twice.</summary>
internal static class SoundLikeness
{
    /// <summary>How loud each 20 ms are.</summary>
    /// <param name="sound">16 kHz.</param>
    public static double[] LoudnessOf(short[] sound) =>
        [.. sound.Chunk(320).Select(static piece => Math.Sqrt(piece.Average(static sample => (double)sample * sample)))];

    /// <summary>How alike they are where they agree best, up to 1.2 s apart: 0 to 1.</summary>
    public static double Of(double[] one, double[] other) => Enumerable.Range(-60, 120).Max(lag => At(one, other, lag));

    /// <summary>How alike they are with the other one so many steps later.</summary>
    public static double At(double[] one, double[] other, int lag)
    {
        var (product, square, otherSquare) = (0.0, 0.0, 0.0);
        for (var i = Math.Min(0, lag); i < Math.Max(one.Length, other.Length + lag); i++)
        {
            var (a, b) = (ValueAt(one, i), ValueAt(other, i - lag));
            (product, square, otherSquare) = (product + (a * b), square + (a * a), otherSquare + (b * b));
        }

        return product / Math.Sqrt(square * otherSquare);
    }

    private static double ValueAt(double[] values, int index) => index >= 0 && index < values.Length ? values[index] : 0;
}
