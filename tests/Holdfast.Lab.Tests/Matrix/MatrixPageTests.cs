using System.Text;
using System.Xml.Linq;
using Holdfast.Lab.Matrix;
using Holdfast.Lab.Matrix.Report;

namespace Holdfast.Lab.Tests.Matrix;

public sealed class MatrixPageTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_page_is_XML_and_every_link_in_it_leads_somewhere(bool isFine)
    {
        var page = Parse(MadeUpReports.Full(isFine));

        var ids = page.Descendants().Attributes("id").Select(static id => id.Value).ToList();
        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
        var links = page.Descendants().Attributes("href").Select(static link => link.Value).ToList();
        Assert.True(links.Count > 72);
        Assert.All(links, link => Assert.Contains(link.TrimStart('#'), ids, StringComparer.Ordinal));
        Assert.All(links, static link => Assert.StartsWith("#", link, StringComparison.Ordinal));
    }

    [Fact]
    public void A_full_page_is_less_than_two_megabytes()
    {
        Assert.InRange(Encoding.UTF8.GetByteCount(Write(MadeUpReports.Full(isFine: false))), 100_000, 2_000_000);
    }

    private static XDocument Parse(MatrixReport report)
    {
        var text = Write(report);
        Assert.StartsWith("<!DOCTYPE html>\n<html ", text, StringComparison.Ordinal);
        return XDocument.Parse(text[text.IndexOf('\n', StringComparison.Ordinal)..].Trim());
    }

    private static string Write(MatrixReport report)
    {
        using var writer = new StringWriter();
        MatrixPage.Write(report, writer);
        return writer.ToString();
    }
}
