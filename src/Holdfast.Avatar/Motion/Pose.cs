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

    /// <summary>Held as this one, with the face of another.</summary>
    /// <param name="other">Whose mouth it has.</param>
    /// <param name="eyes">Whether it looks as that one does, too; otherwise eyes, brows and smile stay.</param>
    public Pose WithFaceOf(in Pose other, bool eyes) => eyes
        ? this with { Mouth = other.Mouth, GazeX = other.GazeX, GazeY = other.GazeY, Blink = other.Blink, Brow = other.Brow, Smile = other.Smile }
        : this with { Mouth = other.Mouth };

    /// <summary>Whether eyes and brows look the same.</summary>
    public bool HasEyesOf(in Pose other) =>
        GazeX == other.GazeX && GazeY == other.GazeY && Blink == other.Blink && Brow == other.Brow && Smile == other.Smile;

    /// <summary>How far the head, the hair and the shoulders are moved from where they are in another pose, in sheet units, where it is seen most.</summary>
    public float MovedFrom(in Pose other)
    {
        var (yaw, pitch, roll, rise) = (Yaw - other.Yaw, Pitch - other.Pitch, (Roll - other.Roll) * MathF.PI / 180, 1.5f * (other.Breath - Breath));

        // The face before its axis, and the crown far above it.
        var face = Length((yaw * 9.0f) + (roll * 130), (pitch * 6.2f) + rise);
        var crown = Length((yaw * 6.2f) + (roll * 300), (pitch * 4.6f) + rise);
        return MathF.Max(MathF.Max(face, crown), MathF.Max(MathF.Abs(Sway - other.Sway), MathF.Abs(Shoulders - other.Shoulders)));
    }

    /// <summary>How far lids, irises and brows are moved, in sheet units, where it is seen most.</summary>
    public float LooksAsideFrom(in Pose other) => MathF.Max(
        MathF.Max(5.2f * MathF.Abs(GazeX - other.GazeX), 3.4f * MathF.Abs(GazeY - other.GazeY)),
        MathF.Max(16 * MathF.Abs(Blink - other.Blink), MathF.Max(5.5f * MathF.Abs(Brow - other.Brow), 1.6f * MathF.Abs(Smile - other.Smile))));

    private static float Length(float x, float y) => MathF.Sqrt((x * x) + (y * y));
}
