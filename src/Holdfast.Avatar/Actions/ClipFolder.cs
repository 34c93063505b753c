using System.Globalization;
using Holdfast.Media;
using SkiaSharp;

namespace Holdfast.Avatar;

/// <summary>Reads an action that is a folder of pictures with a sound beside it.</summary>
internal static class ClipFolder
{
    /// <summary>Larger pictures are none that anybody took: 8192 x 8192.</summary>
    private const long MostPixels = 64L * 1024 * 1024;

    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".webp", ".bmp"];

    /// <exception cref="ActionException">It cannot be used; says why.</exception>
    public static Clip Read(ActionDescription action, VideoFormat format, TimeSpan longest, Action<long> spend, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(action.Frames))
        {
            throw new ActionException($"there is no folder {action.Frames}.");
        }

        var files = Directory.EnumerateFiles(action.Frames!)
            .Where(static file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .OrderBy(static file => NumberOf(file) ?? long.MaxValue)
            .ThenBy(static file => file, StringComparer.Ordinal);
        using var maker = new ClipMaker(format, action.FramesPerSecond, longest, spend);
        using var sheet = new SKBitmap(new SKImageInfo(format.Width, format.Height, SKColorType.Bgra8888, SKAlphaType.Premul));
        using var canvas = new SKCanvas(sheet);
        foreach (var file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Draw(file, canvas, format);
            ColorConversion.BgraToI420(sheet.GetPixelSpan(), sheet.RowBytes, maker.Picture);
            maker.Add();
        }

        return maker.Complete(action.Sound is null ? default : ReadSound(action.Sound, longest));
    }

    /// <summary>Files are often numbered without zeros in front.</summary>
    private static long? NumberOf(string file) =>
        long.TryParse(Path.GetFileNameWithoutExtension(file), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The middle of the picture, as large as fits without a border.</summary>
    private static void Draw(string file, SKCanvas canvas, VideoFormat format)
    {
        using var codec = SKCodec.Create(file) ?? throw new ActionException($"{file} is no picture that can be read.");
        if ((long)codec.Info.Width * codec.Info.Height > MostPixels)
        {
            throw new ActionException($"{file} has more than {MostPixels / (1024 * 1024)} million pixels.");
        }

        using var bitmap = SKBitmap.Decode(codec) ?? throw new ActionException($"{file} is no picture that can be read.");
        using var image = SKImage.FromBitmap(bitmap);
        var scale = Math.Max((float)format.Width / bitmap.Width, (float)format.Height / bitmap.Height);
        var (width, height) = (bitmap.Width * scale, bitmap.Height * scale);
        canvas.Clear(SKColors.Black);
        canvas.DrawImage(
            image,
            SKRect.Create((format.Width - width) / 2, (format.Height - height) / 2, width, height),
            new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
    }

    private static ReadOnlyMemory<short> ReadSound(string path, TimeSpan longest) => SoundFile.Decode(File.ReadAllBytes(path), longest) switch
    {
        SoundFileResult.Decoded(var sound) => sound,
        SoundFileResult.TooLong => throw new ActionException($"{path} is longer than {longest.TotalSeconds:0} s (Holdfast:Avatar:ActionSeconds)."),
        SoundFileResult.Refused(var sentence) => throw new ActionException($"{path}: {sentence}"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
