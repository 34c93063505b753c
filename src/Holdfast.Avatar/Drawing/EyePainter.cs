using SkiaSharp;

namespace Holdfast.Avatar;

/// <summary>Draws one eye: white, iris, lids and lashes.</summary>
internal sealed class EyePainter : IDisposable
{
    private static readonly SKSamplingOptions Smooth = new(SKFilterMode.Linear);
    private readonly EyeDesign _eye;
    private readonly SKPaint _white;
    private readonly SKImage _iris;
    private readonly float _scale;
    private readonly SKPaint _lidShade;
    private readonly SKPaint _lid;
    private readonly SKPaint _lash;
    private readonly SKPaint _lower;
    private readonly SKPaint _crease;
    private readonly SKColor _creaseColor;

    // Only where the eyeball is.
    private readonly SKPaint _within = new() { BlendMode = SKBlendMode.SrcATop };

    /// <param name="eye">What it looks like.</param>
    /// <param name="scale">Pixels in a sheet unit.</param>
    public EyePainter(EyeDesign eye, float scale)
    {
        _eye = eye;
        _scale = scale;
        _iris = PaintIris(eye, scale);
        _white = Ink.Linear(0, -eye.Upper, 0, eye.Lower, Ink.Color("#eee7e2"), Ink.Color("#fffdfa"), Ink.Color("#fffdfa"));
        _lidShade = Ink.Line("#3a2320", 5.5f, 0.20f);
        _lidShade.BlendMode = SKBlendMode.SrcATop;
        _lid = Ink.Solid(eye.LidColor);
        _lid.BlendMode = SKBlendMode.DstOver;
        _lash = Ink.Solid(eye.LashColor);
        _lower = Ink.Line(eye.LashColor, 1.1f, 0.32f);
        _crease = Ink.Line(eye.CreaseColor, 1.4f);
        _creaseColor = Ink.Color(eye.CreaseColor);
    }

    /// <param name="canvas">With its origin in the eye's middle, mirrored for the left one; nothing is there yet.</param>
    /// <param name="outline">For the outlines of this moment.</param>
    /// <param name="pose">Lids and gaze.</param>
    /// <param name="side">1 for the eye at the right of the picture, -1 for the mirrored one.</param>
    public void Draw(SKCanvas canvas, Outline outline, in Pose pose, int side)
    {
        EyeDesign e = _eye;
        float w = e.HalfWidth;
        float outerY = -e.Slant;
        float shut = Math.Clamp(pose.Blink + (MathF.Max(0, pose.GazeY) * 0.18f), 0, 1);
        float meet = e.Lower * 0.8f;
        float upper = -e.Upper + ((meet + e.Upper) * shut) - (0.8f * MathF.Max(0, pose.Brow) * (1 - shut));
        float lower = e.Lower + ((meet - e.Lower) * shut) - (pose.Smile * 1.6f * (1 - shut));

        // A cubic reaches three quarters of its control points' height in the middle.
        float up = upper / 0.75f;
        float down = lower / 0.75f;
        float open = -e.Upper / 0.75f;

        // The eyeball first, since what is on it is seen only there; so nothing has to be clipped, which costs more than all else.
        if (shut < 0.93f)
        {
            using SKPath ball = outline.From(-w, 0)
                .To(-w * 0.62f, up * 0.92f, w * 0.42f, up * 1.10f, w, outerY)
                .To(w * 0.56f, down * 0.95f, -w * 0.50f, down, -w, 0).Closed();
            canvas.DrawPath(ball, _white);
            canvas.Save();
            canvas.Translate(((pose.GazeX * 5.2f) * side) - 0.5f, (pose.GazeY * 3.4f) - 0.8f);
            canvas.Scale(side / _scale, 1 / _scale);
            canvas.DrawImage(_iris, -_iris.Width / 2f, -_iris.Height / 2f, Smooth, _within);
            canvas.Restore();
            using SKPath shade = outline.From(-w, 1)
                .To(-w * 0.62f, (up * 0.92f) + 1, w * 0.42f, (up * 1.10f) + 1, w, outerY + 1).Open();
            canvas.DrawPath(shade, _lidShade);
        }

        if (shut > 0.02f)
        {
            using SKPath lid = outline.From(-w, 0)
                .To(-w * 0.62f, open * 0.92f, w * 0.42f, open * 1.10f, w, outerY)
                .To(w * 0.42f, up * 1.10f, -w * 0.62f, up * 0.92f, -w, 0).Closed();
            canvas.DrawPath(lid, _lid);
        }

        if (shut < 0.93f)
        {
            using SKPath rim = outline.From(-w * 0.45f, lower * 0.86f)
                .To(0, down * 0.82f, w * 0.56f, down * 0.82f, w * 0.97f, outerY + 1).Open();
            canvas.DrawPath(rim, _lower);
        }

        DrawLashes(canvas, outline, up, outerY, shut);
        float crease = open - 7.4f - (pose.Brow * 1.4f) + (shut * 4.2f);
        _crease.Color = _creaseColor.WithAlpha((byte)(150 * (1 - (0.75f * shut))));
        using SKPath fold = outline.From(-w * 0.60f, -e.Upper * 0.86f - 2.2f + (shut * 2))
            .To(-w * 0.25f, crease * 0.94f, w * 0.45f, crease * 1.02f, w * 0.96f, outerY - 6.0f + shut).Open();
        canvas.DrawPath(fold, _crease);
    }

