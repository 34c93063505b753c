using System.Globalization;
using System.Text;

namespace Holdfast.Parts;

/// <summary>The list for people: every part of others that is shipped, whose it is, and under which licence.</summary>
internal static class Notice
{
    private const string Mit = """
        Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
        documentation files (the "Software"), to deal in the Software without restriction, including without limitation
        the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and
        to permit persons to whom the Software is furnished to do so, subject to the following conditions:

        The above copyright notice and this permission notice shall be included in all copies or substantial portions of
        the Software.

        THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO
        THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
        AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF
        CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS
        IN THE SOFTWARE.
        """;

    public static string Write(ShippedProgram program)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{program.Program.Name} {program.Program.Version}\nCopyright The Holdfast authors. Apache License 2.0, in LICENSE.\n\n");
        text.Append("It ships these parts of others. What they say themselves is in the folder licences; all of it for machines in sbom.cdx.json.\n");
        foreach (var licence in program.Parts.Where(static part => !part.IsOurs).GroupBy(static part => part.Licence, StringComparer.Ordinal).OrderBy(static group => group.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{licence.Key}\n");
            foreach (var part in licence)
            {
                text.Append(CultureInfo.InvariantCulture, $"  {part.Name}{(part.Version is null ? "" : " " + part.Version)}{(part.What is null ? "" : ", " + part.What)}\n    {part.Copyright}\n");
            }
        }

        text.Append("\nlibvpx, libopus, flite, espeak-ng, festival and ffmpeg are not shipped: where the machine has them, they are used as it has them.\n");
        text.Append("\nThe MIT License, which the parts under 'MIT' have:\n\n").Append(Mit).Append('\n');
        text.Append("\nThe Apache License 2.0 is in LICENSE. SQLite's blessing: https://sqlite.org/copyright.html\n");
        return text.ToString();
    }
}
