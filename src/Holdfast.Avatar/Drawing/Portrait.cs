using Holdfast.Media;
using SkiaSharp;

namespace Holdfast.Avatar;

/// <summary>Draws one character in any pose, at one size. Used by one thread at a time.</summary>
internal sealed class Portrait : IDisposable
{
    // How far above the middle of the mouth the jaw begins, in sheet units.
    private const float JawAbove = 26;

    // What may be drawn above the middle of the brows and below the middle of the eyes, in sheet units: the first are raised, and both turn with the head.
    private const float AboveBrows = 47;
    private const float BelowEyes = 16;

    // The same above the middle of the mouth, and below its lower lip where it is open wide.
    private const float AboveMouth = 26;
    private const float BelowLip = 14;

    private readonly CharacterDesign _design;
    private readonly PortraitLayers _layers;
    private readonly EyePainter _eye;
    private readonly MouthPainter _mouth;
    private readonly Patch _eyes;
    private readonly Patch _lips;
    private readonly SKPaint _brow;
    private readonly Outline _outline = new();
    private readonly float _chin;

    /// <param name="layers">Who is drawn, in which size.</param>
    public Portrait(PortraitLayers layers)
    {
        _layers = layers;
        _design = layers.Design;
        _eye = new EyePainter(_design.Eyes, layers.Scale);
        _mouth = new MouthPainter(_design.Mouth);
        _brow = Ink.Solid(_design.Brows.Color);
        _chin = _design.Face.Max(point => point.Y);

        // With room for what the head's leaning adds.
        var eyesReach = MathF.Max(_design.Eyes.Apart + _design.Eyes.HalfWidth + _design.Eyes.Wing, _design.Brows.Apart + _design.Brows.Length);
        _eyes = new Patch(2 * (eyesReach + 12), _design.Eyes.Y + BelowEyes - (_design.Brows.Y - AboveBrows), layers.Scale);
        _lips = new Patch(2 * ((_design.Mouth.HalfWidth * 1.25f) + 6), AboveMouth + BelowMouth, layers.Scale);
    }

    /// <summary>Draws the whole picture, background included.</summary>
    /// <param name="picture">Of the layers' size.</param>
    /// <param name="pose">How it is seen.</param>
    public void Draw(I420Picture picture, in Pose pose) => Draw(picture, HeadOf(pose), PictureArea.AllOf(picture));

    /// <summary>Draws another face on a head that is held as it was: the rest of the picture is left as it is.</summary>
    /// <param name="picture">Of the layers' size, with the pose before.</param>
    /// <param name="before">What is there.</param>
    /// <param name="pose">The same but for its face (<see cref="Pose.WithFaceOf"/>).</param>
    /// <returns>What was drawn, and the same as if all had been.</returns>
    public PictureArea Redraw(I420Picture picture, in Pose before, in Pose pose)
    {
        var head = HeadOf(pose);
        var mouth = before.Mouth == pose.Mouth && before.Smile == pose.Smile ? default : MouthArea(picture, before, pose);
        var eyes = before.HasEyesOf(pose) ? default : EyesArea(picture, pose);
        if (mouth.Meets(eyes))
        {
            (mouth, eyes) = (mouth.With(eyes), default);
        }

        Draw(picture, head, mouth);
        Draw(picture, head, eyes);
        return mouth.With(eyes);
    }

    /// <summary>What is another where mouth and jaw are.</summary>
    internal PictureArea MouthArea(I420Picture picture, in Pose before, in Pose pose)
    {
        var (old, head) = (HeadOf(before), HeadOf(pose));
        return _lips.AreaAt(picture, MouthWarp(head)).With(JawArea(picture, old)).With(JawArea(picture, head));
    }

    /// <summary>What is another where eyes and brows are. It is apart from the mouth's, or they would be drawn with each of its movements.</summary>
    internal PictureArea EyesArea(I420Picture picture, in Pose pose) => _eyes.AreaAt(picture, EyesWarp(HeadOf(pose)));

    private Head HeadOf(in Pose pose) => new(
        pose, -1.5f * pose.Breath, SKMatrix.CreateRotationDegrees(_layers.Face.Nearest(pose.Roll), PortraitLayers.Pivot.X, PortraitLayers.Pivot.Y));

