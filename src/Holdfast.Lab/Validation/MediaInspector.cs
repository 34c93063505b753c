using Holdfast.Lab.Peer;
using Holdfast.Media;
using Holdfast.Rtc;

namespace Holdfast.Lab.Validation;

/// <summary>Decodes what a peer receives: whether the pictures are pictures, and whether anything is heard.</summary>
/// <remarks>It is called under the peer's lock, so its owner reads it through the peer as well.</remarks>
internal sealed class MediaInspector : IDisposable
{
    /// <summary>Of full scale, squared and averaged over a packet: well above silence, well below quiet speech.</summary>
    private const double LoudFrom = 1e-5;

    private readonly Vp8Decoder _video = new();
    private readonly OpusDecoder _audio = new();
    private readonly short[] _pcm = new short[OpusDecoder.MaxSamplesPerPacket];
    private readonly Lock _gate = new();
    private bool _isOver;
    private int _lastContent;

    /// <summary>Pictures that libvpx decoded.</summary>
    public int Decoded { get; private set; }

    /// <summary>Those among them that differ from the one before.</summary>
    public int Moved { get; private set; }

    /// <summary>Pictures that looked whole and that libvpx refused.</summary>
    public int Refused { get; private set; }

    public int Width { get; private set; }

    public int Height { get; private set; }

    /// <summary>When the first sound was heard since <see cref="ListenAnew"/>; null before.</summary>
    public RtcTime? HeardAt { get; private set; }

    /// <summary>Packets that sounded.</summary>
    public int LoudPackets { get; private set; }

    /// <summary>Forgets what was heard.</summary>
    public void ListenAnew() => (HeardAt, LoudPackets) = (null, 0);

    public void Attach(MediaReceiver media)
    {
        media.Video.OnPicture = Take;
        media.Audio.OnSound = Hear;
    }

    public void Dispose()
    {
        // A check that failed leaves its line open for a moment: what still comes then is of no use.
        lock (_gate)
        {
            _isOver = true;
            _video.Dispose();
            _audio.Dispose();
        }
    }

    private void Take(in ShownPicture picture, ReadOnlySpan<byte> frame)
    {
        lock (_gate)
        {
            if (!_isOver)
            {
                Look(frame);
            }
        }
    }

    private void Look(ReadOnlySpan<byte> frame)
    {
        if (!_video.TryDecode(frame, out var decoded))
        {
            // Before the first key frame since it was attached there is nothing that a picture could build on.
            Refused += Decoded > 0 ? 1 : 0;
            return;
        }

        Decoded++;
        (Width, Height) = (decoded.Width, decoded.Height);
        var content = new HashCode();
        content.AddBytes(decoded.Y);
        var hash = content.ToHashCode();
        Moved += hash == _lastContent ? 0 : 1;
        _lastContent = hash;
    }

    private void Hear(RtcTime now, uint timestamp, ReadOnlySpan<byte> opus)
    {
        int samples;
        lock (_gate)
        {
            if (_isOver)
            {
                return;
            }

            samples = _audio.Decode(opus, _pcm);
        }

        var power = 0.0;
        foreach (var sample in _pcm.AsSpan(0, samples))
        {
            power += sample / 32768.0 * (sample / 32768.0);
        }

        if (samples > 0 && power / samples > LoudFrom)
        {
            HeardAt ??= now;
            LoudPackets++;
        }
    }
}
