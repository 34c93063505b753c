using System.Buffers;
using System.Threading.Channels;
using Holdfast.Media;
using Holdfast.Sessions;

namespace Holdfast.AspNetCore.Recording;

/// <summary>
/// An output that hands what is sent to a task of its own, from a key frame on. Whoever reads too slowly, because of a disk or a line, misses some up to the next key frame, and
/// holds up nobody.
/// </summary>
/// <param name="session">Whose packets they are.</param>
/// <param name="keyFrameInterval">Another key frame is asked for when none came for so long.</param>
internal abstract class QueuedOutput(Session session, TimeSpan keyFrameInterval) : ISessionOutput
{
    /// <summary>Bytes that may wait, some ten seconds.</summary>
    private const int MaxWaiting = 4 * 1024 * 1024;

    /// <summary>One that is behind for long must not make every picture a key frame.</summary>
    private static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(1);

    private readonly Channel<OutputPacket> _packets = Channel.CreateUnbounded<OutputPacket>(new UnboundedChannelOptions { SingleReader = true });
    private TimeSpan? _origin;
    private TimeSpan _lastKeyFrame;
    private TimeSpan _now;
    private bool _needsKeyFrame = true;
    private int _waiting;
    private volatile Taking _taking = Taking.FromKeyFrame;
    private bool _isKeyFrameAsked;
    private bool _isAnotherCodec;

    public Session Session => session;

    /// <summary>The codec in which it takes pictures; those in another are passed over.</summary>
    public virtual string VideoCodec => WebMWriter.VideoCodec;

    /// <inheritdoc/>
    public bool WantsKeyFrame => !_isAnotherCodec && _taking switch
    {
        Taking.Nothing => false,
        Taking.FromKeyFrame => _now - _lastKeyFrame >= LeastInterval,
        Taking.All => _now - _lastKeyFrame >= (_needsKeyFrame || Volatile.Read(ref _isKeyFrameAsked) ? LeastInterval : keyFrameInterval),
    };

    /// <inheritdoc/>
    public void SendAudio(TimeSpan mediaTime, ReadOnlySpan<byte> opus, bool silent, long place)
    {
        _now = mediaTime;
        Add(mediaTime, opus, isVideo: false, isKeyFrame: false);
    }

    /// <inheritdoc/>
    public void SendVideo(TimeSpan mediaTime, in EncodedPicture picture)
    {
        _now = mediaTime;
        if (!string.Equals(picture.Codec, VideoCodec, StringComparison.Ordinal))
        {
            // The viewer takes pictures in another one: this goes on with the first key frame that it can take.
            (_needsKeyFrame, _isAnotherCodec) = (true, true);
            return;
        }

        _isAnotherCodec = false;

        if (picture.IsKeyFrame)
        {
            if (Interlocked.CompareExchange(ref _taking, Taking.All, Taking.FromKeyFrame) == Taking.FromKeyFrame)
            {
                _origin = null;
            }

            (_lastKeyFrame, _needsKeyFrame) = (mediaTime, false);
            Volatile.Write(ref _isKeyFrameAsked, false);
        }

        if (!_needsKeyFrame)
        {
            Add(mediaTime, picture.Bytes, isVideo: true, picture.IsKeyFrame);
        }
    }

    /// <inheritdoc/>
    public abstract void OnEnded();

    /// <summary>Each packet once, in order, until there are no more. It must be given back.</summary>
    protected IAsyncEnumerable<OutputPacket> ReadAllAsync(CancellationToken cancellationToken = default) => _packets.Reader.ReadAllAsync(cancellationToken);

    /// <summary>Nothing more is taken.</summary>
    protected void Close() => _packets.Writer.TryComplete();

    /// <summary>What waits is given up; the next packet is a key frame, and its time is 0.</summary>
    protected void BeginAnew()
    {
        // In this order: a key frame that comes meanwhile is what is waited for.
        GiveUpWhatWaits();
        _taking = Taking.FromKeyFrame;
    }

    /// <summary>What waits is given up, and nothing is taken until <see cref="BeginAnew"/>.</summary>
    protected void StandBy()
    {
        _taking = Taking.Nothing;
        GiveUpWhatWaits();
    }

    /// <summary>Whoever the packets go to can make no picture of them: a key frame is wanted before its time.</summary>
    protected void AskForKeyFrame() => Volatile.Write(ref _isKeyFrameAsked, true);

    private void GiveUpWhatWaits()
    {
        while (_packets.Reader.TryRead(out var packet))
        {
            Return(packet);
        }
    }

    /// <summary>The packet's bytes are done with.</summary>
    protected void Return(in OutputPacket packet)
    {
        Interlocked.Add(ref _waiting, -packet.Length);
        ArrayPool<byte>.Shared.Return(packet.Bytes);
    }

    /// <summary>Writes a packet, and gives it back.</summary>
    protected void Write(WebMWriter writer, in OutputPacket packet)
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
        }
        finally
        {
            Return(packet);
        }
    }

    private void Add(TimeSpan mediaTime, ReadOnlySpan<byte> payload, bool isVideo, bool isKeyFrame)
    {
        // It begins with a picture: what begins with seconds of sound alone looks broken.
        if ((_origin is null && !isKeyFrame) || _taking != Taking.All)
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
        var packet = new OutputPacket(bytes, payload.Length, mediaTime - _origin.Value, isVideo, isKeyFrame);
        Interlocked.Add(ref _waiting, payload.Length);
        if (!_packets.Writer.TryWrite(packet))
        {
            Return(packet);
        }
    }

    /// <summary>What is taken of that which comes.</summary>
    private enum Taking
    {
        /// <summary>Nothing until the next key frame, then all.</summary>
        FromKeyFrame,

        /// <summary>Everything.</summary>
        All,

        /// <summary>Nothing, and nothing is asked for.</summary>
        Nothing,
    }
}

/// <summary>A packet on its way to where it is written.</summary>
/// <param name="Bytes">Holds it, and more.</param>
/// <param name="Length">Of the packet.</param>
/// <param name="Time">Since the first one.</param>
/// <param name="IsVideo">Whether it is a picture.</param>
/// <param name="IsKeyFrame">Whether it stands for itself.</param>
internal readonly record struct OutputPacket(byte[] Bytes, int Length, TimeSpan Time, bool IsVideo, bool IsKeyFrame);
