using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Holdfast.Media;

/// <summary>How the samples of a WAV file are written, as its <c>fmt</c> chunk says; and what they are, mixed to one channel.</summary>
/// <param name="SampleRate">Samples a second.</param>
/// <param name="Channels">1 to 8, one after the other.</param>
/// <param name="SampleLength">Bytes of one sample of one channel.</param>
/// <param name="IsFloat">Whether it is a floating-point number, of 4 or 8 bytes; else an integer of 1 to 4.</param>
internal readonly record struct WavFormat(int SampleRate, int Channels, int SampleLength, bool IsFloat)
{
    /// <summary>More of a format than this says nothing of use.</summary>
    public const int MaxLength = 40;

    /// <summary>Bytes of the longest sample of all channels.</summary>
    public const int MaxFrameLength = MaxChannels * 8;

    private const int MaxChannels = 8;
    private const ushort Pcm = 1;
    private const ushort Float = 3;
    private const ushort Extensible = 0xFFFE;

    /// <summary>Bytes of one sample of all channels.</summary>
    public int FrameLength => Channels * SampleLength;

    /// <summary>Reads a <c>fmt</c> chunk, of 16 bytes or more.</summary>
    public static bool TryParse(ReadOnlySpan<byte> chunk, out WavFormat format, [NotNullWhen(false)] out string? error)
    {
        format = default;
        var tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk);
        var channels = BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]);
        var rate = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
        var bits = BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]);
        if (tag == Extensible && chunk.Length >= 26)
        {
            // The first two bytes of the sub-format's GUID are the tag that it extends.
            tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk[24..]);
        }

        error = (tag, bits) switch
        {
            (Pcm, >= 8 and <= 32) or (Float, 32 or 64) => null,
            _ => "Only WAV files with PCM of 8 to 32 bit, or floating point, can be read.",
        };
        error ??= channels is >= 1 and <= MaxChannels ? null : $"Only WAV files with 1 to {MaxChannels} channels can be read.";
        error ??= rate is >= 1_000 and <= 384_000 ? null : "The WAV file's sample rate is out of range.";
        format = error is null ? new WavFormat((int)rate, channels, (bits + 7) / 8, tag == Float) : default;
        return error is null;
    }

    /// <summary>The middle of the channels of one sample.</summary>
    public short Mix(ReadOnlySpan<byte> frame)
    {
        var sum = 0;
        for (var i = 0; i < Channels; i++)
        {
            sum += Sample(frame.Slice(i * SampleLength, SampleLength));
        }

        // Shifted where it can be: towards the lower number, as it is for one channel.
        return (short)(Channels == 2 ? sum >> 1 : sum / Channels);
    }

    private short Sample(ReadOnlySpan<byte> bytes) => (IsFloat, bytes.Length) switch
    {
        (true, 4) => FromFloat(BinaryPrimitives.ReadSingleLittleEndian(bytes)),
        (true, _) => FromFloat(BinaryPrimitives.ReadDoubleLittleEndian(bytes)),

        // Only what has 8 bits is unsigned.
        (false, 1) => (short)((bytes[0] - 128) << 8),
        _ => BinaryPrimitives.ReadInt16LittleEndian(bytes[^2..]),
    };

    private static short FromFloat(double sample) => double.IsNaN(sample) ? (short)0 : (short)Math.Clamp(sample * 32_767, -32_768, 32_767);
}
