namespace Holdfast.Avatar;

/// <summary>The form of a mouth, continuous in every direction, so that any two can be blended.</summary>
/// <param name="Open">Distance of the lips: 0 closed, 1 as wide as a loud "ah".</param>
/// <param name="Width">Corners: -1 drawn in, 0 at rest, 1 spread.</param>
/// <param name="Round">Lips pushed forward: 0 none, 1 as in "oo".</param>
/// <param name="Upper">How much of the upper teeth shows, 0 to 1.</param>
/// <param name="Lower">How much of the lower teeth shows, 0 to 1.</param>
/// <param name="Tongue">Height of the tongue: 0 out of sight, 1 at the teeth.</param>
/// <param name="Press">Lips pressed on each other: 0 loose, 1 as in "m".</param>
/// <param name="Tuck">Lower lip drawn under the upper teeth: 0 none, 1 as in "f".</param>
internal readonly record struct MouthShape(
    float Open, float Width, float Round, float Upper, float Lower, float Tongue, float Press, float Tuck)
{
    /// <summary>A closed mouth, at ease.</summary>
    public static MouthShape Rest => default;

    public static MouthShape operator +(in MouthShape a, in MouthShape b) => new(
        a.Open + b.Open, a.Width + b.Width, a.Round + b.Round, a.Upper + b.Upper,
        a.Lower + b.Lower, a.Tongue + b.Tongue, a.Press + b.Press, a.Tuck + b.Tuck);

    public static MouthShape operator *(in MouthShape a, float k) => new(
        a.Open * k, a.Width * k, a.Round * k, a.Upper * k, a.Lower * k, a.Tongue * k, a.Press * k, a.Tuck * k);

    /// <summary>The shape a part of the way (0 to 1) from one to another.</summary>
    public static MouthShape Blend(in MouthShape from, in MouthShape to, float part) => (from * (1 - part)) + (to * part);

    /// <summary>The largest difference between two shapes in any direction.</summary>
    public static float Distance(in MouthShape a, in MouthShape b)
    {
        float d = MathF.Max(MathF.Abs(a.Open - b.Open), MathF.Abs(a.Width - b.Width));
        d = MathF.Max(d, MathF.Max(MathF.Abs(a.Round - b.Round), MathF.Abs(a.Upper - b.Upper)));
        d = MathF.Max(d, MathF.Max(MathF.Abs(a.Lower - b.Lower), MathF.Abs(a.Tongue - b.Tongue)));
        return MathF.Max(d, MathF.Max(MathF.Abs(a.Press - b.Press), MathF.Abs(a.Tuck - b.Tuck)));
    }
}
