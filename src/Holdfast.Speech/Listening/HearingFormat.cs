using Holdfast.Media;

namespace Holdfast.Speech;

/// <summary>The sound in which people are listened to: 16 kHz, mono, 16 bit, which is what voice activity and recognisers want.</summary>
internal static class HearingFormat
{
    /// <summary>Samples a second.</summary>
    public const int SampleRate = 16_000;

    /// <summary>Samples of a frame: 32 ms, which is what Silero takes at a time.</summary>
    public const int FrameSamples = 512;

    /// <summary>Sound of 48 kHz in this form.</summary>
    public static short[] From(ReadOnlySpan<short> sound)
    {
        var resampler = new Resampler(SoundFormat.SampleRate, SampleRate);
        var result = new short[resampler.GetMaxOutputLength(sound.Length)];
        var count = resampler.Process(sound, result);
        count += resampler.Flush(result.AsSpan(count));
        return result[..count];
    }

    /// <summary>How long so many samples last.</summary>
    public static TimeSpan DurationOf(int samples) => TimeSpan.FromTicks(samples * (TimeSpan.TicksPerSecond / SampleRate));

    /// <summary>How many samples last so long.</summary>
    public static int SamplesOf(TimeSpan duration) => (int)(duration.Ticks / (TimeSpan.TicksPerSecond / SampleRate));
}
