namespace Holdfast.Media;

/// <summary>The live encoder of one stream, there only while it is needed.</summary>
internal sealed class LiveVideo(IShow show, ShowStreamOptions options, long lingerTicks)
{
    // A picture is drawn and encoded in one go, so all streams of a pacing thread can share one.
    [ThreadStatic]
    private static I420Picture? t_picture;

    private Vp8Encoder? _encoder;
    private long _lastUse;
    private int _bitrate = options.VideoBitrate;

    internal int Bitrate
    {
        get => Volatile.Read(ref _bitrate);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1000);
            Volatile.Write(ref _bitrate, value);
        }
    }

    internal ReadOnlySpan<byte> Encode(in MediaTick tick, long frameIndex, bool forceKeyFrame, out bool isKeyFrame)
    {
        var format = show.VideoFormat;
        if (t_picture is null || t_picture.Width != format.Width || t_picture.Height != format.Height)
        {
            t_picture = new I420Picture(format.Width, format.Height);
        }

        _encoder ??= new Vp8Encoder(new Vp8EncoderOptions
        {
            Format = format,
            BitrateBitsPerSecond = Bitrate,
            Speed = options.VideoSpeed,
            MaxQuantizer = options.MaxQuantizer,
        });
        _encoder.BitrateBitsPerSecond = Bitrate;
        _lastUse = tick.Index;
        show.Draw(frameIndex, t_picture);
        return _encoder.Encode(t_picture, forceKeyFrame, out isKeyFrame);
    }

    internal void ReleaseWhenUnused(in MediaTick tick)
    {
        if (_encoder is not null && tick.Index - _lastUse > lingerTicks)
        {
            Release();
        }
    }

    internal void Release()
    {
        _encoder?.Dispose();
        _encoder = null;
    }
}
