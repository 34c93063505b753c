using SkiaSharp;

namespace Holdfast.Avatar;

/// <summary>Draws outlines that change with every picture, without keeping them: one builder serves them all.</summary>
internal sealed class Outline : IDisposable
{
    private readonly SKPathBuilder _builder = new();

    public Outline From(float x, float y)
    {
        _builder.MoveTo(x, y);
        return this;
    }

    public Outline To(float x1, float y1, float x2, float y2, float x3, float y3)
    {
        _builder.CubicTo(x1, y1, x2, y2, x3, y3);
        return this;
    }

    public Outline Straight(float x, float y)
    {
        _builder.LineTo(x, y);
        return this;
    }

    /// <summary>The closed outline, and a clean sheet for the next. The caller disposes of it.</summary>
    public SKPath Closed()
    {
        _builder.Close();
        return _builder.Detach();
    }

    /// <summary>The open outline, and a clean sheet for the next. The caller disposes of it.</summary>
    public SKPath Open() => _builder.Detach();

    public void Dispose() => _builder.Dispose();
}
