namespace Holdfast.Media;

/// <summary>
/// Pictures that repeat for ever, encoded once and read by any number of sessions at the same time.
/// </summary>
/// <remarks>
/// A stream can enter, and come back from a live encoder, only where a key frame stands; so there is one at the start
/// and then every <see cref="KeyFrameInterval"/> pictures.
/// </remarks>
public sealed class EncodedLoop
{
    // What a packet has beside its payload, and how much payload one takes.
    private const int PacketOverhead = 68;
    private const int PacketPayload = 1_100;

    private readonly ReadOnlyMemory<byte>[] _frames;
    private readonly long _wireBytes;
    private volatile EncodedLoop? _thinner;

    /// <param name="frames">The encoded pictures in order.</param>
    /// <param name="keyFrameInterval">Every so many pictures is a key frame, the first included.</param>
    public EncodedLoop(IEnumerable<ReadOnlyMemory<byte>> frames, int keyFrameInterval)
    {
        ArgumentNullException.ThrowIfNull(frames);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(keyFrameInterval);
        _frames = [.. frames];
        if (_frames.Length == 0 || _frames.Length % keyFrameInterval != 0)
        {
            throw new ArgumentException("A loop has at least one picture, and a whole number of key frame intervals.", nameof(frames));
        }

        KeyFrameInterval = keyFrameInterval;
        foreach (var frame in _frames)
        {
            _wireBytes += frame.Length + ((frame.Length + PacketPayload - 1) / PacketPayload * PacketOverhead);
        }
    }

    /// <summary>
    /// The same motion, picture by picture, at a lower rate, for a narrower line; null: there is none, or none yet. Its key frames stand at the same places; it
    /// may leave pictures out (they are empty), but no key frame.
    /// </summary>
    public EncodedLoop? Thinner
    {
        get => _thinner;
        init => _thinner = value;
    }

    /// <summary>What its pictures are encoded in (<see cref="IVideoCodec.Name"/>): who takes another codec is shown live pictures instead. VP8 by default.</summary>
    public string Codec { get; init; } = Vp8Codec.CodecName;

    /// <summary>Whether its pictures are as large and as many as they are meant to be.</summary>
    internal bool IsFull { get; init; } = true;

    /// <summary>Whether every second picture after a key frame, the first after it included, is one that no other depends on: it may be left out at any time.</summary>
    internal bool HasSpares { get; init; }

    /// <summary>How many pictures there are before the loop starts again.</summary>
    public int Count => _frames.Length;

    /// <summary>Pictures from one key frame to the next.</summary>
    public int KeyFrameInterval { get; }

    /// <summary>Whether the picture at this place (taken modulo <see cref="Count"/>) is a key frame.</summary>
    public bool IsKeyFrame(long frameIndex) => frameIndex % KeyFrameInterval == 0;

    /// <summary>Whether the picture at this place may be left out, and those after it sent all the same.</summary>
    internal bool IsSpare(long frameIndex) => HasSpares && IsSecond(frameIndex, KeyFrameInterval);

    /// <summary>Whether a place is an odd one after a key frame.</summary>
    internal static bool IsSecond(long frameIndex, int keyFrameInterval) => frameIndex % keyFrameInterval % 2 != 0;

    /// <summary>What it takes on the line, headers included.</summary>
    internal int BitsPerSecond(int framesPerSecond) => (int)(_wireBytes * 8 * framesPerSecond / _frames.Length);

    /// <summary>The same pictures, which share their memory, with others for narrower lines, such as the same motion in a smaller size.</summary>
    /// <param name="thinner">As many pictures, with key frames at the same places.</param>
    /// <exception cref="ArgumentException">They are not the same motion.</exception>
    public EncodedLoop WithThinner(EncodedLoop thinner)
    {
        ArgumentNullException.ThrowIfNull(thinner);
        return thinner.Count == Count && thinner.KeyFrameInterval == KeyFrameInterval && string.Equals(thinner.Codec, Codec, StringComparison.Ordinal)
            ? new EncodedLoop(_frames, KeyFrameInterval) { Codec = Codec, IsFull = IsFull, HasSpares = HasSpares, Thinner = thinner }
            : throw new ArgumentException("It has other pictures, or its key frames stand at other places, or in another codec.", nameof(thinner));
    }

    /// <summary>Says that there are thinner ones now.</summary>
    internal void Add(EncodedLoop thinner) => _thinner = thinner;

    /// <summary>The first key frame from there on.</summary>
    internal long NextKeyFrame(long frameIndex) => (frameIndex + KeyFrameInterval - 1) / KeyFrameInterval * KeyFrameInterval;

    /// <summary>The picture at this place (taken modulo <see cref="Count"/>), as one encoded frame; empty where it is left out.</summary>
    public ReadOnlySpan<byte> this[long frameIndex] => _frames[frameIndex % _frames.Length].Span;
}
