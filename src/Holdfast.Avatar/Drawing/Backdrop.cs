using SkiaSharp;

namespace Holdfast.Avatar;

/// <summary>
/// The light sage behind every character: one even colour, since of an even colour no encoder makes blocks. What light there is on it comes from the
/// page, whose stage lays it over the picture (player/styles/stage.js).
/// </summary>
internal static class Backdrop
{
    public static SKColor Color { get; } = Ink.Color("#e9efe9");
}
