namespace Holdfast.Media;

/// <summary>A part of a picture, in pixels; widened to blocks of 16, which is what pictures are encoded in.</summary>
/// <param name="Left">The first column.</param>
/// <param name="Top">The first row.</param>
/// <param name="Right">What follows the last column.</param>
/// <param name="Bottom">What follows the last row.</param>
public readonly record struct PictureArea(int Left, int Top, int Right, int Bottom)
{
    private const int Block = 16;

    /// <summary>Whether nothing is in it.</summary>
    public bool IsEmpty => Left >= Right || Top >= Bottom;

    /// <summary>All of a picture.</summary>
    public static PictureArea AllOf(I420Picture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        return new PictureArea(0, 0, picture.Width, picture.Height);
    }

    /// <summary>The blocks of a picture that a rectangle touches; nothing where it lies beside it.</summary>
    public static PictureArea Touched(I420Picture picture, float left, float top, float right, float bottom)
    {
        ArgumentNullException.ThrowIfNull(picture);
        return new PictureArea(
            Math.Max(0, (int)MathF.Floor(left / Block) * Block),
            Math.Max(0, (int)MathF.Floor(top / Block) * Block),
            Math.Min(picture.Width, (int)MathF.Ceiling(right / Block) * Block),
            Math.Min(picture.Height, (int)MathF.Ceiling(bottom / Block) * Block));
    }

    /// <summary>What of it lies in a picture.</summary>
    internal PictureArea In(I420Picture picture)
    {
        var part = new PictureArea(Math.Max(0, Left), Math.Max(0, Top), Math.Min(picture.Width, Right), Math.Min(picture.Height, Bottom));
        return part.IsEmpty ? default : part;
    }

    /// <summary>The smallest one in which both are.</summary>
    public PictureArea With(in PictureArea other) =>
        IsEmpty ? other
        : other.IsEmpty ? this
        : new PictureArea(Math.Min(Left, other.Left), Math.Min(Top, other.Top), Math.Max(Right, other.Right), Math.Max(Bottom, other.Bottom));

    /// <summary>Whether they have anything in common.</summary>
    public bool Meets(in PictureArea other) =>
        Math.Max(Left, other.Left) < Math.Min(Right, other.Right) && Math.Max(Top, other.Top) < Math.Min(Bottom, other.Bottom);
}
