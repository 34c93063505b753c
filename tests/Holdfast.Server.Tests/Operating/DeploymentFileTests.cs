using System.Diagnostics;

namespace Holdfast.Server.Tests.Operating;

/// <summary>The files of deploy/, used as they are.</summary>
public sealed class DeploymentFileTests : IDisposable
{
    private const string Program = "/usr/bin/systemd-analyze";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("holdfast-deploy-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>systemd's own measure of what a service may do: 0 is nothing, 10 everything; up to 2 it calls good.</summary>
    [Theory]
    [InlineData("holdfast.service")]
    [InlineData("holdfast@.service")]
    public async Task The_systemd_unit_leaves_a_service_little_that_it_may_do(string name)
    {
        Assert.SkipUnless(File.Exists(Program), "systemd-analyze is not installed.");
        var unit = Path.Combine(_folder.FullName, name);
        File.Copy(Path.Combine(Repository.Root, "deploy", "systemd", name), unit);
        using var process = Process.Start(new ProcessStartInfo(Program, ["security", "--offline=true", "--no-pager", "--threshold=20", unit])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        var said = await process.StandardOutput.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        Assert.Contains("Overall exposure level", said, StringComparison.Ordinal);
        Assert.True(process.ExitCode == 0, said);
    }

    [Theory]
    [InlineData("holdfast.service")]
    [InlineData("holdfast@.service")]
    public async Task The_systemd_unit_is_a_good_one(string name)
    {
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
