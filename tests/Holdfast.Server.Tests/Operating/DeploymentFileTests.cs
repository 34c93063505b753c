using System.Diagnostics;

namespace Holdfast.Server.Tests.Operating;

/// <summary>The files of deploy/, used as they are.</summary>
public sealed class DeploymentFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("holdfast-deploy-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("holdfast.service")]
    [InlineData("holdfast@.service")]
    public async Task The_systemd_unit_is_a_good_one(string name)
    {
        const string Program = "/usr/bin/systemd-analyze";
        Assert.SkipUnless(File.Exists(Program), "systemd-analyze is not installed.");
        var unit = Path.Combine(_folder.FullName, name);
        await File.WriteAllTextAsync(
            unit,
            (await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy", "systemd", name), Cancel))
                .Replace("/opt/holdfast/%i/Holdfast.Server", "/bin/true", StringComparison.Ordinal)
                .Replace("/opt/holdfast/Holdfast.Server", "/bin/true", StringComparison.Ordinal)
                .Replace("User=holdfast", "User=daemon", StringComparison.Ordinal),
            Cancel);
        using var process = Process.Start(new ProcessStartInfo(Program, ["verify", unit]) { UseShellExecute = false, RedirectStandardError = true })!;
        var said = await process.StandardError.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        Assert.DoesNotContain(name, said, StringComparison.Ordinal);
    }
}
