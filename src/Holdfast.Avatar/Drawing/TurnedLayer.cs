using System.Collections.Concurrent;
using SkiaSharp;

namespace Holdfast.Avatar;

/// <summary>
/// A layer that leans with the head. Turning pixels costs six times what moving them does, so it is painted once for each of a
/// few dozen angles, as they come up; a step moves no pixel by more than a fraction of itself. Any number of threads may draw it.
/// </summary>
internal sealed class TurnedLayer : IDisposable
{
    /// <summary>Degrees from one angle to the next.</summary>
    public const float Step = 0.2f;

    private const int MaxSteps = 25;

    private readonly ConcurrentDictionary<int, Lazy<Layer>> _turned = new();
    private readonly IReadOnlyList<Shape> _shapes;
    private readonly float _scale;
    private readonly SKPoint _pivot;

    /// <param name="shapes">In the order in which they are painted.</param>
    /// <param name="scale">Pixels in a sheet unit.</param>
    /// <param name="pivot">What it turns about.</param>
    public TurnedLayer(IReadOnlyList<Shape> shapes, float scale, SKPoint pivot)
    {
        _shapes = shapes;
        _scale = scale;
        _pivot = pivot;
    }

    /// <summary>Draws it, leaning by so many degrees and bent, where the canvas, not turned, has been moved to.</summary>
    public void Draw(SKCanvas canvas, float degrees, in Bend bend, float sway)
    {
        var step = Math.Clamp((int)MathF.Round(degrees / Step), -MaxSteps, MaxSteps);
        if (!_turned.TryGetValue(step, out var layer))
        {
            layer = _turned.GetOrAdd(step, Paint);
        }

        layer.Value.DrawBent(canvas, bend, sway);
    }

    public void Dispose()
    {
        foreach (var layer in _turned.Values)
        {
            layer.Value.Dispose();
        }
    }

    private Lazy<Layer> Paint(int step) =>
        new(() => new Layer(_shapes, _scale, SKMatrix.CreateRotationDegrees(step * Step, _pivot.X, _pivot.Y)));
}
