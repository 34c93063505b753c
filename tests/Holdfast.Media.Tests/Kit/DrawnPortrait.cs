namespace Holdfast.Media.Tests;

/// <summary>
/// A flat drawn head that sways, blinks and moves its mouth: the kind of picture these codecs are used for. A pure function of the
/// picture's place and of how far the mouth is open.
/// </summary>
internal sealed class DrawnPortrait(VideoFormat format, int loopLength = 100)
{
    private readonly byte[] _bgra = new byte[format.Width * format.Height * 4];

    /// <summary>An idle loop of it, the mouth closed.</summary>
    internal static EncodedLoop Loop(VideoFormat format, int length, int keyFrameInterval)
    {
        var portrait = new DrawnPortrait(format, length);
        return EncodedLoopBuilder.Build(format, length, keyFrameInterval, 400_000, (index, picture) => portrait.Draw(index, 0, picture));
    }

    internal void Draw(long frameIndex, double mouth, I420Picture picture)
    {
        var phase = 2 * Math.PI * (frameIndex % loopLength) / loopLength;
        var sway = 0.012 * Math.Sin(phase);
        var breath = 0.006 * Math.Sin(2 * phase);
        var blink = frameIndex % loopLength is >= 40 and < 44 ? 0.15 : 1;

        for (var y = 0; y < format.Height; y++)
        {
            var shade = (byte)(225 - 50 * y / format.Height);
            var row = _bgra.AsSpan(y * format.Width * 4, format.Width * 4);
            for (var x = 0; x < row.Length; x += 4)
            {
                (row[x], row[x + 1], row[x + 2], row[x + 3]) = ((byte)Math.Min(255, shade + 15), shade, (byte)(shade - 20), 255);
            }
        }

        Ellipse(0.5, 1.02 + breath, 0.42, 0.3, 0x3B5B92);
        Ellipse(0.5 + sway, 0.42, 0.27, 0.33, 0x4A2F23);
        Ellipse(0.5 + sway * 0.7, 0.72, 0.09, 0.14, 0xE3B593);
        Ellipse(0.5 + sway, 0.46, 0.21, 0.27, 0xF3CBA8);
        Ellipse(0.5 + sway, 0.25, 0.23, 0.11, 0x4A2F23);
        foreach (var side in (double[])[-1, 1])
        {
            Ellipse(0.5 + sway + 0.09 * side, 0.36 - breath, 0.05, 0.009, 0x3A241A);
            Ellipse(0.5 + sway * 1.2 + 0.09 * side, 0.44, 0.042, 0.026 * blink, 0xFFFFFF);
            Ellipse(0.5 + sway * 1.6 + 0.09 * side, 0.44, 0.019, 0.022 * blink, 0x352318);
        }

        Ellipse(0.5 + sway * 1.3, 0.53, 0.018, 0.012, 0xE0A684);
        Ellipse(0.5 + sway, 0.625, 0.075, 0.014 + 0.05 * mouth, 0xB3514F);
        Ellipse(0.5 + sway, 0.625, 0.06, 0.004 + 0.038 * mouth, 0x5A1C22);
        ColorConversion.BgraToI420(_bgra, format.Width * 4, picture);
    }

    private void Ellipse(double centerX, double centerY, double radiusX, double radiusY, int rgb)
    {
        var (cx, cy) = (centerX * format.Width, centerY * format.Height);
        var (rx, ry) = (radiusX * format.Width, radiusY * format.Height);
        var edge = Math.Min(rx, ry);
        var (left, right) = (Math.Max(0, (int)(cx - rx - 1)), Math.Min(format.Width - 1, (int)(cx + rx + 1)));
        for (var y = Math.Max(0, (int)(cy - ry - 1)); y <= Math.Min(format.Height - 1, cy + ry + 1); y++)
        {
            for (var x = left; x <= right; x++)
            {
                var (dx, dy) = ((x - cx) / rx, (y - cy) / ry);
                var cover = Math.Clamp((1 - Math.Sqrt(dx * dx + dy * dy)) * edge + 0.5, 0, 1);
                var pixel = _bgra.AsSpan((y * format.Width + x) * 4, 3);
                pixel[0] = (byte)(pixel[0] + ((rgb & 255) - pixel[0]) * cover);
                pixel[1] = (byte)(pixel[1] + ((rgb >> 8 & 255) - pixel[1]) * cover);
                pixel[2] = (byte)(pixel[2] + ((rgb >> 16) - pixel[2]) * cover);
            }
        }
    }
}
