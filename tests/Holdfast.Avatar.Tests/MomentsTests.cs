using Holdfast.Media;

namespace Holdfast.Avatar.Tests;

/// <summary>Pictures of each character at eight moments, to be looked at beside the design; made when asked for, in artifacts/avatar.</summary>
public sealed class MomentsTests
{
    private static readonly (float Seconds, Viseme Mouth, float Loudness)[] Spoken = [(1.1f, Viseme.Ah, 0.75f), (2.3f, Viseme.Oo, 0.45f), (4.0f, Viseme.Ee, 0.6f)];

    [Theory(Explicit = true)]
    [InlineData(0, 512)]
    [InlineData(0, 1024)]
    [InlineData(1, 512)]
    [InlineData(1, 1024)]
    public void Eight_moments(int who, int size)
    {
        var character = Character.All[who];
        var idle = new IdleMotion(character.Motion);
        using var renderer = new PortraitRenderer(new PortraitLayers(character.Design, size));
        Keep("idle", idle[8]);
        Keep("blink", idle[character.Motion.Blinks[0] + 2]);
        Keep("listening", Attending(Attention.Listening, 2.0f));
        Keep("nodding", Attending(Attention.Listening, 1.58f));
        Keep("thinking", Attending(Attention.Thinking, 1.6f));
        foreach (var (seconds, mouth, loudness) in Spoken)
        {
            Keep($"speaking-{mouth.ToString().ToLowerInvariant()}", Speaking(seconds, mouth, loudness));
        }

        void Keep(string name, in Pose pose)
        {
            var folder = Directory.CreateDirectory(Path.Combine(Root(), "artifacts", "avatar"));
            File.WriteAllBytes(Path.Combine(folder.FullName, $"{character.Design.Name}-{size}-{name}.png"), renderer.DrawPng(pose));
        }

        Pose Attending(Attention attention, float seconds)
        {
            var motion = new AttentionMotion();
            for (var at = 0f; at < seconds; at += 0.02f)
            {
                motion.Tick(attention);
            }

            return motion.Apply(idle[(long)(seconds * 25)]);
        }

        // Syllables of a fifth of a second, every third stressed; the last 60 ms are the mouth that is looked at.
        Pose Speaking(float seconds, Viseme mouth, float loudness)
        {
            var motion = new SpeechMotion();
            for (var at = 0f; at < seconds; at += 0.02f)
            {
                var syllable = (int)(at / 0.2f);
                var loud = at > seconds - 0.2f ? loudness : MathF.Sin(at % 0.2f / 0.2f * MathF.PI) * (syllable % 3 == 0 ? 0.7f : 0.35f);
                motion.Tick(speaking: true, at > seconds - 0.06f ? Mouths.Of(mouth) : MouthShape.Rest, loud);
            }

            return motion.Apply(idle[(long)(seconds * 25)]);
        }
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Holdfast.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run within the repository.");
        }

        return folder.FullName;
    }
}
