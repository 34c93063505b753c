using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Text.Json;
using System.Xml.Linq;
using Holdfast.Lab.Peer;
using Holdfast.Server.Tests.Operating;

namespace Holdfast.Server.Tests.Embedding;

/// <summary>What a stranger gets: packed, looked into, and used by an app that knows nothing of the repository.</summary>
public sealed class PackageTests : IAsyncLifetime
{
    private static readonly string[] Packages = ["AspNetCore", "Avatar", "Dialogue", "LiveTalking", "Media", "Rtc", "Sessions", "Speech"];
    private static readonly JsonElement[] Others =
        [.. JsonElement.Parse(File.ReadAllText(Path.Combine(Repository.Root, "eng", "Holdfast.Parts", "other-parts.json"))).EnumerateArray()];

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("holdfast-packages-");
    private readonly PeerHost _peers = new(TimeProvider.System);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _peers.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task An_app_is_built_from_the_packages_and_speaks()
    {
        // What was built for these tests is packed as it is.
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        foreach (var name in Packages)
        {
            await RunAsync(["pack", Path.Combine(Repository.Root, "src", "Holdfast." + name), "--no-build", "-c", configuration, "-o", In("feed"), "-v", "quiet"]);
        }

        foreach (var name in Packages)
        {
            LookInto("Holdfast." + name);
        }

        // The packages come from the folder, what they depend on from what is on this machine already.
        Directory.CreateDirectory(In("app"));
        await File.WriteAllTextAsync(In("app", "App.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <UseAppHost>false</UseAppHost>
                <NuGetAudit>false</NuGetAudit>
                <RestoreSources>{In("feed")}</RestoreSources>
                <RestoreFallbackFolders>{NuGetFolder()}</RestoreFallbackFolders>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Holdfast.AspNetCore" Version="*" />
                <PackageReference Include="Holdfast.Avatar" Version="*" />
              </ItemGroup>
            </Project>
            """, Cancel);
        File.Copy(Path.Combine(Repository.Root, "samples", "Minimal", "Program.cs"), In("app", "Program.cs"));
        await RunAsync(["build", In("app"), "-c", "Release", "-v", "quiet", "--nologo"]);
        await using var app = await RunningProgram.StartAsync(
            "dotnet", [In("app", "bin", "Release", "net10.0", "App.dll"), "--urls", "http://127.0.0.1:0", "--Holdfast:Rtc:Port=0", "--Holdfast:Avatar:PictureSize=128"]);
        using var player = await app.Http.GetAsync("/holdfast/player.js", Cancel);
        Assert.Equal(HttpStatusCode.OK, player.StatusCode);
        await using var guest = await Guest.ConnectAsync(app.Http, _peers);
        await guest.HearAsync("Hello there.");
    }

    private void LookInto(string id)
    {
        var file = Directory.GetFiles(In("feed"), id + ".*.nupkg").Single();
        using var package = ZipFile.OpenRead(file);
        var files = package.Entries.Select(static entry => entry.FullName).ToHashSet(StringComparer.Ordinal);
        using var nuspec = package.GetEntry(id + ".nuspec")!.Open();
        var metadata = XDocument.Load(nuspec).Root!.Elements().Single(static element => element.Name.LocalName is "metadata");
        string Of(string name) => metadata.Elements().Single(element => string.Equals(element.Name.LocalName, name, StringComparison.Ordinal)).Value;
        Assert.Equal(id, Of("id"));
        Assert.Equal("Apache-2.0", Of("license"));
        Assert.Equal("The Holdfast authors", Of("authors"));
        Assert.True(Of("description").Length > 60);
        Assert.Contains(Of("readme"), files);
        Assert.Contains(Of("icon"), files);
        Assert.Contains($"lib/net10.0/{id}.dll", files);
        Assert.Contains($"lib/net10.0/{id}.xml", files);

        // What of others lies in the assembly is named, and its licence comes along.
        foreach (var part in Others.Where(part => part.GetProperty("in").ValueEquals(id)))
        {
            var name = part.GetProperty("name").GetString()!;
            using var notice = new StreamReader(package.GetEntry("NOTICE")!.Open());
            Assert.Contains($"{name} {part.GetProperty("version")}, {part.GetProperty("what")}\n  {part.GetProperty("copyright")}\n", notice.ReadToEnd(), StringComparison.Ordinal);
            Assert.Contains($"licences/{name}/LICENSE", files);
        }

        using var symbols = ZipFile.OpenRead(Path.ChangeExtension(file, ".snupkg"));
        Assert.Contains($"lib/net10.0/{id}.pdb", symbols.Entries.Select(static entry => entry.FullName), StringComparer.Ordinal);
    }

    private static string NuGetFolder() => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private string In(params string[] parts) => Path.Combine([_folder.FullName, .. parts]);

    private async Task RunAsync(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        if (arguments[0] is "build")
        {
            // An earlier package of the same version must not be taken from the cache.
            start.Environment["NUGET_PACKAGES"] = In("cache");
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(Limit);
        using var process = Process.Start(start)!;
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            var all = await output + await errors;
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}\n{all}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
