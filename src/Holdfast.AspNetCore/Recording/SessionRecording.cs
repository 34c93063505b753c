using System.Buffers;
using System.Threading.Channels;
using Holdfast.Media;
using Holdfast.Sessions;

namespace Holdfast.AspNetCore.Recording;

/// <summary>
/// One recording under way: takes what its session shows, as it is sent, and has it written by a task of its own. A disk that is slow or full holds up nobody.
/// </summary>
internal sealed class SessionRecording : ISessionOutput
{
    /// <summary>Bytes that may wait for the disk, some ten seconds; what comes then is left out up to the next key frame.</summary>
    private const int MaxWaiting = 4 * 1024 * 1024;

    /// <summary>A file is seekable to its key frames: one is asked for when none came for so long.</summary>
    private static readonly TimeSpan KeyFrameInterval = TimeSpan.FromSeconds(10);

    private readonly Channel<Packet> _packets = Channel.CreateUnbounded<Packet>(new UnboundedChannelOptions { SingleReader = true });
    private readonly TaskCompletionSource<RecordingEnd> _ending = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeSpan _longest;
    private TimeSpan? _origin;
    private TimeSpan _lastKeyFrame;
    private TimeSpan _now;
    private bool _needsKeyFrame = true;
    private int _waiting;
    private long _recorded;

    /// <param name="session">What is recorded.</param>
    /// <param name="longest">How long it may last.</param>
    public SessionRecording(Session session, TimeSpan longest)
    {
        Session = session;
        _longest = longest;
    }

    public Session Session { get; }

    /// <summary>How long it is so far.</summary>
    public TimeSpan Duration => TimeSpan.FromTicks(Volatile.Read(ref _recorded));

    /// <inheritdoc/>
    public bool WantsKeyFrame => _needsKeyFrame || _now - _lastKeyFrame >= KeyFrameInterval;

    /// <inheritdoc/>
    public void SendAudio(TimeSpan mediaTime, ReadOnlySpan<byte> opus, bool silent, long place)
    {
        _now = mediaTime;
        Add(mediaTime, opus, isVideo: false, isKeyFrame: false);
    }

    /// <inheritdoc/>
    public void SendVideo(TimeSpan mediaTime, ReadOnlySpan<byte> vp8, bool isKeyFrame)
    {
        if (isKeyFrame)
        {
            (_lastKeyFrame, _needsKeyFrame) = (mediaTime, false);
        }

        if (!_needsKeyFrame)
        {
            Add(mediaTime, vp8, isVideo: true, isKeyFrame);
        }
    }

    /// <inheritdoc/>
    public void OnEnded() => Finish(Session.IsPutAside ? RecordingEnd.ServerStopped : RecordingEnd.SessionEnded);

    /// <summary>Nothing more is taken; the first reason counts.</summary>
    public void Finish(RecordingEnd end)
    {
        _ending.TrySetResult(end);
        _packets.Writer.TryComplete();
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
            await foreach (var packet in _packets.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                Write(writer, packet);
                if (writer.Length != checkedUpTo)
                {
                    checkedUpTo = writer.Length;
                    if (!mayGoOn())
                    {
                        Finish(RecordingEnd.DiskFull);
                    }
                }

                if (writer.Duration >= _longest)
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
            while (_packets.Reader.TryRead(out var packet))
            {
                ArrayPool<byte>.Shared.Return(packet.Bytes);
            }

            writer.Rescue();
            return (await _ending.Task.ConfigureAwait(false), exception);
        }
    }

    /// <summary>ENOSPC and EDQUOT, or ERROR_DISK_FULL: .NET keeps the system's number.</summary>
    private static bool IsFull(Exception exception) => (exception.HResult & 0xFFFF) is 28 or 122 or 112;

    private void Write(WebMWriter writer, in Packet packet)
    {
        try
        {
            var bytes = packet.Bytes.AsSpan(0, packet.Length);
            if (packet.IsVideo)
            {
                writer.WriteVideo(packet.Time, bytes, packet.IsKeyFrame);
            }
            else
            {
                writer.WriteAudio(packet.Time, bytes);
            }

            Volatile.Write(ref _recorded, writer.Duration.Ticks);
        }
        finally
        {
            Interlocked.Add(ref _waiting, -packet.Length);
            ArrayPool<byte>.Shared.Return(packet.Bytes);
        }
    }

    private void Add(TimeSpan mediaTime, ReadOnlySpan<byte> payload, bool isVideo, bool isKeyFrame)
    {
        // It begins with a picture: a file whose first seconds are sound alone looks broken.
        if (_origin is null && !isKeyFrame)
        {
            return;
        }

        if (Volatile.Read(ref _waiting) > MaxWaiting)
        {
            _needsKeyFrame = true;
            return;
        }

        _origin ??= mediaTime;
        var bytes = ArrayPool<byte>.Shared.Rent(payload.Length);
        payload.CopyTo(bytes);
        Interlocked.Add(ref _waiting, payload.Length);
        if (!_packets.Writer.TryWrite(new Packet(bytes, payload.Length, mediaTime - _origin.Value, isVideo, isKeyFrame)))
        {
            Interlocked.Add(ref _waiting, -payload.Length);
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private readonly record struct Packet(byte[] Bytes, int Length, TimeSpan Time, bool IsVideo, bool IsKeyFrame);
}
