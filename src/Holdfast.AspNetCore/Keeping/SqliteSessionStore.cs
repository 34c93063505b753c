using System.Globalization;
using Holdfast.Sessions;
using Microsoft.Data.Sqlite;

namespace Holdfast.AspNetCore;

/// <summary>Keeps sessions in an SQLite database of its own: one file beside its write-ahead log, for this user alone.</summary>
/// <remarks>
/// <para>
/// Each write is one transaction, on the disk when it returns (WAL with synchronous FULL): after a power cut it is there as a whole or not at all.
/// </para>
/// <para>
/// Two things keep a second process out. FILE.lock is locked for as long as this process lives, however it ends. And each process that opens the store raises its
/// epoch, which is looked at in each write: one whose lock did not hold, such as on a network disk, or that was asleep while another took over, writes nothing more.
/// </para>
/// <para>
/// A file that is damaged, another program's, or of a newer version is not written to.
/// </para>
/// </remarks>
internal sealed class SqliteSessionStore : ISessionStore
{
    private const long ApplicationId = 0x484F_4C44;
    private const int Damaged = 11;
    private const int NoDatabase = 26;

    /// <summary>Each brings the schema to the next version; those that were published never change.</summary>
    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE server (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE part (session INTEGER NOT NULL, name TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (session, name)) WITHOUT ROWID;
        INSERT INTO server VALUES ('epoch', '0');
        """,
    ];

    private readonly string _path;
    private readonly string _owner;
    private FileStream? _lock;
    private SqliteConnection? _database;
    private string _epoch = "";
    private readonly Lock _gate = new();
    private Task _ready = Task.CompletedTask;

    /// <param name="path">The file. Its directory is made when it is needed.</param>
    /// <param name="owner">Who has it, for a person.</param>
    public SqliteSessionStore(string path, string owner)
    {
        _path = Path.GetFullPath(path);
        _owner = owner;
    }

    /// <summary>The file.</summary>
    public string FilePath => _path;

    private string LockPath => _path + ".lock";

    /// <summary>Opens and looks at the file while another process has it, which takes longer than all that is left to do then.</summary>
    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            // One after the other, also where the first was asked for by somebody who does not wait.
            return _ready = _ready.ContinueWith(_ => GetReady(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    public async Task<IReadOnlyList<StoredPart>> OpenAsync(CancellationToken cancellationToken)
    {
        await Ready().ConfigureAwait(false);
        return await Task.Run(Open, cancellationToken).ConfigureAwait(false);
    }

    public Task CommitAsync(IReadOnlyList<StoredPart> changes, CancellationToken cancellationToken) =>
        Task.Run(() => Commit(changes, cancellationToken), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Ready().ConfigureAwait(false);
        if (_database is not null)
        {
            await _database.DisposeAsync().ConfigureAwait(false);
            _database = null;
        }

        if (_lock is not null)
        {
            await _lock.DisposeAsync().ConfigureAwait(false);
            _lock = null;
        }
    }

    /// <summary>Has something done with a store that is nobody's and is gone afterwards.</summary>
    public static async Task WithOneOfNobodyAsync(Func<Func<ISessionStore>, Task> use)
    {
        var directory = Directory.CreateTempSubdirectory("holdfast-rehearsal-");
        try
        {
            await use(() => new SqliteSessionStore(Path.Combine(directory.FullName, "sessions.db"), "nobody")).ConfigureAwait(false);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static SessionStoreFault FaultOf(Exception exception) => exception is SqliteException { SqliteErrorCode: Damaged or NoDatabase }
        ? SessionStoreFault.Unreadable
        : SessionStoreFault.Unavailable;

    private static bool IsExpected(Exception exception) => exception is SqliteException or IOException or UnauthorizedAccessException;

    private IReadOnlyList<StoredPart> Open()
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            Lock();
            if (!File.Exists(_path))
            {
                OpenForThisUserAlone(_path).Dispose();
            }

            var isChecked = _database is not null;
            _database ??= Connect();
            CheckOrigin(_database);
            if (!isChecked)
            {
                CheckPages(_database);
            }

            Take(_database);
            return Read(_database);
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            var fault = FaultOf(exception);
            throw new SessionStoreException(
                fault,
                fault == SessionStoreFault.Unreadable
                    ? $"{_path} is damaged or is no database ({exception.Message}); it was left as it is. Move it away to begin with an empty store."
                    : $"Nothing can be kept in {_path}: {exception.Message}",
                exception);
        }
    }

    private Task Ready()
    {
        lock (_gate)
        {
            return _ready;
        }
    }

    private void GetReady()
    {
        if (_database is not null || !File.Exists(_path))
        {
            return;
        }

        SqliteConnection? database = null;
        try
        {
            database = Connect();
            CheckOrigin(database);
            CheckPages(database);
            (_database, database) = (database, null);
        }
        catch (Exception exception) when (IsExpected(exception) || exception is SessionStoreException)
        {
            // Whatever it is, it is looked at again, and told, when this process takes the store.
        }
        finally
        {
            database?.Dispose();
        }
    }

    private SqliteConnection Connect()
    {
        var database = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _path, Pooling = false, DefaultTimeout = 1 }.ToString());
        try
        {
            database.Open();
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private void Lock()
    {
        try
        {
            _lock = OpenForThisUserAlone(LockPath);
        }
        catch (IOException exception) when (exception is not (FileNotFoundException or DirectoryNotFoundException) && File.Exists(LockPath))
        {
            throw new SessionStoreException(SessionStoreFault.Taken, $"{_path} belongs to another server that runs: {OwnerOfStore()}.", exception);
        }
    }

    private string OwnerOfStore()
    {
        try
        {
            using var database = new SqliteConnection(
                new SqliteConnectionStringBuilder { DataSource = _path, Pooling = false, DefaultTimeout = 1, Mode = SqliteOpenMode.ReadOnly }.ToString());
            database.Open();
            return Text(database, "SELECT value FROM server WHERE name = 'owner'") is { Length: > 0 } owner ? owner : "one that did not say which";
        }
        catch (SqliteException)
        {
            return "one that cannot be asked";
        }
    }

    private static FileStream OpenForThisUserAlone(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    /// <summary>Before the first write: what is not ours is left alone.</summary>
    private void CheckOrigin(SqliteConnection database)
    {
        var (application, version) = (Number(database, "PRAGMA application_id"), Number(database, "PRAGMA user_version"));
        var isEmpty = Number(database, "SELECT count(*) FROM sqlite_schema") == 0;
        if (application != ApplicationId && !isEmpty)
        {
            throw new SessionStoreException(SessionStoreFault.Unreadable, $"{_path} is another program's database; it was left as it is.");
        }

        if (version > Migrations.Length)
        {
            throw new SessionStoreException(
                SessionStoreFault.Unreadable,
                $"{_path} is of version {version}, and this server knows versions up to {Migrations.Length}; it was left as it is. Start the newer server, or move the file away.");
        }
    }

    private void CheckPages(SqliteConnection database)
    {
        if (Text(database, "PRAGMA quick_check(1)") is var check && !string.Equals(check, "ok", StringComparison.Ordinal))
        {
            throw new SessionStoreException(
                SessionStoreFault.Unreadable, $"{_path} is damaged ({check}); it was left as it is. Move it away to begin with an empty store.");
        }
    }

    /// <summary>From here on it is this process's: its epoch is the newest.</summary>
    private void Take(SqliteConnection database)
    {
        Text(database, "PRAGMA journal_mode = WAL");
        Execute(database, "PRAGMA synchronous = FULL");
        using var transaction = database.BeginTransaction(deferred: false);
        for (var i = (int)Number(database, "PRAGMA user_version"); i < Migrations.Length; i++)
        {
            Execute(database, Migrations[i]);
        }

        Execute(database, $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Migrations.Length}");
        _epoch = (Number(database, "SELECT value FROM server WHERE name = 'epoch'") + 1).ToString(CultureInfo.InvariantCulture);
        using var raise = database.CreateCommand();
        raise.CommandText = "INSERT OR REPLACE INTO server VALUES ('epoch', $epoch), ('owner', $owner)";
        raise.Parameters.AddWithValue("$epoch", _epoch);
        raise.Parameters.AddWithValue("$owner", _owner);
        raise.ExecuteNonQuery();
        transaction.Commit();
    }

    private static List<StoredPart> Read(SqliteConnection database)
    {
        using var command = database.CreateCommand();
        command.CommandText = "SELECT session, name, data FROM part";
        using var reader = command.ExecuteReader();
        var parts = new List<StoredPart>();
        while (reader.Read())
        {
            parts.Add(new StoredPart(reader.GetInt64(0), reader.GetString(1), reader.GetFieldValue<byte[]>(2)));
        }

        return parts;
    }

    private void Commit(IReadOnlyList<StoredPart> changes, CancellationToken cancellationToken)
    {
        var database = _database ?? throw new SessionStoreException($"{_path} is closed.");
        try
        {
            using var transaction = database.BeginTransaction(deferred: false);
            if (Text(database, "SELECT value FROM server WHERE name = 'epoch'") is var epoch && !string.Equals(epoch, _epoch, StringComparison.Ordinal))
            {
                throw new SessionStoreException(
                    SessionStoreFault.Taken, $"{_path} was taken over by {Text(database, "SELECT value FROM server WHERE name = 'owner'")}.");
            }

            Write(database, changes);
            cancellationToken.ThrowIfCancellationRequested();
            transaction.Commit();
        }
        catch (Exception exception) when (IsExpected(exception) || exception is OperationCanceledException)
        {
            throw new SessionStoreException(FaultOf(exception), $"{_path} could not be written: {exception.Message}", exception);
        }
    }

    private static void Write(SqliteConnection database, IReadOnlyList<StoredPart> changes)
    {
        using var put = database.CreateCommand();
        put.CommandText = "INSERT OR REPLACE INTO part VALUES ($session, $name, $data)";
        var (session, name, data) = (put.Parameters.Add("$session", SqliteType.Integer), put.Parameters.Add("$name", SqliteType.Text), put.Parameters.Add("$data", SqliteType.Blob));
        using var remove = database.CreateCommand();
        remove.CommandText = "DELETE FROM part WHERE session = $session AND (name = $name OR $name = '')";
        var (removedSession, removedName) = (remove.Parameters.Add("$session", SqliteType.Integer), remove.Parameters.Add("$name", SqliteType.Text));
        foreach (var change in changes)
        {
            if (change.Data is { } bytes)
            {
                (session.Value, name.Value, data.Value) = (change.Session, change.Name, bytes.ToArray());
                put.ExecuteNonQuery();
            }
            else
            {
                (removedSession.Value, removedName.Value) = (change.Session, change.Name);
                remove.ExecuteNonQuery();
            }
        }
    }

    private static long Number(SqliteConnection database, string sql) => long.Parse(Text(database, sql), CultureInfo.InvariantCulture);

    private static string Text(SqliteConnection database, string sql)
    {
        using var command = database.CreateCommand();
#pragma warning disable CA2100 // All of them are written above.
        command.CommandText = sql;
#pragma warning restore CA2100
        return Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture) ?? "";
    }

    private static void Execute(SqliteConnection database, string sql)
    {
        using var command = database.CreateCommand();
#pragma warning disable CA2100 // All of them are written above.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
