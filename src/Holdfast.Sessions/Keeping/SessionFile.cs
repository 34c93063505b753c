using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Holdfast.Sessions;

/// <summary>
/// The form of a file of kept sessions: a first line that tells what it is, then one session a line, in base64. Reading takes what can be read,
/// and says what is wrong with the rest.
/// </summary>
/// <param name="protection">Encrypts what is kept; null keeps it as it is.</param>
internal sealed class SessionFile(ISessionProtection? protection)
{
    private const string Format = "holdfast-sessions";
    private const int Version = 1;

    /// <summary>A file that is larger is none of ours: some 20 KB a session, and 100,000 sessions.</summary>
    private const long MaxFileBytes = 4L * 1024 * 1024 * 1024;

    /// <summary>Writes a new file, whole, and has it on the disk when it returns; readable by this user only.</summary>
    /// <param name="path">It must not be there.</param>
    /// <param name="sessions">What is kept.</param>
    /// <param name="onRefused">Is told of a session that cannot be encrypted, which is left out.</param>
    /// <param name="cancellationToken">Ends it, with an exception.</param>
    /// <returns>The sessions in it.</returns>
    public async Task<IReadOnlyCollection<SessionId>> WriteAsync(
        string path, IReadOnlyCollection<KeptSession> sessions, Action<SessionId, Exception> onRefused, CancellationToken cancellationToken)
    {
        var written = new List<SessionId>(sessions.Count);
        var lines = new List<string>(sessions.Count);
        foreach (var (id, data) in sessions)
        {
            try
            {
                var bytes = protection is null ? data.Span : protection.Protect(data.Span);
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{id} {Convert.ToBase64String(bytes)}"));
                written.Add(id);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                onRefused(id, exception);
            }
        }

        var file = Create(path);
        await using (file.ConfigureAwait(false))
        {
            var header = new FileHeader(Format, Version, protection is not null, lines.Count);
            await WriteLineAsync(file, JsonSerializer.Serialize(header, FileHeaderJson.Default.FileHeader), cancellationToken).ConfigureAwait(false);
            foreach (var line in lines)
            {
                await WriteLineAsync(file, line, cancellationToken).ConfigureAwait(false);
            }

            // On the disk before it has its name: after a loss of power it is there as a whole or not at all.
            file.Flush(flushToDisk: true);
        }

        return written;
    }

    /// <summary>What can be read, and what is wrong with the rest.</summary>
    public async Task<(List<KeptSession> Sessions, string? Fault)> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var sessions = new List<KeptSession>();
        var info = new FileInfo(path);
        if (info.Length > MaxFileBytes || info.LinkTarget is not null)
        {
            return (sessions, "it is no file of ours");
        }

        using var reader = new StreamReader(path, Encoding.ASCII);
        if (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is not { } first || FileHeader.Parse(first) is not { Format: Format } header)
        {
            return (sessions, "it is no file of ours");
        }

        if (header.Version != Version)
        {
            return (sessions, string.Create(CultureInfo.InvariantCulture, $"it is of version {header.Version}, and this server reads {Version}"));
        }

        if (header.IsProtected && protection is null)
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

    /// <summary>Makes an empty file that only this user can read.</summary>
    public static FileStream Create(string path, FileMode mode = FileMode.CreateNew)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    private static async Task WriteLineAsync(FileStream file, string line, CancellationToken cancellationToken) =>
        await file.WriteAsync(Encoding.ASCII.GetBytes(line + "\n"), cancellationToken).ConfigureAwait(false);

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
            : protection!.TryUnprotect(bytes, out var open) ? new KeptSession(id, open)
            : null;
    }
}
