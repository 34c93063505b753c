using System.Globalization;

namespace Holdfast.AspNetCore;

/// <summary>Where this server, and no other on the machine, keeps its sessions.</summary>
internal static class StoreLocation
{
    /// <summary>
    /// The file; null where nothing is kept. A server that takes any free port has no address at which its people could find it again, so
    /// without a directory of its own it keeps nothing. Two servers of one machine have different ports.
    /// </summary>
    /// <param name="options">The settings.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="userData">The directory for the user's data; empty where there is none.</param>
    public static string? Resolve(HoldfastOptions options, Func<string, string?> environment, string userData)
    {
        var (store, port) = (options.Store, options.Rtc.Port);
        if (!store.Enabled)
        {
            return null;
        }

        if (!string.IsNullOrEmpty(store.Directory))
        {
            return Path.Combine(store.Directory, NameOf(port));
        }

        return port != 0 && DefaultDirectory(environment, userData) is { } directory ? Path.Combine(directory, NameOf(port)) : null;
    }

    /// <summary>Where the keys are that kept sessions are encrypted with, where no other place was named.</summary>
    public static string? KeysBeside(string? path) => path is null ? null : Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "keys");

    /// <summary>Who this process is, for another one that finds the store taken.</summary>
    public static string Owner() => string.Create(
        CultureInfo.InvariantCulture, $"process {Environment.ProcessId} on {Environment.MachineName}, started at {DateTime.Now:yyyy-MM-dd HH:mm:ss}");

    /// <summary>Where a server keeps what it has to keep; null where there is no such place.</summary>
    public static string? DefaultDirectory(Func<string, string?> environment, string userData)
    {
        // systemd (StateDirectory=) names one directory, or several separated by colons.
        var ofService = environment("STATE_DIRECTORY")?.Split(':')[0];
        return !string.IsNullOrEmpty(ofService) ? ofService
            : userData.Length > 0 ? Path.Combine(userData, "holdfast")
            : null;
    }

    private static string NameOf(int port) => port == 0
        ? "sessions.db"
        : string.Create(CultureInfo.InvariantCulture, $"sessions-{port}.db");
}
