namespace Holdfast.Media;

/// <summary>The one form sound has inside: mono, 48 kHz, signed 16 bit, in frames of 20 ms.</summary>
public static class SoundFormat
{
    /// <summary>Samples a second, which is also the clock rate of Opus in RTP (RFC 7587 section 4.1).</summary>
    public const int SampleRate = 48_000;

    /// <summary>Samples in 20 ms.</summary>
    public const int SamplesPerFrame = 960;

    /// <summary>How long a frame is.</summary>
    public static TimeSpan FrameDuration { get; } = TimeSpan.FromMilliseconds(20);
}
