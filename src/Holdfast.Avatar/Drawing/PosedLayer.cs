using System.Collections.Concurrent;

namespace Holdfast.Avatar;

/// <summary>
/// A layer that leans as the head or the shoulders do. Turning pixels costs six times what moving them does, so it is painted once for each of a few dozen
/// angles, as they come up; a step moves no pixel by more than a fraction of itself. Any number of threads may draw it.
/// </summary>
internal sealed class PosedLayer
{
    private readonly ConcurrentDictionary<int, Lazy<Layer>> _painted = new();
    private readonly Func<float, Layer> _paint;
    private readonly float _step;
    private readonly int _maxSteps;

    /// <param name="step">From one angle to the next, in the unit of the angles.</param>
    /// <param name="max">The largest angle, either way.</param>
    /// <param name="paint">Paints it for an angle.</param>
    public PosedLayer(float step, float max, Func<float, Layer> paint)
    {
        _step = step;
        _maxSteps = (int)MathF.Round(max / step);
        _paint = paint;
    }

    /// <summary>The angle that is next to this one, among those that are painted.</summary>
    public float Nearest(float angle) => StepOf(angle) * _step;

    /// <summary>As it is at the angle that is next to this one.</summary>
    public Layer At(float angle)
    {
        var step = StepOf(angle);
        if (!_painted.TryGetValue(step, out var layer))
        {
            layer = _painted.GetOrAdd(step, Paint);
        }

        return layer.Value;
    }

    private int StepOf(float angle) => Math.Clamp((int)MathF.Round(angle / _step), -_maxSteps, _maxSteps);

    private Lazy<Layer> Paint(int step) => new(() => _paint(step * _step));
}
