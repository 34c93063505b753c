using Holdfast.Speech;
using SkiaSharp;

namespace Holdfast.Avatar.Tests;

/// <summary>Makes the files of an action: coloured pictures and a tone.</summary>
internal sealed class ActionFiles : IDisposable
{
    public ActionFiles(string manifest)
    {
        Directory.CreateDirectory(Avatar);
        File.WriteAllText(Path.Combine(Avatar, ActionManifest.FileName), manifest);
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("holdfast-actions-").FullName;

    public string Avatar => Path.Combine(Root, "lin");

    /// <summary>Pictures of another shape than the avatar's, named as people name them: 0.png, 1.png, ... 10.png.</summary>
    public ActionFiles WithFrames(string folder, params SKColor[] colors)
    {
        Directory.CreateDirectory(Path.Combine(Avatar, folder));
        for (var i = 0; i < colors.Length; i++)
        {
            using var bitmap = new SKBitmap(160, 90);
            bitmap.Erase(colors[i]);
            using var file = bitmap.Encode(SKEncodedImageFormat.Png, 100);
            File.WriteAllBytes(Path.Combine(Avatar, folder, $"{i}.png"), file.ToArray());
        }

        return this;
    }

    public ActionFiles WithTone(string name, int milliseconds)
    {
        var samples = new short[16 * milliseconds];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = (short)(8000 * Math.Sin(2 * Math.PI * 300 * i / 16_000));
        }

        File.WriteAllBytes(Path.Combine(Avatar, name), WavFile.Write(samples, 16_000));
        return this;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
