using SkiaSharp;

namespace Holdfast.Avatar;

/// <summary>
/// The parts of a character that keep their form, painted in one size; shared by all that draw it, on any number of threads.
/// </summary>
internal sealed class PortraitLayers : IDisposable
{
    /// <summary>The head leans about the top of the neck.</summary>
    public static readonly SKPoint Pivot = new(CharacterDesign.Middle, 350);

    /// <summary>Degrees from one angle of the head to the next.</summary>
    public const float RollStep = 0.2f;

    /// <summary>Sheet units from one height of a shoulder to the next.</summary>
    public const float ShoulderStep = 0.25f;

    /// <summary>From the neck to a shoulder, in sheet units.</summary>
    private const float ShoulderReach = 150;

    public PortraitLayers(CharacterDesign design, int size)
    {
        Design = design;
        Size = size;
        Scale = size / CharacterDesign.SheetSize;
        HairBehind = new Layer(design.HairBehind, Scale);
        IReadOnlyList<Shape> body = [.. design.Neck, .. design.Body, .. design.BodyFront];
        var standing = SKMatrix.CreateTranslation(0, -design.Lift);
        Body = new PosedLayer(ShoulderStep, max: 5, tilt => new Layer(body, Scale, standing.PostConcat(Tilted(tilt)), hem: standing));
        FaceShade = new Layer(design.FaceShade, Scale);
        Nose = new Layer(design.Nose, Scale);
        HairFront = new PosedLayer(RollStep, max: 5, degrees => new Layer(design.HairFront, Scale, SKMatrix.CreateRotationDegrees(degrees, Pivot.X, Pivot.Y)));
    }

    public CharacterDesign Design { get; }

    /// <summary>Width and height of the pictures in pixels.</summary>
    public int Size { get; }

    /// <summary>Pixels in a sheet unit.</summary>
    public float Scale { get; }

    public Layer HairBehind { get; }

    /// <summary>By how far the right shoulder is lifted, in sheet units.</summary>
    public PosedLayer Body { get; }

    public Layer FaceShade { get; }

    public Layer Nose { get; }

    /// <summary>By how far the head leans, in degrees.</summary>
    public PosedLayer HairFront { get; }

    public void Dispose()
    {
        HairBehind.Dispose();
        Body.Dispose();
        FaceShade.Dispose();
        Nose.Dispose();
        HairFront.Dispose();
    }

    /// <summary>The shoulder at the right lifted by so much, and the other one lowered: the neck stays where it is, and upright lines stay upright.</summary>
    private static SKMatrix Tilted(float lift)
    {
        var tilted = SKMatrix.Identity;
        tilted.SkewY = -lift / ShoulderReach;
        tilted.TransY = lift * CharacterDesign.Middle / ShoulderReach;
        return tilted;
    }
}
