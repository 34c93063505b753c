using System.Xml.Linq;

namespace Holdfast.Lab.Report;

/// <summary>A style sheet that comes with the lab, as a part of a page.</summary>
internal static class StyleSheet
{
    /// <param name="name">Of the resource.</param>
    public static XElement Element(string name)
    {
        using var stream = typeof(StyleSheet).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);

        // Not cut, and not cleaned: it is ours.
        return new XElement(Markup.Xhtml + "style", reader.ReadToEnd());
    }
}
