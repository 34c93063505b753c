using SkiaSharp;

namespace Holdfast.Avatar;

/// <summary>Draws one character in any pose, at one size. Used by one thread at a time.</summary>
internal sealed class Portrait : IDisposable
{
    private readonly CharacterDesign _design;
    private readonly PortraitLayers _layers;
    private readonly EyePainter _eye;
    private readonly MouthPainter _mouth;
    private readonly SKPaint _brow;
    private readonly Outline _outline = new();
    private readonly float _chin;

    /// <param name="layers">Who is drawn, in which size.</param>
    public Portrait(PortraitLayers layers)
    {
        _layers = layers;
        _design = layers.Design;
        _eye = new EyePainter(_design.Eyes);
        _mouth = new MouthPainter(_design.Mouth);
        _brow = Ink.Solid(_design.Brows.Color);
        _chin = _design.Face.Max(point => point.Y);
    }

    /// <summary>Draws the whole picture, background included.</summary>
    public void Draw(SKCanvas canvas, in Pose pose)
    {
        canvas.ResetMatrix();
        canvas.Clear(Backdrop.Color);
        canvas.Scale(_layers.Scale);
        var rise = -1.5f * pose.Breath;

        // What hangs down follows the head only in part, and never turns.
        canvas.Save();
        canvas.Translate((pose.Roll * 1.3f) - (pose.Yaw * 2.6f), (rise * 0.8f) + (pose.Pitch * 0.4f));
        _layers.HairBehind.DrawBent(canvas, _design.HairBend, pose.Sway);
        canvas.Restore();

        canvas.Save();
        canvas.Translate(pose.Yaw * 1.2f, rise * 1.25f);
        _layers.Body.At(pose.Shoulders).Draw(canvas);
        canvas.Restore();

        canvas.Translate(pose.Yaw * 2.6f, rise + (pose.Pitch * 2.2f));
        canvas.Save();
        canvas.RotateDegrees(pose.Roll, PortraitLayers.Pivot.X, PortraitLayers.Pivot.Y);
        At(canvas, _design.HairBack, pose, -2.4f, -1.6f);
        At(canvas, _design.Ears, pose, -3.4f, -2.2f);
        DrawFace(canvas, pose);
        canvas.Restore();

        canvas.Save();
        canvas.Translate(pose.Yaw * 3.6f, pose.Pitch * 2.4f);
        _layers.HairFront.At(pose.Roll).DrawBent(canvas, _design.HairBend, pose.Sway);
        canvas.Restore();

        canvas.RotateDegrees(pose.Roll, PortraitLayers.Pivot.X, PortraitLayers.Pivot.Y);
        At(canvas, _design.Glasses, pose, 7.2f, 5.0f);
    }

    /// <summary>Shapes too small to be worth a layer.</summary>
    private static void At(SKCanvas canvas, IReadOnlyList<Shape> shapes, in Pose pose, float depthX, float depthY)
    {
        canvas.Save();
        canvas.Translate(pose.Yaw * depthX, pose.Pitch * depthY);
        for (var i = 0; i < shapes.Count; i++)
        {
            canvas.DrawPath(shapes[i].Path, shapes[i].Paint);
        }

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

        // So soft that only the place matters, not the angle: turned back, which is cheaper to draw.
        canvas.RotateDegrees(-pose.Roll, CharacterDesign.Middle, _design.Eyes.Y);
        _layers.FaceShade.Draw(canvas);
        canvas.Restore();
        canvas.Restore();

        float eyeX = pose.Yaw * 6.0f;
        float eyeY = pose.Pitch * 4.2f;
        DrawEye(canvas, pose, 1, eyeX, eyeY);
        DrawEye(canvas, pose, -1, eyeX, eyeY);
        DrawBrow(canvas, pose, 1, eyeX, eyeY);
        DrawBrow(canvas, pose, -1, eyeX, eyeY);
        canvas.Save();
        canvas.Translate(pose.Yaw * 8.2f, pose.Pitch * 5.6f);
        _layers.Nose.Draw(canvas);
        canvas.Restore();

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
        float reach = _chin - mouth;
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
        _eye.Dispose();
        _mouth.Dispose();
        _brow.Dispose();
        _outline.Dispose();
    }
}
