namespace Holdfast.Media;

/// <summary>
/// A show whose pictures can be had in several sizes: whoever looks at it on a large stage gets a larger one, where their line carries it and the machine has
/// time for it.
/// </summary>
/// <remarks><see cref="IShow.Draw"/> draws in whichever of the sizes the picture is that it is handed.</remarks>
public interface IScalableShow : IShow
{
    /// <summary>The sizes, the smallest first, which is <see cref="IShow.VideoFormat"/>. All have its shape and its rate. Fixed for the life of the show.</summary>
    IReadOnlyList<VideoFormat> VideoFormats { get; }

    /// <summary>
    /// The idle loop in one of the sizes, whose <see cref="EncodedLoop.Thinner"/> is that of the next smaller one; null as long as it is not there. To ask
    /// for it is to want it: a show may make it only then. Called from a pacing thread, and returns at once.
    /// </summary>
    /// <param name="format">One of <see cref="VideoFormats"/>.</param>
    EncodedLoop? IdleLoopOf(VideoFormat format);
}
