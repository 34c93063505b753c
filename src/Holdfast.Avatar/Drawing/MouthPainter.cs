using SkiaSharp;

namespace Holdfast.Avatar;

/// <summary>Draws the mouth: lips, teeth, tongue and the dark between them, for any <see cref="MouthShape"/>.</summary>
internal sealed class MouthPainter : IDisposable
{
    private readonly MouthDesign _mouth;
    private readonly SKPaint _upper;
    private readonly SKPaint _lower;
    private readonly SKPaint _inside = Ink.Linear(0, -6, 0, 26, Ink.Color("#3b1418"), Ink.Color("#6a2429"));
    private readonly SKPaint _teeth = Ink.Solid("#fffaf3");
    private readonly SKPaint _lowerTeeth = Ink.Solid("#f3e9df");
    private readonly SKPaint _teethShade = Ink.Line("#4a1b1e", 2.4f, 0.22f);
    private readonly SKPaint _bite = Ink.Line("#8d5a52", 0.9f, 0.55f);
    private readonly SKPaint _tongue = Ink.Linear(0, 2, 0, 24, Ink.Color("#e58a84"), Ink.Color("#c45f60"));
    private readonly SKPaint _tongueLine = Ink.Line("#b2504f", 1.1f, 0.45f);
    private readonly SKPaint _line;
    private readonly SKPaint _shine = Ink.Solid("#ffffff", 0.20f);
    private readonly SKPaint _shade;

    public MouthPainter(MouthDesign mouth)
    {
        _mouth = mouth;
        _upper = Ink.Solid(mouth.UpperColor);
        _lower = Ink.Solid(mouth.LowerColor);
        _line = Ink.Line(mouth.LineColor, 1.9f);
        _shade = Ink.Solid(mouth.ShadeColor, 0.34f);
    }

    /// <summary>How far the jaw hangs for a shape, in sheet units.</summary>
    public float JawDrop(in MouthShape shape) => shape.Open * _mouth.MaxOpen * 0.46f;

    /// <param name="canvas">With its origin in the mouth's middle.</param>
    /// <param name="outline">For the outlines of this moment.</param>
    /// <param name="shape">What the mouth does.</param>
    /// <param name="smile">A smile beyond the rest, 0 to 1.</param>
    public void Draw(SKCanvas canvas, Outline outline, in MouthShape shape, float smile)
    {
        MouthDesign m = _mouth;
        float opening = MathF.Max(0, shape.Open) * m.MaxOpen;
        float w = m.HalfWidth * (1 + (0.15f * shape.Width) - (0.26f * shape.Round) + (0.10f * smile) - (0.04f * shape.Open));
        float corner = (-(m.Smile + (3.2f * smile)) * (1 - (0.55f * shape.Round)) * (1 - (0.35f * shape.Press))) + (opening * (0.26f + (0.10f * shape.Round)));
        float top = -opening * (0.14f + (0.08f * shape.Round));
        float bottom = opening * 0.86f;
        float upperLip = m.UpperLip * (1 - (0.42f * shape.Press)) * (1 + (0.22f * shape.Round) - (0.10f * smile) - (0.12f * MathF.Max(0, shape.Width)));
        float lowerLip = m.LowerLip * (1 - (0.36f * shape.Press)) * (1 + (0.16f * shape.Round)) * (1 - (0.50f * shape.Tuck));

        float round = 0.50f + (0.14f * shape.Round) + (0.06f * shape.Open);
        float belly = 0.88f + (0.12f * shape.Round) + (0.08f * shape.Open);

        float underLip = bottom + lowerLip + 4.5f;
        canvas.DrawOval(0, underLip, w * 0.46f, 2.6f, _shade);

        // Under the upper lip's hem, so that no skin shows between the lips.
        float hem = 0.6f + (0.22f * shape.Round);
        float under = top + ((corner - top) * (corner > top ? 0.1f : 0.5f));
        using SKPath lower = outline.From(-w, corner)
            .To(-w * hem, under, -w * 0.3f, top, 0, top)
            .To(w * 0.3f, top, w * hem, under, w, corner)
            .To(w * belly, corner + ((bottom + lowerLip - corner) * 0.60f), w * round, bottom + lowerLip, 0, bottom + lowerLip)
            .To(-w * round, bottom + lowerLip, -w * belly, corner + ((bottom + lowerLip - corner) * 0.60f), -w, corner).Closed();
        canvas.DrawPath(lower, _lower);

        float sideX = 0.70f + (0.32f * shape.Round);
        float sideY = corner - (upperLip * (0.30f + (0.35f * shape.Round))) - ((corner - top) * 0.45f * shape.Round);
        float bowX = 0.46f + (0.16f * shape.Round);
        float inner = w - 1.5f - (3.2f * shape.Round);
        using SKPath upper = outline.From(-w, corner)
            .To(-w * sideX, sideY, -w * bowX, top - (upperLip * 1.04f), -w * 0.21f, top - upperLip)
            .To(-w * 0.12f, top - (upperLip * 0.97f), -w * 0.06f, top - (upperLip * 0.74f), 0, top - (upperLip * 0.74f))
            .To(w * 0.06f, top - (upperLip * 0.74f), w * 0.12f, top - (upperLip * 0.97f), w * 0.21f, top - upperLip)
            .To(w * bowX, top - (upperLip * 1.04f), w * sideX, sideY, w, corner)
            .To(w * hem, top + ((corner - top) * 0.30f), w * 0.3f, top + 0.6f, 0, top + 0.6f)
            .To(-w * 0.3f, top + 0.6f, -w * hem, top + ((corner - top) * 0.30f), -w, corner).Closed();

        canvas.DrawOval(-w * 0.10f, bottom + (lowerLip * 0.50f), w * 0.34f, lowerLip * 0.17f, _shine);

        if (opening > 0.7f)
        {
            DrawInside(canvas, outline, shape, inner, corner, top, bottom);
            canvas.DrawPath(upper, _upper);
        }
        else
        {
            canvas.DrawPath(upper, _upper);
            using SKPath line = outline.From(-w + 0.6f, corner)
                .To(-w * 0.6f, top + ((corner - top) * 0.22f), -w * 0.3f, top + 0.2f, 0, top + 0.2f + (opening * 0.3f))
                .To(w * 0.3f, top + 0.2f, w * 0.6f, top + ((corner - top) * 0.22f), w - 0.6f, corner).Open();
            canvas.DrawPath(line, _line);
        }
    }

