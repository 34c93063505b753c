using Holdfast.Media;

namespace Holdfast.Avatar;

/// <summary>What is wrong with an action: one sentence for whoever runs the server.</summary>
internal sealed class ActionException(string message) : Exception(message);

/// <summary>Makes a <see cref="Clip"/> of pictures that come one after the other.</summary>
internal sealed class ClipMaker : IDisposable
{
    // Played again and again: worth more than a live picture, which it is the source of.
    private const int BitsPerSecond = 8_000_000;
    private const int Quantizer = 30;

    private readonly List<byte[]> _pictures = [];
    private readonly Vp8Encoder _encoder;
    private readonly int _most;
    private readonly double _perSecond;
    private readonly Action<long> _spend;

    /// <param name="format">Size of the pictures.</param>
    /// <param name="perSecond">Pictures a second.</param>
    /// <param name="longest">How long it may be.</param>
    /// <param name="spend">Is told of the bytes that it takes; throws where there is no room for them.</param>
    public ClipMaker(VideoFormat format, double perSecond, TimeSpan longest, Action<long> spend)
    {
        (_perSecond, _spend) = (perSecond, spend);
        _most = (int)(longest.TotalSeconds * perSecond);
        Picture = new I420Picture(format.Width, format.Height);
        _encoder = new Vp8Encoder(new Vp8EncoderOptions { Format = format, BitrateBitsPerSecond = BitsPerSecond, MaxQuantizer = Quantizer });
    }

    /// <summary>Where the next picture is drawn.</summary>
    public I420Picture Picture { get; }

    /// <summary>Takes what is in <see cref="Picture"/>.</summary>
    /// <exception cref="ActionException">It becomes too long, or too much.</exception>
    public void Add()
    {
        if (_pictures.Count == _most)
        {
            throw new ActionException($"it is longer than {_most / _perSecond:0} s (Holdfast:Avatar:ActionSeconds).");
        }

        var picture = _encoder.Encode(Picture, forceKeyFrame: true, out _).ToArray();
        _spend(picture.Length);
        _pictures.Add(picture);
    }

    /// <summary>The clip.</summary>
    /// <exception cref="ActionException">There was no picture, or the sound is too much.</exception>
    public Clip Complete(ReadOnlyMemory<short> sound)
    {
        _spend(sound.Length * (long)sizeof(short));
        return _pictures.Count > 0 ? new Clip(_pictures, _perSecond, sound) : throw new ActionException("it has no picture.");
    }

    public void Dispose() => _encoder.Dispose();
}
