namespace Holdfast.Media.Tests;

/// <summary>A codec that takes each eighth pixel of each eighth row as it is; a picture that is no key frame is the change of each since the one before.</summary>
internal sealed class RawCodec : IVideoCodec
{
    internal const string CodecName = "X-TEST";
    private const int Step = 8;

    /// <summary>Encoders made so far.</summary>
    internal int Made { get; private set; }

    public string Name => CodecName;

    public string Maker => "test 1";

    public IVideoEncoder CreateEncoder(VideoEncoderOptions options)
    {
        Made++;
        return new Encoder(options);
    }

    // It says how many samples there are, and not how they lie.
    public PictureSize? SizeOf(ReadOnlySpan<byte> keyFrame) => null;

    /// <summary>Decodes a picture onto the one before; false where that is not there.</summary>
    internal static bool TryDecode(ReadOnlySpan<byte> bytes, ref byte[]? picture)
    {
        var isKeyFrame = bytes[0] == 'K';
        if (!isKeyFrame && picture?.Length != bytes.Length - 1)
        {
            return false;
        }

        var before = isKeyFrame ? new byte[bytes.Length - 1] : picture!;
        for (var i = 1; i < bytes.Length; i++)
        {
            before[i - 1] += bytes[i];
        }

        picture = before;
        return true;
    }

    /// <summary>What is left of a picture.</summary>
    internal static byte[] Sample(I420Picture picture)
    {
        var samples = new List<byte>();
        for (var y = 0; y < picture.Height; y += Step)
        {
            for (var x = 0; x < picture.Width; x += Step)
            {
                samples.Add(picture.Y[(y * picture.Width) + x]);
            }
        }

        return [.. samples];
    }

    private sealed class Encoder(VideoEncoderOptions options) : IVideoEncoder
    {
        private byte[]? _before;
        private bool _isDisposed;

        public int BitrateBitsPerSecond { get; set; } = options.BitrateBitsPerSecond;

        public ReadOnlySpan<byte> Encode(I420Picture picture, bool forceKeyFrame, out bool isKeyFrame)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            Assert.Equal((options.Format.Width, options.Format.Height), (picture.Width, picture.Height));
            isKeyFrame = forceKeyFrame || _before is null;
            var now = Sample(picture);
            var encoded = new byte[now.Length + 1];
            encoded[0] = (byte)(isKeyFrame ? 'K' : 'D');
            for (var i = 0; i < now.Length; i++)
            {
                encoded[i + 1] = (byte)(now[i] - (isKeyFrame ? 0 : _before![i]));
            }

            _before = now;
            return encoded;
        }

        public void Dispose() => _isDisposed = true;
    }
}
