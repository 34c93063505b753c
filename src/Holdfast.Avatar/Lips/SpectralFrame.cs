namespace Holdfast.Avatar;

/// <summary>What one short piece of sound is like, for somebody who reads lips into it.</summary>
/// <param name="Level">Loudness, dB below full scale (0 is the loudest possible).</param>
/// <param name="First">Frequency of the first formant, in Hz: the more open the mouth, the higher.</param>
/// <param name="Second">Frequency of the second formant, in Hz: the further the lips are spread and the tongue in front, the higher.</param>
/// <param name="Hiss">Part of the power above 3.5 kHz, 0 to 1.</param>
/// <param name="HissCentre">Where the power above 1.5 kHz lies in the middle, in Hz.</param>
/// <param name="Murmur">Part of the power under 450 Hz, 0 to 1: near 1 for a hummed "m".</param>
internal readonly record struct SpectralFrame(
    float Level, float First, float Second, float Hiss, float HissCentre, float Murmur);
