using System.ComponentModel;
using System.Diagnostics;
using Holdfast.Speech;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Holdfast.AspNetCore.Recording;

/// <summary>Makes MP4 (H.264 and AAC) of a recording with ffmpeg, where it is installed: once, when somebody asks for it, one at a time.</summary>
internal sealed partial class Mp4Maker : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly RecordingOptions _options;
    private readonly ILogger<Mp4Maker> _logger;

    public Mp4Maker(IOptions<RecordingOptions> options, ILogger<Mp4Maker> logger) => (_options, _logger) = (options.Value, logger);

    /// <summary>Whether there is a program that makes MP4.</summary>
    public bool IsAvailable => _options.Ffmpeg.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal)
        ? File.Exists(_options.Ffmpeg)
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(directory => directory.Length > 0 && File.Exists(Path.Combine(directory, OperatingSystem.IsWindows() ? _options.Ffmpeg + ".exe" : _options.Ffmpeg)));

    /// <summary>The recording as MP4; null where it cannot be made.</summary>
    public async Task<string?> MakeAsync(StoredRecording recording, CancellationToken cancellationToken)
    {
        if (File.Exists(recording.Mp4))
        {
            return recording.Mp4;
        }

        if (!IsAvailable)
        {
            return null;
        }

        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return File.Exists(recording.Mp4) || await ConvertAsync(recording, cancellationToken).ConfigureAwait(false) ? recording.Mp4 : null;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<bool> ConvertAsync(StoredRecording recording, CancellationToken cancellationToken)
    {
        var draft = recording.Mp4 + ".new";
        var start = new ProcessStartInfo(_options.Ffmpeg) { RedirectStandardInput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])[
            "-nostdin", "-loglevel", "error", "-y", "-i", recording.WebM,
            "-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "96k",
            "-movflags", "+faststart", "-f", "mp4", draft])
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using var process = Process.Start(start)!;
            try
            {
                var said = await FirstAndLast.ReadAsync(process.StandardError.BaseStream, cancellationToken).ConfigureAwait(false);
                await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
                if (process.ExitCode == 0)
                {
                    File.Move(draft, recording.Mp4, overwrite: true);
                    return true;
                }

                LogFailed(recording.Record.SessionId, recording.Record.Id[..6], process.ExitCode, said.Length > 500 ? said[^500..] : said);
            }
            finally
            {
                if (!process.HasExited)
                {
                    // Whoever asked has gone away.
                    process.Kill(entireProcessTree: true);
                }
            }
        }
        catch (Exception exception) when (exception is Win32Exception or IOException or UnauthorizedAccessException)
        {
            LogNotRun(exception, recording.Record.SessionId, recording.Record.Id[..6], _options.Ffmpeg);
        }
        finally
        {
            File.Delete(draft);
        }

        return false;
    }

    [LoggerMessage(65, LogLevel.Warning, "Session {SessionId}: of recording {Recording}... ffmpeg made no MP4 (exit code {ExitCode}): {Said}")]
    private partial void LogFailed(long sessionId, string recording, int exitCode, string said);

    [LoggerMessage(66, LogLevel.Warning, "Session {SessionId}: of recording {Recording}... no MP4 was made; {Program} could not be run, or its file not be kept")]
    private partial void LogNotRun(Exception exception, long sessionId, string recording, string program);
}
