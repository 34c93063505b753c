using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Holdfast.Media;
using Holdfast.Sessions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Holdfast.AspNetCore.Recording;

/// <summary>All recordings of this server: starts and stops them, finds them again after a restart, and deletes them.</summary>
internal sealed partial class RecordingStore : IAsyncDisposable
{
    private const int IdBytes = 16;
    private const int TriesToOpen = 20;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(500);

    /// <summary>A start has better things to do than to read many files at once.</summary>
    private static readonly SemaphoreSlim OneAtATime = new(1);

    private readonly ConcurrentDictionary<string, StoredRecording> _all = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly RecordingOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<RecordingStore> _logger;
    private readonly string? _directory;

    public RecordingStore(
        IOptions<RecordingOptions> options, IOptions<HoldfastOptions> holdfast, TimeProvider time, ILogger<RecordingStore> logger)
    {
        (_options, _time, _logger) = (options.Value, time, logger);
        _directory = _options.Enabled ? DirectoryFor(_options, holdfast.Value) : null;
        Load();
    }

    /// <summary>Whether anything can be recorded here.</summary>
    public bool IsAvailable => _directory is not null;

    /// <summary>Those of a session, the oldest first.</summary>
    public IReadOnlyList<StoredRecording> Of(long session) =>
        [.. _all.Values.Where(recording => recording.Record.SessionId == session).OrderBy(static recording => recording.Record.StartedAt)];

    /// <summary>The one that is under way in a session; null where none is.</summary>
    public StoredRecording? Current(Session session) =>
        _all.Values.FirstOrDefault(recording => recording.Record.SessionId == session.Id.Value && recording.IsUnderWay);

    /// <summary>The one of an id; null where there is none.</summary>
    public StoredRecording? Find(string id) => _all.GetValueOrDefault(id);

