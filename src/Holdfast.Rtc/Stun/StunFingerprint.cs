namespace Holdfast.Rtc.Stun;

/// <summary>The value of the FINGERPRINT attribute (RFC 8489 section 14.7).</summary>
internal static class StunFingerprint
{
    /// <summary>XORed onto the CRC, so that a protocol inside that uses the same CRC does not look like STUN.</summary>
    private const uint Mask = 0x5354_554E;

    // CRC-32 of ISO 3309 / ITU V.42, reflected. BitOperations.Crc32C is another polynomial.
    private const uint Polynomial = 0xEDB8_8320;

    private static readonly uint[] Table = MakeTable();

    /// <summary>The fingerprint of a message up to, and without, its FINGERPRINT attribute.</summary>
    /// <param name="message">The header, whose length field already counts the attribute, and all attributes before it.</param>
    public static uint Compute(ReadOnlySpan<byte> message)
    {
        var crc = uint.MaxValue;
        foreach (var octet in message)
        {
            crc = Table[(byte)(crc ^ octet)] ^ (crc >> 8);
        }

        return ~crc ^ Mask;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? (value >> 1) ^ Polynomial : value >> 1;
            }

            table[i] = value;
        }

        return table;
    }
}