    private void Draw(I420Picture picture, in Head head, in PictureArea area)
    {
        if (area.IsEmpty)
        {
            return;
        }

        Backdrop.Fill(picture, area);
        var (pose, rise) = (head.Pose, head.Rise);

        // What hangs down follows the head only in part, and never turns.
        var hanging = Moved((pose.Roll * 1.3f) - (pose.Yaw * 2.6f), (rise * 0.8f) + (pose.Pitch * 0.4f));
        var (face, faceWarp) = (_layers.Face.At(pose.Roll), FaceWarp(head));
        var (body, bodyWarp) = (_layers.Body.At(pose.Shoulders), Moved(pose.Yaw * 1.2f, rise * 1.25f));
        _layers.HairBehind.Draw(picture, Bent(hanging, pose), area, body, bodyWarp);
        body.Draw(picture, bodyWarp, area, face, faceWarp);

        // The head's parts all lean by the same step, so that none of them moves against another.
        _layers.HairBack.At(pose.Roll).Draw(picture, At(head, -2.4f, -1.6f), area, face, faceWarp);
        _layers.Ears.At(pose.Roll).Draw(picture, At(head, -3.4f, -2.2f), area, face, faceWarp);
        DrawFace(picture, head, face, faceWarp, area);
        DrawEyes(picture, head, area);
        _layers.Nose.At(pose.Roll).Draw(picture, At(head, 8.2f, 5.6f), area);
        DrawMouth(picture, head, area);

        var over = Moved(pose.Yaw * (2.6f + 3.6f), rise + (pose.Pitch * (2.2f + 2.4f)));
        _layers.HairFront.At(pose.Roll).Draw(picture, Bent(over, pose), area);
        _layers.Glasses.At(pose.Roll).Draw(picture, At(head, 7.2f, 5.0f), area);
    }

    /// <param name="x">Sheet units.</param>
    /// <param name="y">Sheet units.</param>
    private Warp Moved(float x, float y) => new() { X = x * _layers.Scale, Y = y * _layers.Scale };

    private Warp Bent(in Warp warp, in Pose pose) => warp with
    {
        BendFrom = _design.HairBend.From * _layers.Scale,
        BendTo = _design.HairBend.To * _layers.Scale,
        Sway = pose.Sway * _design.HairBend.Reach * _layers.Scale,
    };

    /// <summary>What is painted with the head's lean, by how far it lies before the axis about which the head turns.</summary>
    private Warp At(in Head head, float depthX, float depthY)
    {
        var by = head.Vector(depthX, depthY);
        return Moved(by.X, by.Y);
    }

    private Warp FaceWarp(in Head head)
    {
        var jaw = _design.Mouth.Y - JawAbove;
        var down = head.Lean.MapVector(0, 1);
        return At(head, 1.6f, 1.2f) with
        {
            StretchFrom = jaw * _layers.Scale,
            Stretch = _mouth.JawDrop(head.Pose.Mouth) / (_chin - jaw),
            Lean = down.X,
        };
    }

    /// <summary>Where the face is another when the jaw drops further or less.</summary>
    private PictureArea JawArea(I420Picture picture, in Head head)
    {
        var face = FaceWarp(head);
        return _layers.Face.At(head.Pose.Roll).AreaBelow(picture, face, face.StretchFrom);
    }

    private void DrawFace(I420Picture picture, in Head head, Layer face, in Warp warp, in PictureArea area)
    {
        face.Draw(picture, warp, area);

        var middle = new SKPoint(CharacterDesign.Middle, _design.Eyes.Y);
        var shade = head.Place(middle, 4.8f, 3.6f) - middle;
        _layers.FaceShade.DrawWithin(picture, Moved(shade.X, shade.Y), face, warp, area);
    }

    private Warp EyesWarp(in Head head) => _eyes.At(head.Place(new SKPoint(CharacterDesign.Middle, (_design.Eyes.Y + BelowEyes + _design.Brows.Y - AboveBrows) / 2), 6.0f, 4.2f));

    private void DrawEyes(I420Picture picture, in Head head, in PictureArea area)
    {
        var warp = EyesWarp(head);
        if (!_eyes.AreaAt(picture, warp).Meets(area))
        {
            return;
        }

        _eyes.Begin(warp);
        var canvas = _eyes.Canvas;
        head.Apply(canvas);
        float eyeX = head.Pose.Yaw * 6.0f;
        float eyeY = head.Pose.Pitch * 4.2f;
        DrawEye(canvas, head.Pose, 1, eyeX, eyeY);
        DrawEye(canvas, head.Pose, -1, eyeX, eyeY);
        DrawBrow(canvas, head.Pose, 1, eyeX, eyeY);
        DrawBrow(canvas, head.Pose, -1, eyeX, eyeY);
        _eyes.Draw(picture, warp, area);
    }

    private float BelowMouth => _design.Mouth.MaxOpen + _design.Mouth.LowerLip + BelowLip;

