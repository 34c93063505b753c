namespace Holdfast.Media;

/// <summary>A show that can be asked for its next 20 ms as soon as they are made, faster than time passes: a video is made of it.</summary>
public interface IRenderableShow : IShow
{
    /// <summary>
    /// Whether <see cref="IShow.ReadAudio"/> would give what comes next: false while that is still being made, and the silence it would give belongs to nothing. Who renders
    /// waits; whoever is live does not ask.
    /// </summary>
    bool IsReady { get; }
}