    /// <summary>Begins to record a session. Where it is being recorded already, that goes on: there are never two.</summary>
    public StartRecordingResult Start(Session session)
    {
        if (_directory is null)
        {
            return new StartRecordingResult.NotHere();
        }

        lock (_gate)
        {
            if (Current(session) is { } current)
            {
                return new StartRecordingResult.Started(current, IsNew: false);
            }

            Directory.CreateDirectory(_directory);
            if (!HasRoom())
            {
                return new StartRecordingResult.DiskFull();
            }

            var record = new RecordingRecord
            {
                Id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(IdBytes)),
                SessionId = session.Id.Value,
                AnswersToId = session.AnswersToId,
                Avatar = session.ShowName,
                StartedAt = _time.GetUtcNow(),
            };
            var output = new SessionRecording(session, TimeSpan.FromMinutes(_options.MaxMinutes));
            if (!session.TryAddOutput(output) || session.VideoFormat is not { } video)
            {
                return new StartRecordingResult.NotPossible(session.State);
            }

            var stored = new StoredRecording(PathOf(record.Id), record, output);
            _all[record.Id] = stored;
            stored.Completion = RecordAsync(stored, output, video);
            session.Tell("recording", Told(record, "started", end: null, seconds: 0));
            LogStarted(session.Id, record.Id[..6]);
            return new StartRecordingResult.Started(stored, IsNew: true);
        }
    }

    /// <summary>Stops what is recorded of a session, and waits until its file is whole.</summary>
    /// <returns>Null where nothing was recorded.</returns>
    public async Task<StoredRecording?> StopAsync(Session session)
    {
        if (Current(session) is not { } current)
        {
            return null;
        }

        await StopAsync(current).ConfigureAwait(false);
        return current;
    }

    /// <summary>Removes a recording and its files; one that is under way is stopped first.</summary>
    public async Task DeleteAsync(StoredRecording recording)
    {
        await StopAsync(recording).ConfigureAwait(false);

        // One that is being made whole would write its notes once more.
        await recording.Completion.ConfigureAwait(false);
        _all.TryRemove(recording.Record.Id, out _);
        foreach (var path in new[] { recording.WebM, recording.Mp4, recording.Sidecar })
        {
            File.Delete(path);
        }

        LogDeleted(recording.Record.SessionId, recording.Record.Id[..6]);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        var underWay = _all.Values.Where(static recording => recording.IsUnderWay).ToArray();
        foreach (var recording in underWay)
        {
            recording.Output?.Finish(RecordingEnd.ServerStopped);
        }

        await Task.WhenAll(underWay.Select(static recording => recording.Completion)).ConfigureAwait(false);
    }

    private static async Task StopAsync(StoredRecording recording)
    {
        if (recording.Output is { } output)
        {
            output.Finish(RecordingEnd.Stopped);
            await recording.Completion.ConfigureAwait(false);
        }
    }

    private async Task RecordAsync(StoredRecording stored, SessionRecording output, VideoFormat video)
    {
        await Task.Yield();
        var (end, failure) = (RecordingEnd.Failed, (Exception?)null);
        try
        {
            Write(stored);
            await using var file = new FileStream(stored.WebM, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous);
            (end, failure) = await output.WriteAsync(file, video, HasRoom).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            failure = exception;
            output.Finish(RecordingEnd.Failed);
        }

        var seconds = Math.Round(output.Duration.TotalSeconds, 2);
        stored.End(stored.Record with { EndedAt = _time.GetUtcNow(), End = end, Seconds = seconds });
        output.Session.RemoveOutput(output);
        output.Session.Tell("recording", Told(stored.Record, "ended", end, seconds));
        LogEnded(failure is null ? LogLevel.Information : LogLevel.Error, failure, output.Session.Id, stored.Record.Id[..6], end, seconds);
        try
        {
            Write(stored);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It is found again as one that a kill left: without its length, and whole.
            LogSidecarFailed(exception, stored.Record.SessionId, stored.Record.Id[..6]);
        }
    }

    private bool HasRoom()
    {
        try
        {
            return new DriveInfo(_directory!).AvailableFreeSpace >= _options.KeepFreeMegabytes * 1024L * 1024L;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // Where nobody can say how much there is, the disk itself says when it is full.
            return true;
        }
    }

    private static string Told(RecordingRecord record, string state, RecordingEnd? end, double seconds) => end is { } reason
        ? JsonSerializer.Serialize(new { recordingId = record.Id, state, reason = StableOf(reason), seconds })
        : JsonSerializer.Serialize(new { recordingId = record.Id, state });

    /// <summary>For programs.</summary>
    public static string StableOf(RecordingEnd end) => JsonNamingPolicy.CamelCase.ConvertName(end.ToString());

    private string PathOf(string id) => Path.Combine(_directory!, id);

    private static string? DirectoryFor(RecordingOptions options, HoldfastOptions holdfast)
    {
        if (!string.IsNullOrEmpty(options.Directory))
        {
            return Path.GetFullPath(options.Directory);
        }

        var userData = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return holdfast.Rtc.Port == 0 || StoreLocation.DefaultDirectory(Environment.GetEnvironmentVariable, userData) is not { } directory
            ? null
            : Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"recordings-{holdfast.Rtc.Port}"));
    }

    /// <summary>What servers before this one recorded.</summary>
    private void Load()
    {
        if (_directory is null || !Directory.Exists(_directory))
        {
            return;
        }

        foreach (var path in Directory.EnumerateFiles(_directory, "*.json"))
        {
            try
            {
                var record = JsonSerializer.Deserialize(File.ReadAllBytes(path), RecordingJson.Default.RecordingRecord);
                if (record is not null && string.Equals(record.Id, Path.GetFileNameWithoutExtension(path), StringComparison.Ordinal) && File.Exists(PathOf(record.Id) + ".webm"))
                {
                    var stored = new StoredRecording(PathOf(record.Id), record.End is null ? record with { End = RecordingEnd.ServerStopped } : record, output: null);
                    _all[record.Id] = stored;
                    if (record.End is null)
                    {
                        // It was cut off with its server.
                        stored.Completion = Task.Run(() => RepairAsync(stored));
                    }
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or NotSupportedException)
            {
                LogNotRead(exception, path);
            }
        }
    }

    /// <summary>Makes whole what a server before this one was killed over. Whatever comes of it, the recording is listed, and what it has can be fetched.</summary>
    private async Task RepairAsync(StoredRecording stored)
    {
        await OneAtATime.WaitAsync().ConfigureAwait(false);
        try
        {
            await using var file = await OpenAsync(stored.WebM).ConfigureAwait(false);
            var isWhole = WebMWriter.TryRepair(file, out var duration);
            var seconds = Math.Round(duration.TotalSeconds, 2);
            stored.End(stored.Record with { EndedAt = new DateTimeOffset(File.GetLastWriteTimeUtc(stored.WebM)), Seconds = seconds });
            Write(stored);
            LogRepaired(stored.Record.SessionId, stored.Record.Id[..6], isWhole ? "is whole again" : "cannot be made whole", seconds);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogNotRepaired(exception, stored.Record.SessionId, stored.Record.Id[..6]);
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    /// <summary>Opens a file for this process alone: a server that is just ending may still write to it.</summary>
    private async Task<FileStream> OpenAsync(string path)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException) when (tries < TriesToOpen && File.Exists(path))
            {
                await Task.Delay(BetweenTries, _time).ConfigureAwait(false);
            }
        }
    }

    private static void Write(StoredRecording stored)
    {
        var draft = stored.Sidecar + ".new";
        File.WriteAllBytes(draft, JsonSerializer.SerializeToUtf8Bytes(stored.Record, RecordingJson.Default.RecordingRecord));
        File.Move(draft, stored.Sidecar, overwrite: true);
    }

    [LoggerMessage(60, LogLevel.Information, "Session {SessionId} is being recorded as {Recording}...")]
    private partial void LogStarted(SessionId sessionId, string recording);

    [LoggerMessage(EventId = 61, Message = "Session {SessionId}: recording {Recording}... ended after {Seconds} s: {End}")]
    private partial void LogEnded(LogLevel level, Exception? exception, SessionId sessionId, string recording, RecordingEnd end, double seconds);

    [LoggerMessage(62, LogLevel.Information, "Session {SessionId}: recording {Recording}... was deleted")]
    private partial void LogDeleted(long sessionId, string recording);

    [LoggerMessage(63, LogLevel.Warning, "Session {SessionId}: what lies beside recording {Recording}... could not be written; the recording itself is whole")]
    private partial void LogSidecarFailed(Exception exception, long sessionId, string recording);

    [LoggerMessage(65, LogLevel.Information, "Session {SessionId}: recording {Recording}..., which was cut off with its server, {How}: {Seconds} s")]
    private partial void LogRepaired(long sessionId, string recording, string how, double seconds);

    [LoggerMessage(66, LogLevel.Warning, "Session {SessionId}: recording {Recording}... was cut off with its server and could not be made whole; it plays, and cannot be sought in")]
    private partial void LogNotRepaired(Exception exception, long sessionId, string recording);

    [LoggerMessage(64, LogLevel.Warning, "{Path} could not be read; the recording that it tells of is not listed")]
    private partial void LogNotRead(Exception exception, string path);
}