    private Warp MouthWarp(in Head head) =>
        _lips.At(head.Place(new SKPoint(CharacterDesign.Middle, _design.Mouth.Y + ((BelowMouth - AboveMouth) / 2)), 6.4f, 3.8f));

    private void DrawMouth(I420Picture picture, in Head head, in PictureArea area)
    {
        var warp = MouthWarp(head);
        if (!_lips.AreaAt(picture, warp).Meets(area))
        {
            return;
        }

        var pose = head.Pose;
        _lips.Begin(warp);
        var canvas = _lips.Canvas;
        head.Apply(canvas);
        canvas.Translate(CharacterDesign.Middle + (pose.Yaw * 6.4f), _design.Mouth.Y + (pose.Pitch * 3.8f));
        canvas.Scale(1 - (0.04f * MathF.Abs(pose.Yaw)), 1);
        _mouth.Draw(canvas, _outline, pose.Mouth, pose.Smile);
        _lips.Draw(picture, warp, area);
    }

    private void DrawEye(SKCanvas canvas, in Pose pose, int side, float x, float y)
    {
        canvas.Save();
        canvas.Translate(CharacterDesign.Middle + x + (side * _design.Eyes.Apart), _design.Eyes.Y + y);

        // The eye that turns away gets narrower.
        canvas.Scale(side * (1 - (0.05f * side * pose.Yaw)), 1);
        _eye.Draw(canvas, _outline, pose, side);
        canvas.Restore();
    }

    private void DrawBrow(SKCanvas canvas, in Pose pose, int side, float x, float y)
    {
        BrowDesign b = _design.Brows;
        canvas.Save();
        canvas.Translate(CharacterDesign.Middle + (x * 1.04f), b.Y + y - (pose.Brow * 5.5f) + (pose.Blink * 1.2f));
        canvas.Scale(side * (1 - (0.04f * side * pose.Yaw)), 1);
        float start = b.Apart;
        float length = b.Length;
        float half = b.Thickness * 0.5f;
        float arch = b.Arch + (MathF.Max(0, pose.Brow) * 1.6f);
        float inner = MathF.Max(0, -pose.Brow) * 2.5f;
        using SKPath brow = _outline.From(start + 1.2f, inner - (half * 0.55f))
            .To(start + (length * 0.20f), inner - (arch * 0.62f) - half, start + (length * 0.40f), -arch - half, start + (length * 0.60f), -arch - (half * 0.86f))
            .To(start + (length * 0.78f), -arch - (half * 0.70f), start + (length * 0.92f), -arch + (b.Fall * 0.50f), start + length, -arch + b.Fall)
            .To(start + (length * 0.90f), -arch + (b.Fall * 0.74f), start + (length * 0.76f), -arch + (half * 0.62f), start + (length * 0.58f), -arch + (half * 0.82f))
            .To(start + (length * 0.38f), -arch + half, start + (length * 0.20f), inner - (arch * 0.42f) + half, start + 1.4f, inner + (half * 0.95f))
            .To(start - 1.6f, inner + half, start - 1.8f, inner - (half * 0.4f), start + 1.2f, inner - (half * 0.55f)).Closed();
        canvas.DrawPath(brow, _brow);
        canvas.Restore();
    }

    public void Dispose()
    {
        _eyes.Dispose();
        _lips.Dispose();
        _eye.Dispose();
        _mouth.Dispose();
        _brow.Dispose();
        _outline.Dispose();
    }

    /// <summary>How the head is held, in one picture.</summary>
    /// <param name="Pose">All of the pose.</param>
    /// <param name="Rise">How far the breath moves it down.</param>
    /// <param name="Lean">Turns about the top of the neck.</param>
    private readonly record struct Head(Pose Pose, float Rise, SKMatrix Lean)
    {
        /// <summary>How far something is moved that lies so far before the axis, the lean itself left aside.</summary>
        public SKPoint Vector(float depthX, float depthY)
        {
            var by = Lean.MapVector(Pose.Yaw * depthX, Pose.Pitch * depthY);
            return new SKPoint(by.X + (Pose.Yaw * 2.6f), by.Y + Rise + (Pose.Pitch * 2.2f));
        }

        /// <summary>Where a point of the sheet is seen.</summary>
        public SKPoint Place(SKPoint point, float depthX, float depthY) => Lean.MapPoint(point) + Vector(depthX, depthY);

        /// <summary>What is drawn after this is drawn on the head.</summary>
        public void Apply(SKCanvas canvas)
        {
            canvas.Translate(Pose.Yaw * 2.6f, Rise + (Pose.Pitch * 2.2f));
            canvas.Concat(Lean);
        }
    }
}
