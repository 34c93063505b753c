using System.Collections.Concurrent;
using Holdfast.Media;

namespace Holdfast.Avatar;

/// <summary>
/// Pictures and sound of an action, ready to be played by any number of sessions. Each picture is a key frame of its own, so that it can be begun, and gone back to, anywhere.
/// </summary>
/// <param name="pictures">VP8 key frames of the avatar's size.</param>
/// <param name="perSecond">Pictures a second.</param>
/// <param name="sound">48 kHz mono; empty where it is silent.</param>
internal sealed class Clip(IReadOnlyList<byte[]> pictures, double perSecond, ReadOnlyMemory<short> sound)
{
    // As many come to be as pictures are decoded at the same moment; a finaliser ends them.
    private static readonly ConcurrentStack<Vp8Decoder> Free = new();

    public ReadOnlyMemory<short> Sound => sound;

    /// <summary>20 ms pieces of it: as long as its pictures or its sound, whichever is longer.</summary>
    public int Blocks { get; } = Math.Max(
        (int)Math.Ceiling(pictures.Count / perSecond * MediaTick.PerSecond),
        (sound.Length + SoundFormat.SamplesPerFrame - 1) / SoundFormat.SamplesPerFrame);

    /// <summary>Bytes that it takes in memory.</summary>
    public long Bytes { get; } = pictures.Sum(static picture => (long)picture.Length) + (sound.Length * (long)sizeof(short));

    /// <summary>Draws the picture of a place in it; behind the last one that stands still.</summary>
    /// <param name="block">Which 20 ms of it, from 0.</param>
    /// <param name="picture">Receives it.</param>
    public void Draw(int block, I420Picture picture)
    {
        var index = Math.Clamp((int)(block * perSecond / MediaTick.PerSecond), 0, pictures.Count - 1);
        if (!Free.TryPop(out var decoder))
        {
            decoder = new Vp8Decoder();
        }

        if (decoder.TryDecode(pictures[index], out var decoded))
        {
            // Kept in the usual size: on a large stage it is seen a little softer, and no switch of size is seen.
            Stretching.Stretch(decoded, picture);
        }

        Free.Push(decoder);
    }

    /// <summary>Copies 20 ms of its sound.</summary>
    /// <returns>False where it is silent there.</returns>
    public bool ReadSound(int block, Span<short> pcm)
    {
        var from = block * SoundFormat.SamplesPerFrame;
        if (from >= sound.Length)
        {
            return false;
        }

        var rest = sound.Span[from..Math.Min(sound.Length, from + SoundFormat.SamplesPerFrame)];
        rest.CopyTo(pcm);
        pcm[rest.Length..].Clear();
        return true;
    }
}
