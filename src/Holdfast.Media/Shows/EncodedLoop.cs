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
    private readonly ReadOnlyMemory<byte>[] _frames;

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
    }

    /// <summary>How many pictures there are before the loop starts again.</summary>
    public int Count => _frames.Length;

    /// <summary>Pictures from one key frame to the next.</summary>
    public int KeyFrameInterval { get; }

    /// <summary>Whether the picture at this place (taken modulo <see cref="Count"/>) is a key frame.</summary>
    public bool IsKeyFrame(long frameIndex) => frameIndex % KeyFrameInterval == 0;

    /// <summary>The first key frame from there on.</summary>
    internal long NextKeyFrame(long frameIndex) => (frameIndex + KeyFrameInterval - 1) / KeyFrameInterval * KeyFrameInterval;

    /// <summary>The picture at this place (taken modulo <see cref="Count"/>), as one VP8 frame.</summary>
    public ReadOnlySpan<byte> this[long frameIndex] => _frames[frameIndex % _frames.Length].Span;
}
