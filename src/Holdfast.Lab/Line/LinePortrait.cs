using Holdfast.Media;

namespace Holdfast.Lab.Line;

/// <summary>
/// A head that sways before a textured wall, blinks and moves its mouth: as hard to encode as a drawn avatar, and drawn in a fraction of the time. A
/// pure function of the picture's place and of how far the mouth is open.
/// </summary>
internal sealed class LinePortrait
{
    private const int LoopLength = 250;
    private readonly VideoFormat _format;
    private readonly byte[] _wall;
    private readonly byte[] _grain;

    public LinePortrait(VideoFormat format)
    {
        _format = format;
        var random = new Network.SeededRandom(7);
        _wall = new byte[format.Width * format.Height];
        _grain = new byte[format.Width * format.Height];
        for (var i = 0; i < _wall.Length; i++)
        {
            var (x, y) = (i % format.Width, i / format.Width);
            _wall[i] = (byte)(170 - (60 * y / format.Height) + (20 * Math.Sin(x / 19.0) * Math.Sin(y / 27.0)) + random.Between(-1, 1));
            _grain[i] = (byte)random.Between(0, 4);
        }
    }

    public void Draw(long frameIndex, double mouth, I420Picture picture)
    {
        var phase = 2 * Math.PI * (frameIndex % LoopLength) / LoopLength;
        var (sway, nod) = (0.014 * Math.Sin(2 * phase), 0.006 * Math.Sin(5 * phase));
        var blink = frameIndex % 97 < 4 ? 0.15 : 1;
        _wall.CopyTo(picture.Y);
        picture.U.Fill(132);
        picture.V.Fill(124);
        Ellipse(picture, 0.5, 1.02 + nod, 0.42, 0.3, 90, 150, 110);
        Ellipse(picture, 0.5 + sway, 0.42 + nod, 0.27, 0.33, 60, 122, 140);
        Ellipse(picture, 0.5 + sway, 0.46 + nod, 0.21, 0.27, 205, 112, 150);
        Ellipse(picture, 0.5 + sway, 0.25 + nod, 0.23, 0.11, 62, 122, 140);
        foreach (var side in (double[])[-1, 1])
        {
            Ellipse(picture, 0.5 + sway + 0.09 * side, 0.36, 0.05, 0.009, 50, 126, 132);
            Ellipse(picture, 0.5 + sway * 1.2 + 0.09 * side, 0.44 + nod, 0.042, 0.026 * blink, 235, 128, 128);
            Ellipse(picture, 0.5 + sway * 1.6 + 0.09 * side, 0.44 + nod, 0.019, 0.022 * blink, 40, 126, 130);
        }

        Ellipse(picture, 0.5 + sway, 0.625 + nod, 0.08, 0.016 + 0.06 * mouth, 120, 110, 190);
        Ellipse(picture, 0.5 + sway, 0.625 + nod, 0.06, 0.004 + 0.045 * mouth, 50, 118, 150);
    }

    private void Ellipse(I420Picture picture, double centerX, double centerY, double radiusX, double radiusY, int luma, byte u, byte v)
    {
        var (width, height) = (_format.Width, _format.Height);
        var (cx, cy) = (centerX * width, centerY * height);
        var (rx, ry) = (radiusX * width, radiusY * height);
        for (var y = Math.Max(0, (int)(cy - ry)); y <= Math.Min(height - 1, cy + ry); y++)
        {
            var dy = (y - cy) / ry;
            var half = dy * dy >= 1 ? 0 : rx * Math.Sqrt(1 - dy * dy);
            var (left, right) = ((int)Math.Max(0, cx - half), (int)Math.Min(width - 1, cx + half));
            if (right <= left)
            {
                continue;
            }

            // The texture moves with what it is on, by whole pixels.
            var from = (y * width) + left;
            var row = picture.Y.Slice(from, right - left);
            var grain = _grain.AsSpan(Math.Min((y * width) + ((left + width - (int)cx) % width / 2), _grain.Length - width), right - left);
            for (var x = 0; x < row.Length; x++)
            {
                row[x] = (byte)(luma + grain[x] + (10 * y / height));
            }

            if ((y & 1) == 0)
            {
                var chroma = (y / 2 * (width / 2)) + (left / 2);
                picture.U.Slice(chroma, (right - left) / 2).Fill(u);
                picture.V.Slice(chroma, (right - left) / 2).Fill(v);
            }
        }
    }
}
