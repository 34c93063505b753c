using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Holdfast.Sessions;

/// <summary>
/// Keeps sessions in one file of its own, readable by nobody but the user of the server: written whole or not at all, and deleted
/// when a server has taken what is in it.
/// </summary>
/// <remarks>
/// <para>
/// The first line tells what it is; each further line is one session, in base64. What is damaged costs only itself: a file, or a line of it, that
/// cannot be read is told to the log, and the file is put aside under another name, one such file at the most.
/// </para>
/// <para>
/// Taking it is renaming it, which only one of several processes can do.
/// </para>
/// </remarks>
public sealed partial class FileSessionStore : ISessionStore
{
    private const string Format = "holdfast-sessions";
    private const int Version = 1;

    /// <summary>A file that is larger is none of ours: some 20 KB a session, and 100,000 sessions.</summary>
    private const long MaxFileBytes = 4L * 1024 * 1024 * 1024;

    private readonly string _path;
    private readonly ISessionProtection? _protection;
    private readonly ILogger _logger;

    /// <param name="path">The file. Its directory is made when it is needed.</param>
    /// <param name="protection">Encrypts what is kept; null keeps it as it is.</param>
    /// <param name="logger">Is told what cannot be read.</param>
    public FileSessionStore(string path, ISessionProtection? protection, ILogger<FileSessionStore> logger)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = Path.GetFullPath(path);
        _protection = protection;
        _logger = logger;
    }

    private string TakenPath => _path + ".taken";

    private string UnreadablePath => _path + ".unreadable";

    /// <summary>Whether a file could be written there now.</summary>
    /// <exception cref="SessionStoreException">It could not; the message says why.</exception>
    public void EnsureWritable()
    {
        var probe = $"{_path}.{Guid.NewGuid():N}.tmp";
        try
        {
            MakeDirectory();
            using (Create(probe))
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
    public async Task KeepAsync(IReadOnlyCollection<KeptSession> sessions, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        var whole = $"{_path}.{Guid.NewGuid():N}.tmp";
        try
        {
            if (sessions.Count == 0)
            {
                File.Delete(_path);
                return;
            }

            MakeDirectory();
            await WriteAsync(whole, sessions, cancellationToken).ConfigureAwait(false);
            File.Move(whole, _path, overwrite: true);
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            DeleteQuietly(whole);
            throw new SessionStoreException($"{_path} could not be written: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<KeptSession>> TakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            File.Move(_path, TakenPath, overwrite: true);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            throw new SessionStoreException($"{_path} could not be taken: {exception.Message}", exception);
        }

        try
        {
            var (sessions, fault) = await ReadAsync(cancellationToken).ConfigureAwait(false);
            if (fault is not null)
            {
                LogUnreadable(_logger, _path, fault, UnreadablePath);
                File.Copy(TakenPath, UnreadablePath, overwrite: true);
            }

            return sessions;
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            throw new SessionStoreException($"{TakenPath} could not be read: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public Task ForgetTakenAsync(CancellationToken cancellationToken)
    {
        DeleteQuietly(TakenPath);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task PutBackAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (File.Exists(TakenPath))
            {
                File.Move(TakenPath, _path, overwrite: false);
            }
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            LogNotPutBack(_logger, TakenPath, exception.Message);
        }

        return Task.CompletedTask;
    }

    private static bool IsExpected(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or NotSupportedException or SessionStoreException;

    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    private void MakeDirectory()
    {
        var directory = Path.GetDirectoryName(_path)!;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private async Task WriteAsync(string path, IReadOnlyCollection<KeptSession> sessions, CancellationToken cancellationToken)
    {
        var file = Create(path);
        await using (file.ConfigureAwait(false))
        {
            var header = new FileHeader(Format, Version, _protection is not null, sessions.Count);
            await WriteLineAsync(file, JsonSerializer.Serialize(header, FileHeaderJson.Default.FileHeader), cancellationToken).ConfigureAwait(false);
            foreach (var (id, data) in sessions)
            {
                var bytes = _protection is null ? data.Span : _protection.Protect(data.Span);
                var line = string.Create(CultureInfo.InvariantCulture, $"{id} {Convert.ToBase64String(bytes)}");
                await WriteLineAsync(file, line, cancellationToken).ConfigureAwait(false);
            }

            // On the disk before it has its name: after a loss of power it is there as a whole or not at all.
            file.Flush(flushToDisk: true);
        }
    }

    private static async Task WriteLineAsync(FileStream file, string line, CancellationToken cancellationToken) =>
        await file.WriteAsync(Encoding.ASCII.GetBytes(line + "\n"), cancellationToken).ConfigureAwait(false);

    /// <summary>What can be read, and what is wrong with the rest.</summary>
    private async Task<(List<KeptSession> Sessions, string? Fault)> ReadAsync(CancellationToken cancellationToken)
    {
        var sessions = new List<KeptSession>();
        var info = new FileInfo(TakenPath);
        if (info.Length > MaxFileBytes || info.LinkTarget is not null)
        {
            return (sessions, "it is no file of ours");
        }

        using var reader = new StreamReader(TakenPath, Encoding.ASCII);
        if (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is not { } first || FileHeader.Parse(first) is not { Format: Format } header)
        {
            return (sessions, "it is no file of ours");
        }

        if (header.Version != Version)
        {
            return (sessions, string.Create(CultureInfo.InvariantCulture, $"it is of version {header.Version}, and this server reads {Version}"));
        }

        if (header.IsProtected && _protection is null)
        {
            return (sessions, "it is encrypted, and this server has no keys (Holdfast:Store:KeyDirectory)");
        }

        var damaged = 0;
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (Parse(line, header.IsProtected) is { } session)
            {
                sessions.Add(session);
            }
            else
            {
                damaged++;
            }
        }

        var missing = Math.Max(0, header.Count - sessions.Count - damaged);
        return (sessions, damaged + missing == 0
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"of its {header.Count} sessions {damaged} are damaged and {missing} are missing"));
    }

    private KeptSession? Parse(string line, bool isProtected)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0 || !SessionId.TryParse(line[..space], CultureInfo.InvariantCulture, out var id))
        {
            return null;
        }

        var data = new byte[line.Length];
        if (!Convert.TryFromBase64Chars(line.AsSpan(space + 1), data, out var length))
        {
            return null;
        }

        var bytes = data.AsSpan(0, length);
        return !isProtected ? new KeptSession(id, bytes.ToArray())
            : _protection!.TryUnprotect(bytes, out var open) ? new KeptSession(id, open)
            : null;
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

    [LoggerMessage(122, LogLevel.Error, "The sessions that were taken could not be put back and stay in {Path}: {Reason}")]
    private static partial void LogNotPutBack(ILogger logger, string path, string reason);
}

/// <summary>Encrypts what is kept of sessions.</summary>
public interface ISessionProtection
{
    /// <summary>Encrypts.</summary>
    byte[] Protect(ReadOnlySpan<byte> data);

    /// <summary>Decrypts; false where the bytes were not encrypted with keys that are known here. Never throws for what they are.</summary>
    bool TryUnprotect(ReadOnlySpan<byte> data, out byte[] open);
}
