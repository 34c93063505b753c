namespace Holdfast.Media;

/// <summary>Decodes Opus (RFC 6716) to mono, and fills in for packets that did not come. One caller at a time.</summary>
public sealed unsafe class OpusDecoder : IDisposable
{
    /// <summary>The most samples one packet can hold at 48 kHz: 120 ms (RFC 6716 section 3.2.5).</summary>
    public const int MaxSamplesPerPacket = 5760;

    private readonly OpusDecoderHandle _handle;

    /// <param name="sampleRate">8,000, 12,000, 16,000, 24,000 or 48,000; less is cheaper than 48,000 and a resampler behind it.</param>
    /// <exception cref="MissingNativeLibraryException">libopus is not there.</exception>
    public OpusDecoder(int sampleRate = SoundFormat.SampleRate)
    {
        _handle = LibOpus.CreateDecoder(sampleRate, 1, out var error);
        LibOpus.ThrowIfFailed(error);
    }

    /// <summary>Decodes the next packet.</summary>
    /// <param name="packet">Whoever it comes from; empty bytes count as damaged, not as lost.</param>
    /// <param name="pcm">Receives the samples; <see cref="MaxSamplesPerPacket"/> is always enough.</param>
    /// <returns>How many samples, or 0 where the packet is damaged or does not fit.</returns>
    public int Decode(ReadOnlySpan<byte> packet, Span<short> pcm) => packet.IsEmpty ? 0 : Decode(packet, pcm, fec: 0);

    /// <summary>Makes up sound for a lost packet from what came before it.</summary>
    /// <param name="pcm">Receives the samples; its length says for how long: a multiple of 2.5 ms (120 samples).</param>
    /// <returns>How many samples.</returns>
    public int Conceal(Span<short> pcm) => Decode([], pcm, fec: 0);

    /// <summary>
    /// Recovers a lost packet from the coarse copy that the one after it carries (in-band FEC), or conceals where there is none.
    /// <see cref="Decode(ReadOnlySpan{byte}, Span{short})"/> must then be given that next packet too.
    /// </summary>
    /// <param name="nextPacket">The packet after the lost one.</param>
    /// <param name="pcm">Receives the samples; its length must be exactly how long the lost packet was.</param>
    /// <returns>How many samples, or 0 where the packet is damaged.</returns>
    public int Recover(ReadOnlySpan<byte> nextPacket, Span<short> pcm) => nextPacket.IsEmpty ? 0 : Decode(nextPacket, pcm, fec: 1);

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private int Decode(ReadOnlySpan<byte> packet, Span<short> pcm, int fec)
    {
        if (pcm.IsEmpty)
        {
            return 0;
        }

        fixed (byte* data = packet)
        fixed (short* samples = pcm)
        {
            return Math.Max(0, LibOpus.Decode(_handle, data, packet.Length, samples, pcm.Length, fec));
        }
    }
}
