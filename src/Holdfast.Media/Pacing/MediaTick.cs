namespace Holdfast.Media;

/// <summary>One step of the media clock: 20 ms of sound and, with every second one, a picture.</summary>
/// <param name="Index">Steps since the clock's tick 0.</param>
public readonly record struct MediaTick(long Index)
{
    /// <summary>
    /// Whether the next tick is due already, so that all who share the loop are being kept waiting. Sound is made all the same; what costs
    /// much and can wait, such as drawing a picture, should.
    /// </summary>
    public bool IsLate { get; init; }

    /// <summary>
    /// How sparing everybody is to be with pictures, since the machine has little time left (<see cref="MediaPacer.Thrift"/>): of those that are drawn one in so many and one more is
    /// made, and those of a loop come from a thinner one. 0: all of them.
    /// </summary>
    public int Thrift { get; init; }

    /// <summary>Ticks in a second.</summary>
    public const int PerSecond = 50;

    /// <summary>The length of a tick.</summary>
    public static TimeSpan Duration { get; } = TimeSpan.FromMilliseconds(1000 / PerSecond);

    /// <summary>When the sound and the picture of this tick begin, on the media clock.</summary>
    public TimeSpan MediaTime => Duration * Index;

    /// <summary>Whether a picture belongs to this tick, at 25 a second.</summary>
    public bool HasPicture => (Index & 1) == 0;

    /// <summary>The picture's place, at 25 a second.</summary>
    public long PictureIndex => Index >> 1;
}
