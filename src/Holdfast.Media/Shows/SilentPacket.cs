using System.Collections.Concurrent;

namespace Holdfast.Media;

/// <summary>The packet an Opus encoder gives after long silence, made once for each set of options and shared by all streams.</summary>
public static class SilentPacket
{
    // A second: by then the encoder has settled on one mode and one packet.
    private const int SettlingFrames = 50;

    private static readonly ConcurrentDictionary<OpusEncoderOptions, byte[]> s_packets = new();

    /// <summary>20 ms of silence, as an encoder with these options gives it.</summary>
    public static ReadOnlyMemory<byte> For(OpusEncoderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return s_packets.GetOrAdd(options, static key => Encode(key));
    }

    private static byte[] Encode(OpusEncoderOptions options)
    {
        using var encoder = new OpusEncoder(options);
        var silence = new short[SoundFormat.SamplesPerFrame];
        for (var i = 1; i < SettlingFrames; i++)
        {
            _ = encoder.Encode(silence);
        }

        return encoder.Encode(silence).ToArray();
    }
}
