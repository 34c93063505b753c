using System.Text.RegularExpressions;
using Holdfast.Lab.Matrix.Report;
using Holdfast.Lab.Report;

namespace Holdfast.Lab.Tests.Matrix;

public sealed partial class StyleTests
{
    [Fact]
    public void The_colours_are_those_of_the_player()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Holdfast.slnx")))
        {
            root = root.Parent;
        }

        var player = Player()
            .Matches(File.ReadAllText(Path.Combine(root!.FullName, "src/Holdfast.Client/src/player/styles/colours.js")))
            .Select(static match => (match.Groups["light"].Value, match.Groups["dark"].Value))
            .ToHashSet();
        var page = MatrixPage.Build(MadeUpReports.Empty).Descendants(Markup.Xhtml + "style").Single().Value;
        var colours = Page().Matches(page).Where(static match => match.Groups["name"].Value is not "within").ToList();

        Assert.True(colours.Count > 15);
        Assert.All(colours, match => Assert.Contains((match.Groups["light"].Value, match.Groups["dark"].Value), player));
    }

    [GeneratedRegex(@"\['(?<light>#[0-9a-f]{6})', '(?<dark>#[0-9a-f]{6})'\]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Player();

    [GeneratedRegex(@"--(?<name>[a-z-]+): light-dark\((?<light>#[0-9a-f]{6}), (?<dark>#[0-9a-f]{6})\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Page();
}
