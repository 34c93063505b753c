using SkiaSharp;

namespace Holdfast.Avatar;

/// <summary>
/// What makes one character: outlines, colours and proportions, on a sheet of 512 by 512 units with the face on the
/// middle line x = 256. The way they are put together and move is the same for all.
/// </summary>
internal sealed record CharacterDesign
{
    public const float SheetSize = 512;
    public const float Middle = 256;

    /// <summary>The name by which a session asks for it.</summary>
    public required string Name { get; init; }

    /// <summary>Hair that falls behind neck and shoulders.</summary>
    public IReadOnlyList<Shape> HairBehind { get; init; } = [];

    /// <summary>How the hair sways: which end of it is loose.</summary>
    public required Bend HairBend { get; init; }

    /// <summary>Hair at the back of the head, seen beside the ears.</summary>
    public IReadOnlyList<Shape> HairBack { get; init; } = [];

    /// <summary>How much higher than drawn neck and body stand.</summary>
    public required float Lift { get; init; }

    public required IReadOnlyList<Shape> Neck { get; init; }

    /// <summary>Clothes with the shoulders in them; they rise with the breath.</summary>
    public required IReadOnlyList<Shape> Body { get; init; }

    /// <summary>Collar and hair that lie in front of neck and body.</summary>
    public required IReadOnlyList<Shape> BodyFront { get; init; }

    public required IReadOnlyList<Shape> Ears { get; init; }

    /// <summary>The face's outline: a first point, then three for each cubic curve.</summary>
    public required SKPoint[] Face { get; init; }

    public required SKPaint Skin { get; init; }

    /// <summary>Soft light and shade on the face, clipped to its outline: cheeks, under the hair, beside the nose.</summary>
    public required IReadOnlyList<Shape> FaceShade { get; init; }

    public required EyeDesign Eyes { get; init; }

    public required BrowDesign Brows { get; init; }

    public required IReadOnlyList<Shape> Nose { get; init; }

    public required MouthDesign Mouth { get; init; }

    public required IReadOnlyList<Shape> HairFront { get; init; }

    /// <summary>What is worn before the eyes.</summary>
    public IReadOnlyList<Shape> Glasses { get; init; } = [];

    /// <summary><see cref="Face"/> as an outline.</summary>
    public SKPath FacePath()
    {
        using var builder = new SKPathBuilder();
        builder.MoveTo(Face[0]);
        for (var i = 1; i + 2 < Face.Length; i += 3)
        {
            builder.CubicTo(Face[i], Face[i + 1], Face[i + 2]);
        }

        builder.Close();
        return builder.Detach();
    }
}

/// <summary>An eye's proportions and colours; the other one mirrors it.</summary>
internal sealed record EyeDesign
{
    /// <summary>Distance of each eye's middle from the face's middle line.</summary>
    public required float Apart { get; init; }

    public required float Y { get; init; }

    /// <summary>Half of the distance from corner to corner.</summary>
    public required float HalfWidth { get; init; }

    /// <summary>Height of the upper lid over the line between the corners, open.</summary>
    public required float Upper { get; init; }

    /// <summary>Depth of the lower lid under that line.</summary>
    public required float Lower { get; init; }

    /// <summary>How much higher the outer corner lies than the inner one.</summary>
    public required float Slant { get; init; }

    public required float Iris { get; init; }

    public required string IrisColor { get; init; }

    public required string IrisRim { get; init; }

    public required string LashColor { get; init; }

    /// <summary>Thickness of the upper lashes in their middle.</summary>
    public required float Lash { get; init; }

    /// <summary>How far the lashes reach out beyond the outer corner; 0 for none.</summary>
    public required float Wing { get; init; }

    public required string LidColor { get; init; }

    public required string CreaseColor { get; init; }
}

/// <summary>A brow's proportions and colour; the other one mirrors it.</summary>
/// <param name="Apart">Distance of the inner end from the face's middle line.</param>
/// <param name="Length">From the inner to the outer end.</param>
/// <param name="Y">Height of the inner end.</param>
/// <param name="Arch">How much higher the highest point lies than the inner end.</param>
/// <param name="Fall">How much lower the outer end lies than the highest point.</param>
/// <param name="Thickness">At the inner third.</param>
/// <param name="Color">Of the hair.</param>
internal sealed record BrowDesign(float Apart, float Length, float Y, float Arch, float Fall, float Thickness, string Color);

/// <summary>A mouth's proportions and colours.</summary>
internal sealed record MouthDesign
{
    public required float Y { get; init; }

    /// <summary>Half of the distance from corner to corner, at rest.</summary>
    public required float HalfWidth { get; init; }

    /// <summary>Fullness of the upper lip.</summary>
    public required float UpperLip { get; init; }

    /// <summary>Fullness of the lower lip.</summary>
    public required float LowerLip { get; init; }

    /// <summary>The opening of the widest mouth.</summary>
    public required float MaxOpen { get; init; }

    /// <summary>How far the corners are lifted at rest.</summary>
    public required float Smile { get; init; }

    public required string UpperColor { get; init; }

    public required string LowerColor { get; init; }

    public required string LineColor { get; init; }

    /// <summary>Skin's shade under the lower lip.</summary>
    public required string ShadeColor { get; init; }
}