    private void DrawLashes(SKCanvas canvas, Outline outline, float up, float outerY, float shut)
    {
        float w = _eye.HalfWidth;
        float thick = _eye.Lash / 0.75f;
        float wing = _eye.Wing;
        float tipY = outerY - (wing * (0.75f - (shut * 0.75f)));
        using SKPath lash = outline.From(-w - 0.6f, 0.6f)
            .To(-w * 0.64f, (up * 0.92f) - (thick * 0.55f), w * 0.40f, (up * 1.10f) - (thick * 1.1f), w + wing, tipY)
            .To(w + (wing * 0.35f), outerY + 0.2f, w + 0.4f, outerY + 0.6f, w - 0.2f, outerY + 0.9f)
            .To(w * 0.42f, (up * 1.10f) + 0.6f, -w * 0.62f, (up * 0.92f) + 0.6f, -w - 0.6f, 0.6f).Closed();
        canvas.DrawPath(lash, _lash);
    }

    /// <summary>Iris, pupil and what is mirrored in them, with their origin in the middle.</summary>
    private static SKImage PaintIris(EyeDesign eye, float scale)
    {
        var side = 2 * (int)MathF.Ceiling((eye.Iris + 1) * scale);
        using var surface = SKSurface.Create(new SKImageInfo(side, side, SKColorType.Bgra8888, SKAlphaType.Premul))
            ?? throw new InvalidOperationException("There is no memory to paint in.");
        var canvas = surface.Canvas;
        canvas.Translate(side / 2f, side / 2f);
        canvas.Scale(scale);
        using var iris = Ink.Radial(0, eye.Iris * 0.55f, eye.Iris * 1.6f, Ink.Color(eye.IrisColor), Ink.Color(eye.IrisRim));
        using var rim = Ink.Line(eye.IrisRim, 1.5f);
        using var pupil = Ink.Solid("#160d0b");
        using var light = Ink.Solid("#ffffff", 0.96f);
        using var smallLight = Ink.Solid("#ffffff", 0.5f);
        canvas.DrawCircle(0, 0, eye.Iris, iris);
        canvas.DrawCircle(0, 0, eye.Iris - 0.75f, rim);
        canvas.DrawCircle(0, 0, eye.Iris * 0.46f, pupil);
        canvas.DrawCircle(eye.Iris * 0.34f, -eye.Iris * 0.36f, eye.Iris * 0.28f, light);
        canvas.DrawCircle(-eye.Iris * 0.36f, eye.Iris * 0.42f, eye.Iris * 0.15f, smallLight);
        return surface.Snapshot();
    }

    public void Dispose()
    {
        _white.Dispose();
        _iris.Dispose();
        _within.Dispose();
        _lidShade.Dispose();
        _lid.Dispose();
        _lash.Dispose();
        _lower.Dispose();
        _crease.Dispose();
    }
}
