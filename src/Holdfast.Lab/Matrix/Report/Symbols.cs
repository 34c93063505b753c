using System.Xml.Linq;
using static Holdfast.Lab.Report.Markup;

namespace Holdfast.Lab.Matrix.Report;

/// <summary>What is drawn once and used everywhere.</summary>
internal static class Symbols
{
    public static XElement Definitions() => Svg(
        "svg",
        ("class", "defs"),
        ("width", "0"),
        ("height", "0"),
        ("aria-hidden", "true"),
        Svg(
            "defs",
            Symbol("back", "M3 8.6 6.6 12 13 4.6"),
            Symbol("never", "M2.5 8h11"),
            Symbol("flawed", "M8 2.6 14 13.2H2zM8 6.8v3"),
            Symbol("problem", "M3.5 3.5l9 9m0-9-9 9"),
            Svg(
                "pattern",
                ("id", "hatch"),
                ("width", "5"),
                ("height", "5"),
                ("patternUnits", "userSpaceOnUse"),
                ("patternTransform", "rotate(45)"),
                Svg("rect", ("class", "hatch"), ("width", "1.6"), ("height", "5")))));

    /// <param name="name">Of an outcome.</param>
    /// <param name="label">What it says to those who do not see it; null: it stands beside its text.</param>
    public static XElement Use(string name, string? label) => Svg(
        "svg",
        ("class", "symbol"),
        ("viewBox", "0 0 16 16"),
        label is null ? ("aria-hidden", "true") : ("role", "img"),
        label is null ? null : ("aria-label", label),
        Svg("use", ("href", "#symbol-" + name)));

    private static XElement Symbol(string name, string path) => Svg("symbol", ("id", "symbol-" + name), ("viewBox", "0 0 16 16"), Svg("path", ("d", path)));
}
