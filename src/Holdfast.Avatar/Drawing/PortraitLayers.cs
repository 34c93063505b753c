using SkiaSharp;

namespace Holdfast.Avatar;

/// <summary>
/// The parts of a character that keep their form, painted in one size; shared by all that draw it, on any number of threads.
/// </summary>
internal sealed class PortraitLayers : IDisposable
{
    /// <summary>The head leans about the top of the neck.</summary>
    public static readonly SKPoint Pivot = new(CharacterDesign.Middle, 350);

    public PortraitLayers(CharacterDesign design, int size)
    {
        Design = design;
        Size = size;
        Scale = size / CharacterDesign.SheetSize;
        HairBehind = new Layer(design.HairBehind, Scale);
        Body = new Layer([.. design.Neck, .. design.Body, .. design.BodyFront], Scale, SKMatrix.CreateTranslation(0, -design.Lift));
        FaceShade = new Layer(design.FaceShade, Scale);
        Nose = new Layer(design.Nose, Scale);
        HairFront = new TurnedLayer(design.HairFront, Scale, Pivot);
    }

    public CharacterDesign Design { get; }

    /// <summary>Width and height of the pictures in pixels.</summary>
    public int Size { get; }

    /// <summary>Pixels in a sheet unit.</summary>
    public float Scale { get; }

    public Layer HairBehind { get; }

    public Layer Body { get; }

    public Layer FaceShade { get; }

    public Layer Nose { get; }

    public TurnedLayer HairFront { get; }

    public void Dispose()
    {
        HairBehind.Dispose();
        Body.Dispose();
        FaceShade.Dispose();
        Nose.Dispose();
        HairFront.Dispose();
    }
}
