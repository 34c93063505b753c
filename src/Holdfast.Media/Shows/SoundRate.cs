namespace Holdfast.Media;

/// <summary>What sound may take of a line, and what it is to be prepared for.</summary>
/// <param name="BitsPerSecond">For the encoder.</param>
/// <param name="ExpectedLossPercent">For its in-band FEC.</param>
internal readonly record struct SoundRate(int BitsPerSecond, int ExpectedLossPercent)
{
    /// <summary>Headers of a second: IP, UDP, RTP with its extensions, and the tag of SRTP; 74 bytes each.</summary>
    /// <param name="frames">20 ms of sound in a packet.</param>
    public static int Headers(int frames) => 74 * 8 * MediaTick.PerSecond / Math.Max(1, frames);

    private const int LossStep = 5;
    private const int MostWithCopies = 20_000;
    private const int LeastBits = 6_000;

    // In-band FEC takes a third of the voice's bits. In between libopus leaves out all above 6 kHz for it, or starves the rest; below it does without, whatever it is told.
    private const int MostWithoutFec = 16_000;
    private const int LeastWithFec = 24_000;

    /// <summary>Of a line with so much room. A voice is understood at 12 kbit/s; from 32 on more is hardly heard.</summary>
    public static SoundRate For(in MediaRoom room, OpusEncoderOptions options)
    {
        var bits = room.BitsPerSecond switch
        {
            < 110_000 => 12_000,
            < 150_000 => 16_000,
            < 250_000 => 24_000,
            < 500_000 => 32_000,
            _ => options.BitrateBitsPerSecond,
        };

        // A voice that arrives is worth more than one that is heard a little better.
        bits = room.SoundCopies > 0 ? Math.Min(bits, MostWithCopies) : bits;

        bits = Math.Clamp(room.MostSoundBits, LeastBits, Math.Min(bits, options.BitrateBitsPerSecond));

        // What copies bring is whole.
        var usesFec = options.ExpectedLossPercent > 0 && room.UsesInBandFec && room.SoundCopies == 0
            && bits is <= MostWithoutFec or >= LeastWithFec;

        // In steps, so that the encoder is not told something new with each packet.
        var loss = (int)Math.Ceiling(room.Loss * 100 / LossStep) * LossStep;
        return new SoundRate(bits, usesFec ? Math.Clamp(loss + LossStep, options.ExpectedLossPercent, 30) : 0);
    }
}
