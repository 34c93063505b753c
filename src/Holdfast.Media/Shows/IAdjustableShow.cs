namespace Holdfast.Media;

/// <summary>A show that can be made to look and sound otherwise while it runs.</summary>
public interface IAdjustableShow : IShow
{
    /// <summary>Changes who is seen from the next picture on, and who is heard from the next sentence on. From any thread.</summary>
    /// <param name="name">One of the factory's shows; null leaves it as it is.</param>
    /// <param name="voice">One of the factory's voices; null leaves it as it is. A show with another name has that one's voice, unless one was ever asked for.</param>
    /// <exception cref="ArgumentException">There is no show of this name.</exception>
    void Adjust(string? name, string? voice);
}
