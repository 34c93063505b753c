using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Holdfast.Parts;

/// <summary>Something that a program ships: a package, one of its own libraries, or what lies in one of them.</summary>
/// <param name="Key">What others name it by: a package's URL (purl) where it has one.</param>
/// <param name="In">The key of the part that it lies in; null where it is one of its own.</param>
/// <param name="Sha512">The hash of the package, or of the file, in hexadecimal digits.</param>
/// <param name="Texts">Files with its licence and its own notices.</param>
internal sealed record Part(
    string Key, string Type, string Name, string? Version, string Licence, string Copyright, string Makers, string? What, string? Sha512,
    bool IsOurs, string? In, IReadOnlyList<string> DependsOn, IReadOnlyList<string> Texts);

/// <summary>A program and all that it is made of, as its .deps.json says: that file is what .NET itself loads by.</summary>
internal sealed partial record ShippedProgram(Part Program, IReadOnlyList<Part> Parts)
{
    /// <summary>What may be shipped. Another licence stops the build: somebody has to read it first.</summary>
    private static readonly HashSet<string> KnownLicences = new(StringComparer.Ordinal) { "MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "blessing", "Unicode-3.0" };

    public static ShippedProgram Read(string depsFile, string packages, string otherParts)
    {
        using var deps = JsonDocument.Parse(File.ReadAllBytes(depsFile));
        var target = deps.RootElement.GetProperty("targets").GetProperty(deps.RootElement.GetProperty("runtimeTarget").GetProperty("name").GetString()!);
        var keys = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var library in deps.RootElement.GetProperty("libraries").EnumerateObject())
        {
            var (name, version) = Split(library.Name);
            keys[name] = $"pkg:nuget/{name}@{version}";
        }

        var itself = Path.GetFileName(depsFile)[..^".deps.json".Length];
        Part? program = null;
        var parts = new List<Part>();
        foreach (var library in deps.RootElement.GetProperty("libraries").EnumerateObject())
        {
            var (name, version) = Split(library.Name);
            string[] dependsOn = target.TryGetProperty(library.Name, out var entry) && entry.TryGetProperty("dependencies", out var dependencies)
                ? [.. dependencies.EnumerateObject().Select(static dependency => dependency.Name).Where(keys.ContainsKey).Select(dependency => keys[dependency]).Order(StringComparer.Ordinal)]
                : [];
            if (string.Equals(library.Value.GetProperty("type").GetString(), "project", StringComparison.Ordinal))
            {
                var own = new Part(
                    keys[name], "library", name, version, "Apache-2.0", "Copyright The Holdfast authors", "The Holdfast authors", null, null, IsOurs: true, null, dependsOn, []);
                if (string.Equals(name, itself, StringComparison.Ordinal))
                {
                    program = own with { Type = "application" };
                }
                else
                {
                    parts.Add(own);
                }
            }
            else
            {
                parts.Add(ReadPackage(packages, keys[name], name, version, dependsOn));
            }
        }

        if (program is null)
        {
            throw new InvalidDataException($"{depsFile} does not name the program itself.");
        }

        ReadOthers(otherParts, parts, keys);
        return new ShippedProgram(program, [.. parts.OrderBy(static part => part.Name, StringComparer.OrdinalIgnoreCase)]);
    }

    /// <summary>NAME/VERSION; .NET's own packages stand there as "runtimepack.NAME".</summary>
    private static (string Name, string Version) Split(string library)
    {
        var slash = library.IndexOf('/', StringComparison.Ordinal);
        var name = library[..slash];
        return (name.StartsWith("runtimepack.", StringComparison.Ordinal) ? name["runtimepack.".Length..] : name, library[(slash + 1)..]);
    }

    private static Part ReadPackage(string packages, string key, string name, string version, string[] dependsOn)
    {
        var folder = Path.Combine(packages, name.ToLowerInvariant(), version.ToLowerInvariant());
        var metadata = XDocument.Load(Path.Combine(folder, name.ToLowerInvariant() + ".nuspec")).Root!.Elements().First(static element => element.Name.LocalName is "metadata");
        string? Of(string element) => metadata.Elements().FirstOrDefault(found => string.Equals(found.Name.LocalName, element, StringComparison.Ordinal))?.Value.Trim();
        var makers = Of("authors") ?? throw new InvalidDataException($"The package {name} names nobody who made it.");
        var hash = Path.Combine(folder, $"{name.ToLowerInvariant()}.{version.ToLowerInvariant()}.nupkg.sha512");
        return new Part(
            key, "library", name, version, LicenceOf(metadata, folder, name), Of("copyright") ?? "Copyright " + makers, makers, null,
            File.Exists(hash) ? Convert.ToHexStringLower(Convert.FromBase64String(File.ReadAllText(hash).Trim())) : null,
            IsOurs: false, null, dependsOn,
            [.. Directory.GetFiles(folder).Where(static file => NoticeFile().IsMatch(Path.GetFileName(file))).Order(StringComparer.Ordinal)]);
    }

    private static string LicenceOf(XElement metadata, string folder, string name)
    {
        var licence = metadata.Elements().FirstOrDefault(static element => element.Name.LocalName is "license")
            ?? throw new InvalidDataException($"The package {name} does not say what licence it has. Read it, and say so here or leave the package out.");
        var said = licence.Value.Trim();
        if (licence.Attribute("type")?.Value is "file")
        {
            said = File.ReadLines(Path.Combine(folder, said.Replace('\\', '/'))).First(static line => !string.IsNullOrWhiteSpace(line)).Trim() switch
            {
                "MIT License" or "The MIT License (MIT)" => "MIT",
                var other => other,
            };
        }

        return Known(said, name);
    }

    private static string Known(string licence, string name) => KnownLicences.Contains(licence)
        ? licence
        : throw new InvalidDataException($"{name} has the licence '{licence}', which nobody has looked at. If it may be shipped, add it to KnownLicences in eng/Holdfast.Parts.");

    private static void ReadOthers(string file, List<Part> parts, Dictionary<string, string> keys)
    {
        using var others = JsonDocument.Parse(File.ReadAllBytes(file));
        string Beside(string path) => Path.GetFullPath(path, Path.GetDirectoryName(Path.GetFullPath(file))!);
        foreach (var other in others.RootElement.EnumerateArray())
        {
            string? Of(string member) => other.TryGetProperty(member, out var value) ? value.GetString() : null;
            if (!keys.TryGetValue(Of("in")!, out var host))
            {
                continue;
            }

            var name = Of("name")!;
            parts.Add(new Part(
                $"{host}#{name}", Of("type")!, name, Of("version"), Known(Of("licence")!, name), Of("copyright")!, string.Empty, Of("what"),
                Of("file") is { } path ? Convert.ToHexStringLower(SHA512.HashData(File.ReadAllBytes(Beside(path)))) : null,
                IsOurs: false, host, [], Of("text") is { } text ? [Beside(text)] : []));
        }
    }

    [GeneratedRegex("^(licen[cs]e|third-?party-?notices?|notice)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex NoticeFile();
}
