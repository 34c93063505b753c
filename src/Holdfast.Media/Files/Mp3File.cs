using NLayer;

namespace Holdfast.Media;

/// <summary>Decodes MP3, with NLayer.</summary>
internal static class Mp3File
{
    /// <summary>Whether bytes begin as an MP3 file does: with a tag, or with a frame's header (ISO/IEC 11172-3, section 2.4.1.3).</summary>
    public static bool IsOne(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("ID3"u8) || (bytes is [0xFF, _, _, _, ..] && (bytes[1] & 0xE0) == 0xE0
            && (bytes[1] & 0x18) != 0x08 && (bytes[1] & 0x06) != 0 && (bytes[2] & 0xF0) != 0xF0 && (bytes[2] & 0x0C) != 0x0C);

    /// <returns>What is wrong, as a sentence; null where nothing is.</returns>
    public static string? Decode(ReadOnlyMemory<byte> file, BoundedPcm sound)
    {
        try
        {
            using var stream = new MemoryStream(file.ToArray(), writable: false);
            using var mpeg = new MpegFile(stream);
            var (channels, rate) = (mpeg.Channels, mpeg.SampleRate);
            if (channels is not (1 or 2) || rate is < 8_000 or > 48_000)
            {
                return "The MP3 file cannot be read.";
            }

            var read = new float[4_096 * channels];
            var mono = new short[4_096];
            int count;
            while (!sound.IsFull && (count = mpeg.ReadSamples(read, 0, read.Length)) > 0)
            {
                for (var i = 0; i < count / channels; i++)
                {
                    var sample = channels == 1 ? read[i] : (read[2 * i] + read[(2 * i) + 1]) / 2;
                    mono[i] = float.IsNaN(sample) ? (short)0 : (short)Math.Clamp(sample * 32_767, -32_768, 32_767);
                }

                sound.Add(mono.AsSpan(0, count / channels), rate);
            }

            sound.Complete();
            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // What a damaged file makes of a decoder is nobody's business but this one's.
            return "The MP3 file cannot be read.";
        }
    }
}
