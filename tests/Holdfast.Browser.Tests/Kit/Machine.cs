using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Holdfast.Lab.Browsers;

namespace Holdfast.Browser.Kit;

/// <summary>The machine that the tests run on.</summary>
internal static class Machine
{
    /// <summary>A browser that starts takes a whole processor for seconds: one at a time.</summary>
    private static readonly SemaphoreSlim Starting = new(1);

    /// <summary>An IPv4 address of it that is not loopback: plain HTTP there is not trusted by itself, and Firefox sends media to it.</summary>
    public static IPAddress Address { get; } = Find();

    /// <summary>A browser as the lab starts it.</summary>
    /// <param name="kind">Chromium or Firefox; without Firefox the test is skipped: not every distribution has it.</param>
    /// <param name="trusted">See <see cref="BrowserLaunch"/>.</param>
    public static async Task<RemoteBrowser> LaunchAsync(string kind, Uri? trusted = null)
    {
        MustHave(kind);
        await Starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return await RemoteBrowser.LaunchAsync(
                new BrowserLaunch(Enum.Parse<BrowserKind>(kind), TrustedOrigin: trusted), TimeProvider.System, TestContext.Current.CancellationToken);
        }
        finally
        {
            Starting.Release();
        }
    }

    /// <summary>Skips the test where its browser is not installed.</summary>
    public static void MustHave(string kind)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var hasFirefox = folders.Any(static folder => File.Exists(Path.Combine(folder, "firefox-esr")) || File.Exists(Path.Combine(folder, "firefox")));
        Assert.SkipWhen(kind is "Firefox" && !hasFirefox, "There is no Firefox on the PATH.");
    }

    private static IPAddress Find()
    {
        var addresses =
            from one in NetworkInterface.GetAllNetworkInterfaces()
            where one.OperationalStatus == OperationalStatus.Up
            from unicast in one.GetIPProperties().UnicastAddresses
            where unicast.Address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(unicast.Address)
            select unicast.Address;
        return addresses.FirstOrDefault() ?? throw new InvalidOperationException("This machine has no IPv4 address but its own loopback; such a test needs one.");
    }
}
