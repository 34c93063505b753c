namespace Holdfast.Media;

/// <summary>How large pictures are.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
public readonly record struct PictureSize(int Width, int Height);
