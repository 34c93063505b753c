using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Holdfast.Sessions;

/// <summary>
/// Keeps sessions in one file of its own, readable by nobody but the user of the server: written whole or not at all.
/// </summary>
/// <remarks>
/// <para>
/// What one server has kept is in PATH. The next takes it by renaming it to PATH.taken, where it stays, ever shorter, until nothing in it is worth
/// keeping any more: so a server that is killed at any moment of its start leaves everything to the next. Where there are both files, both are taken,
/// and of a session that is in both the record in PATH is the newer.
/// </para>
/// <para>
/// Only one living server has them: it holds PATH.lock, which the system lets go of when the process ends, however it ends.
/// </para>
/// <para>
/// What is damaged costs only itself: a file, or a line of it, that cannot be read is told to the log, and the file is set aside under
/// another name, PATH.unreadable and so on. Such files are never deleted.
/// </para>
/// </remarks>
public sealed partial class FileSessionStore : ISessionStore, IDisposable
{
    private readonly string _path;
    private readonly string _takenPath;
    private readonly SessionFile _file;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private FileStream? _lock;

    /// <param name="path">The file. Its directory is made when it is needed.</param>
    /// <param name="protection">Encrypts what is kept; null keeps it as it is.</param>
    /// <param name="logger">Is told what cannot be read.</param>
    public FileSessionStore(string path, ISessionProtection? protection, ILogger<FileSessionStore> logger)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = Path.GetFullPath(path);
        _takenPath = _path + ".taken";
        _file = new SessionFile(protection);
        _logger = logger;
    }

    /// <summary>Is told of each step on the disk that is done; a test kills the server there.</summary>
    internal Action<string> Stepped { get; init; } = static _ => { };

    private string Folder => Path.GetDirectoryName(_path)!;

    /// <summary>Whether a file could be written there now.</summary>
    /// <exception cref="SessionStoreException">It could not; the message says why.</exception>
    public void EnsureWritable()
    {
        var probe = NewPath();
        try
        {
            MakeDirectory();
            using (SessionFile.Create(probe))
            {
            }

            File.Delete(probe);
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            throw new SessionStoreException($"Nothing can be kept in {_path}: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyCollection<SessionId>> KeepAsync(IReadOnlyCollection<KeptSession> sessions, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        await _oneAtATime.WaitAsync(cancellationToken).ConfigureAwait(false);
        var whole = NewPath();
        try
        {
            if (!TryLock())
            {
                throw new SessionStoreException("another server uses it");
            }

            // What a server left here that did not know of the lock.
            var others = await ReadAsync(_path, cancellationToken).ConfigureAwait(false);
            var all = Newest(sessions, others);
            if (all.Count == 0)
            {
                Delete(_takenPath);
                return [];
            }

            var written = await _file.WriteAsync(whole, all, (id, exception) => LogRefused(_logger, id, exception), cancellationToken).ConfigureAwait(false);
            Stepped("written");

            // Whoever gave up waiting has told people that nothing is kept.
            cancellationToken.ThrowIfCancellationRequested();
            File.Move(whole, _path, overwrite: true);
            Stepped("named");
            DiskDirectory.Flush(Folder);
            Stepped("name on the disk");
            Delete(_takenPath);
            return written;
        }
        catch (Exception exception) when (IsExpected(exception) || exception is OperationCanceledException)
        {
            DeleteQuietly(whole);
            throw new SessionStoreException($"{_path} could not be written: {exception.Message}", exception);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<KeptSession>> TakeAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!TryLock())
            {
                LogInUse(_logger, _path);
                return [];
            }

            var (isKept, isTaken) = (File.Exists(_path), File.Exists(_takenPath));
            return !isKept && !isTaken ? [] : await TakeAsync(isKept, isTaken, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsExpected(exception) && !File.Exists(_path) && !File.Exists(_takenPath))
        {
            // Where nothing can be written nothing is kept.
            return [];
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            throw new SessionStoreException($"{_path} could not be taken: {exception.Message}", exception);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public async Task RetainTakenAsync(IReadOnlyCollection<SessionId> needed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(needed);
        await _oneAtATime.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_lock is null || !File.Exists(_takenPath))
            {
                return;
            }

            var ids = needed.ToHashSet();
            var rest = (await ReadAsync(_takenPath, cancellationToken).ConfigureAwait(false)).Where(one => ids.Contains(one.Id)).ToArray();
            if (rest.Length == 0)
            {
                Delete(_takenPath);
            }
            else
            {
                await ReplaceTakenAsync(rest, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            LogNotDeleted(_logger, _takenPath, exception.Message);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public async Task SetAsideAsync(IReadOnlyCollection<KeptSession> sessions, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        if (sessions.Count == 0)
        {
            return;
        }

        try
        {
            MakeDirectory();
            var path = NewUnreadablePath();
            await _file.WriteAsync(path, sessions, (id, exception) => LogRefused(_logger, id, exception), cancellationToken).ConfigureAwait(false);
            LogSetAside(_logger, sessions.Count, path);
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            throw new SessionStoreException($"What cannot be used could not be set aside: {exception.Message}", exception);
        }
    }

    /// <summary>Lets another server have what is kept.</summary>
    public void Dispose()
    {
        _lock?.Dispose();
        _lock = null;
        _oneAtATime.Dispose();
    }

    private static bool IsExpected(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or NotSupportedException or SessionStoreException;

    /// <summary>The first, and of the others those that are not among them.</summary>
    private static List<KeptSession> Newest(IEnumerable<KeptSession> newer, IEnumerable<KeptSession> older) =>
        [.. newer.Concat(older).DistinctBy(static session => session.Id)];

    private string NewPath() => $"{_path}.{Guid.NewGuid():N}.tmp";

    private async Task<IReadOnlyList<KeptSession>> TakeAsync(bool isKept, bool isTaken, CancellationToken cancellationToken)
    {
        var kept = isKept ? await ReadOrSetAsideAsync(_path, cancellationToken).ConfigureAwait(false) : ([], true);
        var taken = isTaken ? await ReadOrSetAsideAsync(_takenPath, cancellationToken).ConfigureAwait(false) : ([], true);
        var all = Newest(kept.Sessions, taken.Sessions);
        if (isKept && !isTaken && kept.IsWhole)
        {
            File.Move(_path, _takenPath, overwrite: true);
            Stepped("taken");
        }
        else if (isKept || !taken.IsWhole)
        {
            // Together they are one again; a kill before the end finds both files once more, and comes to the same.
            if (all.Count > 0)
            {
                await ReplaceTakenAsync(all, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                Delete(_takenPath);
            }

            Delete(_path);
        }

        DiskDirectory.Flush(Folder);
        return all;
    }

    private async Task ReplaceTakenAsync(IReadOnlyCollection<KeptSession> sessions, CancellationToken cancellationToken)
    {
        var whole = NewPath();
        try
        {
            await _file.WriteAsync(whole, sessions, (id, exception) => LogRefused(_logger, id, exception), cancellationToken).ConfigureAwait(false);
            Stepped("written anew");
            File.Move(whole, _takenPath, overwrite: true);
            Stepped("named anew");
            DiskDirectory.Flush(Folder);
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            DeleteQuietly(whole);
            throw;
        }
    }

    private async Task<(List<KeptSession> Sessions, bool IsWhole)> ReadOrSetAsideAsync(string path, CancellationToken cancellationToken)
    {
        var (sessions, fault) = await _file.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        if (fault is null)
        {
            return (sessions, true);
        }

        // A copy, on the disk before the original is touched.
        var aside = NewUnreadablePath();
        LogUnreadable(_logger, path, fault, aside);
        var copy = SessionFile.Create(aside);
        await using (copy.ConfigureAwait(false))
        {
            var original = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            await using (original.ConfigureAwait(false))
            {
                await original.CopyToAsync(copy, cancellationToken).ConfigureAwait(false);
                copy.Flush(flushToDisk: true);
            }
        }

        Stepped("set aside");
        return (sessions, false);
    }

    private async Task<List<KeptSession>> ReadAsync(string path, CancellationToken cancellationToken) =>
        File.Exists(path) ? (await ReadOrSetAsideAsync(path, cancellationToken).ConfigureAwait(false)).Sessions : [];

    /// <summary>Whether this is the server that has what is kept; false while another lives.</summary>
    private bool TryLock()
    {
        if (_lock is not null)
        {
            return true;
        }

        MakeDirectory();
        try
        {
            _lock = SessionFile.Create(_path + ".lock", FileMode.OpenOrCreate);
            return true;
        }
        catch (IOException) when (File.Exists(_path + ".lock"))
        {
            return false;
        }
    }

    private string NewUnreadablePath()
    {
        var path = _path + ".unreadable";
        for (var i = 2; File.Exists(path); i++)
        {
            path = string.Create(CultureInfo.InvariantCulture, $"{_path}.unreadable-{i}");
        }

        return path;
    }

    private void MakeDirectory()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Folder);
        }
        else
        {
            Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private void Delete(string path)
    {
        DeleteQuietly(path);
        Stepped("deleted");
    }

    private void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            LogNotDeleted(_logger, path, exception.Message);
        }
    }

    [LoggerMessage(120, LogLevel.Error, "The kept sessions in {Path} cannot all be read: {Fault}. What is there stays in {Unreadable}, with what people said in it")]
    private static partial void LogUnreadable(ILogger logger, string path, string fault, string unreadable);

    [LoggerMessage(121, LogLevel.Warning, "{Path} could not be deleted, and what people said is in it: {Reason}")]
    private static partial void LogNotDeleted(ILogger logger, string path, string reason);

    [LoggerMessage(122, LogLevel.Warning, "Another server that is running uses {Path}: nothing is taken from there")]
    private static partial void LogInUse(ILogger logger, string path);

    [LoggerMessage(123, LogLevel.Error, "Session {SessionId} could not be encrypted, and is not kept")]
    private static partial void LogRefused(ILogger logger, SessionId sessionId, Exception exception);

    [LoggerMessage(124, LogLevel.Error, "{Count} kept sessions cannot be used by this server. They stay in {Path}, with what people said in them")]
    private static partial void LogSetAside(ILogger logger, int count, string path);
}

/// <summary>Encrypts what is kept of sessions.</summary>
public interface ISessionProtection
{
    /// <summary>Encrypts.</summary>
    byte[] Protect(ReadOnlySpan<byte> data);

    /// <summary>Decrypts; false where the bytes were not encrypted with keys that are known here. Never throws for what they are.</summary>
    bool TryUnprotect(ReadOnlySpan<byte> data, out byte[] open);
}
