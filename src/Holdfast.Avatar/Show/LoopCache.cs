using Holdfast.Media;
using Microsoft.Extensions.Logging;

namespace Holdfast.Avatar;

/// <summary>
/// Keeps encoded idle loops in files between starts, each under a name that changes with all that it was made of. Whatever goes wrong with them, the loop is
/// made anew.
/// </summary>
/// <param name="directory">Where; null: nowhere.</param>
/// <param name="logger">Is told, once, where they cannot be kept.</param>
internal sealed partial class LoopCache(string? directory, ILogger logger)
{
    /// <summary>Of loops that were not used for the longest time so many are left; some megabytes each.</summary>
    private const int MostFiles = 32;
    private const string Extension = ".loop";

    private bool _isTold;

    /// <summary>The place for what can be made again: the service's (systemd's CacheDirectory=), or the user's; null where there is none.</summary>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="userData">The user's directory for an application's data; empty where there is none.</param>
    /// <param name="home">The user's own directory; empty where there is none.</param>
    public static string? DefaultDirectory(Func<string, string?> environment, string userData, string home)
    {
        if (environment("CACHE_DIRECTORY")?.Split(':')[0] is { Length: > 0 } ofService)
        {
            return ofService;
        }

        // A service that was given a place for its data was given no home to write to.
        if (environment("STATE_DIRECTORY")?.Split(':')[0] is { Length: > 0 } state)
        {
            return Path.Combine(state, "cache");
        }

        if (OperatingSystem.IsLinux())
        {
            var cache = environment("XDG_CACHE_HOME") is { Length: > 0 } named ? named : home.Length > 0 ? Path.Combine(home, ".cache") : null;
            return cache is null ? null : Path.Combine(cache, "holdfast");
        }

        return userData.Length > 0 ? Path.Combine(userData, "holdfast", "cache") : null;
    }

    /// <summary>The loop that was kept under a name; null where there is none, or it was damaged.</summary>
    public EncodedLoop? Find(string name)
    {
        if (directory is null)
        {
            return null;
        }

        try
        {
            var path = PathOf(name);
            if (!File.Exists(path) || !EncodedLoopFile.TryRead(File.ReadAllBytes(path), out var loop))
            {
                return null;
            }

            File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
            return loop;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Tell(exception);
            return null;
        }
    }

    /// <summary>Keeps a loop. Two processes may do so at once: each file appears as a whole.</summary>
    public void Keep(string name, EncodedLoop loop)
    {
        if (directory is null)
        {
            return;
        }

        string? written = null;
        try
        {
            Directory.CreateDirectory(directory);
            written = Path.Combine(directory, Path.GetRandomFileName());
            File.WriteAllBytes(written, EncodedLoopFile.Write(loop));
            File.Move(written, PathOf(name), overwrite: true);
            foreach (var old in new DirectoryInfo(directory).GetFiles("*" + Extension).OrderByDescending(static file => file.LastWriteTimeUtc).Skip(MostFiles))
            {
                old.Delete();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Tell(exception);
            Discard(written);
        }
    }

    private static void Discard(string? path)
    {
        try
        {
            if (path is not null)
            {
                File.Delete(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It could not be written either.
        }
    }

    private string PathOf(string name) => Path.Combine(directory!, name + Extension);

    private void Tell(Exception exception)
    {
        if (!_isTold)
        {
            _isTold = true;
            LogNotKept(logger, directory!, exception.Message);
        }
    }

    [LoggerMessage(4003, LogLevel.Information, "Idle loops are made anew at every start: {Directory} cannot be used ({Reason}).")]
    private static partial void LogNotKept(ILogger logger, string directory, string reason);
}
