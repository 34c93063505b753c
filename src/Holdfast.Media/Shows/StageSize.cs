namespace Holdfast.Media;

/// <summary>How large somebody sees the pictures, in the pixels of their screen; 0 by 0 where they did not tell.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
public readonly record struct StageSize(int Width, int Height)
{
    /// <summary>The largest side that may be told; a larger stage says this.</summary>
    public const int Most = 16_384;
}
