using SkiaSharp;

namespace Holdfast.Avatar;

/// <summary>
/// The parts of a character that keep their form, painted in one size; shared by all that draw it, on any number of threads.
/// </summary>
internal sealed class PortraitLayers
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
        HairBack = OfHead(design.HairBack);
        Ears = OfHead(design.Ears);
        Face = OfHead([new Shape(design.FacePath(), design.Skin)]);
        Nose = OfHead(design.Nose);
        HairFront = OfHead(design.HairFront);
        Glasses = OfHead(design.Glasses);
    }

    public CharacterDesign Design { get; }

    /// <summary>Width and height of the pictures in pixels.</summary>
    public int Size { get; }

    /// <summary>Pixels in a sheet unit.</summary>
    public float Scale { get; }

    public Layer HairBehind { get; }

    /// <summary>By how far the right shoulder is lifted, in sheet units.</summary>
    public PosedLayer Body { get; }

    /// <summary>So soft that only its place matters, not its angle.</summary>
    public Layer FaceShade { get; }

    /// <summary>By how far the head leans, in degrees; so are those that follow.</summary>
    public PosedLayer HairBack { get; }

    public PosedLayer Ears { get; }

    /// <summary>With the mouth shut: the jaw is a stretch of it.</summary>
    public PosedLayer Face { get; }

    public PosedLayer Nose { get; }

    public PosedLayer HairFront { get; }

    public PosedLayer Glasses { get; }

    private PosedLayer OfHead(IReadOnlyList<Shape> shapes) =>
        new(RollStep, max: 5, degrees => new Layer(shapes, Scale, SKMatrix.CreateRotationDegrees(degrees, Pivot.X, Pivot.Y)));

    /// <summary>The shoulder at the right lifted by so much, and the other one lowered: the neck stays where it is, and upright lines stay upright.</summary>
    private static SKMatrix Tilted(float lift)
    {
        var tilted = SKMatrix.Identity;
        tilted.SkewY = -lift / ShoulderReach;
        tilted.TransY = lift * CharacterDesign.Middle / ShoulderReach;
        return tilted;
    }
}
