using System.Buffers.Binary;

namespace Holdfast.Media;

/// <summary>Turns the packets of one Opus stream of a file into sound: its header (RFC 7845, section 5.1), then sound.</summary>
internal sealed class OpusPackets(BoundedPcm sound) : IDisposable
{
    private readonly OpusDecoder _decoder = new();
    private readonly short[] _pcm = new short[OpusDecoder.MaxSamplesPerPacket];
    private int _skip;

    /// <summary>What is wrong, as a sentence; null while nothing is.</summary>
    public string? Fault { get; private set; }

    /// <summary>Whether no more is wanted.</summary>
    public bool IsOver => sound.IsFull || Fault is not null;

    /// <summary>Samples at 48 kHz that packets were worth, those before the beginning included.</summary>
    public long Decoded { get; private set; }

    /// <summary>Takes the header; false where it is none of a stream that can be decoded.</summary>
    public bool TryBegin(ReadOnlySpan<byte> header)
    {
        if (!header.StartsWith("OpusHead"u8) || header.Length < 19 || header[8] >= 16)
        {
            return false;
        }

        if (header[18] != 0)
        {
            Fault = "Opus with more than two channels cannot be played.";
            return false;
        }

        _skip = BinaryPrimitives.ReadUInt16LittleEndian(header[10..]);
        return true;
    }

    /// <summary>Takes a packet of sound.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="until">The sound ends at this sample, those before the beginning included.</param>
    public void Add(ReadOnlySpan<byte> packet, long until = long.MaxValue)
    {
        var count = _decoder.Decode(packet, _pcm);
        if (count == 0)
        {
            // Damaged: as long as the usual packet, so that what follows stays in its place.
            count = _decoder.Conceal(_pcm.AsSpan(0, SoundFormat.SamplesPerFrame));
        }

        var wanted = (int)Math.Clamp(until - Decoded, 0, count);
        Decoded += count;
        var skipped = Math.Min(_skip, wanted);
        _skip -= skipped;
        sound.Add(_pcm.AsSpan(skipped, wanted - skipped), SoundFormat.SampleRate);
    }

    public void Dispose() => _decoder.Dispose();
}