    private void DrawInside(
        SKCanvas canvas, Outline outline, in MouthShape shape, float w, float corner, float top, float bottom)
    {
        float height = bottom - top;
        float shoulder = 0.66f + (0.30f * shape.Round);
        float flat = 0.34f + (0.22f * shape.Round);
        float round = 0.56f + (0.10f * shape.Round) + (0.06f * shape.Open);
        using SKPath opening = outline.From(-w, corner)
            .To(-w * shoulder, top + ((corner - top) * (0.28f - (0.22f * shape.Round))), -w * flat, top, 0, top)
            .To(w * flat, top, w * shoulder, top + ((corner - top) * (0.28f - (0.22f * shape.Round))), w, corner)
            .To(w * (0.92f + (0.10f * shape.Round)), corner + ((bottom - corner) * 0.64f), w * round, bottom, 0, bottom)
            .To(-w * round, bottom, -w * (0.92f + (0.10f * shape.Round)), corner + ((bottom - corner) * 0.64f), -w, corner).Closed();
        canvas.DrawPath(opening, _inside);
        canvas.Save();
        canvas.ClipPath(opening, SKClipOperation.Intersect, antialias: true);

        float rise = height * 0.72f * shape.Tongue;
        float upper = MathF.Min(9.5f, height * (0.52f + (0.36f * shape.Tuck))) * MathF.Min(1, shape.Upper);
        if (rise > 1)
        {
            float crown = MathF.Max(bottom - rise, top + (upper * 0.72f));
            canvas.Translate(0, crown);
            canvas.DrawOval(0, 12, w * 0.60f, 12, _tongue);
            canvas.DrawLine(0, 4.5f, 0, 11, _tongueLine);
            canvas.Translate(0, -crown);
        }

        float lower = MathF.Min(6, height * 0.47f) * MathF.Min(1, shape.Lower);
        if (lower > 0.8f)
        {
            using SKPath teeth = outline.From(-w * 0.82f, bottom + 4)
                .Straight(-w * 0.82f, corner + ((bottom - corner) * 0.62f) - lower)
                .To(-w * 0.50f, bottom - lower, w * 0.50f, bottom - lower, w * 0.82f, corner + ((bottom - corner) * 0.62f) - lower)
                .Straight(w * 0.82f, bottom + 4).Closed();
            canvas.DrawPath(teeth, _lowerTeeth);
        }

        if (upper > 0.8f)
        {
            float side = top + ((corner - top) * 0.35f);
            using SKPath teeth = outline.From(-w * 0.92f, top - 4)
                .Straight(-w * 0.92f, side + (upper * 0.45f))
                .To(-w * 0.70f, side + (upper * 0.95f), -w * 0.46f, top + upper, 0, top + upper)
                .To(w * 0.46f, top + upper, w * 0.70f, side + (upper * 0.95f), w * 0.92f, side + (upper * 0.45f))
                .Straight(w * 0.92f, top - 4).Closed();
            canvas.DrawPath(teeth, _teeth);
            if (shape.Lower > 0.5f)
            {
                canvas.DrawPath(teeth, _bite);
            }
        }

        using SKPath shade = outline.From(-w, corner + 1)
            .To(-w * 0.6f, top + ((corner - top) * 0.25f) + 0.8f, -w * 0.3f, top + 0.8f, 0, top + 0.8f)
            .To(w * 0.3f, top + 0.8f, w * 0.6f, top + ((corner - top) * 0.25f) + 0.8f, w, corner + 1).Open();
        canvas.DrawPath(shade, _teethShade);
        canvas.Restore();
    }

    public void Dispose()
    {
        _upper.Dispose();
        _lower.Dispose();
        _inside.Dispose();
        _teeth.Dispose();
        _lowerTeeth.Dispose();
        _teethShade.Dispose();
        _bite.Dispose();
        _tongue.Dispose();
        _tongueLine.Dispose();
        _line.Dispose();
        _shine.Dispose();
        _shade.Dispose();
    }
}
