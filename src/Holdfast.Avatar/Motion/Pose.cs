namespace Holdfast.Avatar;

/// <summary>Everything that moves in a portrait, at one moment; the default value is a still, straight look.</summary>
internal readonly record struct Pose
{
    /// <summary>Chest and shoulders: 0 breathed out, 1 breathed in.</summary>
    public float Breath { get; init; }

    /// <summary>Head turned to the picture's right (positive) or left, 1 is about 12 degrees.</summary>
    public float Yaw { get; init; }

    /// <summary>Head nodded down (positive) or up, 1 is about 10 degrees.</summary>
    public float Pitch { get; init; }

    /// <summary>Head leaning to the picture's right (positive) or left, in degrees.</summary>
    public float Roll { get; init; }

    /// <summary>Where the eyes look: 1 is as far right as they go.</summary>
    public float GazeX { get; init; }

    /// <summary>Where the eyes look: 1 is as far down as they go.</summary>
    public float GazeY { get; init; }

    /// <summary>Eyelids: 0 open, 1 shut.</summary>
    public float Blink { get; init; }

    /// <summary>Brows: 0 at rest, 1 raised, negative drawn down.</summary>
    public float Brow { get; init; }

    /// <summary>A smile beyond the friendly rest: 0 to 1.</summary>
    public float Smile { get; init; }

    /// <summary>How far the ends of the hair hang aside, in sheet units, to the picture's right (positive) or left.</summary>
    public float Sway { get; init; }

    /// <summary>How far the picture's right shoulder (positive) or the left one is lifted, in sheet units; the other one falls as far.</summary>
    public float Shoulders { get; init; }

    public MouthShape Mouth { get; init; }
}
