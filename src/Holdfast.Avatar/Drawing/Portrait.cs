using SkiaSharp;

namespace Holdfast.Avatar;

/// <summary>Draws one character in any pose, at one size. Used by one thread at a time.</summary>
internal sealed class Portrait : IDisposable
{
    // The head turns about the top of the neck.
    private const float PivotY = 350;

    private readonly CharacterDesign _design;
    private readonly int _size;
    private readonly float _scale;
    private readonly SKImage _background;
    private readonly Layer _hairBehind;
    private readonly Layer _neck;
    private readonly Layer _body;
    private readonly Layer _bodyFront;
    private readonly Layer _ears;
    private readonly Layer _faceShade;
    private readonly Layer _nose;
    private readonly Layer _hairFront;
    private readonly Layer _glasses;
    private readonly EyePainter _eye;
    private readonly MouthPainter _mouth;
    private readonly SKPaint _brow;
    private readonly Outline _outline = new();

    /// <param name="design">Who is drawn.</param>
    /// <param name="size">Width and height of the pictures in pixels.</param>
    public Portrait(CharacterDesign design, int size)
    {
        _design = design;
        _size = size;
        _scale = size / CharacterDesign.SheetSize;
        _background = Backdrop.Paint(size);
        _hairBehind = new Layer(design.HairBehind, _scale);
        _neck = new Layer(design.Neck, _scale);
        _body = new Layer(design.Body, _scale);
        _bodyFront = new Layer(design.BodyFront, _scale);
        _ears = new Layer(design.Ears, _scale);
        _faceShade = new Layer(design.FaceShade, _scale);
        _nose = new Layer(design.Nose, _scale);
        _hairFront = new Layer(design.HairFront, _scale);
        _glasses = new Layer(design.Glasses, _scale);
        _eye = new EyePainter(design.Eyes);
        _mouth = new MouthPainter(design.Mouth);
        _brow = Ink.Solid(design.Brows.Color);
    }

    /// <summary>Width and height of the pictures in pixels.</summary>
    public int Size => _size;

    /// <summary>Draws the whole picture, background included.</summary>
    public void Draw(SKCanvas canvas, in Pose pose)
    {
        canvas.ResetMatrix();
        canvas.DrawImage(_background, 0, 0, SKSamplingOptions.Default);
        canvas.Scale(_scale);

        canvas.Save();
        EnterHead(canvas, pose, 0.75f);
        At(canvas, _hairBehind, pose, -4.5f, -1.5f);
        canvas.Restore();

        canvas.Save();
        canvas.Translate(pose.Yaw * 1.2f, -1.9f * pose.Breath);
        _neck.Draw(canvas);
        _body.Draw(canvas);
        _bodyFront.Draw(canvas);
        canvas.Restore();

        canvas.Save();
        EnterHead(canvas, pose, 1);
        At(canvas, _ears, pose, -3.4f, -2.2f);
        DrawFace(canvas, pose);
        At(canvas, _hairFront, pose, 3.6f, 2.4f);
        if (_design.Glasses.Count > 0)
        {
            At(canvas, _glasses, pose, 7.2f, 5.0f);
        }

        canvas.Restore();
    }

    private static void EnterHead(SKCanvas canvas, in Pose pose, float part)
    {
        canvas.Translate(pose.Yaw * 2.6f * part, ((-1.5f * pose.Breath) + (pose.Pitch * 2.2f)) * part);
        canvas.RotateDegrees(pose.Roll * part, CharacterDesign.Middle, PivotY);
    }

    private static void At(SKCanvas canvas, Layer layer, in Pose pose, float depthX, float depthY)
    {
        canvas.Save();
        canvas.Translate(pose.Yaw * depthX, pose.Pitch * depthY);
        layer.Draw(canvas);
        canvas.Restore();
    }

    private void DrawFace(SKCanvas canvas, in Pose pose)
    {
        float drop = _mouth.JawDrop(pose.Mouth);
        using SKPath face = FaceOutline(drop);
        canvas.Save();
        canvas.Translate(pose.Yaw * 1.6f, pose.Pitch * 1.2f);
        canvas.DrawPath(face, _design.Skin);
        canvas.Save();
        canvas.ClipPath(face, SKClipOperation.Intersect, antialias: true);
        canvas.Translate(pose.Yaw * 3.2f, pose.Pitch * 2.4f);
        _faceShade.Draw(canvas);
        canvas.Restore();
        canvas.Restore();

        float eyeX = pose.Yaw * 6.0f;
        float eyeY = pose.Pitch * 4.2f;
        DrawEye(canvas, pose, 1, eyeX, eyeY);
        DrawEye(canvas, pose, -1, eyeX, eyeY);
        DrawBrow(canvas, pose, 1, eyeX, eyeY);
        DrawBrow(canvas, pose, -1, eyeX, eyeY);
        At(canvas, _nose, pose, 8.2f, 5.6f);

        canvas.Save();
        canvas.Translate(CharacterDesign.Middle + (pose.Yaw * 6.4f), _design.Mouth.Y + (pose.Pitch * 3.8f));
        canvas.Scale(1 - (0.04f * MathF.Abs(pose.Yaw)), 1);
        _mouth.Draw(canvas, _outline, pose.Mouth, pose.Smile);
        canvas.Restore();
    }

    private SKPath FaceOutline(float drop)
    {
        SKPoint[] face = _design.Face;
        float mouth = _design.Mouth.Y - 26;
        float reach = 1;
        foreach (SKPoint point in face)
        {
            reach = MathF.Max(reach, point.Y - mouth);
        }

        float Down(SKPoint point) => point.Y + (point.Y > mouth ? drop * (point.Y - mouth) / reach : 0);

        Outline outline = _outline.From(face[0].X, Down(face[0]));
        for (int i = 1; i + 2 < face.Length; i += 3)
        {
            outline.To(
                face[i].X, Down(face[i]), face[i + 1].X, Down(face[i + 1]), face[i + 2].X, Down(face[i + 2]));
        }

        return outline.Closed();
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
        _background.Dispose();
        _hairBehind.Dispose();
        _neck.Dispose();
        _body.Dispose();
        _bodyFront.Dispose();
        _ears.Dispose();
        _faceShade.Dispose();
        _nose.Dispose();
        _hairFront.Dispose();
        _glasses.Dispose();
        _eye.Dispose();
        _mouth.Dispose();
        _brow.Dispose();
        _outline.Dispose();
    }
}
