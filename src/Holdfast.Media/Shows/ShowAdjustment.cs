namespace Holdfast.Media;

/// <summary>How a show is to look and sound otherwise; what is null stays as it is.</summary>
public sealed record ShowAdjustment
{
    /// <summary>The name of the voice that a show has by itself: who asks for it takes an earlier wish back.</summary>
    public const string OwnVoice = "own";

    /// <summary>The slowest, or deepest, that a voice is made: half of the usual.</summary>
    public const float Least = 0.5f;

    /// <summary>The fastest, or highest, that a voice is made: twice the usual.</summary>
    public const float Most = 2;

    /// <summary>One of the factory's shows, from the next picture on.</summary>
    public string? Name { get; init; }

    /// <summary>One of the factory's voices, or <see cref="OwnVoice"/>, from the next sentence on.</summary>
    public string? Voice { get; init; }

    /// <summary>How fast is spoken, from the next sentence on: 1 is usual, <see cref="Least"/> to <see cref="Most"/>.</summary>
    public float? Speed { get; init; }

    /// <summary>How high is spoken, from the next sentence on: 1 is usual, <see cref="Least"/> to <see cref="Most"/>. A voice that has no pitch ignores it.</summary>
    public float? Pitch { get; init; }
}
