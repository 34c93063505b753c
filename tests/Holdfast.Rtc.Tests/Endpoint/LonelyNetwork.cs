using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;

namespace Holdfast.Rtc.Tests.Endpoint;

/// <summary>A network of its own with one host and a neighbour that never answers. Sockets that are opened in it stay in it.</summary>
internal sealed partial class LonelyNetwork : IDisposable
{
    private const int NewNetwork = 0x40000000; // CLONE_NEWNET

    private readonly Queue<Action> _work = new();
    private readonly Thread _inside;
    private bool _isReady;
    private bool _isOver;

    private LonelyNetwork() => _inside = new Thread(Live) { IsBackground = true };

    /// <summary>The neighbour's address.</summary>
    public IPAddress NeverThere { get; } = IPAddress.Parse("10.99.0.2");

    private static IPAddress Own { get; } = IPAddress.Parse("10.99.0.1");

    /// <returns>Null where this process may not make one.</returns>
    public static LonelyNetwork? TryCreate()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var network = new LonelyNetwork();
        network._inside.Start();
        var isReady = network.Do(() => network._isReady);
        if (isReady)
        {
            return network;
        }

        network.Dispose();
        return null;
    }

    /// <summary>Opens a socket in it.</summary>
    public T Open<T>(Func<IPAddress, T> open) => Do(() => open(Own));

    public void Dispose()
    {
        Do(() => _isOver = true);
        _inside.Join();
    }

    /// <summary>A thread that entered a network ends with it: one of the pool would serve others there.</summary>
    private void Live()
    {
        _isReady = Unshare(NewNetwork) == 0
            && Run("link", "set", "lo", "up")
            && Run("link", "add", "here", "type", "veth", "peer", "name", "there")
            && Run("address", "add", $"{Own}/24", "dev", "here")
            && Run("link", "set", "here", "up")
            && Run("link", "set", "there", "up");
        while (!_isOver)
        {
            Action? work;
            lock (_work)
            {
                while (!_work.TryDequeue(out work))
                {
                    Monitor.Wait(_work);
                }
            }

            work();
        }
    }

    private T Do<T>(Func<T> work)
    {
        var result = new TaskCompletionSource<T>();
        lock (_work)
        {
            _work.Enqueue(() =>
            {
                try
                {
                    result.SetResult(work());
                }
                catch (Exception exception)
                {
                    result.SetException(exception);
                }
            });
            Monitor.Pulse(_work);
        }

        return result.Task.GetAwaiter().GetResult();
    }

    private static bool Run(params string[] arguments)
    {
        try
        {
            using var ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true, UseShellExecute = false })!;
            ip.WaitForExit();
            return ip.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unshare(int kind);
}