/// <summary>A recording: a file, what is known of it, and while it is under way what writes it.</summary>
internal sealed class StoredRecording(string path, RecordingRecord record, SessionRecording? output)
{
    private volatile RecordingRecord _record = record;
    private volatile SessionRecording? _output = output;

    public RecordingRecord Record => _record;

    public SessionRecording? Output => _output;

    public bool IsUnderWay => _output is not null;

    public string WebM => path + ".webm";

    public string Mp4 => path + ".mp4";

    public string Sidecar => path + ".json";

    /// <summary>Completes when the file is whole; never fails.</summary>
    public Task Completion { get; set; } = Task.CompletedTask;

    public double Seconds => _output?.Duration.TotalSeconds ?? _record.Seconds;

    public long Bytes => new FileInfo(WebM) is { Exists: true } file ? file.Length : 0;

    public void End(RecordingRecord ended)
    {
        _record = ended;
        _output = null;
    }
}

/// <summary>What became of the wish to record.</summary>
internal abstract record StartRecordingResult
{
    private StartRecordingResult()
    {
    }

    public sealed record Started(StoredRecording Recording, bool IsNew) : StartRecordingResult;

    public sealed record NotHere : StartRecordingResult;

    public sealed record DiskFull : StartRecordingResult;

    public sealed record NotPossible(SessionState State) : StartRecordingResult;
}
