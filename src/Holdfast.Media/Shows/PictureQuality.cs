namespace Holdfast.Media;

/// <summary>What is left of the pictures on the line there is.</summary>
public enum PictureQuality
{
    /// <summary>Full size, every picture.</summary>
    Full,

    /// <summary>Smaller, or fewer a second.</summary>
    Reduced,

    /// <summary>The last one stands still: the line carries the sound alone.</summary>
    Still,
}
