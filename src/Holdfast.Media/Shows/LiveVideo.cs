namespace Holdfast.Media;

/// <summary>The live encoder of one stream, there only while it is needed.</summary>
internal sealed class LiveVideo(IShow show, ShowStreamOptions options, long lingerTicks)
{
    private const int MostSizes = 8;

    private readonly IRetouchingShow? _retouching = show as IRetouchingShow;

    // What the show drew last, where it goes on from that; null where it has to draw all of the next one.
    private I420Picture? _last;

    // Others are drawn and encoded in one go, so all streams of a pacing thread can share one of each size.
    [ThreadStatic]
    private static List<I420Picture>? t_pictures;

    private IVideoEncoder? _encoder;
    private IVideoCodec? _codec;
    private VideoFormat _format;
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

    /// <summary>Whether the next picture of this rung is a key frame whatever is wanted: another size needs one, and another codec.</summary>
    internal bool NeedsKeyFrameFor(IVideoCodec codec, in PictureRung rung) => _encoder is null || _format != rung.Encoded || !ReferenceEquals(_codec, codec);

    /// <param name="codec">What to encode it in.</param>
    /// <param name="tick">Now.</param>
    /// <param name="frameIndex">The place in the idle motion.</param>
    /// <param name="rung">How large, and how many a second.</param>
    /// <param name="bits">What the pictures may take, bits a second.</param>
    /// <param name="forceKeyFrame">Whether it must stand for itself.</param>
    /// <param name="isKeyFrame">Whether it does.</param>
    internal ReadOnlySpan<byte> Encode(
        IVideoCodec codec, in MediaTick tick, long frameIndex, in PictureRung rung, int bits, bool forceKeyFrame, out bool isKeyFrame)
    {
        var format = rung.Encoded;
        if (_format != format || !ReferenceEquals(_codec, codec))
        {
            Release();
            (_format, _codec) = (format, codec);
        }

        // The encoder counts pictures and not time: where fewer are made, each may have more.
        var bitrate = Math.Max(1000, Math.Min(Bitrate, bits) * Math.Max(1, rung.Interval));
        _encoder ??= codec.CreateEncoder(new VideoEncoderOptions { Format = format, BitrateBitsPerSecond = bitrate });
        if (Math.Abs(bitrate - _encoder.BitrateBitsPerSecond) > _encoder.BitrateBitsPerSecond / 25)
        {
            _encoder.BitrateBitsPerSecond = bitrate;
        }

        _lastUse = tick.Index;
        var drawn = Draw(frameIndex, rung.Drawn, out var changed);
        if (rung.Divisor == 1)
        {
            return _encoder.Encode(drawn, changed, forceKeyFrame, out isKeyFrame);
        }

        var small = Of(format);
        PictureScaling.Halve(drawn, small);
        return _encoder.Encode(small, forceKeyFrame, out isKeyFrame);
    }

    private I420Picture Draw(long frameIndex, VideoFormat format, out PictureArea changed)
    {
        if (_retouching is null)
        {
            var shared = Of(format);
            show.Draw(frameIndex, shared);
            changed = PictureArea.AllOf(shared);
            return shared;
        }

        // Should the show throw, nothing is known of what is in it.
        var (last, own) = (_last, _last);
        _last = null;
        if (last is null || last.Width != format.Width || last.Height != format.Height)
        {
            OwnPictures.Return(last);
            own = OwnPictures.Rent(format);
            show.Draw(frameIndex, own);
            changed = PictureArea.AllOf(own);
        }
        else
        {
            changed = _retouching.Retouch(frameIndex, own!);
        }

        _last = own;
        return own!;
    }

    private static I420Picture Of(VideoFormat format)
    {
        var pictures = t_pictures ??= [];
        foreach (var one in pictures)
        {
            if (one.Width == format.Width && one.Height == format.Height)
            {
                return one;
            }
        }

        if (pictures.Count == MostSizes)
        {
            pictures.Clear();
        }

        var picture = new I420Picture(format.Width, format.Height);
        pictures.Add(picture);
        return picture;
    }

    /// <summary>It will go on, though not now.</summary>
    internal void Keep(in MediaTick tick) => _lastUse = tick.Index;

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
        OwnPictures.Return(_last);
        _last = null;
    }
}
