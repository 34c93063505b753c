namespace Holdfast.Media;

/// <summary>A show that can be made to look and sound otherwise while it runs.</summary>
public interface IAdjustableShow : IShow
{
    /// <summary>Changes who is seen from the next picture on, and how is spoken from the next sentence on. From any thread.</summary>
    /// <param name="adjustment">What is to be otherwise. A show with another name has that one's voice, unless one was asked for.</param>
    /// <exception cref="ArgumentException">There is no show of this name.</exception>
    void Adjust(ShowAdjustment adjustment);
}
