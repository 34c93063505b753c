using SkiaSharp;

namespace Holdfast.Avatar;

/// <summary>How the head is held, in one picture.</summary>
/// <param name="Pose">All of the pose.</param>
/// <param name="Rise">How far the breath moves it down.</param>
/// <param name="Lean">Turns about the top of the neck.</param>
internal readonly record struct Head(Pose Pose, float Rise, SKMatrix Lean)
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
