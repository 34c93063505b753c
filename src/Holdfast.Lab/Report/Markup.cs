using System.Collections;
using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Holdfast.Lab.Report;

/// <summary>
/// Elements of the page. What they hold is always text or elements, never markup in a string, so nothing that a web page said can become
/// part of this one; and the whole is XML as well as HTML, so that a parser can prove it.
/// </summary>
internal static class Markup
{
    /// <summary>Longer texts are cut: a page under test may say anything.</summary>
    private const int LongestText = 600;

    internal static readonly XNamespace Xhtml = "http://www.w3.org/1999/xhtml";
    internal static readonly XNamespace Drawing = "http://www.w3.org/2000/svg";

    /// <param name="name">Of the HTML element.</param>
    /// <param name="content">Texts, elements, attributes as pairs of name and value, sequences of these; null is nothing.</param>
    public static XElement Html(string name, params object?[] content)
    {
        var element = Fill(new XElement(Xhtml + name), content);

        // HTML knows no <p/>: it would stay open.
        if (element.IsEmpty && name is not ("meta" or "br" or "col"))
        {
            element.Add(string.Empty);
        }

        return element;
    }

    /// <param name="name">Of the SVG element.</param>
    /// <param name="content">As with <see cref="Html"/>.</param>
    public static XElement Svg(string name, params object?[] content) => Fill(new XElement(Drawing + name), content);

    /// <summary>A number as SVG reads it, no more precise than a screen is.</summary>
    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    public static string Percent(double value) => Number(value) + "%";

    /// <summary>The text with what neither XML nor an eye can take replaced, and not longer than a page bears.</summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder(Math.Min(text.Length, LongestText));
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length >= LongestText)
            {
                return clean.Append('…').ToString();
            }

            // Lone halves of a surrogate pair arrive as U+FFFD already.
            clean.Append(IsReadable(rune) ? rune : Rune.ReplacementChar);
        }

        return clean.ToString();
    }

    private static bool IsReadable(Rune rune) => rune.Value switch
    {
        '\n' or '\t' => true,
        0xFFFE or 0xFFFF => false,

        // They would turn what stands beside them around.
        (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) => false,
        _ => !Rune.IsControl(rune),
    };

    private static XElement Fill(XElement element, IEnumerable content)
    {
        foreach (var part in content)
        {
            switch (part)
            {
                case null:
                    break;
                case string text:
                    element.Add(new XText(Clean(text)));
                    break;
                case XNode node:
                    element.Add(node);
                    break;
                case ValueTuple<string, string> attribute:
                    element.SetAttributeValue(attribute.Item1, Clean(attribute.Item2));
                    break;
                case ValueTuple<string, double> attribute:
                    element.SetAttributeValue(attribute.Item1, Number(attribute.Item2));
                    break;
                case IEnumerable parts:
                    Fill(element, parts);
                    break;
                default:
                    throw new ArgumentException($"A {part.GetType()} is no part of a page.", nameof(content));
            }
        }

        return element;
    }

    /// <summary>Writes a whole page.</summary>
    public static void Write(XElement root, TextWriter writer)
    {
        writer.Write("<!DOCTYPE html>\n");
        using var xml = XmlWriter.Create(writer, new XmlWriterSettings
        {
            OmitXmlDeclaration = true,
            CloseOutput = false,
            Indent = true,
            IndentChars = string.Empty,
            NewLineChars = "\n",
            NewLineHandling = NewLineHandling.None,
        });
        root.Save(xml);
        xml.Flush();
        writer.Write('\n');
    }
}
