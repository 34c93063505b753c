using System.Text.Json;
using System.Text.RegularExpressions;

namespace Holdfast.Server.Tests.Operating;

/// <summary>What the build says the server is made of, held against what lies in its folder and what is locked.</summary>
public sealed partial class PartsTests
{
    private static readonly string Built = Path.Combine(
        Repository.Root, "src", "Holdfast.Server", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0");

    private static readonly Dictionary<string, JsonElement> Components = JsonElement.Parse(File.ReadAllText(Path.Combine(Built, "sbom.cdx.json")))
        .GetProperty("components").EnumerateArray().ToDictionary(static component => component.GetProperty("name").GetString()!, StringComparer.OrdinalIgnoreCase);

    public static TheoryData<string> LockFiles =>
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories).Select(static path => Path.GetFileNameWithoutExtension(path))];

    [Fact]
    public void Every_library_in_the_servers_folder_is_of_a_part_that_the_bill_names()
    {
        // What lies there is .NET's own answer, not that of the program which wrote the bill.
        using var deps = JsonDocument.Parse(File.ReadAllText(Path.Combine(Built, "Holdfast.Server.deps.json")));
        var packageOf = deps.RootElement.GetProperty("targets").EnumerateObject().Single().Value.EnumerateObject()
            .SelectMany(static library => Files(library.Value).Select(file => (File: Path.GetFileName(file), Package: library.Name.Split('/')[0])))
            .ToLookup(static pair => pair.File, static pair => pair.Package, StringComparer.Ordinal);

        // Another build of the same server, for one system, may lie below.
        string[] files = [.. Directory.EnumerateFiles(Built).Concat(Directory.EnumerateFiles(Path.Combine(Built, "runtimes"), "*", SearchOption.AllDirectories)).Where(static file => Path.GetExtension(file) is ".dll" or ".so")];
        Assert.True(files.Length > 40, "The server's folder is nearly empty.");
        foreach (var name in files.Select(static file => Path.GetFileName(file)).Where(static name => name is not "Holdfast.Server.dll"))
        {
            // whisper.cpp's lie there as files (eng/whisper-runtime.props), so that .NET has no word about them.
            var packages = name.EndsWith("whisper.so", StringComparison.Ordinal) ? ["Whisper.net"] : packageOf[name];
            Assert.True(packages.Any(Components.ContainsKey), $"{name} is of no part in sbom.cdx.json.");
        }
    }

    [Fact]
    public void Every_part_has_its_version_and_hash_from_the_lock_file()
    {
        var locked = JsonElement.Parse(File.ReadAllText(Path.Combine(Repository.Root, "src", "Holdfast.Server", "packages.lock.json")))
            .GetProperty("dependencies").GetProperty("net10.0").EnumerateObject().ToDictionary(static package => package.Name, static package => package.Value, StringComparer.OrdinalIgnoreCase);
        var parts = Components.Where(static part => !part.Key.StartsWith("Holdfast.", StringComparison.Ordinal)).ToArray();
        Assert.True(parts.Length > 30, "The bill is nearly empty.");
        Assert.All(parts, part =>
        {
            Assert.Equal(locked[part.Key].GetProperty("resolved").GetString(), part.Value.GetProperty("version").GetString());
            Assert.Matches("^[0-9a-f]{128}$", part.Value.GetProperty("hashes")[0].GetProperty("content").GetString()!);
            Assert.NotEmpty(part.Value.GetProperty("licenses")[0].GetProperty("license").GetProperty("id").GetString()!);
        });
    }

    [Fact]
    public void NOTICE_names_every_part_of_others_with_its_version_and_also_what_lies_in_them()
    {
        var notice = File.ReadAllText(Path.Combine(Built, "NOTICE"));
        Assert.All(Components.Where(static part => !part.Key.StartsWith("Holdfast.", StringComparison.Ordinal)), part =>
            Assert.Contains($"  {part.Key} {part.Value.GetProperty("version").GetString()}\n", notice, StringComparison.Ordinal));
        Assert.All((string[])["silero-vad 6", "unicode-character-database 14.0.0", "onnxruntime", "skia", "sqlite", "whisper.cpp"], part => Assert.Contains($"  {part}", notice, StringComparison.Ordinal));

        // A model or a native library among the sources is somebody's: it is named, and its licence lies beside.
        Assert.All(
            Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.onnx", SearchOption.AllDirectories).Where(static file => !Output().IsMatch(file)),
            static file => Assert.Contains(Path.GetFileName(file), File.ReadAllText(Path.Combine(Repository.Root, "eng", "Holdfast.Parts", "other-parts.json")), StringComparison.Ordinal));
        Assert.True(File.Exists(Path.Combine(Built, "licences", "silero-vad", "LICENSE")));
        Assert.True(File.Exists(Path.Combine(Built, "licences", "unicode-character-database", "LICENSE")));
    }

    [Theory]
    [MemberData(nameof(LockFiles))]
    public void A_lock_file_names_hashes_and_no_place(string project)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "src", project, "packages.lock.json"));
        Assert.Contains("contentHash", text, StringComparison.Ordinal);
        Assert.DoesNotContain("://", text, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Files(JsonElement library) => ((string[])["runtime", "native", "runtimeTargets"])
        .Where(kind => library.TryGetProperty(kind, out _)).SelectMany(kind => library.GetProperty(kind).EnumerateObject()).Select(static file => file.Name);

    [GeneratedRegex(@"[/\\](bin|obj)[/\\]", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Output();
}
