namespace Holdfast.Speech.Tests;

/// <summary>Listens to a sound as the server does to a person.</summary>
internal static class Ears
{
    public static readonly SileroModel Model = new();

    public static short[] At16Kilohertz(ReadOnlySpan<short> sound) => HearingFormat.From(sound);

    /// <summary>How likely each frame of a sound is a voice.</summary>
    public static float[] Listen(ReadOnlySpan<short> sound)
    {
        using var activity = new VoiceActivity(Model);
        var probabilities = new float[sound.Length / HearingFormat.FrameSamples];
        for (var i = 0; i < probabilities.Length; i++)
        {
            probabilities[i] = activity.Next(sound.Slice(i * HearingFormat.FrameSamples, HearingFormat.FrameSamples));
        }

        return probabilities;
    }

    /// <summary>How often a voice begins.</summary>
    public static int Begins(IEnumerable<float> probabilities)
    {
        var detector = new VoiceDetector(threshold: 0.5);
        return probabilities.Count(detector.Begins);
    }
}
