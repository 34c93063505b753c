using Holdfast.Media;
using SkiaSharp;

namespace Holdfast.Avatar;

/// <summary>Eyes and brows of one character: each is painted once for a form that it comes to have, and then only moved. Used by one thread at a time.</summary>
internal sealed class Eyes : IDisposable
{
    // How far before the axis they lie about which the head turns.
    private const float DepthX = 6.0f;
    private const float DepthY = 4.2f;
    private const float BrowDepthX = DepthX * 1.04f;

    // How much narrower what turns away gets.
    private const float EyeTurn = 0.05f;
    private const float BrowTurn = 0.04f;

    // For rims, and for what leaning adds.
    private const float Room = 4;

    private readonly EyeDesign _eyeDesign;
    private readonly BrowDesign _browDesign;
    private readonly EyePainter _eye;
    private readonly BrowPainter _brow;
    private readonly Outline _outline = new();
    private readonly Sketch _eyeSketch;
    private readonly Sketch _browSketch;
    private readonly PaintedForms _painted;

    /// <param name="layers">Who is drawn, in which size, with what others painted.</param>
    public Eyes(PortraitLayers layers)
    {
        (_eyeDesign, _browDesign, _painted) = (layers.Design.Eyes, layers.Design.Brows, layers.Forms);
        _eye = new EyePainter(_eyeDesign, layers.Scale);
        _brow = new BrowPainter(_browDesign);
        var (e, b) = (_eyeDesign, _browDesign);
        var wide = ((e.HalfWidth + e.Wing) * (1 + EyeTurn)) + Room;
        _eyeSketch = new Sketch(new SKRect(-wide, -(e.Upper * 1.2f) - 9 - Room, wide, e.Lower + Room), layers.Scale);
        wide = (b.Length / 2 * (1 + BrowTurn)) + Room;
        _browSketch = new Sketch(new SKRect(-wide, -b.Arch - (b.Thickness / 2) - 1.6f - Room, wide, (b.Thickness / 2) + 2.5f + Room), layers.Scale);
    }

    /// <summary>The blocks of a picture in which anything of them can be seen.</summary>
    public PictureArea AreaOf(I420Picture picture, in Head head)
    {
        var eyes = _eyeSketch.AreaAt(picture, EyeWarp(head, 1)).With(_eyeSketch.AreaAt(picture, EyeWarp(head, -1)));
        return eyes.With(_browSketch.AreaAt(picture, BrowWarp(head, 1))).With(_browSketch.AreaAt(picture, BrowWarp(head, -1)));
    }

    /// <summary>Lays them over a part of a picture.</summary>
    public void Draw(I420Picture picture, in Head head, in PictureArea area)
    {
        var form = EyesForm.Of(head.Pose);
        Draw(picture, area, _eyeSketch, EyeWarp(head, 1), new FormOfPart(IsBrow: false, 1, form));
        Draw(picture, area, _eyeSketch, EyeWarp(head, -1), new FormOfPart(IsBrow: false, -1, form));
        Draw(picture, area, _browSketch, BrowWarp(head, 1), new FormOfPart(IsBrow: true, 1, form.OfBrows));
        Draw(picture, area, _browSketch, BrowWarp(head, -1), new FormOfPart(IsBrow: true, -1, form.OfBrows));
    }

    private void Draw(I420Picture picture, in PictureArea area, Sketch sketch, in Warp warp, in FormOfPart part)
    {
        if (!sketch.AreaAt(picture, warp).Meets(area))
        {
            return;
        }

        if (_painted.Find(part) is not { } image)
        {
            image = Paint(sketch, part);
            _painted.Keep(part, image);
        }

        Composing.Over(picture, image, warp, area);
    }

    private PlanarImage Paint(Sketch sketch, in FormOfPart part)
    {
        var (canvas, pose) = (sketch.Begin(part.Form.Degrees), part.Form.Pose);
        canvas.Scale(part.Side * Width(pose, part.Side, part.IsBrow ? BrowTurn : EyeTurn), 1);
        if (part.IsBrow)
        {
            canvas.Translate(-MiddleOfBrow, 0);
            _brow.Draw(canvas, _outline, pose.Brow);
        }
        else
        {
            _eye.Draw(canvas, _outline, pose, part.Side);
        }

        return sketch.Take();
    }

    private float MiddleOfBrow => _browDesign.Apart + (_browDesign.Length / 2);

    private Warp EyeWarp(in Head head, int side) =>
        _eyeSketch.At(head.Place(new SKPoint(CharacterDesign.Middle + (side * _eyeDesign.Apart), _eyeDesign.Y), DepthX, DepthY));

    private Warp BrowWarp(in Head head, int side)
    {
        var x = side * Width(head.Pose, side, BrowTurn) * MiddleOfBrow;
        var y = _browDesign.Y - (head.Pose.Brow * 5.5f) + (head.Pose.Blink * 1.2f);
        return _browSketch.At(head.Place(new SKPoint(CharacterDesign.Middle + x, y), BrowDepthX, DepthY));
    }

    /// <summary>What turns away gets narrower.</summary>
    private static float Width(in Pose pose, int side, float turn) => 1 - (turn * side * pose.Yaw);

    public void Dispose()
    {
        _eye.Dispose();
        _brow.Dispose();
        _outline.Dispose();
        _eyeSketch.Dispose();
        _browSketch.Dispose();
    }
}
