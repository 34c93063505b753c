using Holdfast.Media;
using Holdfast.Sessions;

namespace Holdfast.AspNetCore.Recording;

/// <summary>One recording under way: what its session shows, as it is sent, in a file.</summary>
/// <param name="session">What is recorded.</param>
/// <param name="longest">How long it may last.</param>
internal sealed class SessionRecording(Session session, TimeSpan longest) : QueuedOutput(session, KeyFrameInterval)
{
    /// <summary>A file is seekable to its key frames.</summary>
    private static readonly TimeSpan KeyFrameInterval = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource<RecordingEnd> _ending = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _recorded;

    /// <summary>How long it is so far.</summary>
    public TimeSpan Duration => TimeSpan.FromTicks(Volatile.Read(ref _recorded));

    /// <inheritdoc/>
    public override void OnEnded() => Finish(Session.IsPutAside ? RecordingEnd.ServerStopped : RecordingEnd.SessionEnded);

    /// <summary>Nothing more is taken; the first reason counts.</summary>
    public void Finish(RecordingEnd end)
    {
        _ending.TrySetResult(end);
        Close();
    }

    /// <summary>Writes what comes until there is an end.</summary>
    /// <param name="file">Where to; it is left whole whatever happens.</param>
    /// <param name="video">Size and rate of the pictures.</param>
    /// <param name="mayGoOn">Asked about once a second of it: false where the disk is to take no more.</param>
    /// <returns>Why it ended, and what went wrong where something did.</returns>
    public async Task<(RecordingEnd End, Exception? Failure)> WriteAsync(FileStream file, VideoFormat video, Func<bool> mayGoOn)
    {
        using var writer = new WebMWriter(file, video);
        try
        {
            var checkedUpTo = long.MinValue;
            await foreach (var packet in ReadAllAsync().ConfigureAwait(false))
            {
                Write(writer, packet);
                Volatile.Write(ref _recorded, writer.Duration.Ticks);
                if (writer.Length != checkedUpTo)
                {
                    checkedUpTo = writer.Length;
                    if (!mayGoOn())
                    {
                        Finish(RecordingEnd.DiskFull);
                    }
                }

                if (writer.Duration >= longest)
                {
                    Finish(RecordingEnd.TooLong);
                }
            }

            writer.Complete();
            return (await _ending.Task.ConfigureAwait(false), null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            Finish(IsFull(exception) ? RecordingEnd.DiskFull : RecordingEnd.Failed);
            BeginAnew();
            writer.Rescue();
            return (await _ending.Task.ConfigureAwait(false), exception);
        }
    }

    /// <summary>ENOSPC and EDQUOT, or ERROR_DISK_FULL: .NET keeps the system's number.</summary>
    private static bool IsFull(Exception exception) => (exception.HResult & 0xFFFF) is 28 or 122 or 112;
}
