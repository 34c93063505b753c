using System.Reflection;
using System.Xml.Linq;

namespace Holdfast.Server.Tests;

/// <summary>
/// Holds the arrows of docs/architecture.md: which project of src/ may know which.
/// The drawing below is the whole truth; an arrow more or less fails here.
/// </summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Arrows = new(StringComparer.Ordinal)
    {
        ["Holdfast.Rtc"] = [],
        ["Holdfast.Media"] = [],
        ["Holdfast.Sessions"] = ["Holdfast.Media", "Holdfast.Rtc"],
        ["Holdfast.Speech"] = ["Holdfast.Media"],
        ["Holdfast.Avatar"] = ["Holdfast.Media", "Holdfast.Speech"],
        ["Holdfast.Dialogue"] = ["Holdfast.Media", "Holdfast.Speech"],
        ["Holdfast.AspNetCore"] = ["Holdfast.Dialogue", "Holdfast.Sessions"],
        ["Holdfast.LiveTalking"] = ["Holdfast.AspNetCore"],
        ["Holdfast.Server"] = ["Holdfast.AspNetCore", "Holdfast.Avatar", "Holdfast.LiveTalking"],
        ["Holdfast.Lab"] = ["Holdfast.Avatar", "Holdfast.Media", "Holdfast.Rtc"],
    };

    /// <summary>What each project may see in the end: its own arrows and, through them, those of the projects they point to.</summary>
    private static readonly Dictionary<string, HashSet<string>> Reachable =
        Arrows.Keys.ToDictionary(name => name, Reach, StringComparer.Ordinal);

    public static TheoryData<string> Projects => [.. Arrows.Keys];

    /// <summary>A program that floods its errors is bounded whichever it is: FirstAndLast reads them.</summary>
    [Fact]
    public void Nobody_keeps_all_that_a_program_says_of_its_errors()
    {
        Assert.DoesNotContain(
            Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories).Where(static path => !path.Contains("Holdfast.Lab", StringComparison.Ordinal)),
            static path => File.ReadAllText(path).Contains("StandardError.Read", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_project_of_src_is_in_the_drawing()
    {
        var found = Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .Select(path => Path.GetFileNameWithoutExtension(path))
            .Order(StringComparer.Ordinal);

        Assert.Equal(Arrows.Keys.Order(StringComparer.Ordinal), found, StringComparer.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_exactly_the_projects_it_is_drawn_with(string project)
    {
        var references = XDocument.Load(ProjectFile(project))
            .Descendants("ProjectReference")
            .Select(reference => reference.Attribute("Include")!.Value.Replace('\\', '/'))
            .Select(path => Path.GetFileNameWithoutExtension(path))
            .Order(StringComparer.Ordinal);

        Assert.Equal(Arrows[project], references, StringComparer.Ordinal);
    }

    // A reference can also come in through a package or a property; the compiled assembly shows what is really used.
    [Theory]
    [MemberData(nameof(Projects))]
    public void A_compiled_assembly_uses_nothing_that_lies_above_it(string project)
    {
        var used = Assembly.Load(project).GetReferencedAssemblies()
            .Select(assembly => assembly.Name!)
            .Where(name => name.StartsWith("Holdfast.", StringComparison.Ordinal));

        Assert.All(used, name => Assert.Contains(name, (IReadOnlySet<string>)Reachable[project]));
    }

    [Theory]
    [InlineData("Holdfast.Rtc")]
    [InlineData("Holdfast.Media")]
    [InlineData("Holdfast.Sessions")]
    [InlineData("Holdfast.Speech")]
    [InlineData("Holdfast.Dialogue")]
    [InlineData("Holdfast.Avatar")]
    [InlineData("Holdfast.Lab")]
    public void A_project_below_HTTP_knows_nothing_of_ASP_NET(string project)
    {
        var used = Assembly.Load(project).GetReferencedAssemblies().Select(assembly => assembly.Name!);

        Assert.All(used, name => Assert.False(name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal), name));
    }

    [Fact]
    public void Nothing_in_src_references_a_test_or_a_benchmark()
    {
        foreach (var project in Arrows.Keys)
        {
            var references = XDocument.Load(ProjectFile(project))
                .Descendants("ProjectReference")
                .Select(reference => Path.GetFullPath(reference.Attribute("Include")!.Value.Replace('\\', '/'), Path.GetDirectoryName(ProjectFile(project))!));

            Assert.All(references, path => Assert.StartsWith(Path.Combine(Root, "src") + Path.DirectorySeparatorChar, path, StringComparison.Ordinal));
        }
    }

    private static string Root => Repository.Root;

    private static string ProjectFile(string project) => Path.Combine(Root, "src", project, project + ".csproj");

    private static HashSet<string> Reach(string project)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(Arrows[project]);
        while (open.TryPop(out var next))
        {
            if (seen.Add(next))
            {
                foreach (var further in Arrows[next])
                {
                    open.Push(further);
                }
            }
        }

        return seen;
    }
}
