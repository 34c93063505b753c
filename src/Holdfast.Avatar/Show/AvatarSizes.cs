using Holdfast.Media;

namespace Holdfast.Avatar;

/// <summary>The sizes in which avatars are drawn: the usual one, and larger ones for large stages.</summary>
internal static class AvatarSizes
{
    private const int FramesPerSecond = 25;

    /// <summary>A size that is larger by less than this part of it is hardly seen to be larger.</summary>
    private const double LeastGrowth = 1.2;

    // Whole numbers of the codec's blocks.
    private static readonly int[] Steps = [256, 384, 512, 768, 1024];

    /// <summary>The sizes, the smallest first.</summary>
    /// <param name="usual">What those get who tell of no stage: a multiple of 16.</param>
    /// <param name="most">No larger one than this.</param>
    public static IReadOnlyList<VideoFormat> From(int usual, int most)
    {
        List<VideoFormat> formats = [Square(usual & ~15)];
        foreach (var step in Steps)
        {
            if (step <= most && step >= formats[^1].Width * LeastGrowth)
            {
                formats.Add(Square(step));
            }
        }

        return formats;
    }

    private static VideoFormat Square(int size) => new(size, size, FramesPerSecond);
}
