namespace Holdfast.Avatar;

/// <summary>How an image is moved before it is laid over a picture; all in pixels of the picture. Rows stay level, which is what makes it cheap.</summary>
internal readonly record struct Warp
{
    /// <summary>Moved to the right by this.</summary>
    public float X { get; init; }

    /// <summary>Moved down by this.</summary>
    public float Y { get; init; }

    /// <summary>Where the bend begins, in rows of the image's sheet.</summary>
    public float BendFrom { get; init; }

    /// <summary>Where it is all there is; above or below the beginning.</summary>
    public float BendTo { get; init; }

    /// <summary>How far the last row of the bend is moved aside.</summary>
    public float Sway { get; init; }

    /// <summary>What is below this row of the image's sheet is stretched.</summary>
    public float StretchFrom { get; init; }

    /// <summary>How many times as long it becomes, less one.</summary>
    public float Stretch { get; init; }

    /// <summary>How far to the right what is stretched goes for each row that it goes down.</summary>
    public float Lean { get; init; }

    /// <summary>From a height in the picture to what is seen there.</summary>
    /// <param name="y">In the picture.</param>
    /// <param name="sourceY">In the image's sheet.</param>
    /// <param name="x">How far what is there has been moved to the right.</param>
    public void At(float y, out float sourceY, out float x)
    {
        sourceY = y - Y;
        x = X;
        if (Stretch != 0 && sourceY > StretchFrom)
        {
            var before = StretchFrom + ((sourceY - StretchFrom) / (1 + Stretch));
            x += Lean * (sourceY - before);
            sourceY = before;
        }

        if (Sway != 0)
        {
            var part = Math.Clamp((sourceY - BendFrom) / (BendTo - BendFrom), 0, 1);
            x += Sway * part * part;
        }
    }

    /// <summary>From a height in the image's sheet to where it is seen in the picture.</summary>
    public float Of(float sourceY) => sourceY + Y + (sourceY > StretchFrom ? Stretch * (sourceY - StretchFrom) : 0);
}
