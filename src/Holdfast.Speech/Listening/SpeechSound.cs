namespace Holdfast.Speech;

/// <summary>What a person says, as far as it has come: 16 kHz mono, up to a bound. Not thread-safe.</summary>
/// <param name="longest">In samples; what comes after it is left out.</param>
internal sealed class SpeechSound(int longest)
{
    private short[] _samples = [];

    public int Length { get; private set; }

    public bool IsFull => Length >= longest;

    public ReadOnlySpan<short> Span => _samples.AsSpan(0, Length);

    public ReadOnlyMemory<short> Memory => _samples.AsMemory(0, Length);

    public void Append(ReadOnlySpan<short> samples)
    {
        samples = samples[..Math.Min(samples.Length, longest - Length)];
        if (Length + samples.Length > _samples.Length)
        {
            Array.Resize(ref _samples, Math.Min(longest, Math.Max(Length + samples.Length, Math.Max(16_384, _samples.Length * 2))));
        }

        samples.CopyTo(_samples.AsSpan(Length));
        Length += samples.Length;
    }
}
